"""What is seen of a drive on the way: passages of cameras, and now and then a control at the roadside."""

from collections.abc import Iterator
from random import Random

from relocation.simulation.drafts import Draft, Drive, Shown, new_id
from relocation.simulation.moments import HOUR, between
from relocation.simulation.sources import passage

CROSSING_SEEN = 0.25
"""Of the municipalities driven through, those whose camera stands on this very road."""


def passed(drive: Drive, rng: Random, times: float) -> Iterator[Draft]:
    """Passages on the way, in the order of the road."""
    legs = len(drive.route) + 1
    for index, spot in enumerate(drive.route):
        if spot.cameras and rng.random() < CROSSING_SEEN * times:
            early = drive.leave + (drive.arrive - drive.leave) * (index + 1) / legs
            yield passage(rng, drive.car, spot, between(rng, early - 30_000, early + 30_000))


def stopped(drive: Drive, rng: Random) -> Iterator[Draft]:
    """A control on the road, of the car and of whoever travels then; commuters are left alone."""
    if drive.crew is None or drive.crew.kind == "commute" or not drive.route:
        return
    spot = rng.choice(drive.route)
    at = (drive.leave + drive.arrive) // 2
    control = Draft("control", new_id(rng), f"avim-{spot.unit}", at, at + between(rng, HOUR, 6 * HOUR), spot)
    travelling = [person for person in drive.crew.people if person.trail.at(at) is None and person.document]
    control.persons = tuple(Shown(person.role, person.nationality, document=person.document) for person in travelling)
    control.cars = (drive.car,)
    control.facts = {"conducted_by": "police", "licensed": False, "venue": "vehicle"}
    control.signs = drive.crew.signs[:1]
    yield control
