"""The relocations of a walk, found by the places they join however many there are and whatever comes and goes."""

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.journey import LOOKED_THROUGH_MAX, Journey, Relocation
from processors.relocations import ALERT_NAMESPACE, alert_id_of
from processors.walk import Passed
from schemas.sightings import Sighting

PLACES = ["GM0001", "GM0002", "GM0003", "GM0004"]


def a_relocation(moment, origin, destination):
    arrival = Sighting(moment, 0, f"event-{moment}", "made-up", "control", destination, False, moment, moment)
    return Relocation(Passed(arrival, origin, moment, moment))


def left(found, place):
    return found.passed.from_place == place


def arrived(found, place):
    return found.passed.arrival.place == place


def joins(found, one, other):
    return (left(found, one) and arrived(found, other)) or (left(found, other) and arrived(found, one))


def sought(found, sought_by):
    return next((one for one in found if sought_by(one)), None)


def looks_back_as_if_all_were_looked_through(journey, held, asked):
    arrival, one, other = asked.passed.arrival, asked.passed.from_place, asked.passed.arrival.place
    before = [found for found in reversed(held) if found.passed.arrival < arrival]
    after = [found for found in held if found.passed.arrival > arrival]
    departed, joined = journey.before(one, other, arrival)
    assert departed is sought(before, lambda found: left(found, other))
    assert joined is sought(before, lambda found: joins(found, one, other))
    affected = [
        sought(after, lambda found: arrived(found, one)),
        sought(after, lambda found: joins(found, one, other)),
    ]
    assert list(journey.affected_by(asked)) == [found for found in affected if found is not None]


@pytest.mark.parametrize("seed", range(6))
def test_a_journey_looks_back_as_if_it_were_looked_through_from_its_end(seed):
    made, journey, held = random.Random(seed), Journey(), []
    moments = made.sample(range(1_000), 12 * LOOKED_THROUGH_MAX)
    if seed % 2:
        moments.sort()
    for moment in moments:
        added = a_relocation(moment, *made.sample(PLACES, 2))
        journey.add(added)
        held = sorted([*held, added], key=lambda found: found.passed.arrival)
        looks_back_as_if_all_were_looked_through(journey, held, added)
        if made.random() < 0.3:
            gone = held.pop(made.randrange(len(held)))
            journey.discard(gone)
            looks_back_as_if_all_were_looked_through(journey, held, gone)
        assert journey.all == held
        for asked in made.sample(held, min(3, len(held))):
            looks_back_as_if_all_were_looked_through(journey, held, asked)


@given(st.text(), st.text(), st.uuids())
def test_the_id_of_an_alert_is_a_uuid_of_version_5(subject, place, event_id):
    name = f"{subject}|{place}|{event_id}"
    assert alert_id_of(subject, place, str(event_id)) == str(uuid.uuid5(ALERT_NAMESPACE, name))
