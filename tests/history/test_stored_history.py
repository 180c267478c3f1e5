"""Storing: again is harmless, positions are remembered, what is erased is gone from the files."""

from pathlib import Path

import pytest
from history_stories import (
    JANE,
    NOW,
    VIEWER,
    a_batch,
    a_dead_letter,
    a_history,
    a_receipt,
    a_report,
    a_sighting,
    a_state,
    a_withdrawal,
    an_alert,
    day,
    event_id,
    given,
    key_of,
    places_of,
    questions,
)

from sinks.messages import Batch, Stream
from sinks.migration import MigrationMismatch, migrate, migrations
from sinks.rows import TABLES
from sinks.store import ClientStore

ONE_OF_EACH = [
    a_batch(Stream.REPORTS, a_report(), a_withdrawal()),
    a_batch(Stream.SIGHTINGS, given(a_sighting())),
    a_batch(Stream.ALERTS, an_alert()),
    a_batch(Stream.ALERT_STATES, a_state()),
    a_batch(Stream.RECEIPTS, a_receipt()),
    a_batch(Stream.DEAD_LETTERS, a_dead_letter()),
]


def _counts(store: ClientStore) -> dict[str, int]:
    return {table: int(store.query(f"SELECT count() FROM {table} FINAL")[0][0]) for table in TABLES.values()}


def test_every_stream_ends_in_its_table(store: ClientStore) -> None:
    for batch in ONE_OF_EACH:
        a_history(store).store(batch)
    assert _counts(store) == {
        "events": 2, "sightings": 1, "alerts": 1, "alert_states": 1, "actions": 0, "receipts": 1, "dead_letters": 1,
        "subject_states": 0,
    }  # fmt: skip


def test_the_same_block_again_is_harmless(store: ClientStore) -> None:
    history = a_history(store)
    for batch in ONE_OF_EACH:
        history.store(batch)
    once = _counts(store), questions(store).subject(JANE, VIEWER), questions(store).stats(VIEWER)
    for batch in ONE_OF_EACH * 2:
        history.store(batch)
    assert (_counts(store), questions(store).subject(JANE, VIEWER), questions(store).stats(VIEWER)) == once


def test_a_position_is_remembered_per_stream(store: ClientStore) -> None:
    a_history(store).store(a_batch(Stream.SIGHTINGS, given(a_sighting()), given(a_sighting(2))))
    a_history(store).store(Batch(Stream.ALERTS, [], last=7))
    assert a_history(store).position() == {Stream.SIGHTINGS: 2, Stream.ALERTS: 7}


def test_a_position_never_goes_back(store: ClientStore) -> None:
    history = a_history(store)
    history.store(Batch(Stream.ALERTS, [], last=7, complete_until=NOW))
    history.store(Batch(Stream.ALERTS, [], last=3))
    assert history.position() == {Stream.ALERTS: 7}
    assert history.complete_until() == NOW


def test_rows_lie_in_the_partition_of_their_event_not_of_their_arrival(store: ClientStore) -> None:
    late = a_sighting(at=1, known_at=day(90))
    a_history(store).store(a_batch(Stream.SIGHTINGS, given(late)))
    rows = store.query("SELECT DISTINCT partition FROM system.parts WHERE table = 'sightings' AND active")
    assert rows == [("202601",)]


def test_a_row_says_how_long_it_may_be_kept_and_read(store: ClientStore) -> None:
    history = a_history(store)
    history.store(a_batch(Stream.SIGHTINGS, given(a_sighting()), given(a_sighting(2, type_="vehicle"))))
    years = "dateDiff('day', occurred_at, kept_until), dateDiff('day', occurred_at, open_until)"
    rows = store.query(f"SELECT type, {years} FROM sightings ORDER BY type")
    assert rows == [("control", 5 * 365, 365), ("vehicle", 365, 365)]


def test_an_erased_event_is_gone_and_the_others_are_not(store: ClientStore) -> None:
    history = a_history(store)
    history.store(a_batch(Stream.REPORTS, a_report(1), a_report(2)))
    history.store(a_batch(Stream.RECEIPTS, a_receipt(1), a_receipt(2)))
    history.store(a_batch(Stream.SIGHTINGS, given(a_sighting(1)), given(a_sighting(2, place="GM0344"))))
    history.store(a_batch(Stream.DESTROYED, key_of(1)))
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0344"]
    assert [_counts(store)[table] for table in ("events", "sightings", "receipts")] == [1, 1, 1]


def test_an_erased_event_is_in_no_file_of_the_engine(store: ClientStore, engine_folder: Path) -> None:
    history = a_history(store)
    history.store(a_batch(Stream.REPORTS, a_report(77), a_report(78)))
    history.store(a_batch(Stream.SIGHTINGS, given(a_sighting(77)), given(a_sighting(78))))
    assert _files_with(engine_folder, event_id(77)), "the test can see raw bytes"
    history.store(a_batch(Stream.DESTROYED, key_of(77)))
    assert not _files_with(engine_folder, event_id(77))
    assert _files_with(engine_folder, event_id(78))


def _files_with(folder: Path, text: str) -> list[str]:
    """Tail ends too: the engine's compression may refer to what came before, never for all of a random id."""
    needles = (text.encode(), text[9:].encode(), text[-12:].encode())
    found = []
    for file in folder.rglob("*"):
        try:
            content = file.read_bytes() if file.is_file() else b""
        except FileNotFoundError:
            continue
        if any(needle in content for needle in needles):
            found.append(str(file.relative_to(folder)))
    return found


def test_an_erased_event_that_comes_again_is_stored_again(store: ClientStore) -> None:
    history = a_history(store)
    history.store(a_batch(Stream.SIGHTINGS, given(a_sighting())))
    history.store(a_batch(Stream.DESTROYED, key_of(1)))
    history.store(a_batch(Stream.SIGHTINGS, given(a_sighting())))
    assert places_of(questions(store).subject(JANE, VIEWER)) == ["GM0363"]


def test_erasing_what_is_not_there_is_harmless(store: ClientStore) -> None:
    a_history(store).store(a_batch(Stream.DESTROYED, key_of(5)))
    assert a_history(store).position() == {Stream.DESTROYED: 1}


def test_migrations_are_numbered_without_gaps_and_applied_once(store: ClientStore) -> None:
    migrate(store)
    assert [migration.number for migration in migrations()] == list(range(1, len(migrations()) + 1))
    applied = store.query("SELECT number FROM migrations ORDER BY number")
    assert applied == [(migration.number,) for migration in migrations()]


def test_tables_of_another_version_are_refused(store: ClientStore) -> None:
    store.insert("migrations", ("number", "name", "sha256"), [(9_999, "9999_from_the_future.sql", "")])
    try:
        with pytest.raises(MigrationMismatch, match="rebuild"):
            migrate(store)
    finally:
        store.command("ALTER TABLE migrations DELETE WHERE number = 9999")
