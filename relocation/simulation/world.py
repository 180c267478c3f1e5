"""Who there is: crews of people with their cars, phones and photos, and the trail of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from relocation.simulation import papers, trails
from relocation.simulation.atlas import Atlas, Spot
from relocation.simulation.papers import Document, Name, Plate
from relocation.simulation.trails import Trail

CAROUSEL_SHARE = 0.35
TOUR_SHARE = 0.20
"""The rest works in one place. Shares of the women asked for; nobody knows the true ones."""
EXTRA_SHARES = {"weekend": 0.002, "commute": 0.01}
"""Crews that noise adds, for each woman: women who work elsewhere at weekends, and commuting cars."""
NUMBERS_PER_CREW = 40
"""Enough for six women with two phones and two photos each, two controllers and two cars."""
UNLICENSED_SIGNS = (
    "accompanied_by_controller", "changing_controllers", "constant_supervision", "debt", "dependent_transport",
    "does_not_speak_language", "lives_at_workplace", "no_own_documents", "not_from_netherlands", "surrenders_earnings",
    "third_party_contact", "third_party_payment", "available_around_the_clock",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Person:
    """A woman, a controller or staff. ``registered_at``: since when police know the BVH number (UTC ms)."""

    number: int
    role: str
    nationality: str
    document: Document | None
    name: Name
    bvh: str
    trail: Trail
    registered_at: int | None = None
    kind: str = "person"


@dataclass(slots=True, eq=False)
class Car:
    """A car and where it is parked."""

    number: int
    plate: Plate
    trail: Trail
    kind: str = "vehicle"


@dataclass(slots=True, eq=False)
class Phone:
    """A telephone; it is where its keeper is."""

    number: int
    text: str
    trail: Trail
    kind: str = "phone"


@dataclass(slots=True, eq=False)
class Photo:
    """A photo of a woman; it is said to be where she is."""

    number: int
    digits: str
    trail: Trail
    kind: str = "photo"


Subject = Person | Car | Phone | Photo


@dataclass(slots=True, eq=False)
class Advertiser:
    """One line of ads: it is online where and while its woman works, seen by a crawler every ``every_days``."""

    site: str
    trail: Trail
    phones: tuple[Phone, ...]
    photos: tuple[Photo, ...]
    every_days: int
    police_involved: bool


@dataclass(slots=True, eq=False)
class Crew:
    """People who work together. Rates are per day."""

    number: int
    kind: str
    """``carousel``, ``tour``, ``local``, ``weekend`` or ``commute``."""
    licensed: bool
    venue: str
    signs: tuple[str, ...]
    control_rate: float
    incident_rate: float
    people: list[Person] = field(default_factory=list)
    cars: list[Car] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    """Phones at hand in a control."""
    photos: list[Photo] = field(default_factory=list)
    adverts: list[Advertiser] = field(default_factory=list)

    def subjects(self) -> Iterator[Subject]:
        """Everything of the crew that can be seen somewhere."""
        yield from self.people
        yield from self.cars
        yield from self.phones
        yield from self.photos


@dataclass(frozen=True, slots=True)
class Period:
    """What is simulated, and from which seed. Times are UTC ms."""

    seed: int
    start: int
    end: int


def populate(atlas: Atlas, period: Period, subjects: int, extras: dict[str, float]) -> list[Crew]:
    """Crews with ``subjects`` women, and ``extras`` times the usual crews that noise adds, by kind."""
    builder = _Builder(atlas, period)
    sizes = Random(f"{period.seed} sizes")
    crews = [
        *builder.crews("carousel", _sizes(sizes, round(subjects * CAROUSEL_SHARE), 2, 5)),
        *builder.crews("tour", [1] * round(subjects * TOUR_SHARE)),
        *builder.crews("local", _sizes(sizes, subjects - round(subjects * (CAROUSEL_SHARE + TOUR_SHARE)), 1, 6)),
    ]
    for kind, times in sorted(extras.items()):
        builder.number_from(subjects * (2 + list(EXTRA_SHARES).index(kind)))
        crews += builder.crews(kind, [1] * max(1, round(subjects * EXTRA_SHARES[kind] * times)))
    return crews


def _sizes(rng: Random, total: int, smallest: int, largest: int) -> list[int]:
    sizes: list[int] = []
    while total > 0:
        sizes.append(min(total, rng.randint(smallest, largest)))
        total -= sizes[-1]
    return sizes


class _Builder:
    """Makes crews one after the other; each from draws of its own."""

    def __init__(self, atlas: Atlas, period: Period) -> None:
        self._atlas = atlas
        self._period = period
        self._number = 0

    def number_from(self, number: int) -> None:
        """Crews from here on have higher numbers than this, whatever there was before: a crew is its number."""
        self._number = number

    def crews(self, kind: str, sizes: list[int]) -> Iterator[Crew]:
        for size in sizes:
            self._number += 1
            yield self._crew(self._number, kind, size)

    def _crew(self, number: int, kind: str, size: int) -> Crew:
        rng = Random(f"{self._period.seed} crew {number}")
        crew = _FOUNDERS[kind](number, rng)
        _Staffing(crew, rng, self._atlas, self._period).staff(size)
        return crew


def _carousel(number: int, rng: Random) -> Crew:
    venue = rng.choice(("home", "home", "hotel", "holiday_park", "other"))
    signs = tuple(rng.sample(UNLICENSED_SIGNS, rng.randint(2, 5)))
    return Crew(number, "carousel", False, venue, signs, control_rate=0.06, incident_rate=0.006)


def _tour(number: int, rng: Random) -> Crew:
    licensed = rng.random() < 0.5
    venue = "licensed_premises" if licensed else rng.choice(("home", "hotel"))
    signs = () if rng.random() < 0.6 else (rng.choice(UNLICENSED_SIGNS),)
    return Crew(number, "tour", licensed, venue, signs, control_rate=0.02, incident_rate=0.001)


def _local(number: int, rng: Random) -> Crew:
    licensed = rng.random() < 0.7
    venue = "licensed_premises" if licensed else "home"
    signs = () if rng.random() < 0.7 else (rng.choice(UNLICENSED_SIGNS),)
    return Crew(number, "local", licensed, venue, signs, control_rate=0.03, incident_rate=0.001)


def _weekend(number: int, rng: Random) -> Crew:
    return Crew(
        number, "weekend", False, "home", (rng.choice(UNLICENSED_SIGNS),), control_rate=0.02, incident_rate=0.001
    )


def _commute(number: int, rng: Random) -> Crew:
    return Crew(
        number, "commute", False, "other", (rng.choice(UNLICENSED_SIGNS),), control_rate=0.05, incident_rate=0.0
    )


_FOUNDERS = {"carousel": _carousel, "tour": _tour, "local": _local, "weekend": _weekend, "commute": _commute}


class _Staffing:
    """Gives a crew its trail, its people and their things."""

    def __init__(self, crew: Crew, rng: Random, atlas: Atlas, period: Period) -> None:
        self._crew, self._rng, self._atlas, self._period = crew, rng, atlas, period
        self._taken = 0

    def staff(self, size: int) -> None:
        crew, rng = self._crew, self._rng
        trail = self._trail()
        if crew.kind == "commute":
            crew.people.append(self._person("unknown", trail))
            crew.cars.append(self._car(trail))
            return
        for _ in range(size):
            self._woman(trails.accompany(rng, trail, self._atlas, 0.05) if crew.kind == "carousel" else trail)
        if crew.kind == "carousel":
            self._controllers(trail)
        elif rng.random() < 0.4:
            crew.cars.append(self._car(trail))

    def _trail(self) -> Trail:
        rng, atlas, period = self._rng, self._atlas, self._period
        if self._crew.kind == "carousel":
            return trails.carousel(rng, atlas, period.start, period.end)
        home = atlas.draw(rng)
        if self._crew.kind == "tour":
            return trails.tour(rng, atlas, home, period.start, period.end)
        if self._crew.kind == "weekend":
            return trails.weekends(rng, atlas, home, period.start, period.end)
        if self._crew.kind == "commute":
            home = self._with_cameras(lambda: atlas.draw(rng))
            work = self._with_cameras(lambda: atlas.draw_within(rng, home, 12, 70))
            return trails.commute(rng, home, work, period.start, period.end)
        return trails.one_place(home, period.start, period.end)

    def _with_cameras(self, draw: Callable[[], Spot]) -> Spot:
        while not (spot := draw()).cameras:
            pass
        return spot

    def _woman(self, trail: Trail) -> None:
        crew, rng = self._crew, self._rng
        crew.people.append(self._person("sex_worker", trail))
        phones = self._phones(trail)
        crew.phones += phones
        photos = tuple(Photo(number, papers.photo(number), trail) for number in self._numbers(rng.choice((1, 1, 2))))
        crew.photos += photos
        involved = rng.random() < (0.45 if crew.kind in ("carousel", "weekend") else 0.12)
        site = rng.choice(("advertenties.example", "dates.example", "massage.example"))
        every_days = rng.choice((1, 1, 1, 2) if involved else (2, 2, 3, 4))
        crew.adverts.append(Advertiser(site, trail, phones, photos, every_days, involved))

    def _phones(self, trail: Trail) -> tuple[Phone, ...]:
        """One phone, or a second one from some stay on."""
        change = len(trail.stays)
        if len(trail.stays) > 2 and self._crew.kind == "carousel" and self._rng.random() < 0.2:
            change = self._rng.randrange(1, len(trail.stays))
        parts = [trail.cut(0, change), trail.cut(change, len(trail.stays))]
        kept = [part for part in parts if part.stays]
        return tuple(
            Phone(number, papers.phone(number), part)
            for number, part in zip(self._numbers(len(kept)), kept, strict=True)
        )

    def _controllers(self, trail: Trail) -> None:
        for _ in range(self._rng.choice((1, 1, 2))):
            along = trails.accompany(self._rng, trail, self._atlas, 0.08)
            self._crew.people.append(self._person("facilitator", along))
            [number] = self._numbers(1)
            self._crew.phones.append(Phone(number, papers.phone(number), along))
        for _ in range(self._rng.choice((1, 1, 2))):
            self._crew.cars.append(self._car(trails.accompany(self._rng, trail, self._atlas, 0.0)))

    def _person(self, role: str, trail: Trail) -> Person:
        [number] = self._numbers(1)
        nationality = self._rng.choice(papers.NATIONALITIES)
        document = papers.document(number, nationality) if self._rng.random() < 0.95 else None
        name = papers.name(number, self._rng)
        return Person(number, role, nationality, document, name, papers.bvh_number(number), trail)

    def _car(self, trail: Trail) -> Car:
        [number] = self._numbers(1)
        return Car(number, papers.plate(number, self._rng), trail)

    def _numbers(self, count: int) -> list[int]:
        first = self._crew.number * NUMBERS_PER_CREW + self._taken
        self._taken += count
        return list(range(first, first + count))
