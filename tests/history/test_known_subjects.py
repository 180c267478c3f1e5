"""What the history answers of single subjects is what the heart of the embedded platform knows of them."""

from dataclasses import replace

import pytest
from history_stories import (
    JANE,
    JOAN,
    NOW,
    WRITING,
    a_batch,
    a_history,
    a_report,
    a_sighting,
    a_withdrawal,
    day,
    given,
    key_of,
    taken,
)
from made_up_events import a_control, a_passage
from made_up_events import a_history as made_up_lines
from platforms import a_platform, published

from processors.geography import Distances
from processors.rules import Rules
from relocation.clock import now_ms
from relocation.feeding import EmbeddedLogReader
from relocation.historian import writing_of
from relocation.parts import gazetteer
from relocation.settings import load_settings
from schemas.actions import SubjectAction
from schemas.decisions import SubjectState
from schemas.dossiers import FollowedUntil, Unfollowed
from schemas.views import AlertQuery, NoHistory, Viewer
from sinks.feeder import Feeder, Pace
from sinks.history import StoredHistory
from sinks.messages import Message, Recorded, Stream
from sinks.rows import TABLES, rows_of
from sinks.store import ClientStore
from sinks.subjects import SubjectQueries
from streams.kafka.dossiers import SubjectParts, Subjects

ME = Viewer()
REASON, PLATE, PHONE = "made-up reason", "12-ABC-3", "+31612345678"
JANES_PASSPORT, OTHER_PASSPORT = "3c" * 16, "4d" * 16


def questions(store: ClientStore) -> SubjectQueries:
    return SubjectQueries(store, now=lambda: NOW)


def keep(store: ClientStore, stream: Stream, *messages: Message) -> None:
    """As a log of several partitions is stored: rows with the version that they bear."""
    columns, rows = rows_of([Recorded(at, message) for at, message in enumerate(messages, 1)], WRITING)
    store.insert(TABLES[stream], columns, rows)


def asked(number: int, action: str, *, subject: str = JANE, on: float = 30, **more: object) -> SubjectState:
    event = key_of(number) if action in ("strike", "unstrike") else None
    told = {"until": None, **more}
    return SubjectState(
        SubjectAction(
            f"{action} {number} {on}", action, subject, "made-up reason", "made-up", day(on), event=event, **told
        ),
        followed=action == "follow",
    )


def test_every_subject_of_a_history_is_known_alike(store, tmp_path):
    """Timelines, companions and terms, after corrections and withdrawals: by the heart, and by the history."""
    with a_platform(tmp_path / "data") as platform:
        platform.publish(made_up_lines(21, 250))
        published(
            platform,
            *(
                a_control(who=f"P-8{n:03}", place="GM0344", day=57, plate="12-ABC-3", phones=["+31612345678"])
                for n in range(3)
            ),
            a_passage(plate=PLATE, place="GM0599", day=58),
        )
        settings = load_settings(data=tmp_path / "data")
        reader = EmbeddedLogReader(platform._folder.log)
        Feeder(reader, StoredHistory(store, writing_of(settings)), Pace()).catch_up()
        queries = SubjectQueries(store, now=now_ms)
        told = Subjects(SubjectParts(Answering(queries), platform_follows(platform), Rules(), Distances(gazetteer())))
        subjects = {view.alert.subject for view in platform.alerts(AlertQuery(limit=500), ME).items}
        assert len(subjects) > 5
        for subject in subjects:
            timeline, companions = platform.timeline(subject, ME), platform.companions(subject, ME)
            assert told.companions(subject) == companions
            assert told.dossier(subject) == platform.dossier(subject, ME)
            of_history = told.timeline(subject)
            assert replace(of_history, complete_until=timeline.complete_until) == timeline
        assert any(platform.companions(subject, ME) for subject in subjects)
        assert told.timeline("f" * 32) is None
        assert told.dossier("f" * 32) is None


class Answering(SubjectQueries):
    """With when it was asked, as a history that is not fed while a test looks."""

    def __init__(self, queries: SubjectQueries) -> None:
        super().__init__(queries._store, now=now_ms)

    def complete_until(self) -> int:
        return now_ms()

    def silent_sources(self, now):
        return []


def platform_follows(platform):
    return lambda token: bool((timeline := platform.timeline(token, ME)) and timeline.followed)


def test_without_a_history_it_says_so() -> None:
    told = Subjects(SubjectParts(None, lambda _: False, Rules(), Distances(gazetteer())))
    asked = (told.timeline, told.companions, told.dossier, lambda token: told.timeline_of_token("phone", token))
    for ask in (*asked, lambda _: told.silent_sources(now_ms())):
        with pytest.raises(NoHistory, match="RELOCATION_CLICKHOUSE"):
            ask(JANE)


def test_what_was_struck_is_told_with_the_reason_and_counts_for_nobody(store: ClientStore) -> None:
    sightings = [a_sighting(number, at=number, place="GM0344") for number in (1, 2, 3)]
    keep(store, Stream.SIGHTINGS, *(given(one) for one in sightings), given(sightings[1], subject=JOAN))
    keep(store, Stream.SUBJECT_STATES, asked(1, "strike"), asked(2, "strike"), asked(2, "unstrike", on=31))
    known = questions(store).known(JANE)[JANE]
    assert [one.struck and one.struck.reason for one in known] == [REASON, None, None]
    assert known[0].struck.by == "made-up"
    assert known[0].struck.at == day(30)
    events = [one.sighting.event for one in known]
    assert [met.subject for met in questions(store).met_with(JANE, events)] == [JOAN]
    keep(store, Stream.SUBJECT_STATES, asked(2, "strike", subject=JOAN))
    assert questions(store).met_with(JANE, events) == []


def test_a_document_leads_to_whom_it_belongs_and_to_nobody_when_it_was_borrowed(store: ClientStore) -> None:
    named = replace(a_report(1).persons[0], document=JANES_PASSPORT)
    keep(store, Stream.REPORTS, replace(a_report(1), persons=(named,)), a_report(2))
    keep(store, Stream.SIGHTINGS, given(a_sighting(1)))
    told = Subjects(SubjectParts(Answering(questions(store)), lambda _: False, Rules(), Distances(gazetteer())))
    assert told.timeline_of_token("document", JANES_PASSPORT).subject == JANE
    assert told.timeline_of_token("document", OTHER_PASSPORT) is None
    assert told.timeline_of_token("phone", JANES_PASSPORT) is None
    borrowed = replace(named, bvh_person=JOAN)
    keep(store, Stream.REPORTS, replace(a_report(3), persons=(borrowed,)))
    assert questions(store).behind(JANES_PASSPORT) is None
    keep(store, Stream.REPORTS, a_withdrawal(3))
    assert questions(store).behind(JANES_PASSPORT) == JANE


def test_the_follow_that_counts_is_the_one_asked_for_last(store: ClientStore) -> None:
    assert questions(store).follow_of(JANE) is None
    keep(store, Stream.SUBJECT_STATES, asked(1, "follow", until=day(60)))
    assert questions(store).follow_of(JANE) == FollowedUntil(day(30), day(60), REASON, "made-up")
    keep(store, Stream.SUBJECT_STATES, asked(1, "follow", until=day(60)), asked(2, "unfollow", on=40))
    assert questions(store).follow_of(JANE) == Unfollowed(day(40), REASON, "made-up")


def test_of_what_was_taken_nothing_is_known(store: ClientStore) -> None:
    sighting = a_sighting(1)
    a_history(store).store(a_batch(Stream.SIGHTINGS, given(sighting), taken(sighting, on=3)))
    assert questions(store).known(JANE) == {JANE: []}
    assert questions(store).known() == {}
    assert questions(store).met_with(JANE, []) == []
