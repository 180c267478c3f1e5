"""A platform in memory whose answers a test decides, for what the real one does only when a disk fails."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI

from alerts.http.app import build_app
from alerts.http.options import HttpOptions
from alerts.http.server import Server
from processors.requests import no_such_alert
from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.problems import Code, Problem
from schemas.sightings import Sighting
from schemas.views import (
    AlertPage,
    AlertQuery,
    AlertView,
    Answer,
    CannotResume,
    Conflict,
    HandlingStep,
    Position,
    Refused,
    StayView,
    Streamed,
    Timeline,
    Unavailable,
    Viewer,
)

KNOWN = "a" * 32
"""The one subject of which something is known."""
DAY_MS = 86_400_000
SIGHTED = Sighting(
    10 * DAY_MS,
    0,
    "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e11",
    "avim-voorbeeld",
    "control",
    "GM0363",
    True,
    10 * DAY_MS,
    10 * DAY_MS,
)
EVENT_BYTES = 64 * 1024


class StandIn:
    """An ``alerts.ports.Platform``."""

    def __init__(self) -> None:
        self.published: list[bytes] = []
        self.events_seen: set[str] = set()
        self.disk_full_after: int | None = None
        self.breaks: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Semaphore(0)
        self.messages: list[Alert] = []
        self.oldest = 1
        self.states: dict[str, AlertState] = {}
        self.decided: list[AlertState] = []
        self.done: dict[str, AlertState] = {}
        self.asked: list[AlertQuery] = []
        self.looked_up: list[tuple[dict[str, Any], str]] = []
        self.requests: list[SubjectAction] = []
        self.ready = True
        self._news = threading.Condition()

    # What a test decides

    def raises(self, alert: Alert | None = None) -> Alert:
        """Tell an alert."""
        with self._news:
            alert = alert or an_alert(len(self.messages) + 1)
            self.messages.append(alert)
            self.states.setdefault(alert.alert_id, AlertState(alert.alert_id, 1, Handling.NEW, alert.known_at))
            self._news.notify_all()
        return alert

    # What the port promises

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        self.waiting.release()
        self.gate.wait(30)
        if self.breaks is not None:
            raise self.breaks
        answers: list[Answer] = []
        for line in lines:
            if self.disk_full_after is not None and len(self.published) >= self.disk_full_after:
                raise Unavailable("the disk is full", retry_after_s=7, answered=answers)
            answers.append(self._answer(line))
            self.published.append(line if len(line) < 1000 else b"(long)")
        return answers

    def publish_later(self, lines: Sequence[bytes]) -> Callable[[], list[Answer]]:
        return lambda: self.publish(lines)

    def _answer(self, line: bytes) -> Answer:
        if len(line) > EVENT_BYTES:
            return Answer("rejected", problems=(Problem(Code.TOO_LARGE, "too large"),))
        try:
            event_id = str(json.loads(line)["event_id"])
        except (ValueError, TypeError, KeyError, RecursionError):
            event_id = ""
        if re.fullmatch("[a-z][a-z0-9]*", event_id) is None:
            return Answer("rejected", problems=(Problem(Code.MALFORMED, "not an event", hint="send one"),))
        status = "duplicate" if event_id in self.events_seen else "accepted"
        self.events_seen.add(event_id)
        return Answer(status, event_id)

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:
        if query.cursor is not None and not query.cursor.isdigit():
            raise Refused([Problem(Code.INVALID_VALUE, "no cursor of ours", field="cursor")])
        self.asked.append(query)
        views = [self._view(at) for at in range(len(self.messages), 0, -1)]
        start = int(query.cursor or 0)
        end = start + query.limit
        return AlertPage(tuple(views[start:end]), str(end) if end < len(views) else None)

    def alert(self, alert_id: str, viewer: Viewer) -> AlertView | None:
        positions = [at for at, alert in enumerate(self.messages, 1) if alert.alert_id == alert_id]
        return self._view(positions[-1]) if positions else None

    def _view(self, position: int) -> AlertView:
        alert = self.messages[position - 1]
        return AlertView(alert, alert.known_at, position, self.states[alert.alert_id], active=True)

    def alert_messages(self, alert_id: str, viewer: Viewer) -> list[Alert]:
        return [alert for alert in self.messages if alert.alert_id == alert_id]

    def alert_handling(self, alert_id: str, viewer: Viewer) -> list[HandlingStep]:
        return [HandlingStep(self.states[alert_id], None)]

    def states_after(self, position: Position, limit: int, viewer: Viewer) -> list[tuple[Position, AlertState]]:
        [after] = position
        return [((at,), state) for at, state in enumerate(self.decided, 1)][after : after + limit]

    def states_end(self) -> Position:
        return (len(self.decided),)

    def alerts_after(self, position: Position, limit: int, viewer: Viewer) -> list[Streamed]:
        [after] = position
        if self.oldest - 1 > after:
            raise CannotResume("too_old")
        return [Streamed((at,), at, alert) for at, alert in enumerate(self.messages, 1)][after : after + limit]

    def left_since(self, alerts: Position, states: Position, viewer: Viewer) -> list[str]:
        return []  # everybody here sees the whole country

    def alerts_end(self) -> Position:
        return (len(self.messages),)

    def has_come_to(self, position: Position) -> bool:
        if len(position) != 1:
            raise CannotResume("unknown")
        return position[0] <= len(self.messages)

    def wait_for_news(self, news: int, timeout_s: float) -> int:
        with self._news:
            self._news.wait_for(lambda: self._seen() != news, timeout_s)
            return self._seen()

    def _seen(self) -> int:
        return len(self.messages) + len(self.decided)

    def act_on_alert(self, action: AlertAction, viewer: Viewer) -> AlertState:
        if action.action_id in self.done:
            return self.done[action.action_id]
        if action.alert_id not in self.states:
            raise Refused([no_such_alert()])
        state = self.states[action.alert_id]
        if action.expected != state.version:
            raise Conflict(state)
        if action.action == "offer" and action.unit is None:
            raise Refused([Problem(Code.MISSING_FIELD, "to whom?", field="unit")])
        state = replace(state, version=state.version + 1, handling=Handling.TAKEN, owner=viewer.name)
        self.states[action.alert_id] = self.done[action.action_id] = state
        with self._news:
            self.decided.append(state)
            self._news.notify_all()
        return state

    def act_on_subject(self, action: SubjectAction, viewer: Viewer) -> dict[str, Any]:
        self.requests.append(action)
        return {"subject": action.subject, "followed": action.action == "follow"}

    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        if subject != KNOWN:
            return None
        stays = (StayView("GM0363", SIGHTED.occurred_at, SIGHTED.occurred_at),)
        return Timeline(KNOWN, "person", (SIGHTED,), (), stays, 11 * DAY_MS, followed=False)

    def lookup(self, identifier: dict[str, Any], purpose: str, viewer: Viewer) -> Timeline | None:
        self.looked_up.append((identifier, purpose))
        return self.timeline(KNOWN, viewer) if identifier == {"bvh_person": "P-VOORBEELD-1"} else None

    def readiness(self) -> dict[str, Any]:
        return {"ready": self.ready, "rules": "0" * 64}


def an_alert(number: int = 1, **changed: Any) -> Alert:
    """An alert of a made-up subject."""
    finding = Finding(
        from_place="GM0363",
        to_place="GM0344",
        from_last_seen=5 * DAY_MS,
        arrived_at=6 * DAY_MS,
        arrival_event_id="7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e12",
        evidence=0,
        novelty="first",
        certainty="confirmed",
        implausible=False,
        repeat=False,
        attention="tell",
        cross_region=True,
        cross_border=False,
    )
    told: dict[str, Any] = {
        "alert_id": f"{number:08x}-0000-5000-8000-000000000000",
        "revision": 1,
        "status": AlertStatus.RAISED,
        "subject_kind": "person",
        "subject": KNOWN,
        "finding": finding,
        "arrival_source": "avim-voorbeeld",
        "arrival_type": "control",
        "known_at": 6 * DAY_MS + number,
        "historical": False,
        "based_on": (SIGHTED,),
    }
    return Alert(**{**told, **changed})


def serving(platform: Any, options: HttpOptions | None = None) -> AbstractContextManager[str]:
    """The address of a real server over the platform, stopped at the end."""
    return serving_app(build_app(platform, options))


@contextmanager
def serving_app(app: FastAPI) -> Iterator[str]:
    """The address of a real server of the app, stopped at the end."""
    ready = threading.Event()
    server = Server(app, host="127.0.0.1", port=0, on_ready=lambda url: ready.set())
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(10)
        yield server.url
    finally:
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive(), "the server does not stop"


def asking(platform: Any, options: HttpOptions | None = None) -> AbstractContextManager[httpx.Client]:
    """A client of a real server over the platform."""
    return asking_app(build_app(platform, options))


@contextmanager
def asking_app(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of a real server of the app."""
    with serving_app(app) as url, httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        yield client
