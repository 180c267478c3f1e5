"""The history through the client's HTTP transport, as with a server: the same schema, statements and answers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from clickhouse_in_a_container import contained_clickhouse
from clickhouse_over_http import served
from history_stories import (
    JANE,
    VIEWER,
    MemoryLog,
    a_batch,
    a_history,
    a_receipt,
    emptied,
    everything,
    key_of,
    places_of,
    questions,
)

from infra.kafka.containers import docker_answers
from schemas.views import AlertQuery, Refused
from sinks.connecting import server_store
from sinks.feeder import Feeder
from sinks.messages import Recorded, Stream
from sinks.migration import migrate
from sinks.store import ClientStore, StoreFailed


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    with contained_clickhouse() as url:
        yield url


@pytest.fixture(params=["engine", "container"] if docker_answers() else ["engine"])
def server(request: pytest.FixtureRequest, store: ClientStore, engine_folder: Path) -> Iterator[ClientStore]:
    """Behind ClickHouse's HTTP interface: the engine of ``store``, and where Docker answers a server of its own too."""
    with ExitStack() as stack:
        if request.param == "engine":
            url = stack.enter_context(served(engine_folder / "chdb"))
        else:
            url = request.getfixturevalue("container")
        over_http = server_store(url)
        stack.callback(over_http.close)
        if request.param == "container":
            migrate(over_http)
            emptied(over_http)
        yield over_http


def test_a_server_is_fed_and_answers_as_the_embedded_engine_does(server: ClientStore, store: ClientStore) -> None:
    migrate(server)
    for fed in (server, store):  # of one engine the second finds that all of it is there
        Feeder(everything(MemoryLog()), a_history(fed)).catch_up()
    over_http, embedded = questions(server), questions(store)
    assert places_of(over_http.subject(JANE, VIEWER)) == ["GM0363"]
    for ask in (
        lambda asked: asked.subject(JANE, VIEWER),
        lambda asked: asked.alerts(AlertQuery(), VIEWER),
        lambda asked: asked.stats(VIEWER),
        lambda asked: asked.sql("SELECT type, count() AS n FROM events GROUP BY type", VIEWER),
    ):
        assert ask(over_http) == ask(embedded)
    assert a_history(server).position() == a_history(store).position()


def test_a_server_erases_what_the_log_destroyed(server: ClientStore) -> None:
    Feeder(everything(MemoryLog()), a_history(server)).catch_up()
    a_history(server).store(a_batch(Stream.DESTROYED, key_of(1)))
    assert places_of(questions(server).subject(JANE, VIEWER)) == []


def test_a_server_takes_blocks_of_any_size(server: ClientStore) -> None:
    receipts = [Recorded(at, a_receipt(at), 0, "receipts") for at in range(20_000)]
    a_history(server).put({Stream.RECEIPTS: receipts})
    assert server.query("SELECT count(), uniqExact(position) FROM receipts") == [(20_000, 20_000)]


def test_a_free_question_to_a_server_is_held_to_the_same(server: ClientStore) -> None:
    with pytest.raises(Refused):
        questions(server).sql("SELECT file('/etc/hostname')", VIEWER)


def test_a_server_that_is_away_is_a_failure_that_passes() -> None:
    away = server_store("http://127.0.0.1:9/default")
    with pytest.raises(StoreFailed) as failed:
        away.query("SELECT 1")
    assert not failed.value.refused
    assert "127.0.0.1" not in str(failed.value)
