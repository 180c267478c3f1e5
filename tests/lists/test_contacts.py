"""What a unit sees of a subject: its own and what alerts share, the rest as contacts."""

from processors.contacts import seen_part, stays_within
from schemas.times import DAY_MS
from schemas.views import Contact, StayView, Timeline
from tests.console.told import AMSTERDAM, HAARLEM, NOW, PLACES, UTRECHT, a_sighting, a_token

DAY_BEGINS = NOW // DAY_MS * DAY_MS


def region_of(code):
    return PLACES.place(code).region


def a_timeline(*sightings, struck=(), stays=()):
    return Timeline(a_token(), "person", tuple(sorted(sightings)), tuple(struck), tuple(stays), NOW, followed=False)


IN_UTRECHT, IN_HAARLEM = a_sighting(UTRECHT, days_ago=1), a_sighting(HAARLEM, days_ago=5)
IN_AMSTERDAM = a_sighting(AMSTERDAM, days_ago=9)
ALL = a_timeline(IN_UTRECHT, IN_HAARLEM, IN_AMSTERDAM)
UNIT = frozenset({"midden-nederland"})


def test_what_other_units_hold_shows_only_as_who_how_and_on_which_day():
    seen = seen_part(ALL, UNIT, frozenset(), region_of)
    assert seen.sightings == (IN_UTRECHT,)
    assert seen.contacts == (
        Contact(DAY_BEGINS - 9 * DAY_MS, "amsterdam", "control"),
        Contact(DAY_BEGINS - 5 * DAY_MS, "noord-holland", "control"),
    )


def test_what_an_alert_rests_on_is_shared():
    seen = seen_part(ALL, UNIT, frozenset({IN_HAARLEM.event}), region_of)
    assert seen.sightings == (IN_HAARLEM, IN_UTRECHT)
    assert [contact.unit for contact in seen.contacts] == ["amsterdam"]


def test_a_struck_sighting_of_another_unit_is_no_contact():
    told = a_timeline(IN_UTRECHT, struck=[IN_HAARLEM])
    assert seen_part(told, UNIT, frozenset(), region_of).contacts == ()
    assert seen_part(told, UNIT, frozenset(), region_of).struck == ()


def test_somebody_whom_only_others_met_is_known_by_contacts_alone():
    seen = seen_part(a_timeline(IN_HAARLEM), UNIT, frozenset(), region_of)
    assert (seen.sightings, seen.stays, len(seen.contacts)) == ((), (), 1)


def test_of_whom_nothing_is_left_nobody_knows():
    assert seen_part(a_timeline(struck=[IN_HAARLEM]), UNIT, frozenset(), region_of) is None


def test_a_stay_elsewhere_reaches_no_further_than_what_is_shared():
    long = StayView(HAARLEM, NOW - 20 * DAY_MS, NOW - 2 * DAY_MS)
    own = StayView(UTRECHT, NOW - DAY_MS, NOW)
    told = a_timeline(IN_UTRECHT, IN_HAARLEM, stays=[long, own])
    assert seen_part(told, UNIT, frozenset(), region_of).stays == (own,)
    shared = seen_part(told, UNIT, frozenset({IN_HAARLEM.event}), region_of)
    assert shared.stays == (StayView(HAARLEM, IN_HAARLEM.occurred_at, IN_HAARLEM.occurred_at), own)
    assert stays_within([long, own], UNIT, region_of) == (own,)
