"""Builders of made-up reports, sightings and places, with defaults that do not hide the story."""

import hashlib
from dataclasses import replace

from hypothesis import strategies as st

from processors.geography import Distances
from processors.rules import Rules
from schemas.reports import Rank, Report, ReportedPerson, Standing
from schemas.times import DAY_MS, HOUR_MS

PLACES = ("GM0001", "GM0002", "GM0003", "BE:Made-up", "IT")
RULES = Rules(window_ms=20 * DAY_MS, gap_ms=2 * DAY_MS, dwell_ms=4 * HOUR_MS, repeat_ms=5 * DAY_MS)


class MadeUpPlace:
    def __init__(self, code):
        index = PLACES.index(code)
        self.lat, self.lon = 52.0 + 0.4 * index, 5.0
        self.is_country = code == "IT"
        self.country = {3: "BE", 4: "IT"}.get(index, "NL")
        self.region = self.country if self.country != "NL" else f"unit-{index // 2}"


class MadeUpGeography:
    def place(self, code):
        return MadeUpPlace(code)


DISTANCES = Distances(MadeUpGeography())


def a_report(event="e1", *, revision=0, standing=Standing.COUNTS, day=1, place="GM0001", **more):
    """A report of a control on a day, known half an hour later; ``more`` are fields of Report."""
    occurred_at = more.pop("occurred_at", None) or round(100 * DAY_MS + day * DAY_MS)
    known_at = more.pop("known_at", occurred_at + HOUR_MS // 2)
    counts = standing == Standing.COUNTS
    if not counts:
        more = {name: more[name] for name in ("type", "source") if name in more}
    return Report(
        type=more.pop("type", "control"),
        event_id=event,
        source=more.pop("source", "made-up"),
        rank=Rank(revision, int(standing), "d" if counts else ""),
        recorded_at=known_at,
        known_at=known_at,
        occurred_at=occurred_at if counts else None,
        place=place if counts else None,
        **more,
    )


def a_person(bvh=None, document=None, name=None, role="sex_worker"):
    return ReportedPerson(role=role, bvh_person=bvh, document=document, name=name)


def a_passage(event, plate="plate-1", **more):
    return a_report(event, type="vehicle", vehicles=(plate,), **more)


moments = st.one_of(
    st.integers(0, 30).map(lambda day: day * DAY_MS),
    st.integers(0, 120).map(lambda step: step * 2 * HOUR_MS),
    st.integers(0, 45 * 24).map(lambda hour: hour * HOUR_MS + 1),
).map(lambda at: at + 100 * DAY_MS)

persons = st.builds(
    a_person,
    bvh=st.sampled_from((None, "bvh-1", "bvh-2")),
    document=st.sampled_from((None, "doc-1", "doc-2")),
    name=st.sampled_from((None, None, "name-1")),
    role=st.sampled_from(("sex_worker", "sex_worker", "facilitator")),
)


def reports(**choices):
    return revisions(**choices).map(_ranked)


@st.composite
def revisions(draw, types=("control", "bvh_mutation", "ad", "vehicle"), span=moments):
    """One report of any type; few events, revisions and identifiers, so that they meet."""
    type_ = draw(st.sampled_from(types))
    standing = draw(st.sampled_from((Standing.COUNTS,) * 6 + (Standing.WITHDRAWN, Standing.REFUSED)))
    more = {
        "event": f"e{draw(st.integers(0, 7))}",
        "type": type_,
        "source": draw(st.sampled_from(("made-up", "made-up", "made-up", "other"))),
        "revision": draw(st.sampled_from((0, 0, 0, 1, 2))),
        "standing": standing,
        "occurred_at": draw(span),
        "place": draw(st.sampled_from(PLACES)),
    }
    more["known_at"] = more["occurred_at"] + draw(st.integers(0, 5)) * HOUR_MS
    if standing != Standing.COUNTS:
        return replace(a_report(**more), source=draw(st.sampled_from(("made-up", "made-up", "other"))))
    if type_ == "vehicle":
        return a_report(**more, vehicles=(draw(st.sampled_from(("plate-1", "plate-2"))),))
    more["indicators"] = draw(st.sampled_from(((), (), ("debt",))))
    more["phones"] = tuple(draw(st.sets(st.sampled_from(("phone-1", "phone-2")), max_size=2)))
    if type_ == "ad":
        more["online"] = draw(st.sampled_from((True, True, True, False)))
        return a_report(**more, photos=draw(st.sampled_from(((), ("photo-1",)))))
    more["persons"] = tuple(draw(st.lists(persons, max_size=2)))
    more["vehicles"] = tuple(draw(st.sets(st.sampled_from(("plate-1", "plate-2")), max_size=1)))
    more["licensed"] = draw(st.sampled_from((None, True, False))) if type_ == "control" else None
    return a_report(**more)


def _ranked(report):
    """With the digest that its content deserves: two revisions of one rank are one and the same."""
    if not report.counts:
        return report
    content = replace(report, rank=report.rank._replace(digest=""))
    return replace(report, rank=report.rank._replace(digest=hashlib.sha256(repr(content).encode()).hexdigest()))
