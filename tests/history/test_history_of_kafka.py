"""Records of Kafka in the history: told again, in any order and by whoever was too late, they change no answer."""

from itertools import permutations
from pathlib import Path

import pytest
from history_stories import (
    JANE,
    JOAN,
    NOW,
    VIEWER,
    MemoryLog,
    a_dead_letter,
    a_history,
    a_receipt,
    a_report,
    a_sighting,
    a_state,
    an_alert,
    day,
    event_id,
    everything,
    key_of,
    places_of,
    questions,
)

from schemas.actions import AlertAction, SubjectAction
from schemas.decisions import SubjectState
from schemas.following import Destroyed
from schemas.positions import LogPosition
from schemas.reports import EventKey
from schemas.sightings import Sighting
from schemas.views import AlertQuery
from sinks.engine import EngineProcess
from sinks.feeder import Feeder
from sinks.history import Mark, OtherLog
from sinks.messages import Message, Recorded, SightingMove, Stream
from sinks.migration import migrate, migrations
from sinks.store import ClientStore

DOCUMENT = "3c" * 16


def said(offset: int, message: Message, *, topic: str = "made-up", partition: int = 0, **more: object) -> Recorded:
    return Recorded(offset, message, partition, topic, **more)  # type: ignore[arg-type]


def move(
    sighting: Sighting, version: int, *, gives: bool = True, on: float = 1, via: str = "", subject: str = JANE
) -> SightingMove:
    return SightingMove(gives, subject, "person", sighting, day(on), via, version)


def _put(store: ClientStore, stream: Stream, *records: Recorded) -> None:
    a_history(store).put({stream: records})


def _rows(store: ClientStore, table: str, columns: str = "topic, partition, position") -> list[tuple[object, ...]]:
    return store.query(f"SELECT {columns} FROM {table} FINAL ORDER BY ALL")


def test_a_sighting_told_again_by_a_batch_done_again_is_there_once(store: ClientStore) -> None:
    told = move(a_sighting(), version=4)
    _put(store, Stream.SIGHTINGS, said(10, told), said(17, told))
    assert len(_rows(store, "sightings")) == 1
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_highest_version_counts_in_whatever_order_the_records_come(
    store: ClientStore, order: tuple[int, ...]
) -> None:
    old, new = a_sighting(1), a_sighting(1, at=3, place="GM0344")
    moves = [move(old, 4), move(old, 7, gives=False, on=3), move(new, 9, on=5)]
    for offset, which in enumerate(order):
        _put(store, Stream.SIGHTINGS, said(offset, moves[which]))
    asked = questions(store)
    assert places_of(asked.subject(JANE, VIEWER)) == ["GM0344"]
    then = [places_of(asked.subject(JANE, VIEWER, as_of=day(at))) for at in (0.5, 1, 3, 5)]
    assert then == [[], ["GM0363"], [], ["GM0344"]]
    assert [item["sightings"] for item in asked.stats(VIEWER)["items"]] == [1]


def test_an_event_told_in_two_ways_is_seen_until_both_are_taken(store: ClientStore) -> None:
    seen = a_sighting()
    _put(store, Stream.SIGHTINGS, said(1, move(seen, 4)), said(2, move(seen, 90, via=DOCUMENT, on=2)))
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]
    _put(store, Stream.SIGHTINGS, said(3, move(seen, 5, gives=False, on=3)))
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]
    assert [item["sightings"] for item in questions(store).stats(VIEWER)["items"]] == [1]
    _put(store, Stream.SIGHTINGS, said(4, move(seen, 91, gives=False, via=DOCUMENT, on=4)))
    assert places_of(questions(store).subject(JANE, VIEWER)) == []
    assert places_of(questions(store).subject(JANE, VIEWER, as_of=day(3.5))) == ["GM0363"]


def test_of_two_alerts_of_one_revision_the_first_in_the_log_counts(store: ClientStore) -> None:
    owner, zombie = an_alert(certainty="confirmed"), an_alert(certainty="provisional")
    _put(store, Stream.ALERTS, said(8, zombie))
    _put(store, Stream.ALERTS, said(5, owner))
    _put(store, Stream.ALERTS, said(8, zombie))
    [item] = questions(store).alerts(AlertQuery(), VIEWER)["items"]
    assert item["certainty"] == "confirmed"
    assert questions(store).sql("SELECT certainty, position FROM alerts", VIEWER)["rows"] == [["confirmed", 5]]


def test_of_two_states_of_one_version_the_first_in_the_log_counts(store: ClientStore) -> None:
    asked = "00000000-0000-4000-8000-000000000001"
    _put(store, Stream.ALERTS, said(1, an_alert()))
    _put(store, Stream.ALERT_STATES, said(9, a_state()), said(3, a_state(on=7), name=asked))
    assert _rows(store, "alert_states", "action_id, position") == [(asked, 3)]


def _strike(action: str, number: int, on: float) -> SubjectState:
    about = EventKey("made-up", "control", event_id(1))
    by = "made-up coordinator"
    asked = SubjectAction(event_id(500 + number), action, JANE, "made-up reason", by, day(on), event=about)
    return SubjectState(asked, followed=False)


def test_a_struck_sighting_is_not_seen_until_it_is_struck_no_more(store: ClientStore) -> None:
    _put(store, Stream.SIGHTINGS, said(1, move(a_sighting(1), 4)), said(2, move(a_sighting(2, place="GM0344"), 5)))
    _put(store, Stream.SUBJECT_STATES, said(1, _strike("strike", 1, on=2)))
    asked = questions(store)
    assert places_of(asked.subject(JANE, VIEWER)) == ["GM0344"]
    assert places_of(asked.subject(JANE, VIEWER, as_of=day(1.5))) == ["GM0363", "GM0344"]
    assert sum(item["sightings"] for item in asked.stats(VIEWER)["items"]) == 1
    _put(store, Stream.SUBJECT_STATES, said(2, _strike("unstrike", 2, on=3)))
    assert sorted(places_of(asked.subject(JANE, VIEWER))) == ["GM0344", "GM0363"]


def test_what_is_about_one_record_of_the_log_is_there_once(store: ClientStore) -> None:
    cause = LogPosition("reports.control", 3, 17)
    _put(store, Stream.RECEIPTS, said(5, a_receipt(), about=cause), said(6, a_receipt(), about=cause))
    _put(store, Stream.RECEIPTS, said(7, a_receipt(), about=cause._replace(offset=18)))
    letter = a_dead_letter()
    _put(store, Stream.DEAD_LETTERS, said(5, letter, name="intake.control/3/17"))
    _put(store, Stream.DEAD_LETTERS, said(6, letter, name="intake.control/3/17"))
    action = AlertAction("made-up action", event_id(1001), "take", 0, "made-up coordinator", day(5))
    _put(store, Stream.ACTIONS, said(4, action), said(9, action))
    assert _rows(store, "receipts", "cause_topic, cause_partition, cause_position") == [
        ("reports.control", 3, 17),
        ("reports.control", 3, 18),
    ]
    assert _rows(store, "dead_letters", "origin") == [("intake.control/3/17",)]
    assert _rows(store, "actions") == [("made-up", 0, 4)]


def _passage(number: int, *, at: float = 1, subject: str = JANE) -> Recorded:
    seen = a_sighting(number, at=at, type_="vehicle", known_at=day(at))
    return said(number, move(seen, number, on=at, subject=subject), topic="sightings.passage")


def _destroyed(number: int, *, on: float) -> Recorded:
    return said(number, Destroyed(key_of(number, type_="vehicle"), day(on)), topic="destroyed")


@pytest.mark.parametrize("late", [False, True])
def test_what_was_destroyed_is_erased_also_when_it_comes_late(store: ClientStore, late: bool) -> None:
    report = said(1, a_report(1, type="vehicle"), topic="events.vehicle")
    evidence = (a_sighting(1, type_="vehicle", known_at=day(1)), a_sighting(2, at=4, place="GM0344"))
    alert = an_alert(2, based_on=evidence)
    steps = {
        "passages": lambda: _put(store, Stream.SIGHTINGS, _passage(1), _passage(3, subject=JOAN)),
        "reports": lambda: _put(store, Stream.REPORTS, report),
        "alerts": lambda: _put(store, Stream.ALERTS, said(1, alert)),
    }
    if late:
        _put(store, Stream.DESTROYED, _destroyed(1, on=2))
    for step in steps.values():
        step()
    if not late:
        _put(store, Stream.DESTROYED, _destroyed(1, on=2))
    assert _rows(store, "events") == []
    assert _rows(store, "sightings", "subject") == [(JOAN,)]
    assert _rows(store, "alerts", "based_on.event_id") == [([event_id(2)],)]


def test_what_became_known_after_it_was_destroyed_stays(store: ClientStore) -> None:
    _put(store, Stream.SIGHTINGS, _passage(1, at=5))
    _put(store, Stream.DESTROYED, _destroyed(1, on=2))
    _put(store, Stream.SIGHTINGS, _passage(1, at=6))
    assert len(_rows(store, "sightings")) == 2


def test_an_erasure_leaves_nothing_of_itself_behind(store: ClientStore) -> None:
    _put(store, Stream.SIGHTINGS, _passage(1))
    _put(store, Stream.DESTROYED, _destroyed(1, on=2), _destroyed(2, on=2))
    assert store.query("SELECT count() FROM erasing") == [(0,)]


def test_the_history_is_complete_when_every_partition_is(store: ClientStore) -> None:
    history = a_history(store)
    history.mark([Mark(Stream.ALERTS, "alerts", 0, 4, day(5)), Mark(Stream.ALERTS, "alerts", 1, 9, day(3))])
    assert history.complete_until() == day(3)
    history.mark([Mark(Stream.ALERTS, "alerts", 1, 9, day(6)), Mark(Stream.ALERTS, "alerts", 0, 3, 0)])
    assert history.complete_until() == day(5)


def test_a_history_is_fed_from_one_kind_of_log(store: ClientStore) -> None:
    history = a_history(store)
    history.require_kafka()
    history.mark([Mark(Stream.ALERTS, "alerts", 0, 4, NOW)])
    with pytest.raises(OtherLog, match="rebuild"):
        history.position()
    history.empty()
    Feeder(everything(MemoryLog()), history).catch_up()
    with pytest.raises(OtherLog, match="rebuild"):
        history.require_kafka()


def test_a_history_of_before_is_made_anew_and_fed_from_the_beginning(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path / "history")
    before = [migration for migration in migrations() if migration.number <= 5]
    engine.command(
        "CREATE TABLE migrations (number UInt32, name String, sha256 String)"
        " ENGINE = ReplacingMergeTree ORDER BY number"
    )
    for migration in before:
        for statement in migration.statements:
            engine.command(statement)
        engine.insert(
            "migrations", ("number", "name", "sha256"), [(migration.number, migration.name, migration.sha256)]
        )
    engine.insert("feed", ("stream", "partition", "position", "complete_until"), [("alerts", 0, 7, NOW)])
    migrate(engine)
    migrate(engine)
    assert engine.query("SELECT count() FROM feed") == [(0,)]
    assert engine.query("SELECT topic FROM alerts") == []
    engine.close()


def test_two_that_make_a_new_history_at_once_leave_what_the_other_stored(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path / "history")
    migrate(engine)
    engine.insert("feed", ("stream", "topic", "partition", "position"), [("alerts", "alerts", 0, 7)])
    engine.command("TRUNCATE TABLE migrations")  # as the other found it
    migrate(engine)
    assert engine.query("SELECT count() FROM feed") == [(1,)]
    engine.close()
