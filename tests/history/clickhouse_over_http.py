"""ClickHouse's HTTP interface over the embedded engine, as far as the client library, the real one, uses it.

A server can be away, lose its replies and be too busy (``Outages``). As a program it is a server of its own, which can
be killed: ``python tests/history/clickhouse_over_http.py FOLDER PORT`` says ``ready`` when it answers.
"""

import email
import os
import re
import socket
import sys
import tempfile
import threading
from collections import deque
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
_WRITES = re.compile(rb"\s*(INSERT|ALTER|TRUNCATE)\b")
_INSERT = re.compile(rb"INSERT INTO .*? FORMAT Native\n", re.DOTALL)


def _decompressed(sent: bytes) -> bytes:
    """Of every frame: a block of rows has one of its own."""
    told = bytearray()
    while sent:
        frame = lz4.frame.LZ4FrameDecompressor()
        told += frame.decompress(sent)
        sent = frame.unused_data or b""
    return bytes(told)


def _form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form: parameters that are too long for an address travel so."""
    message = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return {
        str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True)).decode()
        for part in message.walk()
        if not part.is_multipart()
    }


LOST, BUSY, REFUSED = "lost", "busy", "refused"
"""What can become of a statement that changes something: done and its reply lost; not done, for now; not done, ever."""
_WORDS = {
    BUSY: "Code: 252. DB::Exception: Too many parts. Merges are processing slower than inserts. (TOO_MANY_PARTS)",
    REFUSED: "Code: 53. DB::Exception: Made-up. (TYPE_MISMATCH)",
}


class Outages:
    """What becomes of the next statements that change something; the others are done."""

    def __init__(self) -> None:
        self.coming: deque[str] = deque()
        self.writes = 0
        """How many statements that change something there were."""

    def next(self) -> str | None:
        """What becomes of this one."""
        self.writes += 1
        return self.coming.popleft() if self.coming else None


class _Handler(BaseHTTPRequestHandler):
    folder: str
    outages: Outages
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Tests say enough."""

    def do_GET(self) -> None:
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        body = self._body()
        parameters = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if self.headers.get("Content-Type", "").startswith("multipart/form-data"):
            parameters |= _form(self.headers["Content-Type"], body)
            body = b""
        statement = parameters.pop("query", "").encode()
        bound = {name[6:]: value for name, value in parameters.items() if name.startswith("param_")}
        settings = {
            name: value
            for name, value in parameters.items()
            if not name.startswith("param_") and name not in CHDB_TRANSPORT_SETTINGS
        }
        whole = b"\n".join(part for part in (statement, body) if part)
        outage = self.outages.next() if _WRITES.match(whole) else None
        if outage in _WORDS:
            self._answer(500, _WORDS[outage].encode(), "", code=_WORDS[outage].split()[1].rstrip("."))
            return
        try:
            told = self._run(whole, bound, settings)
            if outage == LOST:
                self._hang_up()
            else:
                self._answer(200, *told)
        except Exception as error:  # noqa: BLE001 - whatever it was, the client is told
            self._answer(500, str(error).encode(), "", code="1")

    def _body(self) -> bytes:
        sent = self._sent()
        return _decompressed(sent) if self.headers.get("Content-Encoding") == "lz4" else sent

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

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def _server(folder: Path, port: int, outages: Outages) -> _Server:
    handler = type("Handler", (_Handler,), {"folder": str(folder.resolve()), "outages": outages})
    return _Server(("127.0.0.1", port), handler)


@contextmanager
def served(folder: Path, port: int = 0, outages: Outages | None = None) -> Iterator[str]:
    """The URL of a server over the engine that this process has open on ``folder``."""
    with _server(folder, port, outages or Outages()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/default"
        finally:
            server.shutdown()
            thread.join()


def _end_with_parent() -> None:
    """A run of tests that was killed leaves nothing behind."""
    parent = os.getppid()
    while os.getppid() == parent:
        threading.Event().wait(0.5)
    os._exit(1)


def main() -> None:
    """A server of its own, until it is killed, or whoever began it is."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server = _server(Path(sys.argv[1]), int(sys.argv[2]), Outages())
    kept_open = chdb.connect(str(Path(sys.argv[1]).resolve()))  # without any the engine would close after each request
    sys.stdout.write(f"ready http://127.0.0.1:{server.server_port}/default\n")
    sys.stdout.flush()
    server.serve_forever()
    kept_open.close()


if __name__ == "__main__":
    main()
