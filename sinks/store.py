"""The store: ClickHouse as the sink sees it, a server or the embedded engine, through one client library."""

import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError

T = TypeVar("T")
Row = tuple[Any, ...]
Parameters = Mapping[str, Any]

QUERY_SECONDS_MAX = 30
QUERY_BYTES_MAX = 1_000_000_000
"""What one question may take of the engine's memory, so that none can starve the machine."""

_ASKING = {"max_execution_time": QUERY_SECONDS_MAX, "max_memory_usage": QUERY_BYTES_MAX, "max_threads": 2}
_INSERTING = {
    "async_insert": 0,  # asynchronous inserts together with deduplication lost data without a word
    "insert_deduplicate": 0,  # a block that was erased must not be skipped when it comes again
    "max_partitions_per_insert_block": 0,  # a first load spans years
}
_COMMANDING = {"mutations_sync": 2, "allow_nondeterministic_mutations": 1}
_PASSING = frozenset(
    {
        "AUTHENTICATION_FAILED",
        "KEEPER_EXCEPTION",
        "NETWORK_ERROR",
        "NOT_ENOUGH_SPACE",
        "SOCKET_TIMEOUT",
        "TABLE_IS_READ_ONLY",
        "TOO_MANY_PARTS",
        "TOO_MANY_SIMULTANEOUS_QUERIES",
    }
)
"""Refusals that say something of the engine's state and nothing of the statement."""


class StoreFailed(Exception):
    """The engine refused, or cannot be reached: what was asked may or may not have been done. Ask again later.

    ``refused``: it understood and said no (asking again is useless).
    """

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


class Store(Protocol):
    """Calls block, are safe from many threads, and raise StoreFailed."""

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a question of ours. Lasts at most QUERY_SECONDS_MAX."""
        ...

    def ask_freely(self, sql: str, filters: Mapping[str, str]) -> tuple[list[str], list[Row]]:
        """Column names and rows of somebody's own question. It cannot write; a filter narrows each table."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add the rows; they are durable when this returns."""
        ...

    def command(self, sql: str, parameters: Parameters | None = None) -> None:
        """Do a statement that changes something; a mutation is finished when this returns."""
        ...

    def close(self) -> None:
        """Let go of the engine."""
        ...


class ClientStore:
    """A store over clients of clickhouse-connect: one that writes, one that reads, one for free questions."""

    def __init__(self, connect: Callable[[Mapping[str, Any]], Client]) -> None:
        """``connect`` makes a client with these settings."""
        self._connect = connect
        self._writer = _Lane(lambda: connect({}))
        self._reader = _Lane(lambda: connect(_ASKING))

    def query(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        """See Store."""
        return self._reader.run(lambda client: _rows(client, sql, parameters))

    def ask_freely(self, sql: str, filters: Mapping[str, str]) -> tuple[list[str], list[Row]]:
        """See Store. The settings are the client's own, set before ``readonly`` closes them to the question.

        ``final``: what was stored twice shows once, whether or not the engine has merged it.
        """
        settings = {**_ASKING, "additional_table_filters": _map_literal(filters), "final": 1, "readonly": 1}
        lane = _Lane(lambda: self._connect(settings))
        try:
            return lane.run(lambda client: _table(client, sql))
        finally:
            lane.close()

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """See Store."""
        try:
            self._writer.run(lambda client: client.insert(table, rows, column_names=columns, settings=_INSERTING))
        except (AttributeError, OverflowError, TypeError, ValueError, struct.error):
            raise StoreFailed("a row has a value that its column cannot have", refused=True) from None

    def command(self, sql: str, parameters: Parameters | None = None) -> None:
        """See Store."""
        self._writer.run(lambda client: client.command(sql, parameters=_given(parameters), settings=_COMMANDING))

    def close(self) -> None:
        """See Store."""
        self._writer.close()
        self._reader.close()


class _Lane:
    """One client for one thread at a time, made when it is first needed and anew after a failure of its transport."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None
        self._turn = threading.Lock()

    def run(self, work: Callable[[Client], T]) -> T:
        with self._turn:
            try:
                if self._client is None:
                    self._client = self._connect()
                return work(self._client)
            except ClickHouseError as error:
                raise _failure(error) from None
            except (OSError, RuntimeError) as error:
                self._let_go()
                raise StoreFailed(f"the engine cannot be reached ({type(error).__name__})") from None

    def close(self) -> None:
        with self._turn:
            self._let_go()

    def _let_go(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _rows(client: Client, sql: str, parameters: Parameters | None) -> list[Row]:
    return [tuple(row) for row in client.query(sql, parameters=_given(parameters)).result_rows]


def _table(client: Client, sql: str) -> tuple[list[str], list[Row]]:
    found = client.query(sql)
    return list(found.column_names), [tuple(row) for row in found.result_rows]


def _given(parameters: Parameters | None) -> dict[str, Any] | None:
    return None if parameters is None else dict(parameters)


def _map_literal(filters: Mapping[str, str]) -> str:
    pairs = (f"'{table}':'{_escaped(condition)}'" for table, condition in filters.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _failure(error: ClickHouseError) -> StoreFailed:
    """Only the engine's name for the fault: its words repeat the statement, and the transport's the address."""
    if isinstance(error, DataError):
        return StoreFailed("a row has a value that its column cannot have", refused=True)
    code, name = getattr(error, "code", None), getattr(error, "name", None)
    if code is None:
        return StoreFailed(f"the engine cannot be reached ({type(error).__name__})")
    return StoreFailed(f"the engine refused ({name or code})", refused=name not in _PASSING)
