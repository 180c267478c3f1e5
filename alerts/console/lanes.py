"""Lanes: what phones and cars met with a subject add, each by itself under her stays and never merged with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.console.stays import Row, Scale, rows_of
from alerts.console.telling import Telling
from processors.alias import alias_of
from schemas.dossiers import Companion
from schemas.sightings import SubjectKind

LANES_SHOWN = 4
ROWS_SHOWN = 6
"""The places seen last; the companion's own page has the rest."""
LANE_KINDS = (SubjectKind.PHONE, SubjectKind.VEHICLE)


@dataclass(frozen=True, slots=True)
class Lane:
    """The stays of one phone or car, a row per place."""

    subject: str
    via: str
    alias: str
    shared: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Somebody or something met with the subject, as a line that leads to its own page."""

    subject: str
    kind: str
    name: str
    shared: str


def in_lanes(companions: Iterable[Companion]) -> list[Companion]:
    """Those that get a lane: phones and cars, the most met first."""
    seen = (companion for companion in companions if companion.stays or companion.transit)
    return [companion for companion in seen if companion.subject_kind in LANE_KINDS][:LANES_SHOWN]


def lane_of(companion: Companion, scale: Scale, telling: Telling) -> Lane:
    """Its lane on the axis of the subject's own stays."""
    say = telling.words.say
    is_car = companion.subject_kind == SubjectKind.VEHICLE
    return Lane(
        companion.subject,
        say("via auto") if is_car else say("via telefoon"),
        alias_of(companion.subject),
        shared_words(companion, telling),
        tuple(rows_of(companion.stays, (), scale, telling, transit=companion.transit)[-ROWS_SHOWN:]),
    )


def together_of(companions: Iterable[Companion], telling: Telling) -> list[Together]:
    """Everybody and everything met with the subject, people first."""
    return [
        Together(
            companion.subject,
            companion.subject_kind,
            telling.subject(companion.subject_kind, companion.subject),
            shared_words(companion, telling),
        )
        for companion in sorted(companions, key=lambda one: one.subject_kind != SubjectKind.PERSON)
    ]


def shared_words(companion: Companion, telling: Telling) -> str:
    """How often and when last they were met together."""
    times = telling.words.say_n("%(n)s keer samen gezien", "%(n)s keer samen gezien", companion.events)
    return telling.words.say(
        "%(times)s, het laatst op %(day)s", times=times, day=telling.words.day(companion.last_at, telling.now)
    )
