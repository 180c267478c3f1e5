"""All that an embedded log holds, as records of topics, in an order that is always the same.

First what was said and done, so that it is there when the evidence for it comes; then the evidence.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from schemas.actions import AlertAction, SubjectAction
from schemas.decisions import SubjectState
from schemas.following import Destroyed, Followed
from schemas.reports import EventType
from streams.embedded.reading import LogReader
from streams.kafka.records import Out
from streams.moving.packing import Packing
from streams.moving.registers import Registers

_PAGE = 1_000
T = TypeVar("T")
_NAMERS = (EventType.CONTROL, EventType.BVH_MUTATION)


class Part(NamedTuple):
    """Some of the contents, by the name of what they are."""

    name: str
    of: int
    """About how many messages of the embedded log these are."""
    messages: Iterator[Iterable[Out]]
    """By message: the records that it becomes."""


class Contents:
    """What is in the log of a reader that sees one moment of it. ``moved_at``: what has no time of its own has this."""

    def __init__(self, reader: LogReader, packing: Packing, registers: Registers, moved_at: int) -> None:
        self._reader = reader
        self._packing = packing
        self._registers = registers
        self._moved_at = moved_at
        self._subjects = reader.subjects_of_alerts()

    def parts(self) -> Iterator[Part]:
        """One after the other; each is to be read to its end before the next."""
        count = self._reader.count
        yield Part("alerts", count("alerts"), self._alerts())
        yield Part("states", count("alert_states"), self._states())
        yield Part("requests", count("actions"), self._requests())
        yield Part("following", count("follows"), self._following())
        yield Part("reports", count("reports"), self._reports())
        yield Part("receipts", count("receipts"), self._receipts())
        yield Part("dead letters", count("dead_letters"), self._dead_letters())
        yield Part("destroyed", count("destroyed"), self._destroyed())

    def _alerts(self) -> Iterator[Iterable[Out]]:
        for _, alert in _paged(self._reader.alerts_after):
            successor = None if alert.superseded_by is None else self._subjects.get(alert.superseded_by)
            yield [self._packing.alert(alert, successor=successor)]
        for alert in self._reader.settled_alerts():
            yield [self._packing.alert(alert, successor=None, is_settled=True)]

    def _states(self) -> Iterator[Iterable[Out]]:
        asked = self._requests_by_state()
        for _, state in _paged(self._reader.states_after):
            subject = self._subjects[state.alert_id]
            yield [self._packing.alert_state(state, subject, asked.get((state.alert_id, state.version)))]

    def _requests_by_state(self) -> dict[tuple[str, int], str]:
        """By alert and version of its state: which request led to it."""
        return {
            (action.alert_id, int(json.loads(answer)["version"])): action.action_id
            for _, action, answer in _paged(self._reader.answered_after)
            if isinstance(action, AlertAction)
        }

    def _requests(self) -> Iterator[Iterable[Out]]:
        for _, action, answer in _paged(self._reader.answered_after):
            yield self._request(action, answer)

    def _request(self, action: AlertAction | SubjectAction, answer: str) -> Iterable[Out]:
        if isinstance(action, AlertAction):
            return [self._packing.alert_action(action, self._subjects[action.alert_id])]
        state = SubjectState(action, followed=bool(json.loads(answer)["followed"]))
        return [self._packing.subject_action(action), self._packing.subject_state(state)]

    def _following(self) -> Iterator[Iterable[Out]]:
        """What keepers will say of following: so that no gateway takes a hit for none before they have said it."""
        named = set(self._named())
        until = {follow.token: follow.until for follow in self._reader.follows()}
        ended = dict(self._reader.ended())
        for token in sorted(named | until.keys() | ended.keys()):
            told = Followed(token, token in named, until.get(token), ended.get(token))
            yield [self._packing.followed(told, self._moved_at)]

    def _named(self) -> Iterator[str]:
        for _, entry in self._reader.entries():
            if entry.report is not None and entry.report.type in _NAMERS:
                yield from entry.report.vehicles

    def _reports(self) -> Iterator[Iterable[Out]]:
        for _, report in _paged(self._reader.reports_after):
            yield self._registers.take(report)

    def _receipts(self) -> Iterator[Iterable[Out]]:
        for _, receipt in _paged(self._reader.receipts_after):
            yield [self._packing.receipt(receipt)]

    def _dead_letters(self) -> Iterator[Iterable[Out]]:
        for position, letter in _paged(self._reader.dead_letters_after):
            yield [self._packing.dead_letter(letter, f"{letter.role}/moved/{position}")]

    def _destroyed(self) -> Iterator[Iterable[Out]]:
        """What the history may still hold; the platform on Kafka orders that of passages alone."""
        for _, event in _paged(self._reader.destroyed_after):
            if event.type == EventType.VEHICLE:
                yield [self._packing.destroyed(Destroyed(event, self._moved_at))]


def _paged(read: Callable[[int, int], list[Any]]) -> Iterator[Any]:
    """All rows, a page at a time; the first of each is its position."""
    position = 0
    while page := read(position, _PAGE):
        yield from page
        position = page[-1][0]
