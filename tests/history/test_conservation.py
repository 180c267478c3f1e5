"""Conservation: of a whole platform nothing is missing; and whatever is taken from it is named by its place."""

from dataclasses import replace

import pytest
from history_stories import NOW, WRITING, a_history, a_receipt, day, key_of
from made_up_platform import CONTROL, STORED, TOPICS, VEHICLE, MadeUpPlatform, Said

from schemas.dead_letters import DeadLetter, Fault
from schemas.following import Destroyed
from schemas.positions import LogPosition
from sinks.conservation.finding import Finding, Missing
from sinks.conservation.ranges import Ranges
from sinks.conservation.reconciling import Outcome, Reconciler
from sinks.conservation.snapshot import Snapshot, load, save
from sinks.messages import Recorded, Stream
from sinks.store import ClientStore

NOTHING = Snapshot()


@pytest.fixture
def platform(store: ClientStore) -> MadeUpPlatform:
    a_history(store).prepare()
    platform = MadeUpPlatform(store, seed=1)
    platform.live(300)
    return platform


def reconciled(platform: MadeUpPlatform, before: Snapshot = NOTHING, **more: bool) -> Outcome:
    return Reconciler(platform.log, platform.store, WRITING, TOPICS, lambda: NOW).run(before, **more)


def named(findings: list[Finding]) -> set[tuple[str, str, int, int]]:
    return {
        (str(one.missing), one.topic, one.partition, offset) for one in findings for offset in one.offsets.offsets()
    }


def test_of_a_whole_platform_nothing_is_missing(platform: MadeUpPlatform) -> None:
    outcome = reconciled(platform)
    assert outcome.findings == []
    assert sum(one.stored for one in outcome.proven) == sum(
        said is not None and said.message is not None
        for at, records in platform.log.records.items()
        for said in records
        if at[0] in STORED
    )
    assert sum(one.became["of_document"] for one in outcome.proven) > 10


@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_planted_losses_are_each_named_and_nothing_else_is(store: ClientStore, seed: int) -> None:
    platform = MadeUpPlatform(store, seed)
    a_history(store).prepare()
    platform.live(600)
    planted: set[tuple[str, str, int, int]] = set()
    deletions: dict[tuple[str, int], list[int]] = {}
    while len(planted) < 100:
        kind = platform.random.choice(("row", "skipped", "letter", "report", "receipt"))
        topic = platform.random.choice([topic for topic in STORED if topic != "destroyed"])
        at = (topic, platform.random.randrange(2))
        records = platform.log.records[at]
        if kind in ("row", "skipped"):  # a row that was deleted, and one that the sink never stored, look the same
            found = [offset for offset, said in enumerate(records) if said and said.message]
            if found:
                offset = platform.random.choice(found)
                deletions.setdefault(at, []).append(offset)
                planted.add(("row", *at, offset))
            continue
        source, of = {
            "letter": (("dead-letters", at[1]), "origin"),
            "report": ((CONTROL.reports, at[1]), "origin"),
            "receipt": (("receipts", at[1]), "cause"),
        }[kind]
        lost = [offset for offset, said in enumerate(platform.log.records[source]) if said]
        offset = platform.random.choice(lost)
        said = platform.log.records[source][offset]
        assert said is not None
        if (("row", *source, offset)) in planted or kind == "report":
            continue
        position = getattr(said, of)
        platform.log.records[source][offset] = None  # it was never written
        deletions.setdefault(source, []).append(offset)
        planted.add(("outcome" if of == "origin" else "receipt", *position))
    for at, offsets in deletions.items():
        for offset in offsets:
            platform.delete_row(at[0], at, offset)
    assert named(reconciled(platform).findings) == planted
    assert len(planted) >= 100


def test_a_report_that_was_never_written_is_named_by_what_was_published(platform: MadeUpPlatform) -> None:
    at = (CONTROL.reports, 0)
    said = platform.log.records[at][3]
    assert said is not None
    assert said.origin is not None
    platform.log.records[at][3] = replace(said, origin=None)
    [finding] = reconciled(platform).findings
    assert (finding.missing, finding.topic, finding.partition) == (Missing.OUTCOME, *said.origin[:2])
    assert list(finding.offsets.offsets()) == [said.origin.offset]
    assert finding.told() == (
        f"1 of {said.origin.topic}/{said.origin.partition} became neither a report nor a dead letter:"
        f" {said.origin.offset}"
    )


def test_passages_that_are_not_accounted_for_are_counted(platform: MadeUpPlatform) -> None:
    first = reconciled(platform)
    assert not first.findings
    at = platform.log.partitions([VEHICLE.intake])[0]
    platform.live(200)
    platform.no_hits[at] -= 3
    platform.live(0)
    second = reconciled(platform, first.snapshot, only_new=True)
    [finding] = second.findings
    assert (finding.missing, finding.topic, finding.partition, finding.records) == (Missing.OUTCOME, *at, 3)
    assert "3 of intake.vehicle/0 became neither a report nor a dead letter: among " in finding.told()
    platform.live(50)
    assert [one.records for one in reconciled(platform, second.snapshot, only_new=True).findings] == [3], (
        "until accepted"
    )
    accepted = reconciled(platform, second.snapshot, only_new=True, accept=True)
    platform.live(50)
    assert reconciled(platform, accepted.snapshot, only_new=True).findings == []


def test_a_fact_that_another_record_tells_is_there(platform: MadeUpPlatform) -> None:
    at = ("receipts", 0)
    said = platform.log.records[at][2]
    assert said is not None
    platform.log.add(*at, said)
    platform.log.pass_all("sink", STORED)
    assert reconciled(platform).findings == []
    platform.delete_row("receipts", at, 2)
    [finding] = reconciled(platform).findings
    assert list(finding.offsets.offsets()) == [2, len(platform.log.records[at]) - 1]


def test_what_was_registered_elsewhere_before_it_was_moved_here_needs_no_receipt_by_its_place(
    platform: MadeUpPlatform,
) -> None:
    at = (CONTROL.reports, 1)
    end = len(platform.log.records[at])
    for topic in STORED:
        records = platform.log.records[topic, 1]
        records[:] = [said and replace(said, cause=None) for said in records]
    platform.store.command("TRUNCATE TABLE receipts")
    platform.sink_all()
    assert {one.missing for one in reconciled(platform).findings} == {Missing.RECEIPT}
    register = platform.log.groups["register"]
    register[at] = replace(register[at], first=end)
    assert reconciled(platform).findings == []


def test_what_lags_is_no_loss(platform: MadeUpPlatform) -> None:
    log = platform.log
    origin = log.add(CONTROL.intake, 0, Said())
    cause = log.add(CONTROL.reports, 0, Said(origin=LogPosition(CONTROL.intake, 1, 10**6)))
    log.add("receipts", 0, Said("made-up", a_receipt(9_000), Stream.RECEIPTS, cause=LogPosition("made-up", 0, 0)))
    outcome = reconciled(platform)
    assert outcome.findings == []
    assert sum(one.waiting for one in outcome.proven) == 1
    log.pass_all("intake", [CONTROL.intake])
    log.pass_all("register", [CONTROL.reports])
    log.pass_all("sink", STORED)
    assert named(reconciled(platform).findings) == {
        ("outcome", *origin),
        ("receipt", *cause),
        ("row", "receipts", 0, len(log.records["receipts", 0]) - 1),
    }


def test_what_retention_took_before_it_was_read_is_lost_and_named(platform: MadeUpPlatform) -> None:
    log = platform.log
    at = (CONTROL.intake, 1)
    end = len(log.records[at])
    log.groups["intake"][at] = replace(log.groups["intake"][at], offset=4)
    log.firsts[at] = 9
    assert end > 9
    [finding] = reconciled(platform).findings
    assert finding.told() == "5 of intake.control/1 were lost before INTAKE read them: 4-8"


def test_what_a_role_itself_counted_as_lost_is_told_until_it_is_accepted(platform: MadeUpPlatform) -> None:
    at = ("alerts", 1)
    sink = platform.log.groups["sink"]
    sink[at] = replace(sink[at], counts={"stored": 3, "lost": 2, "uncounted": 1})
    outcome = reconciled(platform)
    assert [one.told() for one in outcome.findings] == [
        "2 of alerts/1 were lost before the sink read them: which ones is not known",
        "1 of alerts/1 were passed by the sink, which did not say what became of them",
    ]
    accepted = reconciled(platform, outcome.snapshot, accept=True).snapshot
    assert reconciled(platform, accepted).findings == []
    sink[at] = replace(sink[at], counts={"stored": 3, "lost": 5, "uncounted": 1})
    assert [one.records for one in reconciled(platform, accepted).findings] == [3]


def test_what_was_compacted_taken_away_destroyed_or_is_past_its_term_is_explained(
    platform: MadeUpPlatform, store: ClientStore
) -> None:
    log, at = platform.log, ("events.control", 0)
    key = (log.records[at][0] or Said()).key
    log.records[at][1] = None  # compacted away
    log.add(*at, Said(key, is_tombstone=True))
    log.pass_all("sink", STORED)
    log.add(*at, Said((log.records[at][2] or Said()).key, is_tombstone=True))  # the sink has not come to it yet
    report = (log.records[at][4] or Said()).message
    assert report is not None
    destroyed = Destroyed(report.key, day(50))  # type: ignore[union-attr]
    a_history(store).put({Stream.DESTROYED: [Recorded(0, destroyed, 0, "destroyed")]})
    for offset in (0, 1, 2):
        platform.delete_row("events.control", at, offset)
    old = Said("made-up", replace(report, event_id="9" * 8, occurred_at=day(-6 * 365)))  # type: ignore[arg-type]
    log.records[at][5] = old
    platform.delete_row("events.control", at, 5)
    outcome = reconciled(platform)
    assert [one for one in outcome.findings if one.missing is Missing.ROW] == []
    [proven] = [one for one in outcome.proven if (one.topic, one.partition) == at]
    assert dict(proven.became) == {"absent": 1, "tombstone": 1, "taken_away": 2, "destroyed": 1, "past_term": 1}


def test_what_cannot_be_read_needs_its_dead_letter(platform: MadeUpPlatform, store: ClientStore) -> None:
    letter = DeadLetter(Fault.UNDECODABLE, "sink", NOW)
    position = platform.log.add("alerts", 0, Said("made-up", None, Stream.ALERTS, letter=letter))
    platform.log.pass_all("sink", STORED)
    assert named(reconciled(platform).findings) == {("row", *position)}
    origin = "/".join(map(str, position))
    a_history(store).put({Stream.DEAD_LETTERS: [Recorded(999, letter, 1, "dead-letters", name=origin)]})
    assert reconciled(platform).findings == []


def test_a_receipt_that_only_the_history_has_any_more_is_one(platform: MadeUpPlatform) -> None:
    for number in range(2):
        platform.log.firsts["receipts", number] = len(platform.log.records["receipts", number]) // 2
    assert reconciled(platform).findings == []


def test_only_what_is_new_is_read_again(platform: MadeUpPlatform, store: ClientStore) -> None:
    snapshots = [reconciled(platform).snapshot]
    for _ in range(3):
        platform.live(20)
        snapshots.append(reconciled(platform, snapshots[-1], only_new=True).snapshot)
    platform.live(5)
    platform.log.read_of.clear()
    assert reconciled(platform, snapshots[-1], only_new=True).findings == []
    assert sum(platform.log.read_of.values()) < 250, platform.log.read_of
    platform.log.read_of.clear()
    reconciled(platform, snapshots[-1])
    assert sum(platform.log.read_of.values()) > 900
    save(store, NOW, snapshots[-1])
    assert load(store) == snapshots[-1]


def test_what_was_not_proven_is_looked_at_again(platform: MadeUpPlatform) -> None:
    at = ("events.control", 1)
    platform.delete_row("events.control", at, 3)
    first = reconciled(platform)
    assert len(first.findings) == 1
    platform.live(20)
    platform.delete_row("events.control", at, 3)
    again = reconciled(platform, first.snapshot, only_new=True)
    assert named(again.findings) == {("row", *at, 3)}
    platform.sink_all()
    assert reconciled(platform, again.snapshot, only_new=True).findings == []


def test_offsets_are_told_as_ranges() -> None:
    assert Ranges([1, 2, 3, 7, 9, 10]).told() == "1-3, 7, 9-10"
    assert Ranges(range(0, 60, 2)).told(most=3) == "0, 2, 4 and 27 more ranges"
    assert len(Ranges([1, 2, 3, 7])) == 4
    assert not Ranges()
    assert key_of(1) == key_of(1)
