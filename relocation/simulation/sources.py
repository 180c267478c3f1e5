"""What sources would say of one crew on one day if nothing went wrong: controls, mutations, ads and passages."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from relocation.simulation.atlas import Atlas, Spot
from relocation.simulation.drafts import Draft, Drive, Shown, new_id
from relocation.simulation.moments import DAY, HOUR, MINUTE, SECOND, between, is_weekend
from relocation.simulation.papers import Plate
from relocation.simulation.trails import Stay, Trail
from relocation.simulation.world import Advertiser, Car, Crew, Person

SETTLED_IN = 2 * HOUR
"""After coming and before leaving, nobody is at the place of work yet or any more."""
PASSAGE_SEEN = 0.8
"""A car that comes or goes passes a camera where there are some."""
CAMERAS_COMMUTING = 2
"""A commuter passes the same two cameras at home and at work, day after day."""
ERRANDS_PER_DAY = 0.12
MUTATION_SHARE = {"police": 0.95, "joint": 0.9, "municipality": 0.0}
"""Controls that are registered in BVH as well, from the report of the control and so after it."""


class Day:
    """One crew's day. Draws come from ``rng`` alone, so a day is the same whatever else is simulated."""

    def __init__(self, crew: Crew, start: int, rng: Random, atlas: Atlas) -> None:
        self._crew, self._start, self._rng, self._atlas = crew, start, rng, atlas

    def drafts(self) -> Iterator[Draft | Drive]:
        """Everything sources say of this day, in no particular order; identifiers only where lawful."""
        yield from self._controls()
        for advert in self._crew.adverts:
            yield from self._ads(advert)
        for car in self._crew.cars:
            yield from self._passages(car)

    # Controls and mutations

    def _controls(self) -> Iterator[Draft]:
        crew, rng = self._crew, self._rng
        if crew.kind == "commute" and is_weekend(self._start):
            return
        at = self._start + between(rng, *((9 * HOUR, 14 * HOUR) if crew.kind == "commute" else (14 * HOUR, 24 * HOUR)))
        groups: dict[str, list[Person]] = defaultdict(list)
        for person in crew.people:
            stay = self._settled(person.trail, at)
            if stay is not None:
                groups[stay.spot.code].append(person)
        for code, present in groups.items():
            spot = self._atlas.spot(code)
            if rng.random() < crew.control_rate:
                yield from self._control(spot, at, present)
            if rng.random() < crew.incident_rate and not spot.abroad:
                yield self._mutation(
                    spot, at + between(rng, HOUR, 3 * HOUR), [(person, None) for person in present[:2]]
                )

    def _control(self, spot: Spot, at: int, present: list[Person]) -> Iterator[Draft]:
        crew, rng = self._crew, self._rng
        if spot.abroad:
            return
        by = rng.choices(("police", "joint", "municipality"), (2, 1, 7) if crew.licensed else (6, 3, 2))[0]
        signs = tuple(rng.sample(crew.signs, rng.randint(1, min(4, len(crew.signs))))) if crew.signs else ()
        named = by != "municipality" or (not crew.licensed and bool(signs))
        source = f"gemeente-{spot.code.lower()}" if by == "municipality" else f"avim-{spot.unit}"
        control = Draft("control", new_id(rng), source, at, at + between(rng, HOUR, 8 * HOUR), spot, crew=crew)
        control.facts = {"conducted_by": by, "licensed": crew.licensed, "venue": crew.venue}
        control.signs = signs if crew.licensed else (*signs, "unlicensed")
        if not named:
            yield control
            return
        shown = [(person, self._shown(person, by, at)) for person in present if self._met(person)]
        control.persons = tuple(told for _, told in shown)
        control.cars = tuple(car.plate for car in self._parked(spot, at))
        control.phones = tuple(
            phone.text for phone in crew.phones if self._is_there(phone.trail, spot, at) and rng.random() < 0.4
        )
        yield control
        if shown and rng.random() < MUTATION_SHARE[by]:
            mutation = self._mutation(spot, at + between(rng, 2 * MINUTE, 30 * MINUTE), shown)
            mutation.recorded_at += control.recorded_at - at
            mutation.cars = control.cars
            yield mutation

    def _met(self, person: Person) -> bool:
        return self._rng.random() < (0.92 if person.role != "facilitator" else 0.4)

    def _parked(self, spot: Spot, at: int) -> list[Car]:
        share = 0.9 if self._crew.kind == "commute" else 0.6
        return [car for car in self._crew.cars if self._is_there(car.trail, spot, at) and self._rng.random() < share]

    def _shown(self, person: Person, by: str, at: int) -> Shown:
        told = Shown(person.role, person.nationality)
        known = person.registered_at is not None and person.registered_at < at
        draw = self._rng.random()
        if by != "municipality" and self._rng.random() < (0.8 if known else 0.5):
            person.registered_at = min(person.registered_at or at, at)
            return replace(told, bvh=person.bvh, document=person.document if draw < 0.7 else None)
        if draw < 0.88 and person.document is not None:
            return replace(told, document=person.document)
        return replace(told, name=person.name) if draw < 0.96 else told

    def _mutation(self, spot: Spot, at: int, shown: Sequence[tuple[Person, Shown | None]]) -> Draft:
        """Police register whoever they met: from then on there is a BVH number, and the document belongs to it."""
        rng = self._rng
        mutation = Draft("bvh_mutation", new_id(rng), "sim-bvh", at, at + between(rng, HOUR, 10 * HOUR), spot)
        mutation.crew = self._crew
        persons = []
        for person, told in shown:
            papers = person.document if told is None or told.document or rng.random() < 0.5 else None
            persons.append(Shown(person.role, person.nationality, bvh=person.bvh, document=papers))
            person.registered_at = min(person.registered_at or mutation.recorded_at, mutation.recorded_at)
        mutation.persons = tuple(persons)
        mutation.facts = {
            "mutation": f"PL00-SIM-{rng.getrandbits(40):010X}-1",
            "incident_class": rng.choice(("F70", "F71", "E13")),
        }
        mutation.signs = self._crew.signs[:1]
        return mutation

    # Ads

    def _ads(self, advert: Advertiser) -> Iterator[Draft]:
        rng = self._rng
        if (
            self._start // DAY + len(advert.site) + (advert.phones[0].number if advert.phones else 0)
        ) % advert.every_days:
            return
        at = self._start + between(rng, 0, DAY)
        stay = self._settled(advert.trail, at)
        if stay is None:
            return
        phones = tuple(phone.text for phone in advert.phones if phone.trail.at(at) is not None)
        ad = Draft("ad", new_id(rng), "sim-crawler-a", at, at + between(rng, MINUTE, 40 * MINUTE), stay.spot)
        ad.crew, ad.trail = self._crew, advert.trail
        ad.facts = {"site": advert.site, "ad": f"sim-{phones[0][-7:] if phones else 0}-{stay.since // DAY}"}
        ad.signs = () if self._crew.licensed else ("third_party_contact",)
        if advert.police_involved:
            ad.facts["police_involved"] = True
            ad.phones = phones
            ad.photos = tuple(photo.digits for photo in advert.photos if rng.random() < 0.8)
        yield ad
        if advert.every_days * DAY > stay.until - at and rng.random() < 0.6:
            down = between(rng, at + MINUTE, stay.until + HOUR)
            yield replace(
                ad, event_id=new_id(rng), occurred_at=down, recorded_at=down + HOUR, facts={**ad.facts, "online": False}
            )

    # Passages

    def _passages(self, car: Car) -> Iterator[Draft | Drive]:
        end = self._start + DAY
        commuting = self._crew.kind == "commute"
        passed = CAMERAS_COMMUTING if commuting else 1
        stays = car.trail.stays
        for index in range(max(0, car.trail.index_at(self._start)), len(stays)):
            stay = stays[index]
            if stay.since >= end:
                break
            if self._start <= stay.since:
                yield from self._passages_at(car, stay, stay.since, passed)
            if not commuting:
                yield from self._driving_around(car, stay)
            if self._start <= stay.until < end:
                yield from self._passages_at(car, stay, stay.until - 6 * MINUTE, passed)
                if index + 1 < len(stays):
                    yield self._drive(car, stay, stays[index + 1])

    def _passages_at(self, car: Car, stay: Stay, early: int, cameras: int) -> Iterator[Draft]:
        for _ in range(cameras):
            if self._rng.random() < PASSAGE_SEEN:
                yield from self._passage(car, stay, between(self._rng, early, early + 6 * MINUTE))

    def _driving_around(self, car: Car, stay: Stay) -> Iterator[Draft | Drive]:
        rng = self._rng
        early, late = max(stay.since + SETTLED_IN, self._start), min(stay.until - SETTLED_IN, self._start + DAY)
        if late - early < 6 * HOUR:
            return
        away = back = 0
        if stay.spot.neighbours and rng.random() < ERRANDS_PER_DAY:
            away = between(rng, early, late - 4 * HOUR)
            back = away + between(rng, HOUR, 3 * HOUR)
            to = self._atlas.spot(rng.choice(stay.spot.neighbours))
            yield Drive(car.plate, (to, to), away, back, new_id(rng))
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
            at = between(rng, early, late)
            if not away <= at <= back:
                yield from self._passage(car, stay, at)

    def _passage(self, car: Car, stay: Stay, at: int) -> Iterator[Draft]:
        if stay.spot.cameras:
            yield passage(self._rng, car.plate, stay.spot, at, car.trail)

    def _drive(self, car: Car, stay: Stay, following: Stay) -> Drive:
        route = self._atlas.route(stay.spot, following.spot)
        return Drive(car.plate, route, stay.until, following.since, new_id(self._rng), self._crew)

    def _settled(self, trail: Trail, at: int) -> Stay | None:
        stay = trail.at(at)
        margin = 0 if self._crew.kind == "commute" else SETTLED_IN
        return stay if stay is not None and stay.since + margin <= at <= stay.until - margin else None

    def _is_there(self, trail: Trail, spot: Spot, at: int) -> bool:
        stay = self._settled(trail, at)
        return stay is not None and stay.spot is spot


def passage(rng: Random, plate: Plate, spot: Spot, at: int, trail: Trail | None = None) -> Draft:
    """A camera in ``spot`` reads a plate."""
    draft = Draft(
        "vehicle", new_id(rng), f"sim-anpr-{spot.unit}", at, at + between(rng, 2 * SECOND, MINUTE), spot, trail=trail
    )
    draft.cars = (plate,)
    draft.facts = {"camera": f"SIM-{spot.code}-{rng.randrange(max(1, spot.cameras))}"}
    return draft
