"""The form of an event, checked before it is sent, with the words that the platform would say of it.

What only the platform knows it judges when the event comes: which place is meant, which indicators there are, what the
law lets a source say, and its clock.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from processors.packaged import json_of
from processors.placeproblems import NOT_ONE_FORM, PlaceProblem
from relocation.integration.events import Event, Withdrawal
from schemas.form import EventForm, Misformed
from schemas.identifiers import Placeholders
from schemas.problems import Code, Problem
from schemas.strict_json import SIZE_MAX, read_object

_PLACE_FORMS = (
    *({"municipality"}, {"name"}, {"postcode"}, {"lat", "lon"}),
    *({"country"}, {"country", "city"}),
)
_PLACE_STANDIN = "GM0000"
_NOT_JSON = Problem(
    Code.MALFORMED, "a value is none that JSON has", hint="use texts, numbers, true, false, lists and objects"
)


class InvalidEvent(ValueError):
    """The event cannot be published as it is; the words never repeat what was given.

    ``problems`` are all that is wrong with it; ``at`` is its place among those that were to be published, from 0.
    """

    def __init__(self, problems: tuple[Problem, ...], at: int | None = None) -> None:
        which = "" if at is None else f"event {at}: "
        super().__init__(which + "; ".join(_told(problem) for problem in problems))
        self.problems = problems
        self.at = at


class Outgoing(NamedTuple):
    """An event on its way: its line, and what may be told of it."""

    type: str
    event_id: str
    raw: bytes

    def __repr__(self) -> str:
        """What it is, never what it holds."""
        return f"<Outgoing {self.type} {self.event_id}>"


def outgoing(event: Event | Withdrawal | Mapping[str, Any]) -> Outgoing:
    """The event as it is sent. Raises InvalidEvent."""
    told = dict(event) if isinstance(event, Mapping) else event.as_json()
    try:
        raw = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):  # its words could repeat a value
        raise InvalidEvent((_NOT_JSON,)) from None
    given = read_object(raw)
    if isinstance(given, Problem):
        raise InvalidEvent((given,))
    read = _form().read(given, None)
    if isinstance(read, Misformed):
        raise InvalidEvent(read.problems)
    return Outgoing(str(read.type), read.event_id, raw)


EVENT_BYTES_MAX = SIZE_MAX
"""Bytes of one event (DESIGN section 4): the client refuses more before it sends anything."""


@cache
def _form() -> EventForm:
    placeholders = Placeholders.parse(json_of("placeholders.json"))
    return EventForm(resolve=_form_of_place, indicators=_Any(), placeholders=placeholders)


class _Any:
    """Which indicators there are only the platform knows."""

    def knows(self, code: str) -> bool:
        return bool(code)

    def similar_to(self, code: str) -> tuple[str, ...]:
        del code
        return ()


def _form_of_place(given: Mapping[str, Any]) -> str | PlaceProblem:
    return _PLACE_STANDIN if set(given) in _PLACE_FORMS else NOT_ONE_FORM


def _told(problem: Problem) -> str:
    where = f"{problem.field}: " if problem.field else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{where}{problem.message}{hint}"
