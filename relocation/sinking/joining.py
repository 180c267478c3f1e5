"""Joins the settings to Kafka and the history, for whatever reads stored topics."""

from relocation.exits import UNUSABLE, Failure
from relocation.historian import store_on_server, writing_of
from relocation.settings import Settings
from sinks.history import StoredHistory
from sinks.store import Store


def server_of(settings: Settings) -> Store:
    """The ClickHouse server of the settings. Raises Failure."""
    if settings.clickhouse is None:
        why = "RELOCATION_CLICKHOUSE is not set: write a URL such as http://localhost:8123"
        raise Failure(why, UNUSABLE)
    return store_on_server(settings.clickhouse)


def history_of(settings: Settings, store: Store) -> StoredHistory:
    """The history on a server."""
    return StoredHistory(store, writing_of(settings))
