"""Brings the store's tables to the newest form: numbered files, applied in order, each recorded once it is done."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from sinks.store import Store

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_CREATED = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
_RECORD = """
CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, sha256 String)
ENGINE = ReplacingMergeTree ORDER BY number
"""


class MigrationMismatch(Exception):
    """The store was made by another version of the program."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: statements that may be repeated (IF NOT EXISTS), so that one broken off is simply done again."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """By which it is known again; comments and white space do not count."""
        return hashlib.sha256(" ".join(_uncommented(self.sql).split()).encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Its statements, without comments."""
        return [statement for part in _uncommented(self.sql).split(";") if (statement := part.strip())]

    @property
    def is_baseline(self) -> bool:
        """Whether it makes all tables, whatever there was before: a new store begins with it."""
        return self.sql.startswith("-- baseline\n")


def migrations() -> list[Migration]:
    """All of them, in order."""
    found = []
    for file in files("sinks").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match is not None:
            found.append(Migration(int(match[1]), file.name, file.read_text("utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def migrate(store: Store) -> None:
    """Apply what the store has not seen yet. Raises MigrationMismatch, or StoreFailed.

    Several processes may make a new store at once; to bring one up to date is for one process alone.
    """
    store.command(_RECORD)
    rows = store.query("SELECT number, sha256 FROM migrations FINAL")
    applied = {int(number): str(sha256) for number, sha256 in rows}
    known = migrations()
    _require_known(applied, known)
    if not applied:
        _make(store, known)
        return
    for migration in known:
        if migration.number not in applied:
            for statement in migration.statements:
                store.command(statement)
            _record(store, [migration])


def drop(store: Store) -> None:
    """Drop the tables of this program, and of other versions of it. Nothing else in the database is touched."""
    for table in sorted({match[1] for migration in migrations() for match in _CREATED.finditer(migration.sql)}):
        store.command(f"DROP TABLE IF EXISTS {table}")
    store.command("DROP TABLE IF EXISTS migrations")


def _make(store: Store, known: list[Migration]) -> None:
    """A new store: from the last baseline on, and nothing is dropped, since another process may have made it already.

    What is recorded is recorded at once, so that nobody finds it half done and takes it for an old one.
    """
    first = max((migration.number for migration in known if migration.is_baseline), default=0)
    for migration in known:
        if migration.number >= first:
            for statement in migration.statements:
                if not statement.startswith("DROP "):
                    store.command(statement)
    _record(store, known)


def _record(store: Store, done: list[Migration]) -> None:
    rows = [(migration.number, migration.name, migration.sha256) for migration in done]
    store.insert("migrations", ("number", "name", "sha256"), rows)


def _require_known(applied: dict[int, str], known: list[Migration]) -> None:
    by_number = {migration.number: migration.sha256 for migration in known}
    for number, sha256 in applied.items():
        if by_number.get(number) != sha256:
            raise MigrationMismatch(
                f"the history's tables were made by another version of the program (migration {number:04}): "
                "use that version, or make the history anew with `relocation history rebuild`"
            )


def _uncommented(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)
