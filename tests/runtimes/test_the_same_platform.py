"""From a control sent to an alert seen, asked for, taken and looked up: the same by one process and on Kafka."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from made_up_events import a_withdrawal

from alerts.console.identity import COOKIE, cookie_of
from alerts.http import models
from processors.alias import alias_of
from tests.runtimes.made_up import a_control, a_move, a_passage, a_phone, a_plate, somebody
from tests.runtimes.running import until

STREAM = "/api/v1/alerts/stream"
LOOKED_UP = "/api/v1/subjects/lookup"


def moved(runtime, who=None, places=("GM0363", "GM0344")):
    """A made-up woman is met in two municipalities; the alert of it."""
    events = a_move(who or somebody(), *places)
    assert [one["status"] for one in runtime.publish(*events)] == ["accepted"] * len(events)
    return alert_of(runtime, events[-1])


def alert_of(runtime, arrival, status="raised"):
    """The alert of an arrival, once it is listed so."""

    [item] = until(lambda: of_arrival(runtime, arrival, status), f"an alert that is {status}")
    return item


def of_arrival(runtime, arrival, status=None):
    """Its alerts that are listed (so)."""
    asked = {"to": arrival["place"]["municipality"], "limit": 200} | ({} if status is None else {"status": status})
    return [item for item in runtime.alerts(**asked) if item["arrival_event_id"] == arrival["event_id"]]


def act(runtime, item, action, expected, **more):
    body = {"action_id": str(uuid.uuid4()), "action": action, "expected": expected, **more}
    return runtime.post(f"/api/v1/alerts/{item['alert_id']}/actions", json=body)


def test_two_controls_of_one_woman_become_one_alert(runtime):
    item = moved(runtime)
    assert (item["from"], item["to"], item["active"], item["revision"]) == ("GM0363", "GM0344", True, 1)
    one = runtime.get(f"/api/v1/alerts/{item['alert_id']}").json()
    models.AlertWithRevisionsBody.model_validate(one)
    assert one["revisions"][0]["alert_id"] == item["alert_id"]
    subject = item["subject"]
    assert runtime.alerts(to="GM0599", subject=subject) == []
    assert len(runtime.alerts(status="active", unit="midden-nederland", attention="tell", subject=subject)) == 1
    page = runtime.get(f"/alerts/{item['alert_id']}")
    assert (page.status_code, alias_of(subject) in page.text) == (200, True)


def test_the_same_events_again_are_duplicates_and_change_nothing(runtime):
    events = a_move(somebody(), "GM0363", "GM0344")
    runtime.publish(*events)
    item = alert_of(runtime, events[-1])
    again = ["duplicate", "duplicate"]
    until(lambda: [one["status"] for one in runtime.publish(*events)] == again, "that they are known is told in time")
    assert alert_of(runtime, events[-1]) == item


def test_every_line_has_its_answer_in_order(runtime):
    who = somebody()
    lines = [json.dumps(a_control(who=who)).encode(), b"{", b"", json.dumps(a_control(place="GM9999")).encode()]
    answers = runtime.publish(lines=[*lines, json.dumps(a_passage(plate=a_plate())).encode()])
    assert [(one["line"], one["status"]) for one in answers] == [
        (1, "accepted"),
        (2, "rejected"),
        (4, "rejected"),
        (5, "accepted"),
    ]
    assert [one["errors"][0]["code"] for one in answers if "errors" in one] == ["malformed", "unknown_place"]


def test_one_event_is_answered_with_one_object(runtime):
    sent = {"Content-Type": "application/json"}
    url = f"{runtime.gateway}/api/v1/events"
    accepted = httpx.post(url, content=json.dumps(a_control(who=somebody())), headers=sent, timeout=60)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    refused = httpx.post(url, content=b"{}", headers=sent, timeout=60)
    assert (refused.status_code, refused.json()["status"]) == (422, "rejected")


def test_closed_as_the_wrong_subject_its_sighting_is_struck_and_opening_it_puts_that_back(runtime):
    item = moved(runtime)
    closed = act(runtime, item, "close", item["state"]["version"], outcome="wrong_subject")
    assert closed.status_code == 201

    def seen():
        timeline = runtime.get(f"/api/v1/subjects/{item['subject']}/timeline").json()
        return len(timeline.get("sightings", ())), len(timeline.get("struck", ()))

    def now():
        one = runtime.get(f"/api/v1/alerts/{item['alert_id']}").json()
        return one["status"], one["state"]["handling"], one["state"]["outcome"]

    until(lambda: now() == ("withdrawn", "closed", "wrong_subject"), "that it follows no more, and why, stays told")
    until(lambda: seen() == (1, 1), "the sighting is struck")
    assert act(runtime, item, "reopen", closed.json()["version"]).status_code == 201
    until(lambda: now() == ("raised", "new", None), "it is raised again")
    until(lambda: seen() == (2, 0), "the sighting counts")


def test_an_alert_is_heard_on_the_stream_soon(runtime):
    heard, listening, told = [], threading.Event(), threading.Event()
    events = a_move(somebody(), "GM0363", "GM0344")

    def listen():
        with httpx.stream("GET", runtime.console + STREAM, timeout=60) as answer:
            for line in answer.iter_lines():
                listening.set()
                if line.startswith("data: ") and events[-1]["event_id"] in line:
                    heard.append(line[6:])
                    told.set()
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert listening.wait(30)
    runtime.publish(*events)
    assert told.wait(30)
    listener.join()
    models.StreamedAlertBody.model_validate(json.loads(heard[0]))


def test_the_list_says_from_where_the_stream_goes_on(runtime):
    events = a_move(somebody(), "GM0363", "GM0344", "GM0518")
    runtime.publish(*events[:2])
    first = alert_of(runtime, events[1])
    position = runtime.get("/api/v1/alerts", params={"limit": 1}).headers["stream-position"]
    runtime.publish(a_withdrawal(events[1]))
    alert_of(runtime, events[1], "withdrawn")
    runtime.publish(events[2])
    alert_of(runtime, events[2])
    (gone, at), (raised, _) = heard_of(runtime, first["subject"], {"Last-Event-ID": position}, 2)
    assert (gone["status"], gone["revision"], raised["status"], raised["from"]) == ("withdrawn", 2, "raised", "GM0363")
    [(again, _)] = heard_of(runtime, first["subject"], {"Last-Event-ID": at}, 1)
    assert again == raised


def heard_of(runtime, subject, headers, count):
    """So many messages about a subject after a position, each with the id to resume from."""
    heard, at = [], ""
    with httpx.stream("GET", runtime.console + STREAM, headers=headers, timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                at = line[4:]
            elif line.startswith("data: ") and json.loads(line[6:]).get("subject") == subject:
                heard.append((json.loads(line[6:]), at))
            if len(heard) == count:
                return heard
    raise AssertionError("the stream ended")


def test_an_alert_is_withdrawn_with_its_evidence(runtime):
    events = a_move(somebody(), "GM0363", "GM0344")
    runtime.publish(*events)
    alert_of(runtime, events[-1])
    runtime.publish(a_withdrawal(events[-1]))
    item = alert_of(runtime, events[-1], "withdrawn")
    until(lambda: alert_of(runtime, events[-1], "withdrawn")["state"]["handling"] == "closed", "it is closed")
    item = alert_of(runtime, events[-1], "withdrawn")
    assert (item["active"], item["reason"], item["state"]["outcome"]) == (False, "corrected", "withdrawn")


def test_an_alert_is_settled_without_a_word(runtime):
    who = somebody()
    events = [a_control(who=who, place=place, day=day) for place, day in (("GM0363", -150), ("GM0344", -149))]
    runtime.publish(*events)
    assert alert_of(runtime, events[-1])["active"]
    runtime.publish(a_control(who=who, place="GM0344", day=59))
    item = until(lambda: (found := alert_of(runtime, events[-1])) and not found["active"] and found, "it is settled")
    assert (item["status"], item["revision"]) == ("raised", 1)


def test_a_coordinator_takes_it_and_the_second_is_told(runtime):
    item = moved(runtime)
    body = {"action_id": str(uuid.uuid4()), "action": "take", "expected": item["state"]["version"]}
    url = f"/api/v1/alerts/{item['alert_id']}/actions"
    first, again = runtime.post(url, json=body), runtime.post(url, json=body)
    second = runtime.post(url, json={**body, "action_id": str(uuid.uuid4())})
    assert (first.status_code, first.json()) == (201, again.json())
    models.AlertStateBody.model_validate(first.json())
    assert (second.status_code, second.json()["current"]) == (409, first.json())
    refused = act(runtime, item, "close", first.json()["version"])
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "outcome")
    [taken] = runtime.alerts(status="taken", subject=item["subject"])
    assert taken["state"] == first.json()
    assert runtime.post(f"/api/v1/alerts/{uuid.uuid4()}/actions", json=body).status_code == 404


def test_who_handed_it_over_and_did_not_hear_so_is_answered_the_same_again(runtime):
    item = moved(runtime)
    given = act(runtime, item, "assign", item["state"]["version"], unit="kmar").json()
    url = f"/api/v1/alerts/{item['alert_id']}/actions"
    body = {"action_id": str(uuid.uuid4()), "action": "assign", "expected": given["version"], "unit": "limburg"}
    hers, colleagues = ({COOKIE: cookie_of(name, "kmar")} for name in ("S. Voorbeeld", "R. Verzonnen"))
    first = runtime.post(url, json=body, cookies=hers)
    assert (first.status_code, first.json()["unit"]) == (201, "limburg"), first.text
    assert runtime.get(f"/api/v1/alerts/{item['alert_id']}", cookies=hers).status_code == 404
    again = runtime.post(url, json=body, cookies=hers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert runtime.post(url, json=body, cookies=colleagues).status_code == 404
    assert runtime.post(url, json={**body, "action_id": str(uuid.uuid4())}, cookies=hers).status_code == 404


def test_two_at_once_and_one_of_them_is_told(runtime):
    item = moved(runtime)
    answers = []

    def take():
        answers.append(act(runtime, item, "take", item["state"]["version"]))

    taking = [threading.Thread(target=take) for _ in range(2)]
    for one in taking:
        one.start()
    for one in taking:
        one.join()
    assert sorted(a.status_code for a in answers) == [201, 409], [a.text for a in answers]


def test_who_has_an_alert_has_what_supersedes_it_too(runtime):
    who = somebody()
    events = a_move(who, "GM0363", "GM0344")
    runtime.publish(*events)
    item = alert_of(runtime, events[-1])
    assert act(runtime, item, "take", item["state"]["version"], comment="ik bel").status_code == 201
    moved_on = {**events[-1], "revision": 1, "place": {"municipality": "GM0518"}}
    runtime.publish(moved_on)
    heir = until(lambda: (found := alert_of(runtime, moved_on)) and found["state"]["owner"] and found, "an owner")
    assert (heir["to"], heir["state"]["comments"][0]["text"]) == ("GM0518", "ik bel")
    gone = alert_of(runtime, events[-1], "withdrawn")
    assert gone["superseded_by"] == heir["alert_id"]


def test_have_we_met_her_and_where(runtime):
    who = somebody()
    item = moved(runtime, who)
    asked = {"identifier": {"bvh_person": who.lower()}, "purpose": "Controle Voorbeeld"}

    def known():
        told = runtime.post(LOOKED_UP, json=asked).json()
        return told if told.get("known") and len(told["last_contacts"]) == 2 else None

    told = until(known, "she is known")
    timeline = runtime.get(f"/api/v1/subjects/{item['subject']}/timeline").json()
    models.LookupAnswer.model_validate(told)
    models.TimelineBody.model_validate(timeline)
    assert (told["subject"], told["alias"]) == (item["subject"], alias_of(item["subject"]))
    assert [one["place"] for one in told["last_contacts"]] == ["GM0344", "GM0363"]
    assert [one["place"] for one in timeline["stays"]] == ["GM0363", "GM0344"]
    other = {"identifier": {"bvh_person": somebody()}, "purpose": "Controle Voorbeeld"}
    assert runtime.post(LOOKED_UP, json=other).json() == {"known": False}


def test_a_document_leads_to_whom_it_belongs(runtime):
    who, number = somebody(), uuid.uuid4().hex[:10].upper()
    document = {"country": "RO", "number": number}
    person = [{"role": "sex_worker", "identifiers": {"bvh_person": who, "document": document}}]
    runtime.publish(a_control(persons=person))
    asked = {"identifier": {"document": document}, "purpose": "Controle Voorbeeld"}
    told = until(lambda: (found := runtime.post(LOOKED_UP, json=asked).json())["known"] and found, "it is known")
    named = {"identifier": {"bvh_person": who}, "purpose": "Controle Voorbeeld"}
    assert runtime.post(LOOKED_UP, json=named).json()["subject"] == told["subject"]


def test_who_was_met_together_is_shown_together_and_where_her_car_passed(runtime):
    who, phone, plate = somebody(), a_phone(), a_plate()
    events = a_move(who, "GM0363", "GM0344", phones=[phone], plate=plate)
    runtime.publish(*events)
    items = until(lambda: len(found := of_arrival(runtime, events[-1])) > 1 and found, "alerts")
    [subject] = {item["subject"] for item in items if item["subject_kind"] == "person"}
    runtime.publish(a_passage(plate=plate, place="GM0193", day=45))

    def shown():
        page = runtime.get(f"/subjects/{subject}", headers={"Accept-Language": "nl"})
        return page.text if page.status_code == 200 and "Zwolle · " in page.text else None

    assert "GM0344" not in until(shown, "companions")


@pytest.mark.parametrize(
    "identifier",
    [
        {"bvh_person": "X"},
        {"document": {"country": "Atlantis-XR", "number": "XR123456"}},
        {"phone": "XR123456"},
        {"vehicle": {"country": "ZZ", "plate": "XR123456"}},
    ],
)
def test_an_identifier_that_is_none_is_refused_and_not_echoed(runtime, identifier):
    answer = runtime.post(LOOKED_UP, json={"identifier": identifier, "purpose": "Controle Voorbeeld"})
    assert answer.status_code == 422
    assert "XR" not in answer.text


def test_a_sighting_is_struck_and_given_back(runtime):
    item = moved(runtime)
    url = f"/api/v1/subjects/{item['subject']}/actions"
    event = {key: item["based_on"][-1][key] for key in ("source", "type", "event_id")}

    def acted(action):
        body = {"action_id": str(uuid.uuid4()), "action": action, "reason": "Verwisseling", "event": event}
        answer = runtime.post(url, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def one():
        return runtime.get(f"/api/v1/alerts/{item['alert_id']}").json()

    def timeline():
        return runtime.get(f"/api/v1/subjects/{item['subject']}/timeline").json()

    until(lambda: len(timeline().get("sightings", ())) == 2, "both are known")
    assert acted("strike")["event"] == event
    until(lambda: one()["status"] == "withdrawn", "it is withdrawn")
    until(lambda: len(timeline()["struck"]) == 1, "it is struck")
    acted("unstrike")
    again = until(lambda: (found := one())["status"] == "raised" and found, "it is raised again")
    assert again["revision"] == 3
    until(lambda: len(timeline()["struck"]) == 0, "nothing is struck")


def test_a_car_is_followed_and_unfollowed_without_any_answer_telling_which_are(runtime):
    plate = a_plate()
    [before] = runtime.publish(a_passage(plate=plate))
    token, soon = uuid.uuid4().hex, (datetime.now(UTC) + timedelta(days=30)).isoformat()
    url = f"/api/v1/subjects/{token}/actions"

    def asked(action, **more):
        return runtime.post(url, json={"action_id": str(uuid.uuid4()), "action": action, "reason": "Voorbeeld", **more})

    follow = asked("follow", until=soon)
    assert (before["status"], follow.status_code, follow.json()["followed"]) == ("accepted", 201, True)
    too_long = asked("follow", until=(datetime.now(UTC) + timedelta(days=99)).isoformat())
    assert (too_long.status_code, too_long.json()["errors"][0]["field"]) == (422, "until")
    assert asked("unfollow").json()["followed"] is False


def test_passages_of_a_car_that_a_control_named_are_hits_and_others_leave_nothing(runtime):
    plate, stranger = a_plate(), a_plate()
    naming = a_control(who=somebody(), plate=plate, day=40)
    hits = [a_passage(plate=plate, place="GM0344", day=45, hour=hour) for hour in (1, 9)]
    misses = [a_passage(plate=stranger, place="GM0344", day=45, hour=hour) for hour in (1, 9)]
    answers = runtime.publish(naming, *hits, *misses)
    assert {one["status"] for one in answers} == {"accepted"}
    item = alert_of(runtime, hits[0])
    assert (item["subject_kind"], item["evidence"], item["from"]) == ("vehicle", "passage", "GM0363")
    asked = {"identifier": {"vehicle": {"country": "NL", "plate": stranger}}, "purpose": "Controle Voorbeeld"}
    assert runtime.post(LOOKED_UP, json=asked).json() == {"known": False}


def test_pages_are_complete_while_alerts_keep_coming(runtime):
    place = "GM0758"
    mine = [a_move(somebody(), "GM0363", place) for _ in range(7)]
    runtime.publish(*(event for events in mine for event in events))
    for events in mine:
        alert_of(runtime, events[-1])
    seen, cursor = [], None
    while True:
        asked = {"limit": 3, "to": place} | ({"cursor": cursor} if cursor else {})
        page = runtime.get("/api/v1/alerts", params=asked).json()
        seen += [item["arrival_event_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        runtime.publish(*a_move(somebody(), "GM0363", place))
    assert len(seen) == len(set(seen))
    assert {events[-1]["event_id"] for events in mine} <= set(seen)
    assert runtime.get("/api/v1/alerts", params={"cursor": "XR123456"}).status_code == 422


def test_the_hashes_in_force_are_told_by_every_face(runtime):
    told = [httpx.get(f"{url}/readyz", timeout=60).json() for url in (runtime.gateway, runtime.console)]
    assert [one["ready"] for one in told] == [True, True]
    assert told[0]["rules"] == told[1]["rules"]


def test_measures_name_nobody(runtime):
    who = somebody()
    runtime.publish(a_control(who=who))
    for url in (runtime.gateway, runtime.console):
        told = httpx.get(f"{url}/metrics", timeout=60).text
        assert "relocation_http_requests_total" in told
        assert who not in told
