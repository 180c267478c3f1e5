"""The API over the real embedded platform: from a control sent to an alert seen, asked for, taken and looked up."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_events import a_control, a_passage, a_withdrawal, line_of
from platforms import a_platform

from alerts.http import models
from processors.alias import alias_of
from tests.http.standin import asking

EVENTS = "/api/v1/events"
NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


@contextmanager
def a_service(path: Path) -> Iterator[httpx.Client]:
    with a_platform(path) as platform, asking(platform) as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    with a_service(tmp_path / "data") as made:
        yield made


def publish(client: httpx.Client, *events: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post(EVENTS, content=b"\n".join(line_of(event) for event in events), headers=NDJSON)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def move(client: httpx.Client, who: str = "P-0001") -> dict[str, Any]:
    """A made-up woman is met in two municipalities; the alert of it."""
    told = publish(client, a_control(who=who, place="GM0363", day=40), a_control(who=who, place="GM0344", day=50))
    assert [one["status"] for one in told] == ["accepted", "accepted"]
    [item] = [one for one in client.get("/api/v1/alerts").json()["items"] if one["to"] == "GM0344"]
    return dict(item)


def test_two_controls_of_one_woman_become_one_alert(client: httpx.Client) -> None:
    item = move(client)
    assert (item["from"], item["to"], item["status"], item["active"], item["revision"]) == (
        "GM0363",
        "GM0344",
        "raised",
        True,
        1,
    )
    one = client.get(f"/api/v1/alerts/{item['alert_id']}").json()
    models.AlertWithRevisionsBody.model_validate(one)
    assert one["revisions"][0]["alert_id"] == item["alert_id"]
    assert client.get("/api/v1/alerts?to=GM0599").json() == {"items": [], "next": None}
    assert len(client.get("/api/v1/alerts?status=active&unit=midden-nederland&attention=tell").json()["items"]) == 1


def test_the_alert_is_heard_on_the_stream_within_a_second(client: httpx.Client) -> None:
    heard: list[str] = []
    listening, told = threading.Event(), threading.Event()

    def listen() -> None:
        with client.stream("GET", "/api/v1/alerts/stream") as answer:
            for line in answer.iter_lines():
                listening.set()
                if line.startswith("data: "):
                    heard.append(line[6:])
                    told.set()
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert listening.wait(5)
    publish(client, a_control(place="GM0363", day=40), a_control(place="GM0344", day=50))
    assert told.wait(1)
    listener.join()
    models.StreamedAlertBody.model_validate(json.loads(heard[0]))


def test_an_alert_is_withdrawn_with_its_evidence_and_the_stream_resumes_over_a_restart(tmp_path: Path) -> None:
    arrival = a_control(place="GM0344", day=50)
    with a_service(tmp_path / "data") as client:
        publish(client, a_control(place="GM0363", day=40), arrival)
    with a_service(tmp_path / "data") as client:
        publish(client, a_withdrawal(arrival))
        heard = []
        with client.stream("GET", "/api/v1/alerts/stream", headers={"Last-Event-ID": "0"}) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    heard.append(json.loads(line[6:]))
                if len(heard) == 2:
                    break
        [item] = client.get("/api/v1/alerts?status=withdrawn").json()["items"]
    assert [(one["status"], one["position"], one["revision"]) for one in heard] == [
        ("raised", 1, 1),
        ("withdrawn", 2, 2),
    ]
    assert (item["active"], item["reason"], item["state"]["outcome"]) == (False, "corrected", "withdrawn")


def test_a_coordinator_takes_it_and_the_second_is_told(client: httpx.Client) -> None:
    item = move(client)
    url = f"/api/v1/alerts/{item['alert_id']}/actions"
    body = {"action_id": "take-1", "action": "take", "expected": item["state"]["version"]}
    first, again = client.post(url, json=body), client.post(url, json=body)
    second = client.post(url, json={**body, "action_id": "take-2"})
    assert (first.status_code, first.json()) == (201, again.json())
    models.AlertStateBody.model_validate(first.json())
    assert (second.status_code, second.json()["current"]) == (409, first.json())
    refused = client.post(url, json={"action_id": "c", "action": "close", "expected": first.json()["version"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "outcome")
    assert client.get("/api/v1/alerts?status=taken").json()["items"][0]["alert_id"] == item["alert_id"]


def test_have_we_met_her_and_where(client: httpx.Client) -> None:
    item = move(client)
    asked = {"identifier": {"bvh_person": "p-0001"}, "purpose": "Controle Voorbeeld"}
    known = client.post("/api/v1/subjects/lookup", json=asked).json()
    timeline = client.get(f"/api/v1/subjects/{item['subject']}/timeline").json()
    models.LookupAnswer.model_validate(known)
    models.TimelineBody.model_validate(timeline)
    assert (known["subject"], known["alias"]) == (item["subject"], alias_of(item["subject"]))
    assert [one["place"] for one in known["last_contacts"]] == ["GM0344", "GM0363"]
    assert [one["place"] for one in timeline["stays"]] == ["GM0363", "GM0344"]
    other = {"identifier": {"document": {"country": "RO", "number": "XR123456"}}, "purpose": "Controle Voorbeeld"}
    assert client.post("/api/v1/subjects/lookup", json=other).json() == {"known": False}


@pytest.mark.parametrize(
    "identifier",
    [
        {"bvh_person": "X"},
        {"document": {"country": "Atlantis-XR", "number": "XR123456"}},
        {"name": {"family": "X", "given": "XR", "birth_date": "XR123456"}},
        {"phone": "XR123456"},
        {"vehicle": {"country": "ZZ", "plate": "XR123456"}},
        {"photo": "XR123456"},
    ],
)
def test_an_identifier_that_is_none_is_refused_and_not_echoed(client: httpx.Client, identifier: dict[str, Any]) -> None:
    answer = client.post("/api/v1/subjects/lookup", json={"identifier": identifier, "purpose": "Controle Voorbeeld"})
    assert answer.status_code == 422
    assert "XR" not in answer.text
    models.ProblemBody.model_validate(answer.json())


def test_a_sighting_is_struck_and_given_back(client: httpx.Client) -> None:
    item = move(client)
    url = f"/api/v1/subjects/{item['subject']}/actions"
    arrival = item["based_on"][-1]
    event = {key: arrival[key] for key in ("source", "type", "event_id")}
    struck = client.post(url, json={"action_id": "s1", "action": "strike", "reason": "Verwisseling", "event": event})
    timeline = client.get(f"/api/v1/subjects/{item['subject']}/timeline").json()
    withdrawn = client.get(f"/api/v1/alerts/{item['alert_id']}").json()
    client.post(url, json={"action_id": "s2", "action": "unstrike", "reason": "Toch niet", "event": event})
    again = client.get(f"/api/v1/alerts/{item['alert_id']}").json()
    assert struck.status_code == 201
    assert len(timeline["struck"]) == 1
    assert (withdrawn["status"], again["status"], again["revision"]) == ("withdrawn", "raised", 3)


def test_a_car_is_followed_and_unfollowed_without_any_answer_telling_which_are(client: httpx.Client) -> None:
    [before] = publish(client, a_passage(plate="88-MAD-8"))
    token = "c" * 32
    url = f"/api/v1/subjects/{token}/actions"
    follow = client.post(
        url, json={"action_id": "f1", "action": "follow", "reason": "Voorbeeld", "until": _in_days(30)}
    )
    assert (before["status"], follow.status_code, follow.json()["followed"]) == ("accepted", 201, True)
    too_long = client.post(
        url, json={"action_id": "f2", "action": "follow", "reason": "Voorbeeld", "until": _in_days(99)}
    )
    assert (too_long.status_code, too_long.json()["errors"][0]["field"]) == (422, "until")
    unfollow = client.post(url, json={"action_id": "f3", "action": "unfollow", "reason": "Klaar"})
    assert unfollow.json()["followed"] is False


def _in_days(days: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_pages_are_complete_while_alerts_keep_coming(client: httpx.Client) -> None:
    for number in range(12):
        publish(
            client, a_control(who=f"P-{number:04}", day=40), a_control(who=f"P-{number:04}", place="GM0599", day=45)
        )
    seen: list[str] = []
    page = client.get("/api/v1/alerts?limit=5").json()
    while True:
        seen += [item["alert_id"] for item in page["items"]]
        if page["next"] is None:
            break
        publish(
            client,
            a_control(who=f"P-1{len(seen):03}", day=40),
            a_control(who=f"P-1{len(seen):03}", place="GM0599", day=45),
        )
        page = client.get("/api/v1/alerts", params={"limit": 5, "cursor": page["next"]}).json()
    assert len(set(seen)) == len(seen) == 12
    assert client.get("/api/v1/alerts?cursor=XR123456").status_code == 422


def test_the_hashes_in_force_are_told(client: httpx.Client) -> None:
    told = client.get("/readyz").json()
    assert (told["ready"], told["rules"]) == (True, "made-up")


def test_a_closed_platform_is_unavailable_and_not_broken(tmp_path: Path) -> None:
    with a_platform(tmp_path / "data") as platform, asking(platform) as client:
        platform.close()
        one = client.post(EVENTS, content=line_of(a_control()), headers=JSON)
        ready = client.get("/readyz")
    assert (one.status_code, ready.status_code) == (503, 503)
    assert one.headers["retry-after"]


# Whatever is sent


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with a_service(tmp_path_factory.mktemp("fuzzed") / "data") as made:
        yield made


SECRET = "XR123456"
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from([SECRET, "GM0363", "RO", "2026-13-01", ""]),
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["number", "country", SECRET]), inner, max_size=2)
    ),
    max_leaves=4,
)
FIELDS = st.sampled_from([*a_control(), *a_passage(), "vehicles", "phones", "address", SECRET])


@given(
    event=st.sampled_from([a_control(who=SECRET), a_passage(plate=SECRET)]),
    changed=st.dictionaries(FIELDS, VALUES, max_size=3),
    dropped=st.sets(FIELDS, max_size=2),
)
@settings(deadline=None)
def test_an_event_with_anything_in_it_is_answered_and_never_echoed(
    fuzzed: httpx.Client, event: dict[str, Any], changed: dict[str, Any], dropped: set[str]
) -> None:
    told = {name: value for name, value in ({**event, **changed}).items() if name not in dropped}
    told.setdefault("event_id", str(uuid.uuid4()))
    answer = fuzzed.post(EVENTS, content=json.dumps(told).encode(), headers=JSON)
    assert answer.status_code in (200, 422)
    models.EventAnswer.model_validate(answer.json())
    assert SECRET not in answer.text
