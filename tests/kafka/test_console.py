"""The console on Kafka: what it lists, tells and lets people do, wherever they look. DESK is played by the test."""

import json
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from made_up_topics import now_ms, until
from platforms_on_kafka import a_cluster, a_console, an_out_of, writing

from alerts.console.asking import ConsoleOptions
from alerts.console.router import console_router
from alerts.http.app import build_console
from alerts.http.history_routes import no_history_router
from alerts.http.options import HttpOptions, Limits
from alerts.http.positions import wire_of
from processors.desk import Conflicted, Desk
from relocation.parts import gazetteer
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import AlertStatus
from schemas.decisions import ActionAnswer, Decided
from schemas.problems import Code, Problem
from schemas.views import AlertQuery, CannotResume, Conflict, NoHistory, Refused, Unavailable, Viewer
from streams.kafka.headers import ACTION, SETTLED
from streams.kafka.reader import Reader
from streams.kafka.writer import Writer
from streams.topics import ACTION_ANSWERS, ALERT_ACTIONS, ALERT_STATES, ALERTS, SUBJECT_ACTIONS
from tests.console.told import a_token, an_alert, an_id
from tests.http.standin import asking_app

ME = Viewer()
EVERYTHING = AlertQuery(limit=200)


@pytest.fixture
def cluster(kafka_broker):
    return a_cluster(kafka_broker.bootstrap)


def made_up(number=1, **more):
    """An alert of a made-up woman of her own."""
    told = {"alert_id": an_id(f"alert {number}"), "subject": a_token(f"woman {number}"), "known_at": 1_000 + number}
    return an_alert(**{**told, **more})


def tell(cluster, alert, **more):
    """As RELOCATION does."""
    writing(cluster, ALERTS, alert, key=alert.alert_id, by=alert.subject, **more)


def handled(cluster, alert, state, *, asked=None):
    """As DESK does."""
    headers = [] if asked is None else [(ACTION, asked.encode())]
    return an_out_of(cluster, ALERT_STATES, state, key=alert.alert_id, by=alert.subject, headers=headers)


def listed(console, **filters):
    return {view.alert.alert_id: view for view in console.alerts(AlertQuery(limit=200, **filters), ME).items}


def test_what_was_told_before_and_what_is_told_now_is_listed_once(cluster):
    tell(cluster, made_up(1))
    tell(cluster, made_up(1))
    with a_console(cluster) as console:
        assert list(listed(console)) == [made_up(1).alert_id]
        tell(cluster, made_up(2))
        until(lambda: len(listed(console)) == 2, "the second")
        tell(cluster, made_up(1, revision=2, status=AlertStatus.REVISED))
        until(lambda: listed(console)[made_up(1).alert_id].alert.revision == 2, "its revision")
        assert len(console.alert_messages(made_up(1).alert_id, ME)) == 2
        assert console.readiness() == {"ready": True, "rules": "made-up"}


def test_an_alert_is_active_until_it_is_said_to_be_settled(cluster):
    tell(cluster, made_up(1))
    with a_console(cluster) as console:
        assert len(listed(console, status="active")) == 1
        tell(cluster, made_up(1), headers=[(SETTLED, b"1")])
        until(lambda: listed(console, status="active") == {}, "it is settled")
        assert list(listed(console, status="raised")) == [made_up(1).alert_id]
        tell(cluster, made_up(1), headers=[(SETTLED, b"0")])
        until(lambda: len(listed(console, status="active")) == 1, "it is active again")


def test_a_listener_hears_each_alert_once_whichever_console_it_listens_to(cluster):
    with a_console(cluster) as one, a_console(cluster) as other:
        position, heard = (0,) * cluster.partitions, []
        for number in range(12):
            tell(cluster, made_up(number))
            console = (one, other)[number % 2]
            until(lambda console=console, after=position: console.alerts_after(after, 10, ME), "news")
            for told in console.alerts_after(position, 10, ME):
                heard.append(told.alert.alert_id)
                position = told.reached
        assert len(heard) == len(set(heard)) == 12
        assert one.has_come_to(position)
        assert other.has_come_to(position)
        assert not one.has_come_to((9_999,) * cluster.partitions)
        with pytest.raises(CannotResume, match="unknown"):
            one.has_come_to((0,))


def test_a_listener_that_heard_more_elsewhere_is_not_told_it_again(cluster):
    tell(cluster, made_up(1))
    with a_console(cluster) as console:
        [first] = console.alerts_after((0,) * cluster.partitions, 10, ME)
        ahead = tuple(at + (at > 0) for at in first.reached)
        assert not console.has_come_to(ahead)
        news = console.wait_for_news(0, 5)
        tell(cluster, made_up(1, revision=2, status=AlertStatus.REVISED))
        assert console.wait_for_news(news, 30) != news
        assert console.has_come_to(ahead)
        assert console.alerts_after(ahead, 10, ME) == []


@contextmanager
def a_desk(cluster):
    """DESK and RELOCATION, played: requests are decided in their order, and those about subjects are all refused."""
    ending = threading.Event()
    playing = threading.Thread(target=_decide, args=(cluster, ending))
    playing.start()
    try:
        yield
    finally:
        ending.set()
        playing.join()


def _decide(cluster, ending):
    reader, writer, states = Reader(cluster.bootstrap), Writer(cluster.bootstrap, patience_s=60), {}
    reader.add(dict.fromkeys([*cluster.numbered(ALERT_ACTIONS), *cluster.numbered(SUBJECT_ACTIONS)], 0))
    topics = {name: topic for topic in (ALERT_ACTIONS, SUBJECT_ACTIONS) for name, _ in cluster.numbered(topic)}
    while not ending.is_set():
        for record in reader.take(0.1):
            action = cluster.wire.decode(topics[record.topic], record.value)
            if isinstance(action, SubjectAction):
                answer = ActionAnswer(action.action_id, Decided.REFUSED, 1, (Problem(Code.INVALID_VALUE, "made up"),))
                outs, subject = [], action.subject
            else:
                subject = next(one.subject for one in MOVED if one.alert_id == action.alert_id)
                outs, answer = _decided(cluster, action, states)
            outs.append(an_out_of(cluster, ACTION_ANSWERS, answer, key=action.action_id, by=subject))
            writer.write(outs)
    reader.close()


MOVED = [made_up(number) for number in range(3)]


def _decided(cluster, action, states):
    alert = next(one for one in MOVED if one.alert_id == action.alert_id)
    decision = Desk.decide(states.setdefault(action.alert_id, Desk.initial(alert)), action, now_ms())
    if isinstance(decision, Problem):
        return [], ActionAnswer(action.action_id, Decided.REFUSED, 1, (decision,))
    if isinstance(decision, Conflicted):
        return [], ActionAnswer(action.action_id, Decided.CONFLICT, 1, state=decision.current)
    states[action.alert_id] = decision
    return [handled(cluster, alert, decision, asked=action.action_id)], ActionAnswer(
        action.action_id, Decided.DONE, 1, state=decision
    )


def an_action(alert, action="take", *, expected=1, **more):
    return AlertAction(str(uuid4()), alert.alert_id, action, expected, by="S. Voorbeeld", at=now_ms(), **more)


def test_what_a_coordinator_does_is_decided_and_seen_with_who_asked_for_it(cluster):
    for alert in MOVED:
        tell(cluster, alert)
    with a_console(cluster) as console, a_desk(cluster):
        taking = an_action(MOVED[0])
        state = console.act_on_alert(taking, ME)
        assert (state.handling, state.owner) == ("taken", "S. Voorbeeld")
        assert console.alert(MOVED[0].alert_id, ME).state == state
        steps = console.alert_handling(MOVED[0].alert_id, ME)
        assert [(step.state.version, step.action) for step in steps] == [(2, taking)]
        with pytest.raises(Conflict) as late:
            console.act_on_alert(an_action(MOVED[0]), ME)
        assert late.value.current == state
        with pytest.raises(Refused):
            console.act_on_alert(an_action(MOVED[0], "close", expected=2), ME)
        decided = console.act_on_alerts([an_action(MOVED[1]), an_action(MOVED[0]), an_action(made_up(99))], ME)
        assert [type(one) for one in decided] == [AlertState, Conflict, Refused]
        with pytest.raises(Refused, match="made up"):
            console.act_on_subject(SubjectAction("s", "follow", "c" * 32, "made up", "S. Voorbeeld", now_ms()), ME)
        states = console.states_after((0,) * cluster.partitions, 10, ME)
        assert {told.alert_id for _, told in states} == {MOVED[0].alert_id, MOVED[1].alert_id}
        assert console.states_after(console.states_end(), 10, ME) == []


def test_a_request_that_nobody_answers_may_be_sent_again(cluster):
    tell(cluster, MOVED[0])
    action = an_action(MOVED[0])
    with a_console(cluster, answered_s=0.5) as impatient, pytest.raises(Unavailable):
        impatient.act_on_alert(action, ME)
    with a_console(cluster) as console, a_desk(cluster):
        assert console.act_on_alert(action, ME).owner == "S. Voorbeeld"
        other = replace(action, action_id=str(uuid4()))
        with pytest.raises(Conflict):
            console.act_on_alert(other, ME)


@contextmanager
def a_page(cluster):
    """Without a history."""
    pages = ConsoleOptions(places=gazetteer())
    with a_console(cluster) as console, ExitStack() as stack:
        options = HttpOptions(
            routers=[no_history_router(), console_router(console, pages)], limits=Limits(catch_up_s=0.1)
        )
        yield stack.enter_context(asking_app(build_console(console, options)))


def test_without_a_history_alerts_work_and_what_only_it_knows_is_said_to_be_missing(cluster):
    alert = made_up(1)
    tell(cluster, alert)
    with a_page(cluster) as client:
        assert client.get(f"/alerts/{alert.alert_id}").status_code == 200
        assert client.get(f"/api/v1/alerts/{alert.alert_id}").json()["subject"] == alert.subject
        for path in (f"/api/v1/subjects/{alert.subject}/timeline", "/api/v1/history/stats"):
            told = client.get(path)
            assert (told.status_code, told.headers["content-type"]) == (503, "application/problem+json")
            assert "history" in told.json()["detail"]
        for path in (f"/subjects/{alert.subject}", f"/lookup/known/{alert.subject}"):
            page = client.get(path)
            assert (page.status_code, "Geen historie" in page.text) == (503, True)
        form = {"kind": "bvh_person", "bvh_person": "P-VERZONNEN", "purpose": "Controle Voorbeeld"}
        looked_up = client.post("/lookup", data=form, follow_redirects=True)
        assert "Eerdere contacten staan in de historie" in looked_up.text
        assert "P-VERZONNEN" not in looked_up.text


def test_a_console_takes_no_events(cluster):
    with a_page(cluster) as client:
        assert client.post("/api/v1/events", content=b"{}").status_code == 404


def test_the_stream_resumes_by_the_id_that_another_replica_gave(cluster):
    tell(cluster, made_up(1))
    with a_page(cluster) as one, a_page(cluster) as other:
        start = {"Last-Event-ID": wire_of((0,) * cluster.partitions)}
        [(first, last_id)] = _heard(one, start, 1)
        tell(cluster, made_up(2))
        [(second, _)] = _heard(other, {"Last-Event-ID": last_id}, 1)
    assert [first["alert_id"], second["alert_id"]] == [made_up(1).alert_id, made_up(2).alert_id]


def _heard(client, headers, count):
    heard, at = [], ""
    with client.stream("GET", "/api/v1/alerts/stream", headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                at = line[4:]
            elif line.startswith("data: "):
                heard.append((json.loads(line[6:]), at))
            if len(heard) == count:
                return heard
    raise AssertionError("the stream ended")


def test_nothing_is_known_of_subjects_where_no_history_is(cluster):
    with a_console(cluster) as console:
        for ask in (console.timeline, console.dossier, console.companions):
            with pytest.raises(NoHistory):
                ask("c" * 32, ME)
        with pytest.raises(Refused):
            console.lookup({"bvh_person": "X"}, "made up", ME)
