"""Ways to the engine: a ClickHouse server by URL, or chDB in this process over a folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from sinks.store import ClientStore

CONNECT_SECONDS = 10
RECEIVE_SECONDS = 120


def server_store(url: str) -> ClientStore:
    """The server at ``url`` (``http://user:password@host:8123/database``). Nothing is reached before it is needed."""

    def connect(settings: Mapping[str, Any]) -> Client:
        return clickhouse_connect.get_client(
            dsn=url,
            settings=dict(settings),
            autogenerate_session_id=False,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=RECEIVE_SECONDS,
        )

    return ClientStore(connect)


def folder_store(folder: Path) -> ClientStore:
    """The embedded engine over ``folder``, in this process: one folder a process, one process a folder."""

    def connect(settings: Mapping[str, Any]) -> Client:
        return clickhouse_connect.get_client(interface="chdb", path=str(folder), settings=dict(settings))

    return ClientStore(connect)
