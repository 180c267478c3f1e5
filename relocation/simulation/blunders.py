"""The noise layers that act on one event: each takes an event and yields what is sent in its stead."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from relocation.simulation.atlas import Spot
from relocation.simulation.drafts import Draft, Shown, new_id
from relocation.simulation.moments import DAY, HOUR, MINUTE, between
from relocation.simulation.papers import Plate

if TYPE_CHECKING:
    from relocation.simulation.noise import Scene
    from relocation.simulation.trails import Stay

LOOKALIKES = {
    "0": "8D", "1": "7", "2": "7Z", "3": "8", "4": "9", "5": "S6", "6": "5G", "7": "1", "8": "B3",
    "9": "4", "B": "8", "D": "0", "F": "P", "G": "6", "H": "N", "J": "L", "K": "X", "L": "J",
    "N": "H", "P": "F", "R": "P", "S": "5", "T": "F", "V": "X", "X": "K", "Z": "2",
}  # fmt: skip
"""Signs that a camera takes for one another."""

PARALLEL_SHARE, AHEAD_SHARE, LINGERING_SHARE = 0.02, 0.02, 0.03
"""Of the stays that are advertised: in a second place too, in the next place before leaving, in the last after coming.
We know of nobody who has published such rates; these are ours."""
AHEAD, LINGERING = 3 * DAY, 2 * DAY
SECOND_PLACE_WITHIN = 4 * DAY
"""A second place is tried some time within the first days of a stay, and given up before the end of it."""


def late(draft: Draft, rng: Random, _: "Scene") -> Iterator[Draft]:
    """Recorded later: mutations by days or weeks, reports of a municipality by days, the rest by hours."""
    if draft.facts.get("conducted_by") in ("police", "joint"):
        delay = 0.0  # written on the spot: the mutation is made from it
    elif draft.type == "bvh_mutation":
        delay = min(30.0, max(0.5, rng.lognormvariate(1.4, 0.8))) * DAY
    else:
        delay = {"control": rng.uniform(1, 6) * DAY, "ad": rng.uniform(4, 48) * HOUR}.get(
            draft.type, rng.uniform(0.1, 12) * HOUR
        )
    yield replace(draft, recorded_at=draft.recorded_at + int(delay))


def corrected(draft: Draft, rng: Random, scene: "Scene") -> Iterator[Draft]:
    """Wrong at first, right in the next revision, half a day to ten days later."""
    yield _wrong(draft, rng, scene)
    yield replace(draft, revision=draft.revision + 1, recorded_at=draft.recorded_at + between(rng, DAY / 2, 10 * DAY))


def mistaken(draft: Draft, rng: Random, scene: "Scene") -> Iterator[Draft]:
    """Wrong for good."""
    yield _wrong(draft, rng, scene)


def withdrawn(draft: Draft, rng: Random, scene: "Scene") -> Iterator[Draft]:
    """Right, and once more as an event of its own in another place, which is withdrawn days later."""
    yield draft
    again = replace(draft, event_id=new_id(rng), spot=scene.atlas.draw_other(rng, draft.spot))
    if "mutation" in draft.facts:
        again.facts = {**draft.facts, "mutation": draft.facts["mutation"][:-1] + "2"}
    yield again
    yield replace(again, revision=1, withdrawn=True, recorded_at=again.recorded_at + between(rng, HOUR, 10 * DAY))


def misread(draft: Draft, rng: Random, _: "Scene") -> Iterator[Draft]:
    """One sign of the plate taken for another that looks like it."""
    [plate] = draft.cars
    yield replace(draft, cars=(lookalike(plate, rng),))


def lookalike(plate: Plate, rng: Random) -> Plate:
    """The plate with one sign changed for one that looks like it."""
    read = plate.text
    index = rng.choice([index for index, sign in enumerate(read) if sign in LOOKALIKES])
    return replace(plate, text=read[:index] + rng.choice(LOOKALIKES[read[index]]) + read[index + 1 :])


def borrowed(draft: Draft, rng: Random, scene: "Scene") -> Iterator[Draft]:
    """A woman shows the passport of another one, half the time of another crew and so elsewhere."""
    mine = [index for index, person in enumerate(draft.persons) if person.document and person.role == "sex_worker"]
    crew = draft.crew.people if draft.crew is not None and rng.random() < 0.5 else scene.people
    shown_already = {person.document for person in draft.persons}
    lenders = [person for person in crew if person.role == "sex_worker" and person.document not in shown_already]
    if not mine or not lenders:
        yield draft
        return
    index = rng.choice(mine)
    shown = replace(draft.persons[index], document=rng.choice(lenders).document)
    yield replace(draft, persons=(*draft.persons[:index], shown, *draft.persons[index + 1 :]))


def touring(draft: Draft, rng: Random, scene: "Scene") -> Iterator[Draft]:
    """The ad, and perhaps the phone elsewhere too: in a second place, the next one already, or the last one still."""
    yield draft
    if not draft.phones or draft.trail is None or draft.facts.get("online") is False:
        return
    index = draft.trail.index_at(draft.occurred_at)
    for kind, spot in _second_places(draft, index, scene):
        ad = f"{draft.facts['ad']}-{kind}"
        at = draft.occurred_at + between(rng, -20 * MINUTE, 20 * MINUTE)
        again = replace(
            draft, event_id=new_id(rng), spot=spot, occurred_at=at, recorded_at=draft.recorded_at + 20 * MINUTE
        )
        yield replace(again, facts={**draft.facts, "ad": ad})


def _second_places(draft: Draft, index: int, scene: "Scene") -> Iterator[tuple[str, Spot]]:
    if draft.trail is None:
        return
    stays: tuple[Stay, ...] = draft.trail.stays
    stay = stays[index]
    habits = Random(f"{draft.phones[0]} {stay.since}")
    parallel, ahead, lingering = (habits.random() / scene.times for _ in range(3))
    begin = stay.since + between(habits, 0, SECOND_PLACE_WITHIN)
    end = stay.until - between(habits, 0, SECOND_PLACE_WITHIN)
    if parallel < PARALLEL_SHARE and begin <= draft.occurred_at <= end:
        yield "b", scene.atlas.draw_other(habits, stay.spot)
    if ahead < AHEAD_SHARE and index + 1 < len(stays) and draft.occurred_at > stay.until - AHEAD:
        yield "n", stays[index + 1].spot
    if lingering < LINGERING_SHARE and index > 0 and draft.occurred_at < stay.since + LINGERING:
        yield "l", stays[index - 1].spot


def twice(draft: Draft, rng: Random, _: "Scene") -> Iterator[Draft]:
    """Sent, and sent again minutes to days later."""
    yield draft
    yield replace(draft, sent_after=between(rng, MINUTE, 2 * DAY))


def refused(draft: Draft, rng: Random, _: "Scene") -> Iterator[Draft]:
    """Sent, and beside it an event of a careless source that has to be refused."""
    yield draft
    spoil = rng.choice(_SPOILT[draft.type])
    careless = replace(
        draft, event_id=new_id(rng), source="sim-careless", facts=dict(draft.facts), revision=0, broken=True
    )
    spoil(careless)
    yield careless


def _somewhere_else(draft: Draft) -> None:
    draft.facts["place"] = {"name": "Nergenshuizen"}


def _unlawful_ad(draft: Draft) -> None:
    draft.facts["police_involved"] = False
    draft.phones = ("06 00000042",)


def _unlawful_control(draft: Draft) -> None:
    draft.facts |= {"conducted_by": "municipality", "licensed": True}
    draft.phones = ("06 00000042",)


def _unknown_sign(draft: Draft) -> None:
    draft.signs = (*draft.signs, "sim_made_up")


def _no_plate(draft: Draft) -> None:
    draft.cars = (Plate("NL", "ONBEKEND"),)


def _extra_field(draft: Draft) -> None:
    draft.facts["remark"] = "sim"


_SPOILT: dict[str, tuple[Callable[[Draft], None], ...]] = {
    "control": (_somewhere_else, _unlawful_control, _unknown_sign, _extra_field),
    "ad": (_somewhere_else, _unlawful_ad, _unknown_sign, _extra_field),
    "vehicle": (_somewhere_else, _no_plate, _extra_field),
}


def _wrong(draft: Draft, rng: Random, scene: "Scene") -> Draft:
    """The event with a wrong place, time or person."""
    kind = rng.choice(("place", "time", "person") if draft.persons else ("place", "time"))
    if kind == "place":
        return replace(draft, spot=scene.atlas.draw_other(rng, draft.spot))
    if kind == "time":
        return replace(draft, occurred_at=draft.occurred_at - between(rng, DAY / 2, 3 * DAY))
    other = rng.choice(scene.people)
    if other.document is None:
        return replace(draft, occurred_at=draft.occurred_at - DAY)
    index = rng.randrange(len(draft.persons))
    shown = Shown(draft.persons[index].role, other.nationality, document=other.document)
    return replace(draft, persons=(*draft.persons[:index], shown, *draft.persons[index + 1 :]))
