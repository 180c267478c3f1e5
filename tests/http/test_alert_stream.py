"""The alert stream: nothing lost, nothing repeated, whoever reconnects, lags, sleeps or leaves."""

import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.http.options import HttpOptions, Limits
from alerts.http.positions import NOWHERE, position_of, wire_of
from schemas.actions import AlertAction
from schemas.views import Viewer
from tests.http.standin import StandIn, an_alert, asking, serving

URL = "/api/v1/alerts/stream"


class Event(NamedTuple):
    name: str
    id: str
    data: dict[str, object]


def events(lines: Iterator[str]) -> Iterator[Event]:
    """Server-sent events as a browser reads them; one without data only moves the id."""
    name, data, last_id = "message", "", ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            last_id = value
        elif field == "data":
            data += value
        elif line == "":
            if data:
                yield Event(name, last_id, json.loads(data))
            elif last_id:
                yield Event("(position)", last_id, {})
            name, data = "message", ""


def test_it_starts_now_and_tells_the_position_before_the_first_alert() -> None:
    platform = StandIn()
    platform.raises()
    with asking(platform) as client, client.stream("GET", URL) as answer:
        told = events(answer.iter_lines())
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(told)[:2] == ("(position)", "1")
        alert = platform.raises()
        event = next(told)
    assert (event.name, event.id) == ("alert", "2")
    assert event.data == {**alert.as_json(), "alias": event.data["alias"], "position": 2, "pushed": True}


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (URL, {"Last-Event-ID": "2"}),
        (f"{URL}?last_event_id=2", {}),
        (f"{URL}?last_event_id=1", {"Last-Event-ID": "2"}),  # a browser that reconnects keeps the address it began with
    ],
)
def test_it_resumes_where_the_listener_was(url: str, headers: dict[str, str]) -> None:
    platform = StandIn()
    for _ in range(4):
        platform.raises()
    with asking(platform) as client, client.stream("GET", url, headers=headers) as answer:
        told = events(answer.iter_lines())
        assert [next(told)[:2] for _ in range(3)] == [("(position)", "2"), ("alert", "3"), ("alert", "4")]


@pytest.mark.parametrize("last", ["99", "-1", "zzz", "9" * 40])
def test_a_position_that_is_none_of_ours_resets_and_goes_on_from_now(last: str) -> None:
    platform = StandIn()
    platform.raises()
    options = HttpOptions(limits=Limits(catch_up_s=0.1))
    with asking(platform, options) as client, client.stream("GET", URL, headers={"Last-Event-ID": last}) as answer:
        told = events(answer.iter_lines())
        reset = next(told)
        assert (reset.name, reset.id, reset.data["reason"]) == ("reset", "1", "unknown")
        assert next(told)[:2] == ("(position)", "1")
        platform.raises()
        assert next(told)[:2] == ("alert", "2")


def test_a_position_that_is_too_old_resets() -> None:
    platform = StandIn()
    for _ in range(9):
        platform.raises()
    platform.oldest = 5
    with asking(platform) as client:
        with client.stream("GET", URL, headers={"Last-Event-ID": "3"}) as answer:
            told = events(answer.iter_lines())
            assert next(told)[:2] == ("(position)", "3")
            reset = next(told)
        with client.stream("GET", URL, headers={"Last-Event-ID": "4"}) as answer:
            told = events(answer.iter_lines())
            assert [next(told)[:2] for _ in range(2)] == [("(position)", "4"), ("alert", "5")]
    assert (reset.name, reset.id, reset.data["reason"]) == ("reset", "9", "too_old")


def test_a_replica_that_lags_catches_up_instead_of_resetting() -> None:
    platform = StandIn()
    platform.raises()
    with asking(platform) as client:
        later = threading.Timer(0.3, lambda: [platform.raises() for _ in range(2)])
        later.start()
        with client.stream("GET", URL, headers={"Last-Event-ID": "2"}) as answer:
            told = events(answer.iter_lines())
            assert [next(told)[:2] for _ in range(2)] == [("(position)", "2"), ("alert", "3")]
        later.join()


def test_a_heartbeat_comes_while_nothing_happens() -> None:
    with (
        asking(StandIn(), HttpOptions(limits=Limits(heartbeat_s=0.1))) as client,
        client.stream("GET", URL) as answer,
    ):
        lines = answer.iter_lines()
        assert [line for line, _ in zip(lines, range(7), strict=False) if line.startswith(":")] == [": heartbeat"] * 2


def test_a_bad_position_in_the_address_is_told() -> None:
    with asking(StandIn()) as client:
        answer = client.get(f"{URL}?last_event_id=zzz")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "last_event_id")


@given(st.lists(st.integers(0, 10**18 - 1), min_size=1, max_size=50).map(tuple))
def test_a_position_of_many_parts_goes_over_the_wire_and_back(position: tuple[int, ...]) -> None:
    assert position_of(wire_of(position)) == position


@pytest.mark.parametrize(
    "told", ["", ".", "1.", ".1", "1..2", "-1", "+1", " 1", "1\n", "1e3", "\u0661", "9" * 19, "1." * 9000 + "1"]
)
def test_what_is_no_position_leads_nowhere(told: str) -> None:
    assert position_of(told) == NOWHERE


def test_reconnecting_anywhere_loses_and_repeats_nothing() -> None:
    """Listeners that drop out at random, on two replicas of one log, while alerts keep coming."""
    platform, count = StandIn(), 400
    chance = random.Random(7)
    with serving(platform) as one, serving(platform) as other:
        teller = threading.Thread(target=_tell_slowly, args=(platform, count))
        teller.start()
        seen: list[int] = []
        last: str | None = "0"
        while len(seen) < count:
            last = _listen(chance.choice([one, other]), last, chance.randint(1, 60), count, seen)
        teller.join()
    assert seen == list(range(1, count + 1))


def _tell_slowly(platform: StandIn, count: int) -> None:
    pause = threading.Event()
    for _ in range(count):
        platform.raises()
        pause.wait(0.001)


def _listen(url: str, last: str | None, wanted: int, count: int, seen: list[int]) -> str | None:
    headers = {} if last is None else {"Last-Event-ID": last}
    with httpx.stream("GET", url + URL, headers=headers, timeout=20, trust_env=False) as answer:
        for event in events(answer.iter_lines()):
            last = event.id
            if event.name == "alert":
                seen.append(int(str(event.data["position"])))
                wanted -= 1
            if wanted == 0 or len(seen) == count:
                break
    return last


def test_a_hundred_listeners_all_hear_everything_and_one_that_sleeps_blocks_nobody() -> None:
    platform = StandIn()
    with serving(platform) as url, ExitStack() as stack:
        sleeper = stack.enter_context(_connection(url))
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listeners = [stack.enter_context(_connection(url)) for _ in range(100)]
        for listener in listeners:
            _read_until(listener, b"id: 0\n\n")
        big = "x" * 20_000
        for number in range(1, 301):  # 6 MB each: far more than the sleeper's buffers hold
            platform.raises(an_alert(number, arrival_source=big))
        for listener in listeners[:10]:
            heard = _read_until(listener, b"id: 300\n")
            assert heard.count(b"event: alert") >= 299
        began = time.monotonic()
        with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
            assert client.get("/healthz").status_code == 200
        assert time.monotonic() - began < 10


def _connection(url: str) -> socket.socket:
    at = urlsplit(url)
    connection = socket.create_connection((at.hostname, at.port), timeout=30)
    connection.sendall(f"GET {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return connection


def _read_until(connection: socket.socket, end: bytes) -> bytes:
    received = bytearray()
    while end not in received:
        part = connection.recv(1 << 20)
        assert part, "the stream ended"
        received += part
    return bytes(received)


def test_too_many_listeners_are_told_to_come_back() -> None:
    with asking(StandIn(), HttpOptions(limits=Limits(streams=1))) as client:
        with client.stream("GET", URL) as answer:
            told = events(answer.iter_lines())
            next(told)
            refused = client.get(URL)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")


def test_sigterm_ends_streams_and_half_sent_bodies_and_exits_with_0() -> None:
    script = Path(__file__).with_name("serve_standin.py")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        at = urlsplit(url)
        with _connection(url) as listener, socket.create_connection((at.hostname, at.port), timeout=30) as publisher:
            _read_until(listener, b"id: 0\n\n")
            publisher.sendall(
                b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
                b'Transfer-Encoding: chunked\r\n\r\n13\r\n{"event_id": "e1"}\n\r\n'
            )
            _read_until(publisher, b'"line":1')
            began = time.monotonic()
            process.terminate()
            assert process.wait(10) == 0
            assert time.monotonic() - began < 4
            assert _rest(publisher).endswith(b"0\r\n\r\n")
            assert _rest(listener).endswith(b"0\r\n\r\n")


def _rest(connection: socket.socket) -> bytes:
    received = bytearray()
    while part := connection.recv(65536):
        received += part
    return bytes(received)


def test_who_asks_for_states_is_told_what_desk_decided_and_resuming_stays_by_alerts() -> None:
    platform = StandIn()
    alert = platform.raises()
    take = AlertAction("one", alert.alert_id, "take", 1, by="made-up", at=1)
    asked = {"last_event_id": 0, "states": 0}
    with asking(platform) as client, client.stream("GET", URL, params=asked) as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith("event:")) == "event: alert"
        platform.act_on_alert(take, Viewer())
        assert next(line for line in lines if line.startswith(("event:", "id:"))) == "event: state"
        told = json.loads(next(lines).removeprefix("data: "))
        assert told == {"position": "1", "alert_id": alert.alert_id, "version": 2, "handling": "taken"}
        platform.raises()
        assert next(line for line in lines if line.startswith(("event:", "id:"))) == "id: 2"
