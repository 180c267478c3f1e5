"""The embedded platform: what is answered is durable, what is told is told once, what must go is gone."""

import resource
import sqlite3
import threading
import time
import uuid
from contextlib import closing, contextmanager

import pytest
from made_up_events import a_control, a_history, a_passage, a_withdrawal, at, line_of
from platforms import a_platform, published

from schemas.actions import AlertAction, Handling, SubjectAction
from schemas.alerts import AlertStatus
from schemas.times import DAY_MS, parse_time
from schemas.views import AlertQuery, CannotResume, Conflict, Refused, Track, Unavailable, Viewer
from streams.embedded.folder import DataFolder, KeyMismatch
from streams.embedded.reading import LogReader

ME = Viewer()


def told(platform):
    return [
        (alert.status, alert.revision, alert.finding.from_place, alert.finding.to_place)
        for _, _, alert in platform.alerts_after((0,), 1000, ME)
    ]


def a_move(who="P-0001"):
    return a_control(who=who, place="GM0363", day=1), a_control(who=who, place="GM0344", day=5)


def the_alert(platform):
    [view] = platform.alerts(AlertQuery(), ME).items
    return view


def an_action(view, action="take", **more):
    fields = {"action_id": str(uuid.uuid4()), "expected": view.state.version, "by": "made-up", "at": 0, **more}
    return AlertAction(alert_id=view.alert.alert_id, action=action, **fields)


def a_subject_action(action, subject, **more):
    fields = {"action_id": str(uuid.uuid4()), "reason": "a made-up reason", "by": "made-up", "at": 0, **more}
    return SubjectAction(action=action, subject=subject, **fields)


def test_two_controls_in_two_places_raise_an_alert(tmp_path):
    with a_platform(tmp_path) as platform:
        assert published(platform, *a_move()) == ["accepted", "accepted"]
        assert told(platform) == [("raised", 1, "GM0363", "GM0344")]


def test_an_event_sent_again_is_a_duplicate_also_after_a_restart(tmp_path):
    first, second = a_move()
    with a_platform(tmp_path) as platform:
        assert published(platform, first, first) == ["accepted", "duplicate"]
    with a_platform(tmp_path) as platform:
        assert published(platform, first, second, second) == ["duplicate", "accepted", "duplicate"]
        assert len(told(platform)) == 1


def test_a_restart_changes_nothing(tmp_path):
    first, second = a_move()
    with a_platform(tmp_path) as platform:
        published(platform, first, second)
        view = the_alert(platform)
        before = platform.timeline(view.alert.subject, ME)
    with a_platform(tmp_path) as platform:
        assert the_alert(platform) == view
        after = platform.timeline(view.alert.subject, ME)
        assert (after.sightings, after.stays) == (before.sightings, before.stays)
        assert published(platform, a_withdrawal(second)) == ["accepted"]
        assert [status for status, *_ in told(platform)] == ["raised", "withdrawn"]


def test_a_refused_event_leaves_a_letter_without_what_was_sent(tmp_path):
    with a_platform(tmp_path) as platform:
        [answer] = platform.publish([line_of(a_control(venue="SECRET-VENUE", secret="SECRET"))])

        assert (answer.status, len(answer.problems)) == ("rejected", 2)
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as log:
        [(letter,)] = log.execute("SELECT body FROM dead_letters").fetchall()
        assert "SECRET" not in letter.upper().replace("SECRET_", "")
        assert log.execute("SELECT count(*) FROM reports").fetchone() == (0,)


def test_no_identifier_is_anywhere_on_the_disk(tmp_path):
    woman = {"bvh_person": "P-VERYSECRET", "document": {"country": "RO", "number": "XR9988776655"}}
    event = a_control(persons=[{"identifiers": woman}], plate="99-GEH-1", phones=["+31612345678"])
    with a_platform(tmp_path) as platform:
        published(
            platform, event, a_passage(plate="99-GEH-1"), a_passage(plate="88-NIE-1"), {**event, "x": "XR9988776655"}
        )
        on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    for identifier in (b"VERYSECRET", b"XR9988776655", b"99GEH1", b"99-GEH", b"612345678", b"88NIE1", b"88-NIE"):
        assert identifier not in on_disk


def test_a_passage_that_is_no_hit_leaves_nothing(tmp_path):
    with a_platform(tmp_path) as platform:
        assert published(platform, a_passage()) == ["accepted"]
    with closing(LogReader(tmp_path / "log.sqlite")) as log:
        assert not any(log.newest_positions().values())


def test_passages_are_destroyed_when_the_following_ends(tmp_path):
    naming = a_control(plate="12-ABC-3", day=1)
    passage = a_passage(day=2)
    with a_platform(tmp_path) as platform:
        assert published(platform, naming, passage) == ["accepted", "accepted"]
        on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert passage["event_id"].encode() in on_disk

        published(platform, a_withdrawal(naming))

    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as log:
        for table in ("reports", "entries", "sightings", "receipts"):
            held = log.execute(f"SELECT count(*) FROM {table} WHERE event_id=?", (passage["event_id"],)).fetchone()
            assert (table, held) == (table, (0,))


def test_a_coordinator_decides_and_a_request_sent_again_is_answered_the_same(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, *a_move())
        view = the_alert(platform)
        action = an_action(view)

        taken = platform.act_on_alert(action, ME)

        assert (taken.handling, taken.owner) == (Handling.TAKEN, "made-up")
        assert platform.act_on_alert(action, ME) == taken
        with pytest.raises(Conflict) as conflict:
            platform.act_on_alert(an_action(view, "acknowledge"), ME)
        assert conflict.value.current == taken
    with a_platform(tmp_path) as platform:
        assert platform.act_on_alert(action, ME) == taken
        assert the_alert(platform).state == taken


@pytest.mark.parametrize(
    "action", [{"action": "dance"}, {"action": "close"}, {"alert_id": str(uuid.UUID(int=1))}], ids=str
)
def test_a_request_that_cannot_be_done_is_refused(tmp_path, action):
    with a_platform(tmp_path) as platform:
        published(platform, *a_move())
        asked = an_action(the_alert(platform))

        with pytest.raises(Refused):
            platform.act_on_alert(AlertAction(**{**vars_of(asked), **action}), ME)


def vars_of(asked):
    return {name: getattr(asked, name) for name in asked.__slots__}


def test_a_snooze_ends_by_itself(tmp_path):
    clock = [parse_time(at(20))]
    with a_platform(tmp_path, now=lambda: clock[0]) as platform:
        published(platform, *a_move())
        view = the_alert(platform)
        platform.act_on_alert(an_action(view, "snooze", until=clock[0] + DAY_MS), ME)
        clock[0] += 2 * DAY_MS

        platform._do(platform._engine.run_clocks)

        assert the_alert(platform).state.handling is Handling.NEW


def test_striking_a_sighting_withdraws_what_rested_on_it_and_can_be_taken_back(tmp_path):
    first, second = a_move()
    with a_platform(tmp_path) as platform:
        published(platform, first, second)
        subject = the_alert(platform).alert.subject
        event = platform.timeline(subject, ME).sightings[1].event
        answer = platform.act_on_subject(a_subject_action("strike", subject, event=event), ME)
        assert answer["action"] == "strike"
        assert len(platform.timeline(subject, ME).struck) == 1
    with a_platform(tmp_path) as platform:
        assert len(platform.timeline(subject, ME).struck) == 1
        platform.act_on_subject(a_subject_action("unstrike", subject, event=event), ME)
        assert [status for status, *_ in told(platform)] == ["raised", "withdrawn", "raised"]
        with pytest.raises(Refused):
            platform.act_on_subject(a_subject_action("unstrike", subject, event=event), ME)


def test_an_alert_about_the_wrong_subject_counts_as_one_that_nothing_was_done_with(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, *a_move("P-0001"), *a_move("P-0002"))
    with a_platform(tmp_path) as platform:
        one, other = platform.alerts(AlertQuery(), ME).items
        platform.act_on_alert(an_action(one, "close", outcome="wrong_subject"), ME)
        assert platform.alert(one.alert.alert_id, ME).alert.status is AlertStatus.WITHDRAWN
        assert platform.tracks(other.alert, ME)[0] == Track("rule", closed=1, acted_on=0)
        closed = platform.alert(one.alert.alert_id, ME)
        platform.act_on_alert(an_action(closed, "reopen"), ME)
        assert platform.tracks(other.alert, ME)[0] == Track("rule", closed=0, acted_on=0)


def test_somebody_is_found_by_her_number_and_nothing_of_it_is_kept(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, *a_move("P-4711"))

        found = platform.lookup({"bvh_person": "p-4711"}, "made up", ME)

        assert len(found.sightings) == 2
        assert platform.lookup({"bvh_person": "P-9999"}, "made up", ME) is None
        for wrong in ({}, {"bvh_person": "P-4711", "phone": "+31612345678"}, {"bvh_person": "X"}, {"colour": "red"}):
            with pytest.raises(Refused):
                platform.lookup(wrong, "made up", ME)


def test_the_list_pages_without_loss_or_repetition(tmp_path):
    with a_platform(tmp_path) as platform:
        platform.publish(a_history(3, 300))
        pages, cursor = [], None
        while True:
            page = platform.alerts(AlertQuery(limit=7, cursor=cursor), ME)
            pages += page.items
            cursor = page.next
            if cursor is None:
                break

        assert len({view.alert.alert_id for view in pages}) == len(pages) > 20
        order = [(view.alert.known_at, view.position) for view in pages]
        assert order == sorted(order, reverse=True)
        last = {alert.alert_id: position for _, position, alert in platform.alerts_after((0,), 10_000, ME)}
        assert {view.alert.alert_id: view.position for view in pages} == last


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        (AlertQuery(status="active"), lambda view: view.active),
        (AlertQuery(status="withdrawn"), lambda view: view.alert.status == "withdrawn"),
        (AlertQuery(status="new"), lambda view: view.state.handling == "new"),
        (AlertQuery(to="GM0344"), lambda view: view.alert.finding.to_place == "GM0344"),
        (AlertQuery(attention="tell"), lambda view: view.alert.finding.attention == "tell"),
        (AlertQuery(kind="relocation", unit="amsterdam"), None),
        (AlertQuery(kind="carousel"), None),
    ],
    ids=["active", "withdrawn", "new", "place", "attention", "kind and unit", "another kind"],
)
def test_filters_find_what_they_say(tmp_path, query, holds):
    with a_platform(tmp_path) as platform:
        platform.publish(a_history(4, 200))
        everything = platform.alerts(AlertQuery(limit=500), ME).items
        found = platform.alerts(AlertQuery(**{**fields_of(query), "limit": 500}), ME).items

        if holds is not None:
            assert list(found) == [view for view in everything if holds(view)]
            assert found


def fields_of(query):
    return {name: getattr(query, name) for name in query.__slots__}


@pytest.mark.parametrize("cursor", ["", "x", "####", "MTIz", "LTEuMg", "9" * 999, "é"])
def test_a_cursor_that_is_none_of_ours_is_refused(tmp_path, cursor):
    with a_platform(tmp_path) as platform, pytest.raises(Refused):
        platform.alerts(AlertQuery(cursor=cursor), ME)


def test_a_reader_that_waits_is_woken_by_the_next_alert(tmp_path):
    with a_platform(tmp_path) as platform:
        assert platform.wait_for_news(0, 0.01) == 0
        woken = []
        waits = threading.Thread(target=lambda: woken.append(platform.wait_for_news(0, 30)))
        waits.start()
        published(platform, *a_move())
        waits.join()

        [news] = woken
        assert news > 0
        assert platform.alerts_end() == (1,)
        assert platform.has_come_to((1,))
        assert not platform.has_come_to((2,))
        for none_of_ours in ((), (0, 0)):
            with pytest.raises(CannotResume):
                platform.has_come_to(none_of_ours)


def test_another_key_is_refused(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, *a_move())

    with pytest.raises(KeyMismatch, match="RELOCATION_TOKEN_KEY"), a_platform(tmp_path, key="ab" * 32):
        pass


def test_a_full_disk_refuses_and_loses_nothing(tmp_path):
    lines = a_history(5, 400)
    with a_platform(tmp_path) as platform:
        platform.publish(lines[:100])
        before = told(platform)
        with a_full_disk():
            for _ in range(3):
                with pytest.raises(Unavailable):
                    platform.publish(lines[100:])
                assert not platform.readiness()["ready"]
                assert told(platform) == before

        assert len(platform.publish(lines)) == 400
        assert platform.readiness()["ready"]
        through_it = told(platform)
    with a_platform(tmp_path.parent / "calm") as platform:
        platform.publish(lines)
        assert told(platform) == through_it


@contextmanager
def a_full_disk():
    """No file takes a byte beyond its first 32 KiB, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_event_that_breaks_the_heart_is_set_aside_and_the_others_go_on(tmp_path, caplog):
    first, second = a_move()
    with a_platform(tmp_path) as platform:
        real = platform._engine._heart.apply

        def breaks(report):
            if report.event_id == first["event_id"]:
                raise RuntimeError("SECRET")
            return real(report)

        platform._engine._heart.apply = breaks
        answers = platform.publish([line_of(first), line_of(second)])

        assert [answer.status for answer in answers][1] == "accepted"
        assert published(platform, second) == ["duplicate"]
    assert "SECRET" not in caplog.text


def test_many_publishers_at_once_share_transactions(tmp_path):
    lines = a_history(6, 400)
    with a_platform(tmp_path) as platform:
        threads = [threading.Thread(target=platform.publish, args=(lines[at : at + 10],)) for at in range(0, 400, 10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert platform.metrics.commits._value.get() < 40
        assert all(status in {"duplicate", "accepted"} for status in statuses(platform.publish(lines)))


def statuses(answers):
    return [answer.status for answer in answers]


def test_what_is_past_its_term_is_gone_and_its_alert_stays(tmp_path):
    clock = [parse_time(at(20))]
    with a_platform(tmp_path, now=lambda: clock[0]) as platform:
        published(platform, *a_move())
        clock[0] += 6 * 365 * DAY_MS
        platform._do(platform._engine.forget)

        view = the_alert(platform)
        assert (view.alert.status, view.active) == ("raised", False)
        assert platform.timeline(view.alert.subject, ME) is None
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as log:
        for table in ("reports", "entries", "sightings", "receipts"):
            assert log.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_clock_going_back_never_turns_order_around(tmp_path):
    clock = [parse_time(at(20))]
    with a_platform(tmp_path, now=lambda: clock[0]) as platform:
        first, second = a_move()
        published(platform, first)
        clock[0] -= 60_000
        published(platform, second)
    with closing(LogReader(tmp_path / "log.sqlite")) as log:
        known = [report.known_at for _, report in log.reports_after(0, 10)]
        assert known == sorted(known)


def test_shutting_down_refuses_later_calls(tmp_path):
    with a_platform(tmp_path) as platform:
        pass
    with pytest.raises(Unavailable):
        platform.publish([b"{}"])


def test_a_list_of_many_alerts_is_quick(tmp_path):
    with a_platform(tmp_path) as platform:
        platform.publish(a_history(7, 300))
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as log:
        log.execute("BEGIN")
        for copy in range(1, 40):
            log.execute(
                "INSERT INTO alerts SELECT position + ?, alert_id || ?, revision, body"
                " FROM alerts WHERE position < 1000",
                (copy * 1000, f"-{copy}"),
            )
            log.execute(
                "INSERT INTO alert_heads (alert_id, position, known_at, raised_at, status, active, handling, kind,"
                " attention, from_unit, to_unit, to_place, subject, state)"
                " SELECT alert_id || ?, position + ?, known_at + ?, raised_at, status, active,"
                " handling, kind, attention, from_unit, to_unit, to_place, subject, state"
                " FROM alert_heads WHERE position < 1000",
                (f"-{copy}", copy * 1000, copy),
            )
        log.execute("COMMIT")
    with a_platform(tmp_path) as platform:
        began = time.perf_counter()
        for query in (AlertQuery(), AlertQuery(status="new"), AlertQuery(unit="nowhere"), AlertQuery(subject="0" * 32)):
            platform.alerts(query, ME)
        assert time.perf_counter() - began < 0.5


def test_the_folder_is_held_while_the_platform_lives(tmp_path):
    from streams.embedded.folder import FolderHeld

    with a_platform(tmp_path), pytest.raises(FolderHeld), DataFolder(tmp_path).held():
        pass
