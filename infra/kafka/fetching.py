"""The jars of the servers: fetched by Maven once, checked against pinned sums, kept outside the checkout."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
KAFKA_VERSION, REGISTRY_VERSION = "4.3.1", "3.0.9"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
PATIENCE_S = 900
CHECKED = "checked.sha256"
"""A folder of the cache that has this file is whole; it lists what the folder was made from."""


class Unavailable(RuntimeError):
    """The servers cannot be had here; the message says what would help."""


def kafka_jars() -> Path:
    """The folder with all jars of a broker, fetched if need be; Unavailable when they cannot be had."""
    return fetched(f"kafka-{KAFKA_VERSION}", HERE / "jars.sha256", _fetch_kafka, "Kafka (54 MB)")


def registry_folder() -> Path:
    """The folder with the unpacked schema registry, fetched if need be; Unavailable when it cannot be had."""
    name = f"registry-{REGISTRY_VERSION}"
    return fetched(name, HERE / "registry.sha256", _fetch_registry, "the schema registry (109 MB)")


def cache() -> Path:
    """Where fetched files are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "relocation-alerts"


def fetched(name: str, pins: Path, fetch: Callable[[Path, Path], None], what: str) -> Path:
    """The folder ``name`` of the cache with the files that ``pins`` lists, archives unpacked.

    ``fetch(into, repository)`` brings them when they are not there yet; what is not as pinned is Unavailable.
    """
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
            _unpack(new)
            shutil.copyfile(pins, new / CHECKED)
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
    return folder


def _sums_file(folder: Path) -> str | None:
    """The list that the folder was checked against when it was made; None when there is no such folder."""
    listed = folder / CHECKED
    return listed.read_text("utf-8") if listed.exists() else None


def _check(folder: Path, pins: Path) -> None:
    """Refuse what is not byte for byte what was pinned."""
    expected = {name: digest for digest, name in map(str.split, pins.read_text("utf-8").splitlines())}
    found = {path.name: _sha256(path) for path in folder.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise Unavailable(f"fetched files are not those pinned in {pins.name}: {', '.join(wrong)}")


def _unpack(folder: Path) -> None:
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        archive.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_kafka(into: Path, repository: Path) -> None:
    _maven(
        repository, f"{PLUGIN}:copy-dependencies", "-f", HERE / "pom.xml",
        "-DincludeScope=runtime", f"-DoutputDirectory={into}",
    )  # fmt: skip


def _fetch_registry(into: Path, repository: Path) -> None:
    """Fetch the archive alone: described as if it had no dependencies, Maven looks for neither them nor its parent."""
    group, artifact = "io.apicurio", "apicurio-registry-app"
    folder = repository / group.replace(".", "/") / artifact / REGISTRY_VERSION
    folder.mkdir(parents=True)
    (folder / f"{artifact}-{REGISTRY_VERSION}.pom").write_text(
        f"<project><modelVersion>4.0.0</modelVersion><groupId>{group}</groupId>"
        f"<artifactId>{artifact}</artifactId><version>{REGISTRY_VERSION}</version></project>",
        "utf-8",
    )
    wanted = f"-Dartifact={group}:{artifact}:{REGISTRY_VERSION}:tar.gz:all"
    _maven(repository, f"{PLUGIN}:copy", wanted, f"-DoutputDirectory={into}")


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
        registry_folder()
    except Unavailable as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
