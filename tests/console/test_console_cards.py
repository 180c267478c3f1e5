from dataclasses import replace

import pytest

from alerts.alias import alias_of
from alerts.console.cards import card_of
from schemas.actions import Handling
from schemas.alerts import AlertStatus
from schemas.times import DAY_MS
from tests.console.told import HAARLEM, NOW, UTRECHT, a_sighting, a_telling, a_token, a_view, an_alert, withdrawn


def a_card(alert=None, **more):
    told = {"handling": Handling.NEW, "owner": None} | more
    return card_of(a_view(alert or an_alert(), **told), a_telling())


def test_a_card_says_who_went_where():
    card = a_card()
    assert (card.from_name, card.to_name) == ("Haarlem", "Utrecht")
    assert card.alias == alias_of(a_token())


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
    card = a_card(an_alert(arrival=a_sighting(UTRECHT, event_type=event_type), certainty=certainty))
    assert card.certainty == (shape, word)


def test_the_first_message_is_new_for_a_day_while_nobody_took_it():
    alert = an_alert(known_at=NOW - DAY_MS + 1)
    assert words_on(a_card(alert)) == ["nieuw"]
    assert words_on(a_card(replace(alert, known_at=NOW - DAY_MS))) == []
    assert words_on(a_card(alert, handling=Handling.TAKEN, owner="M. Voorbeeld")) == []


def test_later_messages_are_revised_or_withdrawn():
    alert = an_alert(revision=2, status=AlertStatus.REVISED)
    assert words_on(a_card(alert)) == ["herzien"]
    assert words_on(a_card(withdrawn(alert))) == ["ingetrokken"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"attention": "file"}, "archief"), ({"repeat": True}, "herhaling"), ({"historical": True}, "oud nieuws")],
)
def test_what_is_never_pushed_says_why(changes, word):
    assert words_on(a_card(an_alert(**changes))) == ["nieuw", word]


def test_a_withdrawn_card_points_to_what_replaced_it():
    successor = an_alert(left=a_sighting(HAARLEM, days_ago=3))
    card = card_of(a_view(withdrawn(an_alert())), a_telling(), successor=successor)
    assert card.withdrawn
    assert card.successor.words == "Vervangen door Haarlem naar Utrecht"


def test_a_card_says_who_holds_it_or_that_it_is_closed():
    assert a_card(owner="M. Voorbeeld").holder == "M. Voorbeeld"
    assert a_card(handling=Handling.CLOSED, owner="M. Voorbeeld").holder == "afgesloten"
    assert a_card().holder == ""
    assert a_card(withdrawn(an_alert()), handling=Handling.CLOSED).holder == ""


def test_a_city_abroad_carries_its_country_and_a_country_its_name_in_the_language():
    alert = an_alert(left=a_sighting("BE:Antwerp", days_ago=2), arrival=a_sighting("IT", days_ago=1))
    assert [a_card(alert).from_name, a_card(alert).to_name] == ["Antwerp (BE)", "Italië"]
    assert card_of(a_view(alert), a_telling("en")).to_name == "Italy"


def words_on(card):
    return [badge.word for badge in card.badges]
