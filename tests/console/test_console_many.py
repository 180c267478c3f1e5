"""Acting on many cards at once, by form: each by the version that was seen, and what was refused is told one by one."""

import re

import pytest

from alerts.console.many import ALERTS_MAX, Picked, picked_of
from alerts.console.saved_views import COOKIE as VIEWS_COOKIE
from alerts.console.saved_views import views_in
from processors.alias import alias_of
from schemas.actions import AlertAction
from tests.console.test_console_acting import ONE, OTHER, Form
from tests.console.told import ME, NOW, an_alert, an_arrival, an_id

FIRST, SECOND, THIRD = (an_alert(arrival=an_arrival(name)) for name in ("first", "second", "third"))


def a_form():
    return Form(FIRST, SECOND, THIRD)


def picks(*alerts, version=1):
    return [f"{an_id('card')} {alert.alert_id}:{version}" for alert in alerts]


def sent(form, *alerts, viewer=ONE, path="/parts/act", version=1, **fields):
    return form.send(viewer, path, pick=picks(*alerts, version=version), form="made-up", **fields)


def handling(form, alert):
    return form.platform.alert(alert.alert_id, ME).state


def test_all_that_were_picked_are_done_and_said_in_one_sentence():
    form = a_form()
    page = sent(form, FIRST, SECOND, action="take").text
    assert "U hebt twee meldingen opgepakt." in page
    assert [handling(form, alert).owner for alert in (FIRST, SECOND, THIRD)] == [ONE.name, ONE.name, None]
    assert "Overgenomen" not in page + sent(form, FIRST, action="take", version=2).text


def test_what_another_did_meanwhile_is_told_and_the_rest_is_done():
    form = a_form()
    form.platform.act_on_alert(AlertAction("a", SECOND.alert_id, "take", 1, OTHER.name, NOW), OTHER)
    page = sent(form, FIRST, SECOND, action="close", **{"close.outcome": "found", "close.comment": "gezien"}).text
    assert "U hebt één melding afgesloten." in page
    assert f"Haarlem → Utrecht, {alias_of(SECOND.subject)}: R. Verzonnen pakte dit op" in page
    assert handling(form, FIRST).outcome == "found"
    assert handling(form, SECOND).owner == OTHER.name
    assert 'value="found" selected' in page
    assert ">gezien</textarea>" in page


def test_what_cannot_be_done_says_why():
    page = sent(a_form(), FIRST, action="close").text
    assert "Kies een uitkomst." in page
    assert "afgesloten." not in page


def test_only_the_fields_of_the_action_asked_for_are_taken():
    form = a_form()
    sent(
        form, FIRST, action="offer", **{"offer.unit": "rotterdam", "close.comment": "not for this", "snooze.until": "x"}
    )
    assert handling(form, FIRST).offered_to == "rotterdam"
    assert handling(form, FIRST).comments == ()


def test_the_same_form_sent_twice_does_it_once():
    form = a_form()
    first, again = (sent(form, FIRST, action="acknowledge") for _ in range(2))
    assert "U hebt één melding gezien." in first.text
    assert handling(form, FIRST).version == 2
    assert again.status_code == 200


def test_what_was_done_together_is_undone_together():
    form = a_form()
    page = sent(form, FIRST, SECOND, action="take").text
    undoing = re.findall(r'name="pick" value="([^"]+)"', page)
    assert 'name="action" value="release" data-key="u"' in page
    form.send(ONE, "/parts/act", pick=undoing, form="other", action="release")
    assert [handling(form, alert).owner for alert in (FIRST, SECOND)] == [None, None]


def test_what_was_taken_over_from_another_keeps_nothing_else_from_being_undone():
    form = a_form()
    form.platform.act_on_alert(AlertAction("a", SECOND.alert_id, "take", 1, OTHER.name, NOW), OTHER)
    both = [*picks(FIRST), *picks(SECOND, version=2)]
    page = form.send(ONE, "/parts/act", pick=both, form="made-up", action="take").text
    assert "Ongedaan maken bij 1" in page
    assert "Overgenomen van een collega:" in page
    assert f"Haarlem → Utrecht, {alias_of(SECOND.subject)}: was van R. Verzonnen." in page
    assert page.count("was van") == 1
    [undoing] = re.findall(r'type="hidden" name="pick" value="([^"]+)"', page)
    form.send(ONE, "/parts/act", pick=[undoing], form="other", action="release")
    assert [handling(form, alert).owner for alert in (FIRST, SECOND)] == [None, ONE.name]


def test_without_javascript_the_whole_page_says_what_became_of_it():
    page = sent(a_form(), FIRST, path="/act", action="acknowledge").text
    assert "<html" in page
    assert "U hebt één melding gezien." in page


@pytest.mark.parametrize("pick", ["", "card", "card alert", "card alert:x", "card alert:-1", "card alert:9999999999"])
def test_a_strange_pick_is_none(pick):
    assert picked_of([pick]) == []


def test_each_alert_is_picked_once_and_not_too_many():
    assert picked_of(["c a:1 b:2", "d b:2 e:3"]) == [Picked("c", (("a", 1), ("b", 2))), Picked("d", (("e", 3),))]
    assert len(picked_of([f"card alert-{n}:1" for n in range(300)])) == ALERTS_MAX


def test_what_is_too_much_for_one_go_is_told():
    many = [an_alert(arrival=an_arrival(str(n))) for n in range(ALERTS_MAX)]
    form = Form(FIRST, SECOND, *many)
    crowd = " ".join([an_id("crowd"), *(f"{alert.alert_id}:1" for alert in many)])
    picked = [f"{an_id('first')} {FIRST.alert_id}:1", crowd, f"{an_id('second')} {SECOND.alert_id}:1"]
    page = form.send(ONE, "/parts/act", pick=picked, form="made-up", action="take").text
    assert "U hebt twee meldingen opgepakt." in page
    assert "één gekozen melding was te veel voor één keer" in page.lower()
    assert [handling(form, alert).owner for alert in (FIRST, SECOND, many[0])] == [ONE.name, ONE.name, None]


def test_a_view_is_saved_in_the_browser_and_forgotten_again():
    form = a_form()
    answer = form.send(path="/views", name="Grens", address="border=country")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?border=country")
    [view] = views_in(answer.cookies[VIEWS_COOKIE].strip('"'))
    assert (view.name, view.outlook.address) == ("Grens", "border=country")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert views_in(form.send(path="/views/forget", name="Grens", address="").cookies[VIEWS_COOKIE].strip('"')) == []
