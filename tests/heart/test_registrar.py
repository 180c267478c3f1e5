"""REGISTER of one partition: what it tells of a winning revision, and what it remembers."""

import pytest
from made_up import a_passage, a_person, a_report
from registers import READER, Register

from processors.changes import Verdict
from schemas.following import Destroyed
from schemas.reports import EventKey, Standing
from schemas.times import DAY_MS, HOUR_MS

DAY_0 = 100 * DAY_MS


def told(step):
    """(subject, what it gets) in the order told."""
    return [(record.subject, "taken" if record.taken else record.sighting.place) for record in step.sightings]


def test_a_first_report_gives_a_sighting_to_all_whom_it_names():
    step = Register().apply(a_report("e", persons=(a_person(bvh="she"),), phones=("phone",), vehicles=("plate",)))
    assert step.verdict is Verdict.APPLIED
    assert step.published
    assert told(step) == [("phone", "GM0001"), ("plate", "GM0001"), ("she", "GM0001")]
    assert [record.subject_kind for record in step.sightings] == ["phone", "vehicle", "person"]
    assert {record.version for record in step.sightings} == {0}


def test_a_report_seen_before_tells_nothing_and_goes_nowhere():
    register = Register()
    register.apply(a_report("e", phones=("phone",)))
    step = register.apply(a_report("e", phones=("phone",)))
    assert (step.verdict, step.published, step.sightings) == (Verdict.DUPLICATE, False, ())


def test_an_outranked_report_goes_on_and_tells_nothing():
    register = Register()
    register.apply(a_report("e", revision=1, phones=("phone",)))
    step = register.apply(a_report("e", phones=("phone-2",)))
    assert (step.verdict, step.published, step.sightings) == (Verdict.OUTRANKED, True, ())


def test_a_correction_tells_all_whom_it_or_the_revision_before_names():
    register = Register()
    register.apply(a_report("e", phones=("phone-1", "phone-2")))
    step = register.apply(a_report("e", revision=1, place="GM0002", phones=("phone-2", "phone-3"), day=3))
    assert told(step) == [("phone-1", "taken"), ("phone-2", "GM0002"), ("phone-3", "GM0002")]
    lost = step.sightings[0]
    assert (lost.sighting.place, lost.gained, lost.version) == ("GM0001", ("phone-3",), 1)
    assert lost.changed_at == DAY_0 + 3 * DAY_MS + HOUR_MS // 2
    assert step.sightings[1].gained == ()
    assert step.sightings[1].changed_at == 0


def test_a_withdrawal_takes_away_with_the_form_that_is_taken():
    register = Register()
    first = register.apply(a_report("e", phones=("phone",)))
    step = register.apply(a_report("e", revision=1, standing=Standing.WITHDRAWN, known_at=DAY_0 + 9 * DAY_MS))
    assert told(step) == [("phone", "taken")]
    assert step.sightings[0].sighting == first.sightings[0].sighting
    assert step.sightings[0].changed_at == DAY_0 + 9 * DAY_MS


def test_what_changes_a_passage_is_dated_when_it_became_known_and_the_passage_when_it_was_seen():
    register, later = Register(), DAY_0 + 9 * DAY_MS
    (seen,) = register.apply(a_passage("p", known_at=DAY_0 + 5 * DAY_MS)).sightings
    assert seen.dated == seen.sighting.occurred_at
    (corrected,) = register.apply(a_passage("p", revision=1, known_at=later)).sightings
    (taken,) = register.apply(a_passage("p", revision=2, standing=Standing.WITHDRAWN, known_at=later + 1)).sightings
    assert (corrected.dated, corrected.taken) == (later, False)
    assert (taken.dated, taken.taken) == (later + 1, True)


def test_a_document_is_told_whether_it_has_the_sighting_and_with_whom_it_was_named():
    register = Register()
    alone = register.apply(a_report("e", persons=(a_person(document="doc"),)))
    (record,) = alone.sightings
    assert (record.subject, record.is_document, record.taken, record.owners) == ("doc", True, False, ())
    joined = register.apply(a_report("e", revision=1, persons=(a_person(bvh="she", document="doc"),)))
    document, she = joined.sightings
    assert (document.is_document, document.taken, document.owners, document.gained) == (True, True, ("she",), ("she",))
    assert (she.is_document, she.taken) == (False, False)
    gone = register.apply(a_report("e", revision=2, persons=(a_person(bvh="she"),)))
    document, she = gone.sightings
    assert (document.is_document, document.taken, document.owners) == (True, True, ())


def test_a_facilitator_flags_the_sighting_of_that_person_alone():
    step = Register().apply(a_report("e", persons=(a_person(bvh="he", role="facilitator"), a_person(bvh="she"))))
    assert [(record.subject, record.sighting.flagged) for record in step.sightings] == [("he", True), ("she", False)]


def test_a_sighting_says_until_when_it_may_be_kept():
    step = Register(term_ms=10 * DAY_MS).apply(a_report("e", day=1, phones=("phone",)))
    assert step.sightings[0].kept_until == DAY_0 + 11 * DAY_MS
    assert Register(term_ms=None).apply(a_report("e", phones=("phone",))).sightings[0].kept_until == 0


@pytest.mark.parametrize("restart", [False, True])
def test_what_is_past_its_term_is_forgotten_without_a_word(restart):
    register = Register(term_ms=10 * DAY_MS)
    register.apply(a_report("e", day=1, phones=("phone",)))
    register = register.again() if restart else register
    assert register.tick(DAY_0 + 11 * DAY_MS - 1).destroyed == ()
    assert register.apply(a_report("e", day=1, phones=("phone",))).verdict is Verdict.DUPLICATE
    assert register.tick(DAY_0 + 11 * DAY_MS).destroyed == ()
    assert register.apply(a_report("e", day=1, phones=("phone",))).verdict is Verdict.APPLIED


@pytest.mark.parametrize("restart", [False, True])
def test_a_passage_that_gives_nothing_is_destroyed_after_three_days(restart):
    register = Register()
    register.apply(a_passage("p", day=1))
    register.apply(a_passage("p", revision=1, standing=Standing.WITHDRAWN, known_at=DAY_0))
    register = register.again() if restart else register
    assert register.tick(DAY_0 + 72 * HOUR_MS - 1).destroyed == ()
    event = EventKey("made-up", "vehicle", "p")
    (order,) = register.tick(DAY_0 + 72 * HOUR_MS).destroyed
    assert order == Destroyed(event, DAY_0 + 72 * HOUR_MS)
    keys = register.destroy(order).tombstones
    assert [key.split("/")[0] for key in keys] == ["p", "p"]
    assert register.destroy(order).tombstones == ()
    assert register.apply(a_passage("p", day=1)).verdict is Verdict.APPLIED


def test_of_a_passage_destroyed_everything_that_was_sent_is_tombstoned_by_its_own_key():
    register = Register()
    sent = ((0, 1), (1, 0), (2, 1))
    for minutes, revision in sent:
        register.apply(a_passage("p", day=1, revision=revision, known_at=DAY_0 + minutes))
    keys = register.destroy(Destroyed(EventKey("made-up", "vehicle", "p"), DAY_0 + HOUR_MS)).tombstones
    assert keys == tuple(
        f"p/made-up/{DAY_0 + minutes}/{revision}.0.d" for minutes, revision in ((0, 1), (1, 0), (2, 1))
    )


def test_a_passage_sent_anew_after_it_was_destroyed_outlasts_the_tombstones_of_the_old_one():
    register = Register()
    register.apply(a_passage("p", day=1, known_at=DAY_0))
    (key,) = register.destroy(Destroyed(EventKey("made-up", "vehicle", "p"), DAY_0)).tombstones
    assert register.apply(a_passage("p", day=1, known_at=DAY_0 + 1)).verdict is Verdict.APPLIED
    register.tombstone(key)
    for each in (register, register.again()):
        assert each.apply(a_passage("p", day=1, known_at=DAY_0 + 2)).verdict is Verdict.DUPLICATE


def test_an_order_that_is_older_than_the_winning_passage_leaves_it():
    register = Register()
    register.apply(a_passage("p", day=1, known_at=DAY_0))
    register.apply(a_passage("p", day=1, revision=1, known_at=DAY_0 + 5))
    assert len(register.destroy(Destroyed(EventKey("made-up", "vehicle", "p"), DAY_0 + 4)).tombstones) == 1
    assert register.apply(a_passage("p", day=1, revision=1, known_at=DAY_0 + 6)).verdict is Verdict.DUPLICATE


def test_reading_of_heads_is_enough_to_recover():
    register = Register()
    for number in range(3):
        register.apply(a_report(f"e{number}", phones=("phone",)))
    before = len(READER.read)
    register.again()
    assert len(READER.read) == before
