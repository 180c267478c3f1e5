"""One real engine for all tests of the history: it starts once, and every test gets empty tables."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.connecting import folder_store
from sinks.migration import migrate
from sinks.rows import TABLES
from sinks.store import ClientStore


@pytest.fixture(scope="session")
def engine_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def engine(engine_folder: Path) -> Iterator[ClientStore]:
    store = folder_store(engine_folder / "chdb")
    migrate(store)
    yield store
    store.close()


@pytest.fixture
def store(engine: ClientStore) -> ClientStore:
    for table in (*TABLES.values(), "feed", "erasing", "destroyed"):
        engine.command(f"TRUNCATE TABLE {table}")
    return engine
