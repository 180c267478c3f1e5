"""Questions: as-of, handling, counts, and the legal terms that every read keeps."""

from typing import Any

import pytest
from history_stories import (
    EPOCH,
    JANE,
    JOAN,
    NOW,
    VIEWER,
    a_batch,
    a_history,
    a_report,
    a_sighting,
    a_state,
    a_withdrawal,
    an_alert,
    day,
    given,
    places_of,
    questions,
    taken,
)

from schemas.actions import Handling
from schemas.alerts import AlertStatus, WithdrawnReason
from schemas.sightings import Evidence
from schemas.times import format_time
from schemas.views import AlertQuery, Refused, Viewer
from sinks.messages import Stream
from sinks.store import ClientStore

YEAR = 365


def _sightings(store: ClientStore, *moves: object) -> None:
    a_history(store).store(a_batch(Stream.SIGHTINGS, *moves))  # type: ignore[arg-type]


def test_a_sighting_given_and_taken_later_is_not_valid(store: ClientStore) -> None:
    seen = a_sighting(1)
    _sightings(store, given(seen), given(a_sighting(2, at=2, place="GM0344")), taken(seen, on=5))
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0344"]


def test_as_of_a_time_the_sightings_are_those_that_were_valid_then(store: ClientStore) -> None:
    seen = a_sighting(1)
    _sightings(store, given(seen), given(a_sighting(2, at=2, place="GM0344")), taken(seen, on=5))
    then = [places_of(questions(store).subject(JANE, VIEWER, as_of=day(at))) for at in (0.5, 1, 2, 4.99, 5)]
    assert then == [[], ["GM0363"], ["GM0363", "GM0344"], ["GM0363", "GM0344"], ["GM0344"]]


def test_a_corrected_sighting_stands_in_its_new_form_once(store: ClientStore) -> None:
    old, new = a_sighting(1), a_sighting(1, at=40, place="GM0344", known_at=day(41))
    _sightings(store, given(old), taken(old, on=41), given(new))
    [seen] = questions(store).subject(JANE, VIEWER)["sightings"]
    assert (seen["place"], seen["occurred_at"]) == ("GM0344", format_time(day(40)))


def test_a_sighting_that_moved_to_another_subject_is_only_there(store: ClientStore) -> None:
    seen = a_sighting(1)
    _sightings(store, given(seen, subject=JOAN), taken(seen, subject=JOAN, on=3), given(seen, subject=JANE, on=3))
    asked = questions(store)
    assert [places_of(asked.subject(one, VIEWER)) for one in (JANE, JOAN)] == [["GM0363"], []]
    assert [places_of(asked.subject(one, VIEWER, as_of=day(2))) for one in (JANE, JOAN)] == [[], ["GM0363"]]


def test_a_timeline_has_the_order_and_form_of_sightings(store: ClientStore) -> None:
    offer = a_sighting(1, at=1, type_="ad", evidence=Evidence.OFFER)
    presence = a_sighting(2, at=1, flagged=True)
    earlier = a_sighting(3, at=0.5)
    _sightings(store, given(offer), given(presence), given(earlier))
    timeline = questions(store).subject(JANE, VIEWER)
    assert timeline["sightings"] == [seen.as_json() for seen in (earlier, presence, offer)]
    assert timeline["subject_kind"] == "person"
    assert timeline["complete_until"] == format_time(NOW)


def test_milliseconds_survive(store: ClientStore) -> None:
    seen = a_sighting()._replace(occurred_at=EPOCH + 1, recorded_at=EPOCH + 2, known_at=EPOCH + 999)
    _sightings(store, given(seen))
    assert questions(store).subject(JANE, VIEWER)["sightings"] == [seen.as_json()]


def test_nothing_is_known_of_a_subject_nobody_saw(store: ClientStore) -> None:
    told = questions(store).subject(JOAN, VIEWER)
    assert (told["sightings"], told["subject_kind"]) == ([], None)


@pytest.mark.parametrize(
    ("type_", "age", "by_token", "by_anything"),
    [
        ("control", YEAR - 1, True, True),
        ("control", YEAR + 1, True, False),
        ("control", 5 * YEAR - 1, True, False),
        ("control", 5 * YEAR + 1, False, False),
        ("vehicle", YEAR - 1, True, True),
        ("vehicle", YEAR + 1, False, False),
    ],
)
def test_after_a_year_only_a_targeted_question_reads_and_after_the_term_none(
    store: ClientStore, type_: str, age: int, by_token: bool, by_anything: bool
) -> None:
    _sightings(store, given(a_sighting(1, at=0, type_=type_)))
    asked = questions(store, now=day(age))
    assert bool(asked.subject(JANE, VIEWER)["sightings"]) == by_token
    assert bool(asked.stats(VIEWER)["items"]) == by_anything
    assert asked.sql("SELECT count() FROM sightings", VIEWER)["rows"] == [[int(by_anything)]]


def test_alerts_stand_as_they_stood_then(store: ClientStore) -> None:
    withdrawn = an_alert(
        revision=3, on=9, status=AlertStatus.WITHDRAWN, reason=WithdrawnReason.LATER_EVIDENCE, superseded_by="made-up"
    )
    messages = an_alert(on=5, certainty="provisional"), an_alert(revision=2, on=7), withdrawn
    a_history(store).store(a_batch(Stream.ALERTS, *messages))
    states = a_state(on=6), a_state(version=2, on=8, handling=Handling.CLOSED)
    a_history(store).store(a_batch(Stream.ALERT_STATES, *states))
    asked = questions(store)

    def stood(at: float) -> list[tuple[str, str, str]]:
        items = asked.alerts(AlertQuery(), VIEWER, as_of=day(at))["items"]
        return [(item["status"], item["certainty"], item["handling"]) for item in items]

    assert [stood(at) for at in (4, 5, 6, 7, 8, 9)] == [
        [],
        [("raised", "provisional", "new")],
        [("raised", "provisional", "taken")],
        [("revised", "confirmed", "taken")],
        [("revised", "confirmed", "closed")],
        [("withdrawn", "confirmed", "closed")],
    ]
    [now] = asked.alerts(AlertQuery(), VIEWER)["items"]
    assert (now["reason"], now["superseded_by"], now["raised_at"]) == ("later_evidence", "made-up", format_time(day(5)))


def test_an_alert_says_what_its_last_message_said(store: ClientStore) -> None:
    alert = an_alert()
    a_history(store).store(a_batch(Stream.ALERTS, alert))
    [item] = questions(store).alerts(AlertQuery(), VIEWER)["items"]
    told = alert.as_json()
    shared = set(told) - {"based_on"}
    assert {name: item[name] for name in shared} == {name: told[name] for name in shared}


def test_alerts_are_found_by_either_end_by_place_and_by_subject(store: ClientStore) -> None:
    a_history(store).store(a_batch(Stream.ALERTS, an_alert(1), an_alert(2, to="BE:Antwerp", subject=JOAN, on=6)))
    asked = questions(store)

    def found(**filters: Any) -> list[str]:
        return [item["to"] for item in asked.alerts(AlertQuery(**filters), VIEWER)["items"]]

    assert found() == ["BE:Antwerp", "GM0344"]
    assert found(unit="amsterdam") == ["BE:Antwerp", "GM0344"]
    assert found(unit="BE") == ["BE:Antwerp"]
    assert found(to="GM0344") == ["GM0344"]
    assert found(subject=JOAN) == ["BE:Antwerp"]
    assert found(status="raised", kind="relocation", attention="tell") == ["BE:Antwerp", "GM0344"]
    assert found(status="new") == ["BE:Antwerp", "GM0344"]
    assert found(status="withdrawn") == found(status="taken") == found(attention="file") == []
    assert found(since=day(5.5)) == ["BE:Antwerp"]
    assert len(asked.alerts(AlertQuery(limit=1), VIEWER)["items"]) == 1


def test_an_alert_older_than_a_year_is_told_only_for_its_subject(store: ClientStore) -> None:
    a_history(store).store(a_batch(Stream.ALERTS, an_alert()))
    asked = questions(store, now=day(2 * YEAR))
    assert asked.alerts(AlertQuery(), VIEWER)["items"] == []
    assert len(asked.alerts(AlertQuery(subject=JANE), VIEWER)["items"]) == 1


def test_a_viewer_of_a_region_sees_that_region(store: ClientStore) -> None:
    a_history(store).store(a_batch(Stream.ALERTS, an_alert()))
    _sightings(store, given(a_sighting(1)), given(a_sighting(2, place="GM0344")))
    asked = questions(store)
    region = Viewer(region="midden-nederland")
    assert [item["place"] for item in asked.stats(region)["items"]] == ["GM0344"]
    assert len(asked.alerts(AlertQuery(), region)["items"]) == 1
    assert asked.alerts(AlertQuery(), Viewer(region="made-up"))["items"] == []
    with pytest.raises(Refused):
        asked.sql("SELECT count() FROM alerts", region)


def test_of_a_subject_a_region_is_told_its_own_sightings_and_of_others_that_there_was_contact(
    store: ClientStore,
) -> None:
    _sightings(store, given(a_sighting(1)), given(a_sighting(2, place="GM0344")))
    told = questions(store).subject(JANE, Viewer(region="midden-nederland"))
    assert [sighting["place"] for sighting in told["sightings"]] == ["GM0344"]
    assert told["contacts"] == [{"day": format_time(day(1))[:10], "unit": "amsterdam", "type": "control"}]
    assert "contacts" not in questions(store).subject(JANE, Viewer(region="cemi"))


def test_counts_hold_what_counts_now_per_place_and_month(store: ClientStore) -> None:
    history = a_history(store)
    moved = a_report(3, at=35, revision=1, place="GM0344")
    history.store(a_batch(Stream.REPORTS, a_report(1), a_report(2), a_withdrawal(2), a_report(3), moved))
    gone = a_sighting(2)
    _sightings(store, given(a_sighting(1)), given(gone), taken(gone, on=2), given(a_sighting(3, at=35, place="GM0344")))
    history.store(a_batch(Stream.ALERTS, an_alert(3, arrived=35.0, on=35)))
    assert questions(store).stats(VIEWER)["items"] == [
        {"place": "GM0363", "period": "2026-01", "events": 1, "sightings": 1, "subjects": 1, "arrivals": 0},
        {"place": "GM0344", "period": "2026-02", "events": 1, "sightings": 1, "subjects": 1, "arrivals": 1},
    ]
    assert [item["place"] for item in questions(store).stats(VIEWER, place="GM0344")["items"]] == ["GM0344"]


def test_a_free_question_gets_rows(store: ClientStore) -> None:
    _sightings(store, given(a_sighting(1)), given(a_sighting(2, at=2)))
    told = questions(store).sql("SELECT place, count() AS n FROM sightings GROUP BY place -- made up", VIEWER)
    assert (told["columns"], told["rows"], told["cut"]) == (["place", "n"], [["GM0363", 2]], False)


def test_what_was_stored_twice_shows_once_before_any_merge(store: ClientStore) -> None:
    store.command("SYSTEM STOP MERGES sightings")
    try:
        for _ in range(3):
            _sightings(store, given(a_sighting(1)))
        assert store.query("SELECT count() FROM sightings") == [(3,)]
        asked = questions(store)
        assert asked.sql("SELECT count() FROM sightings", VIEWER)["rows"] == [[1]]
        assert [item["sightings"] for item in asked.stats(VIEWER)["items"]] == [1]
        assert len(asked.subject(JANE, VIEWER)["sightings"]) == 1
    finally:
        store.command("SYSTEM START MERGES sightings")


@pytest.mark.parametrize(
    "harmless",
    [
        "WITH recent AS (SELECT place FROM sightings) SELECT count() FROM recent",
        "SELECT s.place FROM sightings AS s JOIN events AS e ON e.event_id = s.event_id",
        "SELECT max(occurred_at), toStartOfMonth(max(occurred_at)), [1, 2], NULL FROM default.sightings FINAL",
        "SELECT count() FROM events UNION ALL SELECT count() FROM alerts",
    ],
)
def test_a_free_question_may_be_any_select_over_our_tables(store: ClientStore, harmless: str) -> None:
    questions(store).sql(harmless, VIEWER)


@pytest.mark.parametrize(
    "harmful",
    [
        "",
        "nonsense",
        "DROP TABLE events",
        "INSERT INTO feed VALUES ('alerts', 0, 0, 0)",
        "SELECT 1; SELECT 2",
        "SELECT file('/etc/hostname')",
        "SELECT `file`('/etc/hostname')",
        "SELECT arrayMap(x -> file(x), ['/etc/hostname'])",
        "SELECT * FROM file('/etc/hostname', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM merge('default', '.*')",
        "SELECT * FROM numbers(3)",
        "SELECT * FROM system.processes",
        "SELECT * FROM erasing",
        "SELECT * FROM sightings SETTINGS additional_table_filters = {}",
        "SELECT 1 INTO OUTFILE '/tmp/made-up'",
        "SELECT 1 FORMAT CSV",
        "SELECT 1) SETTINGS readonly = 0, max_threads = (1",
        "SELECT * FROM (SELECT * FROM system.parts)",
        "SELECT 1 WHERE 1 IN (SELECT 1 FROM system.tables)",
        "SELECT 1 WHERE 'x' IN system.parts",
        "SELECT sleep(3)",
        "SELECT dictGet('made_up', 'up', 1)",
    ],
)
def test_a_free_question_that_is_more_than_a_select_is_refused(store: ClientStore, harmful: str) -> None:
    with pytest.raises(Refused):
        questions(store).sql(harmful, VIEWER)


def test_a_free_question_cannot_reach_past_the_terms_by_a_detour(store: ClientStore) -> None:
    _sightings(store, given(a_sighting(1)))
    detours = [
        "SELECT count() FROM (SELECT * FROM sightings AS s)",
        "SELECT count() FROM default.sightings",
        "SELECT count() FROM sightings FINAL PREWHERE 1",
        "WITH x AS (SELECT * FROM sightings) SELECT count() FROM x",
        "SELECT (SELECT count() FROM sightings)",
    ]
    asked = questions(store, now=day(2 * YEAR))
    assert [asked.sql(detour, VIEWER)["rows"] for detour in detours] == [[[0]]] * len(detours)


def test_a_free_question_gets_no_more_than_its_rows(store: ClientStore) -> None:
    told = questions(store).sql("SELECT arrayJoin(range(20000)) AS n", VIEWER)
    assert (len(told["rows"]), told["cut"]) == (10_000, True)
