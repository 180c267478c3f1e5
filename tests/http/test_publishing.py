"""Publishing: what becomes of one event, of lines, of gzip, and of all that can be wrong with a body."""

import gzip
import json
import socket
import threading
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from alerts.http.options import HttpOptions, Limits
from schemas.views import Unavailable
from tests.http.standin import StandIn, asking, serving

NDJSON = {"Content-Type": "application/x-ndjson"}
GZIPPED = {**NDJSON, "Content-Encoding": "gzip"}
URL = "/api/v1/events"


def event(number: int, pad: int = 0) -> bytes:
    return json.dumps({"event_id": f"e{number}", "pad": "x" * pad}).encode()


def lines(count: int) -> bytes:
    return b"".join(event(number) + b"\n" for number in range(1, count + 1))


def told(response: httpx.Response) -> list[dict[str, object]]:
    return [json.loads(line) for line in response.text.splitlines()]


# One event


def test_one_event_is_accepted_and_the_same_again_is_a_duplicate() -> None:
    with asking(StandIn()) as client:
        first = client.post(URL, content=event(1), headers={"Content-Type": "application/json; charset=utf-8"})
        again = client.post(URL, content=event(1), headers={"Content-Type": "application/json"})
    assert (first.status_code, first.json()) == (200, {"line": 1, "event_id": "e1", "status": "accepted"})
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")


def test_a_rejected_event_is_answered_422_with_the_same_object() -> None:
    with asking(StandIn()) as client:
        answer = client.post(URL, content=b"nothing", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json() == {
        "line": 1,
        "status": "rejected",
        "errors": [{"code": "malformed", "message": "not an event", "hint": "send one"}],
    }


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413)])
def test_an_event_may_have_64_kib_and_not_a_byte_more(size: int, status: int, chunked: bool) -> None:
    body = event(1, size - len(event(1)))
    assert len(body) == size
    with asking(StandIn()) as client:
        answer = client.post(
            URL,
            content=iter([body[:100], body[100:]]) if chunked else body,
            headers={"Content-Type": "application/json"},
        )
    assert answer.status_code == status
    if status == 413:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["code"] == "too_large"


def test_one_event_may_be_gzipped_and_a_bomb_is_too_large() -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with asking(StandIn()) as client:
        assert client.post(URL, content=gzip.compress(event(1)), headers=headers).status_code == 200
        assert client.post(URL, content=gzip.compress(b" " * 50_000_000), headers=headers).status_code == 413
        cut = client.post(URL, content=gzip.compress(event(2))[:-5], headers=headers)
    assert (cut.status_code, cut.json()["errors"][0]["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
        {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip, gzip"},
    ],
)
def test_another_type_or_encoding_is_415_and_says_what_to_send(headers: dict[str, str]) -> None:
    platform = StandIn()
    with asking(platform) as client:
        answer = client.post(URL, content=event(1), headers=headers)
    assert answer.status_code == 415
    assert "Send" in answer.json()["detail"]
    assert platform.published == []


# Lines


def test_each_line_has_its_answer_in_order_and_blank_ones_are_counted() -> None:
    body = b"\n" + event(1) + b"\r\n  \t\n\n" + event(2) + b"\nnothing\n" + event(1)
    with asking(StandIn()) as client:
        answer = client.post(URL, content=body, headers=NDJSON)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [(one["line"], one["status"]) for one in told(answer)] == [
        (2, "accepted"),
        (5, "accepted"),
        (6, "rejected"),
        (7, "duplicate"),
    ]


def test_an_empty_body_has_an_empty_answer() -> None:
    with asking(StandIn()) as client:
        answer = client.post(URL, content=b"", headers=NDJSON)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_line_that_is_too_large_is_refused_alone_and_not_buffered() -> None:
    platform = StandIn()
    huge = [event(1) + b"\n", *[b"x" * 1_000_000] * 30, b"\n" + event(2)]
    with asking(platform) as client:
        answer = told(client.post(URL, content=iter(huge), headers=NDJSON))
    assert [(one["line"], one["status"]) for one in answer] == [(1, "accepted"), (2, "rejected"), (3, "accepted")]
    assert answer[1]["errors"][0]["code"] == "too_large"  # type: ignore[index]


def test_lines_are_answered_while_the_body_still_arrives() -> None:
    with serving(StandIn()) as url, _Raw(url) as connection:
        _begin(connection, "application/x-ndjson")
        _chunk(connection, event(1) + b"\n" + event(2)[:5])
        assert b'"line":1' in _until(connection, b"}\n")
        _chunk(connection, event(2)[5:] + b"\n")
        assert b'"line":2' in _until(connection, b"}\n")
        connection.sendall(b"0\r\n\r\n")
        assert _until(connection, b"0\r\n\r\n")


def test_a_client_that_reads_only_after_sending_everything_is_not_stuck() -> None:
    count = 150_000
    with serving(StandIn()) as url, _Raw(url, receive_buffer=4096) as connection:
        _begin(connection, "application/x-ndjson")
        block = lines(1000)
        for _ in range(count // 1000):
            _chunk(connection, block)
        connection.sendall(b"0\r\n\r\n")
        answer = _until(connection, b"0\r\n\r\n", deadline_s=180)
    assert answer.count(b'"line"') == count


def test_a_client_that_leaves_never_leaves_half_an_event() -> None:
    platform = StandIn()
    with serving(platform) as url:
        with _Raw(url) as connection:
            _begin(connection, "application/x-ndjson")
            _chunk(connection, event(1) + b"\n" + b'{"event_id":"whole"}')
            _until(connection, b"}\n")
        with httpx.Client(base_url=url, trust_env=False) as client:  # the server goes on
            assert client.post(URL, content=event(3), headers=NDJSON).status_code == 200
    assert platform.published == [event(1), event(3)]


def test_one_event_that_is_cut_off_is_not_published() -> None:
    platform = StandIn()
    with serving(platform) as url, _Raw(url) as connection:
        connection.sendall(
            b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        )
        connection.sendall(event(1))
    assert platform.published == []


# Gzip


def test_gzip_is_taken_with_any_number_of_members() -> None:
    body = gzip.compress(lines(3)) + gzip.compress(event(9)) + b"\0" * 64
    with asking(StandIn()) as client:
        answer = client.post(URL, content=iter([body[:10], body[10:31], body[31:]]), headers=GZIPPED)
    assert [one["event_id"] for one in told(answer)] == ["e1", "e2", "e3", "e9"]


@pytest.mark.parametrize("damage", ["cut off", "damaged"])
def test_gzip_that_is_cut_off_or_damaged_answers_what_was_complete_and_then_ends_clearly(damage: str) -> None:
    first = zlib.compressobj(wbits=31)
    whole = first.compress(lines(3) + event(4)[:6]) + first.flush(zlib.Z_FULL_FLUSH)
    body = whole if damage == "cut off" else whole + b"\xff" * 50
    platform = StandIn()
    with asking(platform) as client:
        *complete, end = told(client.post(URL, content=body, headers=GZIPPED))
    assert [one["status"] for one in complete] == ["accepted"] * 3
    assert (end["line"], end["status"]) == (4, "rejected")
    assert damage in end["errors"][0]["message"]  # type: ignore[index]
    assert len(platform.published) == 3


@pytest.mark.parametrize("filler", [b"\0", b"\n"])
def test_a_bomb_is_given_up_early(filler: bytes) -> None:
    bomb = gzip.compress(lines(1) + filler * 300_000_000, compresslevel=6)
    with asking(StandIn()) as client:
        *_, end = told(client.post(URL, content=bomb, headers=GZIPPED))
        assert client.get("/healthz").status_code == 200
    assert "proportion" in end["errors"][0]["message"]  # type: ignore[index]


def test_what_is_not_gzip_at_all_is_told_at_its_first_line() -> None:
    with asking(StandIn()) as client:
        answer = told(client.post(URL, content=lines(2), headers=GZIPPED))
    assert [(one["line"], one["status"]) for one in answer] == [(1, "rejected")]


# When it cannot be done


def test_when_the_log_goes_away_the_answer_stops_after_the_last_durable_line() -> None:
    platform = StandIn()
    platform.disk_full_after = 5
    with asking(platform) as client:
        answer = client.post(URL, content=lines(20), headers=NDJSON)
    assert answer.status_code == 200
    assert [one["line"] for one in told(answer)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
def test_when_nothing_can_be_stored_it_says_when_to_come_back(kind: str) -> None:
    platform = StandIn()
    platform.disk_full_after = 0
    with asking(platform) as client:
        answer = client.post(URL, content=event(1), headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_failure_that_nobody_expected_echoes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    platform = StandIn()
    platform.breaks = RuntimeError("XR123456 is on the tip of my tongue")
    with asking(platform) as client:
        one = client.post(URL, content=event(1), headers={"Content-Type": "application/json"})
        many = client.post(URL, content=event(1), headers=NDJSON)
    assert (one.status_code, many.status_code) == (500, 503)
    assert "XR123456" not in one.text + many.text + caplog.text


def test_too_many_bodies_are_told_to_come_back_and_places_are_freed() -> None:
    platform = StandIn()
    platform.gate.clear()
    with asking(platform, HttpOptions(limits=Limits(bodies=2))) as client:
        answers: list[int] = []
        waiting = [
            threading.Thread(
                target=lambda: answers.append(client.post(URL, content=event(1), headers=NDJSON).status_code)
            )
            for _ in range(2)
        ]
        for thread in waiting:
            thread.start()
        assert all(platform.waiting.acquire(timeout=10) for _ in waiting)
        refused = client.post(URL, content=event(1), headers=NDJSON)
        platform.gate.set()
        for thread in waiting:
            thread.join()
        after = client.post(URL, content=event(1), headers=NDJSON)
    assert (refused.status_code, refused.json()["status"], refused.headers["retry-after"]) == (429, 429, "2")
    assert answers == [200, 200]
    assert after.status_code == 200


def test_a_body_that_stops_coming_is_ended_clearly() -> None:
    with serving(StandIn(), HttpOptions(limits=Limits(stalled_s=0.3))) as url, _Raw(url) as connection:
        _begin(connection, "application/x-ndjson")
        _chunk(connection, event(1) + b"\n" + event(2)[:5])
        answer = _until(connection, b"0\r\n\r\n")
    assert b'"line":1' in answer
    assert b"Nothing more of the body came" in answer


def test_unavailable_in_a_later_batch_keeps_what_was_answered() -> None:
    class Fails(StandIn):
        def publish(self, batch: object) -> list[object]:  # type: ignore[override]
            if self.published:
                raise Unavailable("gone")
            return super().publish(batch)  # type: ignore[arg-type, return-value]

    with asking(Fails(), HttpOptions(limits=Limits(batch_lines=10))) as client:
        answer = client.post(URL, content=lines(100), headers=NDJSON)
    assert [one["line"] for one in told(answer)] == list(range(1, 11))


# A client down to its bytes


class _Raw:
    def __init__(self, url: str, receive_buffer: int | None = None) -> None:
        at = urlsplit(url)
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(20)
        self._socket.connect((at.hostname, at.port))

    def __enter__(self) -> socket.socket:
        return self._socket

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _begin(connection: socket.socket, kind: str) -> None:
    head = f"POST {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head.encode())


def _chunk(connection: socket.socket, body: bytes) -> None:
    connection.sendall(b"%x\r\n%b\r\n" % (len(body), body))


def _until(connection: socket.socket, end: bytes, deadline_s: float = 20) -> bytes:
    connection.settimeout(deadline_s)
    received = bytearray()
    while end not in received[-200:]:
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return bytes(received)


def _blocks(block: bytes, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield block


def test_a_body_of_100_megabytes_is_taken_in_constant_memory() -> None:
    process = psutil.Process()
    block = b"".join(event(number, 8_000) + b"\n" for number in range(10))
    with asking(StandIn()) as client:
        client.post(URL, content=_blocks(block, 50), headers=NDJSON)
        before = process.memory_info().rss
        answer = client.post(URL, content=_blocks(block, 1_250), headers=NDJSON)
        grown = process.memory_info().rss - before
    assert answer.text.count("\n") == 12_500
    assert grown < 40_000_000
