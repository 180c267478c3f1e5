"""What the pages of look-up and subject say, from facts alone."""

from dataclasses import replace

import pytest

from alerts.console.contacts import contacts_of, familiar_faces
from alerts.console.lanes import in_lanes, lane_of
from alerts.console.lookup import KINDS, identifier_in
from alerts.console.stays import Scale
from alerts.console.subject import SubjectFacts, headline_of, subject_context
from schemas.dossiers import Companion, Dossier, FollowedUntil, Retained, StruckBecause
from schemas.times import DAY_MS
from schemas.views import Contact, StayView, Timeline
from tests.console.told import AMSTERDAM, HAARLEM, NOW, UTRECHT, a_sighting, a_telling, a_token, an_alert

STOPS = (AMSTERDAM, 4), (UTRECHT, 2)


def a_timeline(*sightings, kind="person", struck=(), followed=False):
    stays = tuple(StayView(each.place, each.occurred_at, each.occurred_at) for each in sorted(sightings))
    return Timeline(a_token(), kind, tuple(sorted(sightings)), tuple(struck), stays, NOW, followed)


def a_page_of(timeline, *, retained=(), follow=None, struck=(), companions=(), language="nl"):
    facts = SubjectFacts(timeline, Dossier(tuple(retained), follow, tuple(struck)), tuple(companions), ())
    return subject_context(facts, a_telling(language), new_id=lambda: "made-up")


def test_the_headline_says_who_was_last_seen_where_and_when():
    timeline = a_timeline(a_sighting(HAARLEM, days_ago=9), a_sighting(UTRECHT, days_ago=1))
    assert headline_of(timeline, a_telling()).endswith(" is het laatst gezien in Utrecht, op 8 maart.")
    assert headline_of(timeline, a_telling("en")).endswith(" was last seen in Utrecht, on 8 March.")


def test_the_headline_does_not_say_that_she_was_last_seen_where_another_unit_saw_her_since():
    timeline = a_timeline(a_sighting(HAARLEM, days_ago=9), a_sighting(UTRECHT, days_ago=4))
    later, earlier = (Contact(NOW - days * DAY_MS, "limburg", "control") for days in (2, 6))
    assert headline_of(replace(timeline, contacts=(earlier,)), a_telling()).endswith(" in Utrecht, op 5 maart.")
    told = headline_of(replace(timeline, contacts=(earlier, later)), a_telling())
    assert told.endswith(" is op 7 maart door een andere eenheid gezien.")


def test_with_every_sighting_struck_the_headline_says_that_none_counts():
    timeline = a_timeline(struck=[a_sighting()])
    assert headline_of(timeline, a_telling()).endswith(": geen waarnemingen die tellen.")
    assert a_page_of(timeline)["rows"] == []


def test_struck_sightings_stay_in_their_place_with_who_struck_them_and_why():
    struck = a_sighting(AMSTERDAM, days_ago=5)
    timeline = a_timeline(a_sighting(HAARLEM, days_ago=9), a_sighting(UTRECHT, days_ago=1), struck=[struck])
    because = StruckBecause(struck.event, "andere vrouw", "local", NOW)
    told = contacts_of(timeline, [because], a_telling())
    assert [(contact.place, contact.struck) for contact in told] == [
        ("Utrecht", False),
        ("Amsterdam", True),
        ("Haarlem", False),
    ]
    assert told[1].struck_why == "Doorgehaald door lokale gebruiker op 9 maart: andere vrouw"


def test_familiar_faces_are_those_who_were_on_the_spot_before_she_arrived():
    alert = an_alert()
    ad = a_sighting(AMSTERDAM, days_ago=3, event_type="ad")
    after = a_sighting(UTRECHT, days_ago=0.01)
    timeline = a_timeline(*alert.based_on, ad, after)
    assert [face.place for face in familiar_faces(alert, timeline, a_telling())] == ["Haarlem"]
    assert familiar_faces(an_alert(kind="vehicle"), timeline, a_telling()) == []


def test_only_phones_and_cars_get_a_lane_and_never_a_bar_among_her_stays():
    stay = StayView(AMSTERDAM, NOW - 4 * DAY_MS, NOW - 3 * DAY_MS)
    car, friend = (Companion(a_token(kind), kind, 2, NOW, NOW, (stay,)) for kind in ("vehicle", "person"))
    assert in_lanes([friend, car]) == [car]
    lane = lane_of(car, Scale.over((stay,), NOW), a_telling())
    assert (lane.via, [row.place for row in lane.rows]) == ("via auto", ["Amsterdam"])
    page = a_page_of(a_timeline(a_sighting(HAARLEM, days_ago=9)), companions=[friend, car])
    assert [row.place for row in page["rows"]] == ["Haarlem"]
    assert [other.kind for other in page["together"]] == ["person", "vehicle"]


def test_a_single_passage_of_a_car_is_in_its_lane_and_on_its_own_page_and_is_no_stay():
    stay, passed = (StayView(place, NOW - days * DAY_MS, NOW - days * DAY_MS) for place, days in STOPS)
    car = Companion(a_token("vehicle"), "vehicle", 2, NOW, NOW, (stay,), (passed,))
    page = a_page_of(a_timeline(a_sighting(HAARLEM, days_ago=9)), companions=[car])
    [lane] = page["lanes"]
    assert [(row.place, row.bars[0].transit) for row in lane.rows] == [("Amsterdam", False), ("Utrecht", True)]
    assert lane.rows[1].bars[0].told == "Utrecht · 7 mrt, langsgereden"
    control, passage = a_sighting(AMSTERDAM, days_ago=4), a_sighting(UTRECHT, days_ago=2, event_type="vehicle")
    own = replace(a_timeline(control, passage, kind="vehicle"), stays=(stay,))
    assert [(row.place, row.bars[0].transit) for row in a_page_of(own)["rows"]] == [
        ("Amsterdam", False),
        ("Utrecht", True),
    ]
    alone = Companion(a_token("vehicle"), "vehicle", 2, NOW, NOW, (), (passed,))
    assert in_lanes([alone]) == [alone]


def test_terms_say_when_records_go_and_from_when_only_a_targeted_query_shows_them():
    retained = Retained("control", 2, NOW + DAY_MS, NOW + 3 * DAY_MS, NOW - DAY_MS)
    (term,) = a_page_of(a_timeline(a_sighting()), retained=[retained])["terms"]
    assert term.goes == "de eerste wordt vernietigd op 10 maart, de laatste op 12 maart"
    assert term.targeted == "de oudste sinds 8 maart alleen na een gerichte vraag"


@pytest.mark.parametrize(("until", "asked_for"), [(NOW, False), (NOW + 1, True)])
def test_a_follow_is_asked_for_until_its_very_end(until, asked_for):
    follow = FollowedUntil(NOW - DAY_MS, until, "onderzoek", "local")
    page = a_page_of(a_timeline(a_sighting(), kind="vehicle", followed=True), follow=follow)
    assert page["asked_for"] is asked_for
    assert ("onderzoek" in page["follow"]) is asked_for


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_fields_of_the_kind_chosen_are_read_and_all_are_needed(kind):
    everything = {"kind": kind} | {
        name: " verzonnen "
        for each, parts in KINDS.items()
        for name in ([f"{each}.{part}" for part in parts] or [each])
    }
    parts = KINDS[kind]
    assert identifier_in(everything) == {kind: dict.fromkeys(parts, "verzonnen") if parts else "verzonnen"}
    for name in [f"{kind}.{part}" for part in parts] or [kind]:
        assert identifier_in(everything | {name: "  "}) is None


def test_a_form_without_a_kind_asks_nothing():
    assert identifier_in({"phone": "+31600000001"}) is None
