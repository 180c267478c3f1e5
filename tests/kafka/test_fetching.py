"""What is fetched for the real servers is what was pinned, whole, and fetched once."""

import hashlib
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.kafka.fetching import HERE, Unavailable, fetched, kafka_jars, registry_folder

CONTENT = b"made-up bytes of a jar"


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def pins(tmp_path):
    pins = tmp_path / "pins.sha256"
    pins.write_text(f"{hashlib.sha256(CONTENT).hexdigest()}  made-up.jar\n")
    return pins


class Source:
    """Brings files, and counts how often it was asked to."""

    def __init__(self, **files):
        self.files, self.asked = files, 0

    def __call__(self, into, repository):
        self.asked += 1
        for name, content in self.files.items():
            (into / f"{name}.jar").write_bytes(content)


def test_it_is_fetched_once_by_however_many_at_once(pins):
    source = Source(**{"made-up": CONTENT})
    with ThreadPoolExecutor(8) as threads:
        folders = set(threads.map(lambda _: fetched("made-up", pins, source, "made-up jars"), range(8)))
    assert source.asked == 1
    assert (folders.pop() / "made-up.jar").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"made-up": b"other bytes"}, "made-up.jar"),
        ({}, "made-up.jar"),
        ({"made-up": CONTENT, "smuggled": b"anything"}, "smuggled.jar"),
    ],
)
def test_what_is_not_as_pinned_is_refused_by_name_and_not_kept(pins, tmp_path, files, named):
    with pytest.raises(Unavailable, match=named):
        fetched("made-up", pins, Source(**files), "made-up jars")
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_other_pins_have_it_fetched_anew(pins):
    fetched("made-up", pins, Source(**{"made-up": CONTENT}), "made-up jars")
    pins.write_text(f"{hashlib.sha256(b'newer').hexdigest()}  newer.jar\n")
    folder = fetched("made-up", pins, Source(newer=b"newer"), "made-up jars")
    assert sorted(path.name for path in folder.glob("*.jar")) == ["newer.jar"]


def test_an_archive_is_unpacked(tmp_path, pins):
    (tmp_path / "inside.txt").write_bytes(CONTENT)
    archive = tmp_path / "made-up.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(tmp_path / "inside.txt", "inside.txt")
    pins.write_text(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  made-up.tar.gz\n")
    folder = fetched("made-up", pins, lambda into, _: archive.rename(into / archive.name), "a made-up archive")
    assert (folder / "inside.txt").read_bytes() == CONTENT


@pytest.mark.parametrize(("which", "get"), [("Kafka", kafka_jars), ("registry", registry_folder)])
def test_without_maven_it_says_what_to_install(which, get, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="apt-get install maven"):
        get()


def test_every_jar_is_pinned_with_its_sum():
    names = [line.split()[1] for line in (HERE / "jars.sha256").read_text().splitlines()]
    assert names == sorted(set(names), key=names.index)
    assert {"kafka_2.13-4.3.1.jar", "kafka-tools-4.3.1.jar"} <= set(names)
