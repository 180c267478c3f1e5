"""What API and console see of the platform on Kafka (``alerts.ports.Watching``), from a projection of its own."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from processors.intake import Intake
from processors.requests import no_such_alert
from processors.scope import scope_of
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.decisions import ActionAnswer, Decided, SubjectState
from schemas.dossiers import Companion, Dossier
from schemas.views import CannotResume, Conflict, Position, Refused, SilentSource, Streamed, Timeline, Viewer
from streams.kafka.asking import Asking
from streams.kafka.dossiers import Subjects
from streams.kafka.records import Out
from streams.lists.acting import ActsOnAlerts
from streams.lists.faces import ListsAlerts
from streams.lists.projection import Projection
from streams.lists.reading import AlertReader

_EVERYBODY = Viewer()
SEEN_S = 2.0
"""How long an answer waits until what was decided is in the list, so that who acts sees what was done."""


class RequestBox(Protocol):
    """How requests lie in topics."""

    def alert_action(self, action: AlertAction, subject: str) -> Out:
        """On ``alert-actions``; ``subject`` is the alert's."""
        ...

    def subject_action(self, action: SubjectAction) -> Out:
        """On ``subject-actions``."""
        ...


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console is made of. It begins and ends none of it."""

    projection: Projection
    news: "News"
    requests: RequestBox
    asking: Asking
    subjects: Subjects
    intake: Intake
    """For its tokens."""
    ends: Callable[[], Position | None]
    """How far ``alerts`` goes by now, whatever was read of it; None while that is not known."""
    failing: Callable[[], str | None]
    hashes: dict[str, str]
    """Name the rules, policy and signals in force."""


class Console(ListsAlerts, ActsOnAlerts):
    """Calls block and are safe from many threads. A viewer sees what ``processors.scope`` says."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        self._projection = parts.projection

    def _region_of(self, place: str) -> str:
        return self._projection.region_of(place)

    @contextmanager
    def _lists(self) -> Iterator[AlertReader]:
        with self._projection.database.reading() as connection:
            yield AlertReader(connection)

    # The streams

    def alerts_after(self, position: Position, limit: int, viewer: Viewer) -> list[Streamed]:
        """Alert messages after ``position``, those of one alert in order, each once. Raises CannotResume."""
        return self._projection.alerts_after(position, limit, scope_of(viewer))

    def alerts_end(self) -> Position:
        """The position after the last alert message here."""
        return self._projection.alerts_end()

    def states_after(self, position: Position, limit: int, viewer: Viewer) -> list[tuple[Position, AlertState]]:
        """What DESK decided after ``position``. Raises CannotResume."""
        return self._projection.states_after(position, limit, scope_of(viewer))

    def states_end(self) -> Position:
        """The position after what DESK decided last."""
        return self._projection.states_end()

    def left_since(self, alerts: Position, states: Position, viewer: Viewer) -> list[str]:
        """Alerts that the viewer saw at these positions and does not see any more. Raises CannotResume."""
        return self._projection.left_since(alerts, states, scope_of(viewer))

    def has_come_to(self, position: Position) -> bool:
        """Whether what comes after ``position`` can be told here. Raises CannotResume for one that is none of ours.

        A listener that heard more elsewhere hears what comes after that here, when it has come here.
        """
        here = self._projection.alerts_end()
        if len(position) != len(here):
            raise CannotResume("unknown")
        if _is_within(position, here):
            return True
        ends = self._parts.ends()
        return ends is None or _is_within(position, ends)

    def wait_for_news(self, news: int, timeout_s: float) -> int:
        """Block until there is another alert message or decision of DESK, or the time is over."""
        return self._parts.news.wait(news, timeout_s)

    # Acting

    def act_on_alerts(self, actions: Sequence[AlertAction], viewer: Viewer) -> list[AlertState | Conflict | Refused]:
        """What DESK decided of each, in order; one that it did not do keeps no other from being done."""
        unseen = self._answered_when_seen(actions, viewer)
        subjects = {action.action_id: self._subject_of(action, viewer) for action in actions}
        known = [one for one in actions if one.action_id not in unseen and subjects[one.action_id] is not None]
        outs = [(one.action_id, self._parts.requests.alert_action(one, subjects[one.action_id] or "")) for one in known]
        answers = dict(zip((one.action_id for one in known), self._parts.asking.ask(outs), strict=True))
        decided = [unseen.get(one.action_id) or _decision(answers.get(one.action_id)) for one in actions]
        self._wait_until_seen([state for state in decided if isinstance(state, AlertState)])
        return decided

    def _subject_of(self, action: AlertAction, viewer: Viewer) -> str | None:
        view = self.alert(action.alert_id, viewer)
        return None if view is None else view.alert.subject

    def _answered_when_seen(self, actions: Sequence[AlertAction], viewer: Viewer) -> dict[str, AlertState | Refused]:
        """As ``_answered_unseen``; what was decided may be read before the request that it answers, so it waits."""
        deadline = time.monotonic() + self._parts.asking.answered_s
        news = self._parts.news.now()
        while True:
            awaited = {one.action_id for one in actions if self._projection.awaits_request(one.action_id)}
            answered = self._answered_unseen(actions, viewer)  # asked after that, lest it be seen in between
            lacking = awaited & {action_id for action_id, said in answered.items() if isinstance(said, Refused)}
            if not lacking or time.monotonic() >= deadline:
                return answered
            news = self._parts.news.wait(news, deadline - time.monotonic())

    def _wait_until_seen(self, states: Sequence[AlertState]) -> None:
        deadline = time.monotonic() + SEEN_S
        news = self._parts.news.now()
        while time.monotonic() < deadline:
            if all(self._is_seen(state) for state in states):
                return
            news = self._parts.news.wait(news, deadline - time.monotonic())

    def _is_seen(self, state: AlertState) -> bool:
        view = self.alert(state.alert_id, _EVERYBODY)  # who acted may just have let go of it
        return view is not None and view.state.version >= state.version

    def act_on_subject(self, action: SubjectAction, viewer: Viewer) -> dict[str, Any]:
        """Do it and say what is now so. Raises Refused. The same ``action_id`` again answers the same again."""
        self._require_sighting(action, viewer)
        [answer] = self._parts.asking.ask([(action.action_id, self._parts.requests.subject_action(action))])
        if answer.decided is not Decided.DONE:
            raise Refused(answer.problems)
        return SubjectState(action, bool(answer.followed)).as_json()

    # Subjects

    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """What the viewer may know of the subject, or None. Raises NoHistory."""
        return self._seen_part(self._parts.subjects.timeline(subject), viewer)

    def lookup(self, identifier: dict[str, Any], purpose: str, viewer: Viewer) -> Timeline | None:  # noqa: ARG002 - the purpose is for an audit
        """Tokenise the identifier in memory and answer as ``timeline``. Raises Refused; keeps nothing of it."""
        found = self._parts.subjects.timeline_of_token(*self._parts.intake.token_of(identifier))
        return self._seen_part(found, viewer)

    def companions(self, subject: str, viewer: Viewer) -> tuple[Companion, ...]:
        """Who and what shares counting events with the subject. Raises NoHistory."""
        found = self._parts.subjects.companions(subject, self._events_seen(subject, viewer))
        return self._seen_of_companions(found, viewer)

    def dossier(self, subject: str, viewer: Viewer) -> Dossier | None:
        """When its records go, how it is followed, why sightings were struck. Raises NoHistory."""
        return self._parts.subjects.dossier(subject, self._events_seen(subject, viewer))

    def silent_sources(self, now: int, viewer: Viewer) -> list[SilentSource]:  # noqa: ARG002 - the seam for scopes
        """The sources that are quiet for longer than usual. Raises NoHistory."""
        return self._parts.subjects.silent_sources(now)

    def zero_signals(self, since: int, viewer: Viewer) -> dict[str, int]:
        """0-signals per municipality that occurred since then, where there were five and more. Raises NoHistory."""
        return self._counts_seen(self._parts.subjects.zero_signal_places(since), viewer)

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        failing = self._parts.failing()
        told: dict[str, Any] = {"ready": failing is None, **self._parts.hashes}
        return told if failing is None else {**told, "failing": failing}


class News:
    """A number that grows with what can be read, and a way to wait for it."""

    def __init__(self) -> None:
        self._news = 0
        self._came = threading.Condition()

    def tell(self, news: int) -> None:
        """There is so much by now."""
        with self._came:
            if news != self._news:
                self._news = news
                self._came.notify_all()

    def now(self) -> int:
        """What ``wait`` would answer now."""
        return self._news

    def wait(self, news: int, timeout_s: float) -> int:
        """Block until it is another number, or the time is over."""
        with self._came:
            self._came.wait_for(lambda: self._news != news, timeout_s)
            return self._news


def _is_within(position: Position, ends: Position) -> bool:
    return len(position) == len(ends) and all(told <= end for told, end in zip(position, ends, strict=True))


def _decision(answer: ActionAnswer | None) -> AlertState | Conflict | Refused:
    if answer is None:
        return Refused([no_such_alert()])
    if answer.decided is Decided.REFUSED or answer.state is None:
        return Refused(answer.problems)
    return Conflict(answer.state) if answer.decided is Decided.CONFLICT else answer.state
