"""Brings the store's tables to the newest form: numbered files, applied in order, each recorded once it is done."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from sinks.store import Store

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
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


def migrations() -> list[Migration]:
    """All of them, in order."""
    found = []
    for file in files("sinks").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match is not None:
            found.append(Migration(int(match[1]), file.name, file.read_text("utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def migrate(store: Store) -> None:
    """Apply what the store has not seen yet. Raises MigrationMismatch, or StoreFailed."""
    store.command(_RECORD)
    rows = store.query("SELECT number, sha256 FROM migrations FINAL")
    applied = {int(number): str(sha256) for number, sha256 in rows}
    known = migrations()
    _require_known(applied, known)
    for migration in known:
        if migration.number not in applied:
            for statement in migration.statements:
                store.command(statement)
            row = (migration.number, migration.name, migration.sha256)
            store.insert("migrations", ("number", "name", "sha256"), [row])


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
