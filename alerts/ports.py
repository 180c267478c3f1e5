"""What the gateway, the API and the console need of a runtime. Every read of personal data names its Viewer."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from processors.alias import Spoken
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dossiers import Companion, Dossier
from schemas.views import (
    AlertPage,
    AlertQuery,
    AlertView,
    Answer,
    Called,
    CardPage,
    CardView,
    Chance,
    Conflict,
    HandlingStep,
    ListChoices,
    Position,
    Refused,
    SilentSource,
    StayView,
    Streamed,
    Timeline,
    Track,
    Unavailable,
    Viewer,
)

__all__ = [
    "AlertPage",
    "AlertQuery",
    "AlertView",
    "Answer",
    "CardPage",
    "CardView",
    "Conflict",
    "HandlingStep",
    "ListChoices",
    "Platform",
    "Position",
    "Publishing",
    "Refused",
    "SilentSource",
    "StayView",
    "Streamed",
    "Timeline",
    "Unavailable",
    "Viewer",
    "Watching",
]


class Service(Protocol):
    """What every face of a runtime can be asked."""

    def readiness(self) -> dict[str, Any]:
        """Whether it works, and the hashes of rules, policy and signals in force."""
        ...


class Publishing(Service, Protocol):
    """What a gateway needs of a runtime. Calls block (call them from a worker thread), and any thread may."""

    def publish(self, lines: Sequence[bytes]) -> list[Answer]:
        """Judge and store the events, an answer each, in order. When it returns, what it accepted survives kill -9.

        Raises Unavailable (a 503 with its ``retry_after_s``) when that cannot be promised now.
        """
        ...

    def publish_later(self, lines: Sequence[bytes]) -> Callable[[], list[Answer]]:
        """Begin to: what is published after this comes after it. What it returns answers as ``publish`` does.

        For long bodies: the next lines are judged while these are on their way to be durable.
        """
        ...


class Watching(Service, Protocol):
    """What API and console need of a runtime. Calls block (call them from a worker thread), and any thread may."""

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:
        """One view per alert, newest ``known_at`` first. Raises Refused for a cursor that is none of ours."""
        ...

    def alert(self, alert_id: str, viewer: Viewer) -> AlertView | None:
        """One alert as it stands."""
        ...

    def alert_messages(self, alert_id: str, viewer: Viewer) -> list[Alert]:
        """Every message of one alert, oldest first."""
        ...

    def cards(self, query: AlertQuery, viewer: Viewer) -> CardPage:
        """The cards with an alert that the query finds, freshest first; up to 200 a page.

        Raises Refused for a cursor that is none of ours.
        """
        ...

    def cards_with(self, alert_ids: Sequence[str], viewer: Viewer) -> list[CardView]:
        """The cards that these alerts (at most 200) lie on, each once; ids that lead nowhere are left out."""
        ...

    def fitting_cards(self, query: AlertQuery, viewer: Viewer) -> list[str]:
        """The ids of the cards that ``cards`` would answer with, without their content."""
        ...

    def card_counts(self, queries: Sequence[AlertQuery], viewer: Viewer) -> list[int]:
        """How many cards each query finds, counted up to 1,000; ``limit`` and ``cursor`` are ignored."""
        ...

    def chances(self, alerts: Sequence[Alert], viewer: Viewer) -> dict[str, Chance]:
        """By alert_id, how long the chance that each tells of may last, from all relocations of its subject."""
        ...

    def tracks(self, alert: Alert, viewer: Viewer) -> list[Track]:
        """What came of other alerts like it, trait by trait; ``processors.outcomes`` says which may be told."""
        ...

    def called(self, spoken: Spoken, viewer: Viewer) -> list[Called]:
        """Subjects with an alert whose alias fits what was heard, who had the newest alert first; at most 50."""
        ...

    def list_choices(self, viewer: Viewer) -> ListChoices:
        """What there is to filter by."""
        ...

    def silent_sources(self, now: int, viewer: Viewer) -> list[SilentSource]:
        """The sources that are quiet at ``now`` (UTC ms) for longer than usual, the latest to fall silent first.

        Raises NoHistory where nobody can tell.
        """
        ...

    def zero_signals(self, since: int, viewer: Viewer) -> dict[str, int]:
        """0-signals per municipality that occurred since then (UTC ms), where there were five and more, the most first.

        Those the viewer's unit is of. Raises NoHistory.
        """
        ...

    def alert_handling(self, alert_id: str, viewer: Viewer) -> list[HandlingStep]:
        """Every change of how an alert was handled, oldest first."""
        ...

    def states_after(self, position: Position, limit: int, viewer: Viewer) -> list[tuple[Position, AlertState]]:
        """What DESK decided after ``position``, each with where one then stands. Positions of their own.

        As ``alerts_after``: those of one alert in order, all of them unless ``limit`` were found. Raises CannotResume.
        """
        ...

    def states_end(self) -> Position:
        """The position after what DESK decided last."""
        ...

    def alerts_after(self, position: Position, limit: int, viewer: Viewer) -> list[Streamed]:
        """Alert messages after ``position``, those of one alert in order, each once; all unless ``limit`` were found.

        Raises CannotResume (``too_old``) where some of them are not held any more, (``unknown``) as ``has_come_to``.
        """
        ...

    def left_since(self, alerts: Position, states: Position, viewer: Viewer) -> list[str]:
        """Alerts that the viewer saw at these positions and does not see any more; no others are named.

        A revision ends and begins elsewhere, or DESK decided so. What ``alerts_after`` held, and ``states_after``.
        """
        ...

    def alerts_end(self) -> Position:
        """The position after the last alert message here."""
        ...

    def has_come_to(self, position: Position) -> bool:
        """Whether what comes after ``position`` can be told here; False where others are further than this replica.

        Raises CannotResume (``unknown``) for a position that is none of this stream.
        """
        ...

    def wait_for_news(self, news: int, timeout_s: float) -> int:
        """Block until there is news, or the time is over. ``news`` is what this said last (0 at first).

        What it says grows with every alert message and every decision of DESK that can be read here.
        """
        ...

    def act_on_alert(self, action: AlertAction, viewer: Viewer) -> AlertState:
        """What DESK decided. Raises Conflict or Refused. The same ``action_id`` again answers the same again."""
        ...

    def act_on_alerts(self, actions: Sequence[AlertAction], viewer: Viewer) -> list[AlertState | Conflict | Refused]:
        """What DESK decided of each, in order; one that it did not do keeps no other from being done.

        Quicker than one after the other. Raises Unavailable, and then any of them may have been done: ask again with
        the same ids.
        """
        ...

    def act_on_subject(self, action: SubjectAction, viewer: Viewer) -> dict[str, Any]:
        """Do it and say what is now so. Raises Refused."""
        ...

    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """What is known of the subject, or None."""
        ...

    def lookup(self, identifier: dict[str, Any], purpose: str, viewer: Viewer) -> Timeline | None:
        """Tokenise the identifier in memory and answer as ``timeline``. Raises Refused; keeps nothing of it.

        ``identifier`` holds exactly one of ``bvh_person``, ``document``, ``name``, ``phone``, ``vehicle``, ``photo``.
        """
        ...

    def companions(self, subject: str, viewer: Viewer) -> tuple[Companion, ...]:
        """Who and what shares counting events with the subject, one hop away, the most met first; bounded."""
        ...

    def dossier(self, subject: str, viewer: Viewer) -> Dossier | None:
        """When its records go, how it is followed, why sightings were struck; None where ``timeline`` knows nothing."""
        ...


class Platform(Publishing, Watching, Protocol):
    """A runtime that has all its faces in one process."""
