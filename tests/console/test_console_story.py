import pytest

from alerts.console.story import story_of
from processors.alias import alias_of
from schemas.actions import AlertState, Handling
from schemas.alerts import WithdrawnReason
from schemas.times import DAY_MS, HOUR_MS
from tests.console.told import AMSTERDAM, HAARLEM, UTRECHT, a_sighting, a_telling, a_token, an_alert, withdrawn

WHO = alias_of(a_token())


def a_story(alert=None, *, language="nl", moved_on=False, successor=None):
    return story_of(alert or an_alert(), a_telling(language), moved_on=moved_on, successor=successor)


def test_the_sentence_comes_first_and_can_be_read_aloud():
    assert a_story().headline == f"{WHO} is nu in Utrecht, negen dagen nadat zij in Haarlem is gezien."
    assert a_story(language="en").headline == f"{WHO} is now in Utrecht, nine days after she was seen in Haarlem."


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("vehicle", f"Wagen {WHO} is nu in Utrecht, negen dagen nadat deze wagen in Haarlem is gezien."),
        ("phone", f"Telefoon {WHO} is nu in Utrecht, negen dagen nadat deze telefoon in Haarlem is gezien."),
        ("photo", f"Foto {WHO} is nu in Utrecht, negen dagen nadat deze foto in Haarlem is gezien."),
    ],
)
def test_a_thing_is_not_called_she(kind, headline):
    assert a_story(an_alert(kind=kind)).headline == headline


def test_who_moved_on_or_arrived_long_ago_was_there():
    then = an_alert(left=a_sighting(HAARLEM, days_ago=40), arrival=a_sighting(UTRECHT, days_ago=31))
    assert a_story(moved_on=True).headline.startswith(f"{WHO} was op 9 maart in Utrecht, ")
    assert a_story(then).headline == f"{WHO} was op 6 februari in Utrecht, negen dagen nadat zij in Haarlem is gezien."


def test_what_is_provisional_only_seems_so():
    alert = an_alert(arrival=a_sighting(UTRECHT, event_type="ad"), certainty="provisional")
    assert a_story(alert).headline.startswith(f"{WHO} lijkt nu in Utrecht te zijn, ")
    assert "waarschijnlijk" in a_story(alert).because


@pytest.mark.parametrize(
    ("event_type", "because"),
    [
        ("control", "door een controle (avim-voorbeeld) op 9 maart."),
        ("bvh_mutation", "door een BVH-mutatie (avim-voorbeeld) op 9 maart."),
        ("ad", "door een advertentie (avim-voorbeeld) op 9 maart, en sindsdien niets meer uit Haarlem."),
        ("vehicle", "door passages langs camera's (avim-voorbeeld) vanaf 9 maart, lang genoeg voor een verblijf."),
    ],
)
def test_how_sure_it_is_comes_with_why(event_type, because):
    assert a_story(an_alert(arrival=a_sighting(UTRECHT, days_ago=0.2, event_type=event_type))).because == because


def test_the_unit_that_should_act_is_named_and_the_one_that_met_her():
    assert a_story().who_acts == "Aan zet: Midden-Nederland. Kent haar van eerder: Noord-Holland."
    assert a_story(an_alert(cross_region=False)).who_acts == "Aan zet: Midden-Nederland."
    assert a_story(an_alert(kind="vehicle")).who_acts.endswith("Zag dit eerder: Noord-Holland.")


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"novelty": "first"}, "Eerste keer in Utrecht."),
        ({"novelty": "return"}, "Eerder al in Utrecht geweest."),
        ({"cross_border": True}, "Over de grens."),
        ({"implausible": True}, "Denk aan geleende papieren"),
        ({"repeat": True}, "een herhaling"),
        ({"historical": True}, "Oud nieuws"),
        ({"attention": "file"}, "Zonder signalen"),
    ],
)
def test_what_is_particular_is_told_in_words(changes, remark):
    assert remark in " ".join(a_story(an_alert(**changes)).remarks)


@pytest.mark.parametrize("reason", list(WithdrawnReason))
def test_a_withdrawn_alert_says_why_and_asks_nobody_to_act(reason):
    story = a_story(withdrawn(an_alert(), reason=reason))
    assert story.headline.startswith("Ingetrokken: ")
    assert story.why_withdrawn
    assert story.who_acts == ""


def test_an_alert_about_the_wrong_subject_says_so_and_blames_no_source():
    gone = withdrawn(an_alert(), reason=WithdrawnReason.CORRECTED)
    closed = AlertState(gone.alert_id, 2, Handling.CLOSED, gone.known_at, outcome="wrong_subject")
    story = story_of(gone, a_telling(), moved_on=False, state=closed)
    assert story.why_withdrawn == "Afgesloten als verkeerde persoon of wagen; de waarneming is doorgehaald."


def test_the_event_that_changed_the_picture_is_named():
    arrival = a_sighting(UTRECHT, days_ago=0.5)
    before = an_alert(left=a_sighting(AMSTERDAM, days_ago=11), arrival=arrival)
    news = a_sighting(HAARLEM, days_ago=5, event_type="bvh_mutation", recorded_after=4 * DAY_MS + HOUR_MS)
    after = an_alert(left=news, arrival=arrival)
    gone = withdrawn(before, reason=WithdrawnReason.LATER_EVIDENCE, known_at=news.known_at)
    assert a_story(gone, successor=after).why_withdrawn == (
        "Een mutatie vastgelegd op 8 maart laat haar op 4 maart in Haarlem zien; Amsterdam → Utrecht volgt niet meer."
    )
