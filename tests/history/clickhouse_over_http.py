"""ClickHouse's HTTP interface over the embedded engine, as far as the client library, the real one, uses it."""

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame
from clickhouse_connect.driver._backend.chdb_backend import CHDB_TRANSPORT_SETTINGS

_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*$")
_INSERT = re.compile(rb"INSERT INTO .*? FORMAT Native\n", re.DOTALL)


class _Handler(BaseHTTPRequestHandler):
    folder: str
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Tests say enough."""

    def do_GET(self) -> None:
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        body = self._body()
        parameters = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        statement = parameters.pop("query", "").encode()
        bound = {name[6:]: value for name, value in parameters.items() if name.startswith("param_")}
        settings = {
            name: value
            for name, value in parameters.items()
            if not name.startswith("param_") and name not in CHDB_TRANSPORT_SETTINGS
        }
        try:
            self._answer(200, *self._run(statement + b"\n" + body if statement else body, bound, settings))
        except Exception as error:  # noqa: BLE001 - whatever it was, the client is told
            self._answer(500, str(error).encode(), "", code="1")

    def _body(self) -> bytes:
        sent = self._sent()
        return lz4.frame.decompress(sent) if self.headers.get("Content-Encoding") == "lz4" else sent

    def _sent(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _run(self, statement: bytes, bound: dict[str, str], settings: dict[str, str]) -> tuple[bytes, str]:
        connection = chdb.connect(self.folder)
        try:
            for name, value in sorted(settings.items(), key=lambda setting: setting[0] == "readonly"):
                escaped = value.replace("\\", "\\\\").replace("'", "\\'")
                connection.query(f"SET {name} = '{escaped}'")
            insert = _INSERT.match(statement)
            if insert is not None:
                return self._insert(connection, insert[0], statement[insert.end() :])
            return self._select(connection, statement.decode(), bound)
        finally:
            connection.close()

    @staticmethod
    def _select(connection: Any, statement: str, bound: dict[str, str]) -> tuple[bytes, str]:
        named = _FORMAT.search(statement.encode())
        form = named[1].decode() if named else "TabSeparated"
        told = connection.query(statement, form, params=bound).bytes() or b""
        return told, form if told or named else ""

    @staticmethod
    def _insert(connection: Any, head: bytes, block: bytes) -> tuple[bytes, str]:
        with tempfile.NamedTemporaryFile(suffix=".native") as passed:
            passed.write(block)
            passed.flush()
            into = head.decode().replace("FORMAT Native\n", f"FROM INFILE '{passed.name}' FORMAT Native")
            connection.query(into)
        return b"", ""

    def _answer(self, status: int, told: bytes, form: str = "", code: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("X-ClickHouse-Timezone", "UTC")
        if form:
            self.send_header("X-ClickHouse-Format", form)
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(told)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL of a server over the engine that this process has open on ``folder``."""
    handler = type("Handler", (_Handler,), {"folder": str(folder.resolve())})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/default"
        finally:
            server.shutdown()
            thread.join()
