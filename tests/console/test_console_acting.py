"""Acting by form: what is offered, what is refused and how, whose browser it is, and which view shows what."""

import re

import anyio
import httpx
import pytest
from fastapi import FastAPI

from alerts.console.acting import Reply, acting_of
from alerts.console.asking import ConsoleOptions
from alerts.console.handling import meanwhile_of, taken_from
from alerts.console.identity import COOKIE, cookie_of, viewer_of
from alerts.console.router import console_router
from schemas.actions import Action, AlertAction, AlertState, Handling, Outcome
from schemas.times import DAY_MS, format_time, parse_time
from schemas.views import HandlingStep, Viewer
from tests.console.told import NOW, PLACES, PlatformInMemory, a_telling, an_alert, withdrawn

ONE = Viewer("S. Voorbeeld", region="midden-nederland")
OTHER = Viewer("R. Verzonnen", region="noord-holland")
ALERT = an_alert()


def a_state(handling=Handling.NEW, **more):
    return AlertState(ALERT.alert_id, 2, handling, NOW, **more)


class Form:
    """A console with one alert, whose forms somebody sends."""

    def __init__(self, *alerts, now=NOW):
        self.platform = PlatformInMemory(now)
        self.platform.tell(*(alerts or (ALERT,)))
        self.app = FastAPI()
        self.app.include_router(console_router(self.platform, ConsoleOptions(PLACES, clock=lambda: now)))

    def send(self, viewer=ONE, path=f"/alerts/{ALERT.alert_id}/act", content=None, **fields):
        return anyio.run(self._send, viewer, path, content, fields)

    async def _send(self, viewer, path, content, fields):
        cookies = {COOKIE: cookie_of(viewer.name, viewer.region)}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies) as client:
            headers = {"accept-language": "nl"}
            if path.startswith(("/alerts/", "/parts/handling/")) and not path.endswith("/act"):
                return await client.get(path, headers=headers)
            return await client.post(path, data=fields or None, content=content, headers=headers)

    @property
    def state(self):
        return self.platform.alert_handling(ALERT.alert_id, ONE)[-1].state


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (a_state(), "take acknowledge offer close, more: assign comment snooze"),
        (a_state(Handling.ACKNOWLEDGED), "take offer comment close, more: assign snooze"),
        (a_state(Handling.TAKEN, owner=ONE.name), "offer comment close release, more: assign snooze"),
        (a_state(Handling.TAKEN, owner=OTHER.name), "take offer comment close, more: assign snooze release"),
        (a_state(Handling.SNOOZED), "take reopen offer close, more: assign comment snooze"),
        (a_state(Handling.OFFERED, offered_to=ONE.region), "accept decline comment close"),
        (a_state(Handling.OFFERED, offered_to=OTHER.region), "decline comment close"),
        (a_state(Handling.CLOSED, outcome=Outcome.FOUND), "reopen comment"),
        (a_state(Handling.CLOSED, outcome=Outcome.WITHDRAWN), "comment"),
    ],
)
def test_the_bar_offers_what_the_desk_allows_what_is_rare_a_step_away(state, actions):
    bar = acting_of(state, [], ONE, a_telling(), Reply())
    shown, more = (" ".join(button.action for button in buttons) for buttons in (bar.buttons, bar.more))
    assert (f"{shown}, more: {more}" if more else shown) == actions


def test_no_two_actions_of_a_bar_share_a_key():
    for state in (a_state(), a_state(Handling.SNOOZED, owner=OTHER.name), a_state(Handling.OFFERED)):
        bar = acting_of(state, [], ONE, a_telling(), Reply())
        keys = [button.key for button in (*bar.buttons, *bar.more)]
        assert len(keys) == len(set(keys))
        assert not {"j", "k", "u"} & set(keys)


def test_a_form_that_was_done_leads_back_to_the_alert_which_says_so():
    form = Form()
    answer = form.send(action="take", expected="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/alerts/{ALERT.alert_id}?done=take")
    assert (form.state.owner, form.state.unit) == (ONE.name, ONE.region)
    page = form.send(path=answer.headers["location"]).text
    assert "U hebt dit opgepakt." in page
    assert 'value="release" data-key="u"' in page


def test_the_second_of_two_is_told_and_finds_what_was_typed():
    form = Form()
    form.send(action="take", expected="1")
    answer = form.send(OTHER, action="close", expected="1", outcome="found", comment="<b>getypt</b>")
    assert answer.status_code == 409
    assert "S. Voorbeeld pakte dit op" in answer.text
    assert "&lt;b&gt;getypt&lt;/b&gt;</textarea>" in answer.text
    assert '<option value="found" selected>' in answer.text
    assert form.state.handling is Handling.TAKEN


def test_whose_alert_was_taken_over_is_told_by_whom_until_she_does_something():
    form = Form()
    form.send(action="take", expected="1")
    form.send(OTHER, action="take", expected="2")
    form.send(OTHER, action="comment", expected="3", comment="hier gezien")
    page = f"/alerts/{ALERT.alert_id}"
    told = "Dit was van u: R. Verzonnen nam dit over van S. Voorbeeld (9 mrt 21:00)."
    assert told in form.send(path=page).text
    assert "Dit was van u:" not in form.send(OTHER, path=page).text
    form.send(action="comment", expected="4", comment="dank")
    assert "Dit was van u:" not in form.send(path=page).text


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"action": "release"}, "liet dit los"),
        ({"action": "assign", "unit": "den-haag"}, "wees dit toe aan Den Haag"),
    ],
)
def test_whose_alert_was_let_go_or_given_to_a_unit_is_told_by_whom(given, what):
    form = Form()
    form.send(action="take", expected="1")
    form.send(OTHER, expected="2", **given)
    told = f"Dit was van u: R. Verzonnen {what} (9 mrt 21:00)."
    for path in (f"/alerts/{ALERT.alert_id}", f"/parts/handling/{ALERT.alert_id}"):
        assert told in form.send(path=path).text
        assert "Dit was van u:" not in form.send(OTHER, path=path).text


def test_a_take_over_of_days_ago_is_history():
    form = Form()
    form.send(action="take", expected="1")
    form.send(OTHER, action="take", expected="2")
    steps = form.platform.alert_handling(ALERT.alert_id, ONE)
    assert taken_from(ONE, steps, a_telling(now=NOW + DAY_MS)) != ""
    assert taken_from(ONE, steps, a_telling(now=NOW + DAY_MS + 1)) == ""


def test_words_for_what_can_be_done_no_more_stand_where_a_comment_is_written():
    form = Form()
    form.send(action="close", expected="1", outcome="no_ground")
    answer = form.send(OTHER, action="close", expected="1", outcome="found", comment="hier gezien")
    assert answer.status_code == 409
    assert "Wat u schreef, staat er nog." in answer.text
    assert "required>hier gezien</textarea>" in answer.text
    assert answer.text.count('<details class="choice" name="acting" open>') == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"action": "close"}, "Kies een uitkomst."),
        ({"action": "close", "outcome": "withdrawn"}, "Kies een uitkomst."),
        ({"action": "snooze", "until": "2020-01-01"}, "Kies een dag binnen drie maanden."),
        ({"action": "snooze", "until": "morgen"}, "Kies een dag binnen drie maanden."),
        ({"action": "offer"}, "Dat kan niet met deze eenheid"),
        ({"action": "comment", "comment": " "}, "Schrijf een opmerking"),
        ({"action": "comment", "comment": "x" * 2001}, "Schrijf een opmerking"),
        ({"action": "reopen"}, "Dat kan niet bij hoe de melding er nu voor staat."),
        ({"action": "nonsense"}, "Dat kan niet bij hoe de melding er nu voor staat."),
    ],
)
def test_what_cannot_be_done_is_said_beside_the_bar(asked, said):
    form = Form()
    answer = form.send(expected="1", **asked)
    assert answer.status_code == 422
    assert said in answer.text
    assert form.state.version == 1


def test_a_snooze_ends_in_the_morning_of_the_day_chosen():
    form = Form()
    form.send(action="snooze", expected="1", until="2026-03-12")
    assert a_telling().words.moment(form.state.snoozed_until, NOW) == "12 mrt 08:00"


@pytest.mark.parametrize(
    ("now", "day", "ends_at"),
    [
        ("2026-03-27T12:00:00Z", "2026-03-28", "2026-03-28T07:00:00Z"),
        ("2026-03-27T12:00:00Z", "2026-03-29", "2026-03-29T06:00:00Z"),  # the night before, 2 o'clock became 3
        ("2026-03-29T00:30:00Z", "2026-03-30", "2026-03-30T06:00:00Z"),
        ("2026-10-24T12:00:00Z", "2026-10-25", "2026-10-25T07:00:00Z"),  # the night before, 3 o'clock became 2
        ("2026-10-25T00:30:00Z", "2026-10-26", "2026-10-26T07:00:00Z"),  # the first of two half past twos
        ("2026-08-20T12:00:00Z", "2026-10-24", "2026-10-24T06:00:00Z"),
    ],
)
def test_eight_in_the_morning_is_eight_on_either_side_of_a_change_of_the_clock(now, day, ends_at):
    form = Form(now=parse_time(now))
    form.send(action="snooze", expected="1", until=day)
    assert form.state.snoozed_until == parse_time(ends_at)
    page = form.send(path=f"/alerts/{ALERT.alert_id}").text
    assert f"{int(day[-2:])} {'mrt' if '-03-' in day else 'okt'} 08:00" in page


@pytest.mark.parametrize("now", ["2026-03-28T22:59:00Z", "2026-03-29T21:59:00Z", "2026-10-24T21:59:00Z"])
def test_the_days_that_a_form_offers_are_days_that_can_be_had_when_the_clock_changes(now):
    form = Form(now=parse_time(now))
    page = form.send(path=f"/alerts/{ALERT.alert_id}").text
    for version, day in enumerate(re.search(r'name="until" required min="(\S+)" max="(\S+)"', page).groups(), start=1):
        form.send(action="snooze", expected=str(version), until=day)
        assert form.state.version == version + 1
        assert format_time(form.state.snoozed_until).startswith(day)


def test_what_was_closed_as_about_another_says_that_it_is_struck_and_where():
    form, page = Form(), f"/alerts/{ALERT.alert_id}"
    before = form.send(path=page).text
    assert "Bij een verkeerde persoon of wagen wordt ook de waarneming doorgehaald." in before
    assert "Bekijk haar daar" not in before
    form.send(action="close", outcome="wrong_subject", expected="1", form="made-up")
    assert f'<a href="/subjects/{ALERT.subject}#contacts-title">Bekijk haar daar</a>' in form.send(path=page).text


def test_opened_again_where_nothing_follows_any_more_it_says_what_is_so():
    closed = AlertState(ALERT.alert_id, 2, Handling.CLOSED, NOW, outcome="wrong_subject")
    opened = AlertState(ALERT.alert_id, 3, Handling.CLOSED, NOW, outcome="withdrawn")
    request = AlertAction("made-up", ALERT.alert_id, Action.REOPEN, 2, ONE.name, NOW)
    steps = [HandlingStep(closed, None), HandlingStep(opened, request)]
    bar = acting_of(opened, steps, ONE, a_telling(), Reply(done="De melding is heropend."))
    assert bar.reply.done.startswith("De waarneming telt weer mee. De melding blijft ingetrokken")


def test_what_no_form_of_ours_sends_is_refused():
    form = Form()
    assert form.send(content=b"{}").status_code == 415
    assert form.send(path="/alerts/nowhere/act", action="take").status_code == 404
    assert form.send(path="/parts/handling/nowhere/act", action="take").status_code == 404


def test_the_same_form_sent_twice_is_one_request_and_other_words_another():
    form = Form()
    sent = [form.send(action="comment", expected="1", form="a", comment=text) for text in ("een", "een", "twee")]
    assert [answer.status_code for answer in sent] == [303, 409, 409]
    ids = [step.action.action_id for step in form.platform.alert_handling(ALERT.alert_id, ONE)[1:]]
    assert len(ids) == 1


def test_what_the_platform_did_by_itself_is_told_without_a_name():
    before, after = a_state(Handling.TAKEN), AlertState(ALERT.alert_id, 3, Handling.CLOSED, NOW, outcome="withdrawn")
    told = meanwhile_of([HandlingStep(before, None), HandlingStep(after, None)], 2, a_telling())
    assert told == ["Afgesloten, want ingetrokken (9 mrt 21:00)."]


def test_a_withdrawn_alert_can_be_commented_and_no_more():
    page = Form(ALERT, withdrawn(ALERT)).send(path=f"/alerts/{ALERT.alert_id}").text
    assert 'value="reopen"' not in page
    assert 'value="comment"' in page


@pytest.mark.parametrize(("unit", "leads_to"), [("", "/"), ("cemi", "/"), ("rotterdam", "/?view=unit")])
def test_who_sees_the_whole_country_begins_with_it_and_not_with_what_only_her_unit_has(unit, leads_to):
    answer = Form().send(path="/identity", name="S. Voorbeeld", unit=unit)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


def test_a_name_and_a_unit_are_kept_by_the_browser_and_a_strange_cookie_is_nobody():
    assert viewer_of(cookie_of(" S.\nVoorbeeld ", "rotterdam")) == Viewer("S. Voorbeeld", region="rotterdam")
    assert viewer_of(cookie_of("", None)) == Viewer()
    for cookie in ("", "x", "é", "AAAA", cookie_of("a", None) + "="):
        assert viewer_of(cookie).name in ("local", "a")
    answer = Form().send(path="/identity", name="S. Voorbeeld", unit="no-such-unit")
    assert viewer_of(answer.cookies[COOKIE].strip('"')) == Viewer("S. Voorbeeld")


def test_an_action_names_who_acts():
    form = Form()
    form.send(OTHER, action="acknowledge", expected="1")
    action = form.platform.alert_handling(ALERT.alert_id, ONE)[-1].action
    assert isinstance(action, AlertAction)
    assert action.by == "R. Verzonnen"
