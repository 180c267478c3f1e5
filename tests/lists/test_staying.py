"""Which sightings fall into which stays, as looking at each of them would say."""

from hypothesis import given
from hypothesis import strategies as st

from processors.staying import Seen, Stays
from schemas.views import StayView
from tests.console.told import HAARLEM, NOW, UTRECHT, a_sighting

PLACE, MOMENT = st.sampled_from((HAARLEM, UTRECHT)), st.integers(0, 9)
SIGHTINGS = st.lists(st.builds(lambda place, at: a_sighting(place, occurred_at=at), PLACE, MOMENT), max_size=8)
STAYS = st.lists(
    st.builds(lambda place, at, lasts: StayView(place, at, at + lasts), PLACE, MOMENT, st.integers(0, 4)), max_size=6
)


def falls_into(seen, stay):
    return seen.place == stay.place and stay.first_seen <= seen.occurred_at <= stay.last_seen


@given(SIGHTINGS, STAYS)
def test_a_sighting_falls_into_a_stay_at_its_place_in_its_time(sightings, stays):
    seen, staying = Seen(sightings), Stays(stays)
    for stay in stays:
        assert list(seen.during(stay)) == sorted(one.occurred_at for one in sightings if falls_into(one, stay))
    for one in sightings:
        assert staying.hold(one) == any(falls_into(one, stay) for stay in stays)


def test_thousands_of_both_take_no_time():
    sightings = [a_sighting(HAARLEM if n % 2 else UTRECHT, occurred_at=NOW + n) for n in range(20_000)]
    stays = [StayView(one.place, one.occurred_at, one.occurred_at) for one in sightings]
    seen, staying = Seen(sightings), Stays(stays)
    assert all(staying.hold(one) for one in sightings)
    assert all(seen.during(stay) for stay in stays)
