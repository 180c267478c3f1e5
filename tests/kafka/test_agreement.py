"""What all processes must share: whoever is first decides, also when several are."""

import threading
import uuid

import pytest
from made_up_topics import DEADLINE_S, an_out, named_topics

from relocation.agreeing import agree_or_fail
from relocation.exits import Failure
from relocation.settings import load_settings
from schemas.decisions import Agreement
from streams.kafka.agreement import Disagreed, agree, agreed, force
from streams.kafka.clients import Unreachable
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.topics import CONTROL

OWN = {"token_key": "ab", "rules": "12", "partitions": "4"}


@pytest.fixture
def prefix(kafka_broker):
    prefix = f"made-up-{uuid.uuid4().hex[:8]}."
    named_topics(kafka_broker.bootstrap, **{f"{prefix}control": 1, f"{prefix}alerts": 4})
    return prefix


def written(kafka_broker, prefix, *values):
    wire = Wire()
    with_keys = [(wire.encode(CONTROL, Agreement(name, told)), name.encode()) for name, told in values]
    Writer(kafka_broker.bootstrap, patience_s=DEADLINE_S).write(
        an_out(f"{prefix}control", value, key=key) for value, key in with_keys
    )


def test_the_first_decides(kafka_broker, prefix):
    agree(kafka_broker.bootstrap, OWN, prefix=prefix)
    agree(kafka_broker.bootstrap, OWN, prefix=prefix)
    with pytest.raises(Disagreed) as disagreed:
        agree(kafka_broker.bootstrap, OWN | {"rules": "34", "partitions": "5"}, prefix=prefix)
    assert disagreed.value.differing == [("rules", "12", "34"), ("partitions", "4", "5")]
    assert agreed(kafka_broker.bootstrap, prefix=prefix) == OWN


def test_a_process_that_has_more_to_agree_on_adds_it(kafka_broker, prefix):
    agree(kafka_broker.bootstrap, {"rules": "12"}, prefix=prefix)
    agree(kafka_broker.bootstrap, OWN, prefix=prefix)
    assert agreed(kafka_broker.bootstrap, prefix=prefix) == OWN


def test_what_is_forced_counts_from_then_on(kafka_broker, prefix):
    agree(kafka_broker.bootstrap, OWN, prefix=prefix)
    force(kafka_broker.bootstrap, OWN | {"rules": "34"}, prefix=prefix)
    agree(kafka_broker.bootstrap, OWN | {"rules": "34"}, prefix=prefix)
    with pytest.raises(Disagreed):
        agree(kafka_broker.bootstrap, OWN, prefix=prefix)


def test_of_several_at_once_those_agree_that_have_the_same(kafka_broker, prefix):
    ends = {}

    def begin(number):
        try:
            agree(kafka_broker.bootstrap, {"rules": str(number % 2)}, prefix=prefix)
        except Disagreed:
            ends[number] = "disagreed"
        else:
            ends[number] = "agreed"

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    decided = int(agreed(kafka_broker.bootstrap, prefix=prefix)["rules"])
    assert ends == {number: "agreed" if number % 2 == decided else "disagreed" for number in range(6)}


def test_what_compaction_would_keep_is_what_was_agreed(kafka_broker, prefix):
    """Somebody who came second wrote all the same, and ended before it could mend that."""
    written(kafka_broker, prefix, ("rules", "12"), ("rules", "34"))
    agree(kafka_broker.bootstrap, {"rules": "12"}, prefix=prefix)
    with pytest.raises(Disagreed):
        agree(kafka_broker.bootstrap, {"rules": "34"}, prefix=prefix)
    assert agreed(kafka_broker.bootstrap, prefix=prefix) == {"rules": "12"}


def test_what_is_no_agreement_is_passed_over(kafka_broker, prefix):
    Writer(kafka_broker.bootstrap, patience_s=DEADLINE_S).write(
        an_out(f"{prefix}control", value) for value in (b"made up", None, b"\0\0\0\0\x01")
    )
    agree(kafka_broker.bootstrap, OWN, prefix=prefix)
    assert agreed(kafka_broker.bootstrap, prefix=prefix) == OWN


def test_without_the_topic_nobody_can_agree(kafka_broker):
    with pytest.raises(Unreachable, match="run `relocation topics create`"):
        agree(kafka_broker.bootstrap, OWN, prefix="nowhere-")


def test_a_process_that_differs_ends_with_2_and_says_in_what(kafka_broker, prefix, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELOCATION_KAFKA", kafka_broker.bootstrap)
    monkeypatch.setenv("RELOCATION_KAFKA_PREFIX", prefix)
    monkeypatch.setenv("RELOCATION_TOKEN_KEY", "ab" * 32)
    assert agree_or_fail(load_settings()) == 4
    (tmp_path / "rules.toml").write_text("gap_days = 8\n")
    monkeypatch.setenv("RELOCATION_TOKEN_KEY", "cd" * 32)
    with pytest.raises(Failure) as failed:
        agree_or_fail(load_settings(rules=tmp_path / "rules.toml"))
    assert failed.value.exit_code == 2
    first, second = str(failed.value.message).splitlines()
    assert first.startswith("RELOCATION_TOKEN_KEY is another here")
    assert second.startswith("RELOCATION_RULES is another here")
    assert "abab" not in first
    assert "cdcd" not in first
