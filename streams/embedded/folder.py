"""The data folder: who may write in it, the token key it keeps, and what is said when it is damaged."""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from streams.embedded.tables import APPLICATION_ID, SCHEMA_VERSION, create, open_for_reading, sync_folder

KEY_BYTES = 32
_SQLITE_MAGIC = b"SQLite format 3\x00"
_CHECKED_BYTES_MAX = 512 * 1024 * 1024
"""Larger logs are not read through twice at start: restoring reads what matters anyway."""
_REMEDY = (
    "Put back a copy of the whole folder, or move it away, start with an empty one and publish the events again: "
    "publishing again is harmless."
)


class FolderHeld(Exception):
    """Another process writes in the folder; ``pid`` says which, None when it cannot be told."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        who = "another process" if pid is None else f"process {pid}"
        super().__init__(f"the data folder {folder} is held by {who}; stop it first, or choose another --data")
        self.pid = pid


class FolderDamaged(Exception):
    """The folder cannot be used as it is; the words say what is damaged and what to do."""

    def __init__(self, what: str, remedy: str = _REMEDY) -> None:
        super().__init__(f"{what}. {remedy}")


class KeyMismatch(Exception):
    """The token key is not the one that the log's tokens were made with."""


class Holder(NamedTuple):
    """Who writes in a data folder, and where it serves, as far as it can be told."""

    pid: int | None
    url: str | None


class DataFolder:
    """Names in the data folder. Mode 0700; every file in it 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "log.sqlite"
        self.key = path / "token.key"
        self.lock = path / "lock"
        self.history = path / "history"
        self.outbox = path / "notified.sqlite"

    def require_log(self) -> None:
        """Raises FolderDamaged unless there is a sound log to read."""
        if not self.log.exists():
            raise FolderDamaged(
                f"there is no log in {self.path}", "Name the folder that `relocation up --data` was started with."
            )
        _check_log(self.log)

    def prepare(self) -> None:
        """Make the folder and an empty log where there is none. Call it holding the lock."""
        if self.log.exists():
            _check_log(self.log)
            return
        if self.log.with_name(self.log.name + "-wal").exists():
            raise FolderDamaged(f"{self.log} is gone, but its write-ahead log is there")
        create(self.log)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only writer while this lasts; the system lets go when the process dies, however it dies.

        Raises FolderHeld, and FolderDamaged for a path that is no folder or may not be written.
        """
        handle = self._open_lock()
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderHeld(self.path, _pid_in(self.lock)) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(handle)

    def announce(self, url: str) -> None:
        """Say where this process serves, for commands that find the folder held. Call it holding the lock."""
        self.lock.write_text(f"{os.getpid()}\n{url}\n", "ascii")

    def holder(self) -> Holder | None:
        """Who writes in the folder at the moment; None when nobody does."""
        try:
            handle = os.open(self.lock, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder_in(self.lock)
        else:
            return None
        finally:
            os.close(handle)

    def _open_lock(self) -> int:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            return os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderDamaged(
                f"{self.path} cannot be used as data folder: {error.strerror}",
                "Name a folder of your own with --data that you may write in.",
            ) from None

    def token_key(self, given: bytes | None) -> bytes:
        """The key that was given, else the one kept in the folder, else a new one, kept from now on.

        Call it holding the lock, before ``prepare``. Raises FolderDamaged for a key that is gone or unreadable.
        """
        if given is not None:
            return given
        if self.key.exists():
            return self._kept_key()
        if self.log.exists():
            raise FolderDamaged(
                f"{self.key} is gone and RELOCATION_TOKEN_KEY is not set, but the log's tokens were made with a key",
                "Set RELOCATION_TOKEN_KEY to that key (hex), or put the file back from a copy.",
            )
        return self._make_key()

    def _kept_key(self) -> bytes:
        try:
            key = bytes.fromhex(self.key.read_text("ascii").strip())
        except (OSError, ValueError):
            key = b""
        if len(key) < KEY_BYTES:
            raise FolderDamaged(
                f"{self.key} holds no key of at least {KEY_BYTES} bytes in hex",
                "Put the file back from a copy, or set RELOCATION_TOKEN_KEY.",
            )
        return key

    def _make_key(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        building = self.key.with_name(self.key.name + ".new")
        building.unlink(missing_ok=True)
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(key.hex() + "\n")
            written.flush()
            os.fsync(written.fileno())
        building.rename(self.key)
        sync_folder(self.path)
        return key


def _pid_in(lock: Path) -> int | None:
    return _holder_in(lock).pid


def _holder_in(lock: Path) -> Holder:
    """The lock file holds the pid, then where that process serves, a line each."""
    try:
        pid, url, *_ = [*lock.read_text("ascii").split("\n"), "", ""]
        return Holder(int(pid), url or None)
    except (OSError, ValueError):
        return Holder(None, None)


def _check_log(log: Path) -> None:
    """Raises FolderDamaged unless ``log`` is a whole log of ours, of the version this program knows."""
    try:
        with log.open("rb") as opened:
            magic = opened.read(len(_SQLITE_MAGIC))
    except OSError as error:
        raise FolderDamaged(f"{log} cannot be read: {error.strerror}") from None
    if magic != _SQLITE_MAGIC:
        raise FolderDamaged(f"{log} is no log: it is empty, cut off or something else")
    try:
        _check_database(log)
    except sqlite3.DatabaseError as error:
        raise FolderDamaged(f"{log} is damaged ({error})") from None


def _check_database(log: Path) -> None:
    connection = open_for_reading(log)
    try:
        [application] = connection.execute("PRAGMA application_id").fetchone()
        [version] = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise FolderDamaged(f"{log} is a database of something else")
        if version != SCHEMA_VERSION:
            raise FolderDamaged(
                f"{log} has schema version {version}, and this program knows {SCHEMA_VERSION}",
                "Use the version of the program that wrote it.",
            )
        if log.stat().st_size <= _CHECKED_BYTES_MAX:
            _check_pages(connection, log)
    finally:
        connection.close()


def _check_pages(connection: sqlite3.Connection, log: Path) -> None:
    [verdict] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise FolderDamaged(f"{log} is damaged (its pages do not fit together)")
