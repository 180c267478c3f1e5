"""One real engine for all tests of the history: it starts once, and every test gets empty tables."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from history_stories import emptied

from sinks.connecting import folder_store
from sinks.migration import migrate
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
    emptied(engine)
    return engine
