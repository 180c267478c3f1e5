"""Settings come from file, environment and flags, and what cannot be used is said without repeating it."""

import pytest

from alerts.addresses import Address
from relocation.settings import UnusableSettings, load_settings

A_KEY = "00112233445566778899aabbccddeeff" * 2


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """No setting of the machine that runs the tests is seen."""
    import os

    for name in list(os.environ):
        if name.startswith("RELOCATION_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_flags_win_over_the_environment_which_wins_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "relocation.toml").write_text('http = "127.0.0.1:1"\ndata = "from-file"\nunprotected = true\n')
    monkeypatch.setenv("RELOCATION_HTTP", "127.0.0.1:2")
    monkeypatch.setenv("RELOCATION_DATA", "from-environment")

    settings = load_settings(http="127.0.0.1:3")

    assert (settings.http, str(settings.data), settings.unprotected) == ("127.0.0.1:3", "from-environment", True)


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path, monkeypatch):
    (tmp_path / "key").write_text(A_KEY + "\n")
    monkeypatch.setenv("RELOCATION_TOKEN_KEY_FILE", str(tmp_path / "key"))

    assert load_settings().key == bytes.fromhex(A_KEY)


def test_the_environment_wins_over_a_secret_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("ff" * 32)
    monkeypatch.setenv("RELOCATION_TOKEN_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("RELOCATION_TOKEN_KEY", A_KEY)

    assert load_settings().key == bytes.fromhex(A_KEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELOCATION_HTTP", "nowhere-at-all"),
        ("RELOCATION_HTTP", "127.0.0.1:65536"),
        ("RELOCATION_TOKEN_KEY", "secretsecretsecret"),
        ("RELOCATION_TOKEN_KEY", "ab" * 31),
        ("RELOCATION_TOKEN_KEY_FILE", "/nowhere/at/all"),
        ("RELOCATION_RULES", "/nowhere/at/all"),
        ("RELOCATION_UNPROTECTED", "perhaps"),
        ("RELOCATION_KAFKA_PREFIX", "secret_secret"),
        ("RELOCATION_KAFKA_PREFIX", ".secret"),
        ("RELOCATION_KAFKA_PREFIX", "secret-" * 10),
        ("RELOCATION_SCHEMA_REGISTRY", "secret:8081"),
        ("RELOCATION_MAIL_PASSWORD", "sécret"),
        ("RELOCATION_MAIL_PASSWORD", "secret\n"),
    ],
)
def test_what_cannot_be_used_is_named_and_never_repeated(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(UnusableSettings) as refused:
        load_settings()

    assert name in str(refused.value)
    assert value not in str(refused.value)


def test_names_on_kafka_may_have_a_prefix(monkeypatch):
    assert load_settings().kafka_prefix == ""
    monkeypatch.setenv("RELOCATION_KAFKA_PREFIX", "cemi-test.")
    assert load_settings().kafka_prefix == "cemi-test."


@pytest.mark.parametrize("content", ["http = ", "colour = 'red'", "\x00", 'data = ["a"]', "http = 8080"])
def test_an_unusable_file_is_said(tmp_path, content):
    (tmp_path / "relocation.toml").write_text(content)

    with pytest.raises(UnusableSettings):
        load_settings()


def test_a_secret_never_shows_itself(monkeypatch):
    monkeypatch.setenv("RELOCATION_TOKEN_KEY", A_KEY)
    monkeypatch.setenv("RELOCATION_MAIL_PASSWORD", "made-up-secret")

    assert A_KEY not in repr(load_settings())
    assert "made-up-secret" not in repr(load_settings())


@pytest.mark.parametrize(
    ("told", "loopback"),
    [
        ("127.0.0.1:0", True),
        ("localhost:80", True),
        ("[::1]:80", True),
        ("127.8.9.1:80", True),
        ("0.0.0.0:80", False),
        ("[::]:80", False),
        ("192.168.1.1:80", False),
        ("example.nl:80", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(told, loopback):
    assert Address.of(told).is_loopback is loopback
