"""The jars of the servers: fetched by Maven once, checked against pinned sums, kept outside the checkout."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
KAFKA_VERSION = "4.3.1"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
PATIENCE_S = 900


class Unavailable(RuntimeError):
    """The servers cannot be had here; the message says what would help."""


def kafka_jars() -> Path:
    """The folder with all jars of a broker, fetched if need be; Unavailable when they cannot be had."""
    return _fetched(f"kafka-{KAFKA_VERSION}", HERE / "jars.sha256", _fetch_kafka, "Kafka's jars (54 MB)")


def cache() -> Path:
    """Where fetched files are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "relocation-alerts"


def _fetched(name: str, pins: Path, fetch: Callable[[Path, Path], None], what: str) -> Path:
    """The folder ``name`` of the cache with the files that ``pins`` lists; ``fetch(into, repository)`` brings them."""
    folder = cache() / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one fetches, the others wait for it
        if _sums_file(folder) == pins.read_text("utf-8"):
            return folder
        print(f"Fetching {what} into {folder}; the first time takes up to a minute", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as scratch:
            new = Path(scratch) / "new"
            new.mkdir()
            fetch(new, Path(scratch) / "repository")
            _check(new, pins)
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
    return folder


def _sums_file(folder: Path) -> str | None:
    """The list that the folder was checked against when it was made; None when there is no such folder."""
    listed = folder / "checked.sha256"
    return listed.read_text("utf-8") if listed.exists() else None


def _check(folder: Path, pins: Path) -> None:
    """Refuse what is not byte for byte what was pinned; then leave the list there, as the sign that it is whole."""
    expected = {name: digest for digest, name in map(str.split, pins.read_text("utf-8").splitlines())}
    found = {path.name: _sha256(path) for path in folder.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise Unavailable(f"fetched files are not those pinned in {pins.name}: {', '.join(wrong)}")
    shutil.copyfile(pins, folder / "checked.sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_kafka(into: Path, repository: Path) -> None:
    _maven(
        repository, f"{PLUGIN}:copy-dependencies", "-f", HERE / "pom.xml",
        "-DincludeScope=runtime", f"-DoutputDirectory={into}",
    )  # fmt: skip


def _maven(repository: Path, *words: str | Path) -> None:
    """Run Maven with a local repository that goes afterwards: two at once in the same one spoil it."""
    command = ["mvn", "--batch-mode", "--no-transfer-progress", "--quiet", f"-Dmaven.repo.local={repository}", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except FileNotFoundError as missing:
        raise Unavailable("Maven is needed to fetch the servers; on Debian: apt-get install maven") from missing
    if done.returncode:
        raise Unavailable("Maven could not fetch the servers; it ended with:\n" + "\n".join(_tail(done.stdout)))


def _tail(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("[ERROR]")][:3]


def main() -> int:
    """Fetch all of it; 1 when that cannot be done, and why on stderr."""
    try:
        kafka_jars()
    except Unavailable as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
