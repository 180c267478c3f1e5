"""Looking and acting: lists, filters, one alert, actions, timelines, look-ups."""

import json
from typing import Any

import pytest

from schemas.views import AlertQuery
from tests.http.standin import KNOWN, SIGHTED, StandIn, an_alert, asking

LIST = "/api/v1/alerts"
ALERT = f"{LIST}/00000001-0000-5000-8000-000000000000"
SUBJECT = f"/api/v1/subjects/{KNOWN}"
LOOKUP = "/api/v1/subjects/lookup"


# The list


def test_an_item_is_the_alert_in_its_black_box_form_and_how_it_stands() -> None:
    platform = StandIn()
    alert = platform.raises()
    with asking(platform) as client:
        answer = client.get(LIST)
        [item] = answer.json()["items"]
        one = client.get(f"{LIST}/{alert.alert_id}").json()
    assert set(answer.json()) == {"items", "next"}
    assert answer.headers["stream-position"] == "1"
    assert alert.as_json().items() <= item.items()
    assert {key: item[key] for key in ("raised_at", "active", "position", "pushed")} == {
        "raised_at": "1970-01-07T00:00:00.001Z",
        "active": True,
        "position": 1,
        "pushed": True,
    }
    assert item["state"] == platform.states[alert.alert_id].as_json()
    assert one == {**item, "revisions": [alert.as_json()]}


def test_pages_follow_each_other_by_cursor() -> None:
    platform = StandIn()
    for _ in range(7):
        platform.raises()
    positions: list[int] = []
    with asking(platform) as client:
        page: dict[str, Any] = client.get(LIST, params={"limit": 3}).json()
        while True:
            positions += [item["position"] for item in page["items"]]
            if page["next"] is None:
                break
            page = client.get(LIST, params={"limit": 3, "cursor": page["next"]}).json()
    assert positions == [7, 6, 5, 4, 3, 2, 1]


def test_filters_reach_the_platform_as_they_are_meant() -> None:
    platform = StandIn()
    given = {
        "status": "snoozed",
        "kind": "relocation",
        "unit": "midden-nederland",
        "to": "BE:Antwerp",
        "subject": KNOWN,
        "attention": "tell",
        "since": "1970-01-01T01:00:01+01:00",
        "limit": "7",
        "cursor": "0",
    }
    with asking(platform) as client:
        assert client.get(LIST, params=given).status_code == 200
        assert client.get(LIST).status_code == 200
    asked = AlertQuery("snoozed", "relocation", "midden-nederland", "BE:Antwerp", KNOWN, "tell", 1000, 7, "0")
    assert platform.asked == [asked, AlertQuery()]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "angry"),
        ("kind", "Relocation!"),
        ("unit", "x" * 90),
        ("to", "Amsterdam"),
        ("subject", "XR123456"),
        ("attention", "all"),
        ("since", "yesterday"),
        ("since", "2026-02-30T00:00:00Z"),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "1.0"),
        ("limit", "٣"),
        ("cursor", "not-ours"),
    ],
)
def test_a_bad_filter_is_named_with_what_to_send_and_not_echoed(name: str, value: str) -> None:
    with asking(StandIn()) as client:
        answer = client.get(LIST, params={name: value})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    [error] = answer.json()["errors"]
    assert error["field"] == name
    assert error.get("hint") or name == "cursor"
    assert value not in answer.text or value in ("0", "201")


def test_a_filter_that_nobody_knows_is_refused_and_not_echoed() -> None:
    with asking(StandIn()) as client:
        unknown = client.get(LIST, params={"XR123456": "1"})
        twice = client.get(f"{LIST}?to=IT&to=FR")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "*")
    assert "XR123456" not in unknown.text
    assert twice.status_code == 422


def test_an_alert_that_is_not_there_is_404_and_a_bad_id_422() -> None:
    with asking(StandIn()) as client:
        assert client.get(ALERT).status_code == 404
        assert client.post(f"{ALERT}/actions", json=an_action()).status_code == 404
        assert client.get(f"{LIST}/XR123456").status_code == 422


# Acting on an alert


def an_action(**changed: Any) -> dict[str, Any]:
    return {"action_id": "a-1", "action": "take", "expected": 1, **changed}


def test_an_action_answers_the_state_and_the_same_again_answers_the_same() -> None:
    platform = StandIn()
    platform.raises()
    with asking(platform) as client:
        first = client.post(f"{ALERT}/actions", json=an_action())
        again = client.post(f"{ALERT}/actions", json=an_action())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (first.json()["version"], first.json()["handling"], first.json()["owner"]) == (2, "taken", "local")


def test_the_second_of_two_at_once_is_told_what_is_so_now() -> None:
    platform = StandIn()
    platform.raises()
    with asking(platform) as client:
        state = client.post(f"{ALERT}/actions", json=an_action()).json()
        second = client.post(f"{ALERT}/actions", json=an_action(action_id="a-2"))
    assert (second.status_code, second.headers["content-type"]) == (409, "application/problem+json")
    assert second.json()["current"] == state


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"action": "arrest"}, "action"),
        ({"expected": True}, "expected"),
        ({"expected": "1"}, "expected"),
        ({"expected": 1.0}, "expected"),
        ({"expected": -1}, "expected"),
        ({"action_id": ""}, "action_id"),
        ({"action_id": "x" * 65}, "action_id"),
        ({"until": "tomorrow"}, "until"),
        ({"comment": "x" * 2001}, "comment"),
        ({"comment": "\ud800"}, "comment"),
        ({"XR123456": 1}, "*"),
        ({"action": "offer"}, "unit"),
    ],
)
def test_a_bad_action_is_refused_with_the_field_at_fault(changed: dict[str, Any], field: str) -> None:
    platform = StandIn()
    platform.raises()
    body = json.dumps(an_action(**changed)).encode()
    with asking(platform) as client:
        answer = client.post(f"{ALERT}/actions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "XR123456" not in answer.text
    assert platform.states[an_alert().alert_id].version == 1


# Subjects


def test_a_timeline_tells_sightings_stays_and_up_to_when_it_is_complete() -> None:
    with asking(StandIn()) as client:
        known = client.get(f"{SUBJECT}/timeline")
        unknown = client.get(f"/api/v1/subjects/{'b' * 32}/timeline")
        named = client.get("/api/v1/subjects/XR123456/timeline")
    told = known.json()
    assert told["sightings"] == [SIGHTED.as_json()]
    assert told["stays"] == [
        {"place": "GM0363", "first_seen": "1970-01-11T00:00:00.000Z", "last_seen": "1970-01-11T00:00:00.000Z"}
    ]
    assert (told["subject"], told["complete_until"]) == (KNOWN, "1970-01-12T00:00:00.000Z")
    assert unknown.status_code == 404
    assert (named.status_code, "XR123456" in named.text) == (422, False)


def test_a_subject_is_followed_with_a_reason() -> None:
    platform = StandIn()
    body = {"action_id": "s-1", "action": "follow", "reason": "Onderzoek Voorbeeld", "until": "1970-03-01T00:00:00Z"}
    with asking(platform) as client:
        answer = client.post(f"{SUBJECT}/actions", json=body)
        without = client.post(f"{SUBJECT}/actions", json={**body, "reason": ""})
    assert (answer.status_code, answer.json()) == (201, {"subject": KNOWN, "followed": True})
    assert (platform.requests[0].until, platform.requests[0].by) == (59 * 86_400_000, "local")
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")


def test_a_sighting_is_struck_by_its_event() -> None:
    platform = StandIn()
    event = {"source": "bvh", "type": "bvh_mutation", "event_id": "7B0E8A5C-2F5B-4D0E-9C1B-6A1F0C3D2E11"}
    body = {"action_id": "s-1", "action": "strike", "reason": "Verwisseling", "event": event}
    with asking(platform) as client:
        assert client.post(f"{SUBJECT}/actions", json=body).status_code == 201
        bad = client.post(f"{SUBJECT}/actions", json={**body, "event": {**event, "event_id": "XR123456"}})
    assert platform.requests[0].event == ("bvh", "bvh_mutation", event["event_id"].lower())
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "event.event_id")


def test_have_we_met_her() -> None:
    platform = StandIn()
    purpose = "Controle Voorbeeld 12"
    with asking(platform) as client:
        known = client.post(LOOKUP, json={"identifier": {"bvh_person": "P-VOORBEELD-1"}, "purpose": purpose})
        document = {"document": {"country": "RO", "number": "XR123456"}}
        unknown = client.post(LOOKUP, json={"identifier": document, "purpose": purpose})
    assert known.json()["known"] is True
    assert known.json()["last_contacts"] == [SIGHTED.as_json()]
    assert known.json()["alias"] == "Gebeitelde Rivierbuizerd 1466"
    assert (unknown.status_code, unknown.json()) == (200, {"known": False})
    assert platform.looked_up == [({"bvh_person": "P-VOORBEELD-1"}, purpose), (document, purpose)]


@pytest.mark.parametrize(
    "body",
    [
        {"identifier": {"bvh_person": "XR123456"}},
        {"identifier": {"bvh_person": "XR123456"}, "purpose": ""},
        {"identifier": {"bvh_person": "XR123456", "phone": "XR123456"}, "purpose": "because"},
        {"identifier": {}, "purpose": "because"},
        {"identifier": {"XR123456": "XR123456"}, "purpose": "because"},
        {"identifier": {"document": {"number": "XR123456"}}, "purpose": "because"},
        {"identifier": "XR123456", "purpose": "because"},
        {"identifier": {"document": {"country": "RO", "number": 123456}}, "purpose": "because"},
        ["XR123456"],
        "XR123456",
    ],
)
def test_a_bad_lookup_is_refused_and_never_echoed(body: Any) -> None:
    platform = StandIn()
    with asking(platform) as client:
        answer = client.post(LOOKUP, json=body)
    assert answer.status_code == 422
    assert "XR123456" not in answer.text
    assert "123456" not in answer.text
    assert platform.looked_up == []
