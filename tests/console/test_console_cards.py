"""What a card says: who came where together, how sure that is, what changed and why, and whose it is."""

from dataclasses import replace

import pytest

from alerts.console.cards import cards_of
from alerts.console.places import IN_DUTCH
from processors.alias import alias_of
from schemas.actions import Handling
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.times import DAY_MS, HOUR_MS
from tests.console.told import (
    AMSTERDAM,
    GRONINGEN,
    HAARLEM,
    NOW,
    PLACES,
    UTRECHT,
    ZWOLLE,
    a_card,
    a_member,
    a_sighting,
    a_telling,
    a_token,
    an_alert,
    withdrawn,
)


def told(*members, language="nl", **more):
    [card] = cards_of([a_card(*members, **more)], a_telling(language))
    return card


def words_on(card):
    return [badge.word for badge in card.badges]


def of(subject, kind="person", **more):
    return a_member(an_alert(subject=a_token(subject), kind=kind, **more))


def test_a_card_says_who_went_where():
    card = told()
    assert (card.from_name, card.to_name) == ("Haarlem", "Utrecht")
    assert [one.words for one in card.company.named] == [alias_of(a_token())]


def test_all_who_came_together_are_on_it_people_first_and_a_crowd_as_numbers():
    car, phone, photo = of("car", "vehicle"), of("phone", "phone"), of("photo", "photo")
    one, other = of("one"), of("other")
    card = told(car, one, phone, other, photo)
    names = [alias_of(a_token(name)) for name in ("one", "other", "car")]
    assert [named.words for named in card.company.named] == [names[0], names[1], f"wagen {names[2]}"]
    assert card.company.others == ", één telefoon en één foto"
    assert card.alert_id == one.view.alert.alert_id
    assert len(card.pick.split()) == len(card.alerts.split()) == 5


def test_who_asks_for_attention_is_named_before_who_does_not():
    filed, car = of("filed", attention="file"), of("car", "vehicle")
    card = told(filed, car)
    assert card.alert_id == car.view.alert.alert_id
    assert words_on(card) == ["nieuw"]


def test_a_subject_with_a_corrected_alert_is_named_once():
    wrong = a_member(withdrawn(an_alert()))
    card = told(wrong, a_member(an_alert(arrival=a_sighting(ZWOLLE, days_ago=0.1))))
    assert [named.words for named in card.company.named] == [alias_of(a_token())]
    assert card.to_name == "Zwolle"
    assert words_on(card) == ["herzien"]


@pytest.mark.parametrize(
    ("places", "dutch", "english"),
    [
        ([HAARLEM], "Haarlem", "Haarlem"),
        ([HAARLEM, ZWOLLE], "Haarlem en Zwolle", "Haarlem and Zwolle"),
        ([HAARLEM, ZWOLLE, GRONINGEN], "Haarlem en twee andere plaatsen", "Haarlem and two other places"),
    ],
)
def test_those_who_came_from_several_places_say_so(places, dutch, english):
    members = [a_member(an_alert(left=a_sighting(place, days_ago=5), subject=a_token(place))) for place in places]
    assert told(*members).from_name == dutch
    assert told(*members, language="en").from_name == english


@pytest.mark.parametrize(
    ("event_type", "certainty", "shape", "word"),
    [
        ("control", "confirmed", "full", "bevestigd"),
        ("bvh_mutation", "confirmed", "full", "bevestigd"),
        ("ad", "confirmed", "half", "waarschijnlijk"),
        ("vehicle", "confirmed", "half", "waarschijnlijk"),
        ("ad", "provisional", "hollow", "voorlopig"),
    ],
)
def test_certainty_is_a_shape_and_a_word(event_type, certainty, shape, word):
    arrival = a_sighting(UTRECHT, event_type=event_type)
    assert told(a_member(an_alert(arrival=arrival, certainty=certainty))).certainty == (shape, word)


def test_the_first_message_is_new_for_a_day_while_nobody_took_it():
    alert = an_alert(known_at=NOW - DAY_MS + 1)
    assert words_on(told(a_member(alert))) == ["nieuw"]
    assert words_on(told(a_member(replace(alert, known_at=NOW - DAY_MS)))) == []
    assert words_on(told(a_member(alert, handling=Handling.TAKEN, owner="M. Voorbeeld"))) == []


def test_later_messages_are_revised_or_withdrawn():
    alert = an_alert(revision=2, status=AlertStatus.REVISED)
    assert words_on(told(a_member(alert))) == ["herzien"]
    assert words_on(told(a_member(withdrawn(alert)))) == ["ingetrokken"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"attention": "file"}, "archief"), ({"repeat": True}, "herhaling"), ({"historical": True}, "oud nieuws")],
)
def test_what_is_never_pushed_says_why(changes, word):
    assert words_on(told(a_member(an_alert(**changes)))) == ["nieuw", word]


def test_repeats_are_a_count_in_words():
    assert told().repeated == ""
    assert told(repeats=1).repeated == "sindsdien één keer herhaald"
    assert told(repeats=14, language="en").repeated == "repeated 14 times since"


def test_a_revised_card_says_why_as_long_as_nobody_did_anything_since():
    before, after, why = a_late_mutation()
    member = a_member(after, before=before)
    assert told(member).why == (why,)
    handled = replace(member, view=replace(member.view, state=replace(member.view.state, changed_at=NOW + 1)))
    assert told(handled).why == ()
    assert words_on(told(handled)) == ["herzien"]


def a_late_mutation():
    arrival = a_sighting(UTRECHT, days_ago=0.5)
    before = an_alert(left=a_sighting(AMSTERDAM, days_ago=11), arrival=arrival)
    news = a_sighting(HAARLEM, days_ago=5, event_type="bvh_mutation", recorded_after=4 * DAY_MS + HOUR_MS)
    changes = {"revision": 2, "status": AlertStatus.REVISED, "known_at": news.known_at}
    after = an_alert(left=news, arrival=arrival, **changes)
    why = "Een mutatie vastgelegd op 8 maart laat haar op 4 maart in Haarlem zien; Amsterdam → Utrecht volgt niet meer."
    return before, after, why


def test_two_who_changed_alike_share_a_sentence_and_two_who_did_not_have_theirs():
    before, after, why = a_late_mutation()
    colleague = {"subject": a_token("colleague"), "alert_id": "colleague"}
    alike = a_member(replace(after, **colleague), before=replace(before, **colleague))
    assert told(a_member(after, before=before), alike).why == (why,)
    sooner = replace(before, **colleague, finding=replace(after.finding, certainty="provisional"))
    other = a_member(replace(after, **colleague), before=sooner)
    assert told(a_member(after, before=before), other).why == (
        f"{alias_of(a_token())}: {why}",
        f"{alias_of(a_token('colleague'))}: Niet langer voorlopig: uit Haarlem kwam niets meer.",
    )


def test_a_sentence_about_one_of_several_says_whom_it_is_about_also_where_that_alert_is_gone():
    gone = a_member(withdrawn(an_alert(), reason=WithdrawnReason.ERASED))
    colleague = a_member(an_alert(subject=a_token("colleague"), alert_id="colleague"))
    assert told(gone, colleague).why == (f"{alias_of(a_token())}: De gegevens waarop dit rustte zijn gewist.",)


def test_a_withdrawn_card_is_struck_says_why_and_points_to_what_replaced_it():
    successor = an_alert(left=a_sighting(HAARLEM, days_ago=3))
    gone = a_member(withdrawn(an_alert(), reason=WithdrawnReason.NOT_FOLLOWED), successor=successor)
    card = told(gone)
    assert card.withdrawn
    assert card.why == ("Deze wagen wordt niet meer gevolgd; de passages zijn vernietigd.",)
    assert card.successor.words == "Vervangen door Haarlem naar Utrecht"
    assert card.pick == ""


def test_a_card_says_who_holds_it_or_that_it_is_closed():
    assert told(a_member(owner="M. Voorbeeld")).holder == "M. Voorbeeld"
    closed = a_member(handling=Handling.CLOSED, owner="M. Voorbeeld")
    assert (told(closed).holder, told(closed).pick, told(closed).resting) == ("afgesloten", "", True)
    assert told().holder == ""
    assert told(a_member(withdrawn(an_alert()), handling=Handling.CLOSED)).holder == ""


def test_a_card_that_several_hold_says_all_of_it():
    mine, nobodys = a_member(owner="M. Voorbeeld"), of("other")
    assert told(mine, nobodys).holder == "M. Voorbeeld, deels van niemand"


def test_a_city_abroad_carries_its_country_and_a_country_its_name_in_the_language():
    member = a_member(an_alert(left=a_sighting("BE:Antwerp", days_ago=2), arrival=a_sighting("IT", days_ago=1)))
    assert [told(member).from_name, told(member).to_name] == ["Antwerpen (BE)", "Italië"]
    assert told(member, language="en").to_name == "Italy"


def test_a_city_abroad_is_called_as_people_call_it_in_the_language():
    member = a_member(an_alert(left=a_sighting("BE:Antwerp", days_ago=2), arrival=a_sighting("DE:Köln", days_ago=1)))
    assert (told(member).from_name, told(member).to_name) == ("Antwerpen (BE)", "Keulen (DE)")
    assert told(member, language="en").from_name == "Antwerp (BE)"


def test_every_name_in_dutch_is_that_of_a_city_in_the_list():
    assert all(map(PLACES.knows, IN_DUTCH))
