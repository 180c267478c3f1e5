"""Who may offer to whom, and who accepts or ends an offer: on the page, for many at once, and over the API."""

import pytest

from alerts.handing_over import NO_SUCH_UNIT, NOT_A_PARTY, NOT_ASKED, TO_ITSELF, barred
from schemas.actions import AlertAction, AlertState, Handling
from schemas.views import HandlingStep, Viewer
from tests.console.test_console_scope import OURS, UTRECHT_UNIT, Console
from tests.console.told import NOW

MAKER, COLLEAGUE = Viewer("A. Verzonnen", region="noord-holland"), Viewer("C. Verzonnen", region="noord-holland")
ASKED, STRANGER = Viewer("K. Verzonnen", region="kmar"), Viewer("S. Verzonnen", region=UTRECHT_UNIT)
CEMI, COUNTRY = Viewer("L. Verzonnen", region="cemi"), Viewer("N. Verzonnen")


def request(action, viewer, version=2, unit=None):
    return AlertAction(f"{action} {version}", OURS.alert_id, action, version, viewer.name, NOW, unit=unit)


def offered(*, unit=None, by=MAKER):
    first = AlertState(OURS.alert_id, 1, Handling.NEW, NOW, unit=unit)
    offer = AlertState(OURS.alert_id, 2, Handling.OFFERED, NOW, unit=unit, offered_to="kmar")
    return [HandlingStep(first, None), HandlingStep(offer, by and request("offer", by, 1, "kmar"))]


@pytest.mark.parametrize(
    ("viewer", "accepts", "ends"),
    [
        (MAKER, NOT_ASKED, None),
        (COLLEAGUE, NOT_ASKED, NOT_A_PARTY),
        (STRANGER, NOT_ASKED, NOT_A_PARTY),
        (ASKED, None, None),
        (CEMI, None, None),
        (COUNTRY, None, None),
    ],
)
def test_an_offer_is_accepted_by_who_is_asked_and_ended_by_who_is_party_to_it(viewer, accepts, ends):
    assert barred(request("accept", viewer), viewer, offered()) == accepts
    assert barred(request("decline", viewer), viewer, offered()) == ends
    assert barred(request("close", viewer), viewer, offered()) is None


def test_the_next_shift_of_the_unit_that_has_the_alert_ends_its_offer():
    steps = offered(unit="noord-holland")
    assert barred(request("decline", COLLEAGUE), COLLEAGUE, steps) is None
    assert barred(request("decline", STRANGER), STRANGER, steps) == NOT_A_PARTY


def test_a_comment_does_not_make_an_offer_its_own():
    steps = offered()
    commented = AlertState(OURS.alert_id, 3, Handling.OFFERED, NOW, offered_to="kmar")
    steps.append(HandlingStep(commented, request("comment", STRANGER)))
    assert barred(request("decline", STRANGER, 3), STRANGER, steps) == NOT_A_PARTY
    assert barred(request("decline", MAKER, 3), MAKER, steps) is None


def test_what_comes_too_late_or_again_is_answered_by_the_desk():
    assert barred(request("decline", STRANGER, 1), STRANGER, offered()) is None
    assert barred(request("decline", STRANGER), STRANGER, []) is None
    assert barred(request("decline", STRANGER), STRANGER, offered(by=None)) is None


@pytest.mark.parametrize(("viewer", "unit", "why"), [(MAKER, "noord-holland", TO_ITSELF), (CEMI, "cemi", TO_ITSELF)])
def test_a_unit_does_not_offer_to_itself(viewer, unit, why):
    assert barred(request("offer", viewer, 1, unit), viewer, offered()[:1]) == why
    assert barred(request("offer", viewer, 1, "kmar"), viewer, offered()[:1]) is None
    assert barred(request("offer", COUNTRY, 1, unit), COUNTRY, offered()[:1]) is None


@pytest.mark.parametrize("action", ["offer", "assign"])
def test_an_alert_is_given_to_no_unit_that_there_is_not(action):
    console = Console(OURS)
    path = f"/alerts/{OURS.alert_id}"
    for number, unit in enumerate(("Noord-Holland", "noord-holland ", "BE", "liaison-fr", "verzonnen")):
        form = {"action": action, "expected": "1", "form": str(number), "unit": unit}
        refused = console.ask(UTRECHT_UNIT, f"{path}/act", data=form)
        assert (refused.status_code, "Dat kan niet met deze eenheid" in refused.text) == (422, True)
        many = {"action": action, "form": str(number), f"{action}.unit": unit, "pick": f"card {OURS.alert_id}:1"}
        assert "Dat kan niet met deze eenheid" in console.ask(UTRECHT_UNIT, "/act", data=many).text
        asked = {"action_id": str(number), "action": action, "expected": 1, "unit": unit}
        answer = console.ask(UTRECHT_UNIT, f"/api/v1{path}/actions", json=asked)
        assert (answer.status_code, answer.json()["errors"][0]["hint"]) == (422, NO_SUCH_UNIT.hint)
    given = {"action_id": "given", "action": action, "expected": 1, "unit": "liaison-be"}
    assert console.ask(UTRECHT_UNIT, f"/api/v1{path}/actions", json=given).status_code == 201


def test_the_page_does_not_offer_what_would_be_refused_and_says_why_it_is():
    console = Console(OURS)
    path = f"/alerts/{OURS.alert_id}"
    form = {"action": "offer", "expected": "1", "form": "1", "unit": UTRECHT_UNIT}
    page = console.ask(UTRECHT_UNIT, path).text
    for select in ("offer.unit", "assign.unit"):
        choices = page.partition(f'name="{select}"')[2].partition("</select>")[0]
        assert (f'value="{UTRECHT_UNIT}"' in choices) == (select == "assign.unit")
    refused = console.ask(UTRECHT_UNIT, f"{path}/act", data=form)
    assert refused.status_code == 422
    assert "Uw eigen eenheid kunt u niets aanbieden" in refused.text
    many = {"action": "offer", "form": "1", "offer.unit": UTRECHT_UNIT, "pick": f"card {OURS.alert_id}:1"}
    assert "Uw eigen eenheid kunt u niets aanbieden" in console.ask(UTRECHT_UNIT, "/act", data=many).text
    asked = {"action_id": "1", "action": "offer", "expected": 1, "unit": UTRECHT_UNIT}
    answer = console.ask(UTRECHT_UNIT, f"/api/v1{path}/actions", json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, TO_ITSELF.message)


def test_an_offer_of_others_is_looked_at_and_left():
    console = Console(OURS)
    path = f"/alerts/{OURS.alert_id}"
    console.ask(None, f"{path}/act", data={"action": "offer", "expected": "1", "form": "1", "unit": "kmar"})
    console.platform.act_on_alert(request("decline", COUNTRY), COUNTRY)
    console.platform.act_on_alert(request("offer", MAKER, 3, "kmar"), MAKER)
    page = console.ask(UTRECHT_UNIT, path).text
    assert 'name="action" value="decline"' not in page
    assert 'name="action" value="accept"' not in page
    form = {"action": "decline", "expected": "4", "form": "1"}
    refused = console.ask(UTRECHT_UNIT, f"{path}/act", data=form)
    assert refused.status_code == 422
    assert "Deze overdracht eindigt wie haar aanbood" in refused.text
    asked = {"action_id": "2", "action": "accept", "expected": 4}
    answer = console.ask(UTRECHT_UNIT, f"/api/v1{path}/actions", json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, NOT_ASKED.message)
    assert console.ask("kmar", f"/api/v1{path}/actions", json=asked).status_code == 201
