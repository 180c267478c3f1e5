"""Publishers and coordinators that go on until everything is answered, and remember what they were promised."""

import json
import random
import socket
import threading
import time
from contextlib import suppress

import httpx
from confluent_kafka import Producer

from schemas.avro import EVENT_KINDS, encode_event, frame
from schemas.avro_ids import pinned_id
from schemas.reports import EventType
from streams.partitions import partition_of
from tests.chaos.world import poison

DEADLINE_S = 240
AGAIN_S = 0.1
CHUNK = 25
POISON = 0.02
"""Of the messages on Kafka. From a share of 5 % on a partition is rightly halted, and refused ones count too."""


class NeverAnswered(AssertionError):
    """Something was not answered for far longer than any fault lasts."""


class Promises:
    """What the platform promised: events that it accepted, by revision, and how many it took otherwise."""

    def __init__(self):
        self._lock = threading.Lock()
        self.accepted = set()
        """(type, source, event_id, revision) of all that count, passages apart."""
        self.answers = {"accepted": 0, "duplicate": 0, "rejected": 0, "sent": 0}
        self.wrongs = []

    def answered(self, message, status):
        with self._lock:
            self.answers[status] += 1
            rejected = status == "rejected"
            if rejected != (message.expected in ("refused", "poison")) and status != "sent":
                self.wrongs.append(f"{message.expected} event was {status}: {message.event.get('event_id')}")
            if message.expected == "taken":
                self.accepted.add(message.revision)


def publish_over_http(url, messages, promises, *, draw, slowly=False):
    """Publish in bodies of NDJSON; what was not answered is sent again until it is."""
    deadline = time.monotonic() + DEADLINE_S
    with httpx.Client(timeout=20) as client:
        for begin in range(0, len(messages), CHUNK):
            left = messages[begin : begin + CHUNK]
            while left:
                left = left[_published(client, url, left, promises, slowly and draw.random() < 0.5) :]
                if left:
                    _rest(deadline, "an event over HTTP")


def _published(client, url, messages, promises, slowly):
    """How many of these were answered, in order."""
    answered, rest = 0, ""
    headers = {"content-type": "application/x-ndjson"}
    try:
        with client.stream("POST", f"{url}/api/v1/events", content=_body(messages, slowly), headers=headers) as answer:
            if answer.status_code != 200:
                return 0
            for piece in answer.iter_text():
                *lines, rest = (rest + piece).split("\n")
                for line in lines:
                    promises.answered(messages[answered], json.loads(line)["status"])
                    answered += 1
    except (httpx.HTTPError, OSError):
        """Cut off: whatever was not answered is sent again."""
    return answered


def _body(messages, slowly):
    for message in messages:
        yield message.raw + b"\n"
        if slowly:
            time.sleep(0.03)


def publish_to_kafka(bootstrap, messages, promises, *, draw, partitions):
    """Publish straight to ``intake.*``, in JSON and Avro, poison between good ones; until the brokers have it all."""
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "linger.ms": 1,
            "message.timeout.ms": DEADLINE_S * 1000,
            "log_level": 0,
        }
    )
    failed = []

    def told(message):
        return lambda error, _record: failed.append(error) if error else promises.answered(message, "sent")

    for message in messages:
        for one in (message, poison(draw, message.type)) if draw.random() < POISON else (message,):
            value, headers = _on_kafka(one, draw)
            key = one.event.get("event_id", "poison")
            producer.produce(
                f"intake.{one.type}", value=value, key=key, partition=partition_of(key, partitions),
                headers=headers, on_delivery=told(one),
            )  # fmt: skip
            producer.poll(0)
    if producer.flush(DEADLINE_S) or failed:
        raise NeverAnswered(f"the brokers did not take {failed[:1] or 'all'}")


def _on_kafka(message, draw):
    if message.expected in ("taken", "passage") and draw.random() < 0.5:
        with suppress(ValueError):  # a withdrawal in short form has no Avro form
            kind = EVENT_KINDS[EventType(message.type)]
            return frame(pinned_id(kind), encode_event(message.event)), [("content-type", b"application/avro")]
    return message.raw or None, [("content-type", b"application/json")]


class Coordinator:
    """Acts on alerts and subjects through the console's API; sends again under the same id until it is answered."""

    def __init__(self, url, promises):
        self._url = url
        self._client = httpx.Client(timeout=15)
        self._promises = promises
        self.done = {}
        """action_id -> (what was acted on, action) of all that were answered as done."""
        self.refused = 0
        self._count = 0

    def close(self):
        self._client.close()

    def act_on_alert(self, alert_id, *, draw: random.Random, name):
        """One comment, take, close or reopen; a conflict is met with a look and another try under another id."""
        deadline = time.monotonic() + DEADLINE_S
        action = draw.choice(["comment", "comment", "take", "acknowledge", "close", "reopen"])
        while True:
            version = self._version_of(alert_id, deadline)
            self._count += 1
            body = {"action_id": f"{name}-{self._count}", "action": action, "expected": version}
            body |= {"comment": f"verzonnen {self._count}"} if action == "comment" else {}
            body |= {"outcome": draw.choice(["not_found", "wrong_subject"])} if action == "close" else {}
            path = f"/api/v1/alerts/{alert_id}/actions"
            if draw.random() < 0.2:
                self._cut_off(path, body)
            answer = self._answered(path, body, deadline)
            if answer.status_code == 201:
                self.done[body["action_id"]] = ("alert", alert_id, action)
                return
            if answer.status_code != 409:
                self.refused += 1  # it cannot be done in this state
                return

    def act_on_subject(self, token, action, *, name, **more):
        """Follow, strike and their opposites. Whether it was done."""
        self._count += 1
        body = {"action_id": f"{name}-{self._count}", "action": action, "reason": "verzonnen reden", **more}
        answer = self._answered(f"/api/v1/subjects/{token}/actions", body, time.monotonic() + DEADLINE_S)
        if answer.status_code == 201:
            self.done[body["action_id"]] = ("subject", token, action)
            return True
        self.refused += 1
        return False

    def _version_of(self, alert_id, deadline):
        while True:
            try:
                answer = self._client.get(f"{self._url}/api/v1/alerts/{alert_id}")
                if answer.status_code == 200:
                    return answer.json()["state"]["version"]
            except (httpx.HTTPError, OSError):
                """It is away for a moment."""
            _rest(deadline, f"alert {alert_id}")

    def _answered(self, path, body, deadline):
        while True:
            try:
                answer = self._client.post(self._url + path, json=body)
                if answer.status_code not in (404, 429, 500, 502, 503):
                    return answer
            except (httpx.HTTPError, OSError):
                """Whether it was done is not known: the same again."""
            _rest(deadline, f"action {body['action_id']}")

    def _cut_off(self, path, body):
        """Ask and hang up."""
        host, port = self._url.removeprefix("http://").split(":")
        raw = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(raw)}\r\n\r\n"
        try:
            with socket.create_connection((host, int(port)), 5) as asked:
                asked.sendall(head.encode() + raw)
        except OSError:
            """Nobody there; the next try says so too."""


def _rest(deadline, what):
    if time.monotonic() > deadline:
        raise NeverAnswered(f"{what} was not answered for {DEADLINE_S} s")
    time.sleep(AGAIN_S)
