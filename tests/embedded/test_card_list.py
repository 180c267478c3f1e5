"""The list of cards over the embedded log: what lies on one, which a filter finds, paging, acting on many at once."""

import uuid

import pytest
from made_up_events import a_control, a_passage
from platforms import a_platform, published

from schemas.actions import AlertAction, AlertState
from schemas.sightings import Evidence
from schemas.views import AlertQuery, Conflict, Refused, Viewer

ME = Viewer()
AMSTERDAM, UTRECHT, TILBURG, BREDA = "GM0363", "GM0344", "GM0855", "GM0758"
ANTWERP = {"country": "BE", "city": "Antwerp"}


def a_party(place, day, **more):
    """A control of two women, a driver, his car and two phones."""
    people = [{"role": role, "identifiers": {"bvh_person": who}} for who, role in PARTY.items()]
    phones = ["+31612345678", "+31687654321"]
    return a_control(place=place, day=day, plate="12-ABC-3", phones=phones) | {"persons": people, **more}


PARTY = {"P-1001": "sex_worker", "P-1002": "sex_worker", "P-1003": "facilitator"}


def moves_of_one(who, *places, first_day=40, **more):
    """Controls of one woman, ``places`` two days apart."""
    return [
        a_control(who=who, day=first_day + 2 * number, **({"place": place} if isinstance(place, str) else {}), **more)
        | ({} if isinstance(place, str) else {"place": place})
        for number, place in enumerate(places)
    ]


def cards(platform, **filters):
    query = AlertQuery(**filters)
    page = platform.cards(query, ME)
    assert platform.card_counts([query], ME) == [len(page.items)]
    assert platform.fitting_cards(query, ME) == [card.card_id for card in page.items]
    return list(page.items)


def alerts_on(card):
    return [member.view.alert for member in card.members]


def asked(view, action, **more):
    told = {"expected": view.state.version, "by": "S. Voorbeeld", "at": 0} | more
    return AlertAction(str(uuid.uuid4()), view.alert.alert_id, action, **told)


def test_a_card_whose_alert_was_closed_does_not_stay_for_one_that_was_withdrawn_beside_it(tmp_path):
    first, mistaken = moves_of_one("P-0001", AMSTERDAM, UTRECHT)
    with a_platform(tmp_path) as platform:
        published(platform, first, mistaken, mistaken | {"revision": 1, "place": {"municipality": TILBURG}})
        shown = {"closed": None, "withdrawn_since": 1, "put_aside": False}
        [card] = cards(platform, **shown)
        [live] = [member.view for member in card.members if member.view.alert.status != "withdrawn"]
        platform.act_on_alert(asked(live, "close", outcome="found"), ME)
        assert cards(platform, **shown) == []
        published(platform, mistaken | {"revision": 2, "withdrawn": True})
        assert [one.card_id for one in cards(platform, **shown)] == [card.card_id], "now all of it is withdrawn"


def test_a_control_with_two_women_a_driver_a_car_and_two_phones_is_one_card(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_party(AMSTERDAM, 40), a_party(UTRECHT, 45))
        [card] = cards(platform)
        kinds = sorted(str(alert.subject_kind) for alert in alerts_on(card))
        assert kinds == ["person", "person", "person", "phone", "phone", "vehicle"]
        assert {alert.finding.to_place for alert in alerts_on(card)} == {UTRECHT}
        assert cards(platform, subject_kind="vehicle") == [card]
        assert platform.cards_with([alert.alert_id for alert in alerts_on(card)] + ["nowhere"], ME) == [card]


def test_repeats_lie_on_the_earlier_card_with_a_count_and_are_no_news(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, *moves_of_one("P-1001", AMSTERDAM, UTRECHT))
        [before] = cards(platform, pushed=True)
        published(platform, *moves_of_one("P-1001", AMSTERDAM, UTRECHT, first_day=44))
        [card] = cards(platform, pushed=True)
        assert (card.card_id, card.at, card.repeats) == (before.card_id, before.at, 2)
        assert alerts_on(card) == alerts_on(before)
        assert cards(platform, repeat=True) == [card]
        assert len(platform.alerts(AlertQuery(), ME).items) == 3


def test_a_card_knows_what_was_said_before_and_what_replaced_what_was_withdrawn(tmp_path):
    with a_platform(tmp_path) as platform:
        first, second = moves_of_one("P-1001", AMSTERDAM, UTRECHT)
        published(platform, first, second)
        published(platform, a_control(who="P-1001", place=TILBURG, day=41))
        revised = next(card for card in cards(platform) if alerts_on(card)[0].finding.to_place == UTRECHT)
        [member] = revised.members
        assert (member.before.finding.from_place, member.view.alert.finding.from_place) == (AMSTERDAM, TILBURG)
        published(platform, second | {"revision": 1, "place": {"municipality": BREDA}})
        corrected = next(card for card in cards(platform) if card.card_id == revised.card_id)
        gone, instead = corrected.members
        assert gone.view.alert.status == "withdrawn"
        assert gone.successor == instead.view.alert
        assert instead.view.alert.finding.to_place == BREDA


WITH_SIGNAL, FILED, ABROAD, DRIVEN = "P-1001", "P-1002", "P-1003", "P-1004"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Four moves: with a signal within a region, without one between regions, from abroad, and that of a car."""
    with a_platform(tmp_path_factory.mktemp("told")) as platform:
        published(platform, *moves_of_one(WITH_SIGNAL, TILBURG, BREDA, TILBURG, BREDA, source="avim-brabant"))
        published(platform, *moves_of_one(FILED, AMSTERDAM, UTRECHT, indicators=[], first_day=42))
        published(platform, *moves_of_one(ABROAD, ANTWERP, UTRECHT, first_day=44))
        published(platform, a_control(who=DRIVEN, place=AMSTERDAM, day=50, plate="12-ABC-3"))
        published(platform, *(a_passage(place=TILBURG, day=55, hour=hour) for hour in (2, 5, 8)))
        taken = platform.cards(AlertQuery(cross_border=True), ME).items[0].members[0].view
        platform.act_on_alert(asked(taken, "take", unit="rotterdam"), ME)
        yield platform


@pytest.mark.parametrize(
    ("filters", "arrivals"),
    [
        ({}, [TILBURG, UTRECHT, UTRECHT, BREDA]),
        ({"pushed": True, "put_aside": False}, [TILBURG, UTRECHT, BREDA]),
        ({"attention": "file"}, [UTRECHT]),
        ({"subject_kind": "vehicle"}, [TILBURG]),
        ({"evidence": (Evidence.PASSAGE, Evidence.OFFER)}, [TILBURG]),
        ({"evidence": (Evidence.PRESENCE,)}, [UTRECHT, UTRECHT, BREDA]),
        ({"certainty": "provisional"}, []),
        ({"novelty": "return"}, [BREDA]),
        ({"cross_border": True}, [UTRECHT]),
        ({"cross_region": False}, [BREDA]),
        ({"repeat": True}, [BREDA]),
        ({"historical": True}, []),
        ({"owner": "S. Voorbeeld"}, [UTRECHT]),
        ({"unowned": True, "pushed": True}, [TILBURG, BREDA]),
        ({"source": "avim-brabant"}, [BREDA]),
        ({"status": "taken"}, [UTRECHT]),
        ({"unit": "BE"}, [UTRECHT]),
        ({"involving": "rotterdam"}, [UTRECHT]),
        ({"withdrawn_since": 2**60}, [TILBURG, UTRECHT, UTRECHT, BREDA]),
        ({"since": 2**60}, []),
        ({"until": 2**60, "to": BREDA}, [BREDA]),
    ],
)
def test_a_filter_finds_the_cards_with_an_alert_that_fits(told, filters, arrivals):
    found = cards(told, **filters)
    assert [alerts_on(card)[0].finding.to_place for card in found] == arrivals


def test_there_is_to_choose_what_occurs(told):
    assert told.list_choices(ME).owners == ("S. Voorbeeld",)
    assert told.list_choices(ME).sources == ("anpr-made-up", "avim-brabant", "avim-made-up")


def test_pages_follow_one_another_without_gap_or_overlap(told):
    everything, paged, cursor = cards(told), [], None
    while True:
        page = told.cards(AlertQuery(limit=1, cursor=cursor), ME)
        paged += page.items
        cursor = page.next
        if cursor is None:
            break
    assert paged == everything
    with pytest.raises(Refused):
        told.cards(AlertQuery(cursor="nonsense"), ME)


def test_many_are_acted_on_at_once_and_each_answers_for_itself(tmp_path):
    with a_platform(tmp_path) as platform:
        for who in ("P-1001", "P-1002", "P-1003"):
            published(platform, *moves_of_one(who, AMSTERDAM, UTRECHT))
        one, two, three = (card.members[0].view for card in cards(platform))
        platform.act_on_alert(asked(two, "take", by="R. Verzonnen"), ME)
        done, late, wrong = platform.act_on_alerts(
            [asked(one, "take"), asked(two, "take"), asked(three, "close", outcome="none such")], ME
        )
        assert isinstance(done, AlertState)
        assert done.owner == "S. Voorbeeld"
        assert isinstance(late, Conflict)
        assert late.current.owner == "R. Verzonnen"
        assert isinstance(wrong, Refused)
        assert platform.alert(three.alert.alert_id, ME).state == three.state
