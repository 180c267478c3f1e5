"""Ways to the engine: a ClickHouse server by URL, or chDB in this process over a folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from sinks.store import ClientStore

CONNECT_SECONDS = 10
RECEIVE_SECONDS = 120


def server_store(url: str, *, patience_s: float = RECEIVE_SECONDS) -> ClientStore:
    """The server at ``url`` (``http://user:password@host:8123/database``). Nothing is reached before it is needed.

    ``patience_s``: a statement that is not answered for so long has failed.
    """

    def connect(settings: Mapping[str, Any]) -> Client:
        return clickhouse_connect.get_client(
            dsn=url,
            settings=dict(settings),
            autogenerate_session_id=False,
            connect_timeout=min(CONNECT_SECONDS, patience_s),
            send_receive_timeout=patience_s,
        )

    return ClientStore(connect)


def folder_store(folder: Path) -> ClientStore:
    """The embedded engine over ``folder``, in this process: one folder a process, one process a folder."""

    def connect(settings: Mapping[str, Any]) -> Client:
        return clickhouse_connect.get_client(interface="chdb", path=str(folder), settings=dict(settings))

    return ClientStore(connect)
