"""The gateway on Kafka: what it accepts lies in the log, in order, and what it cannot promise it says."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from made_up_events import a_control, a_passage, a_withdrawal, line_of
from made_up_topics import now_ms, until
from platforms_on_kafka import a_cluster, a_gateway, an_out_of, lying_in, writing

from infra.kafka.cluster import running_cluster
from processors.intake import SET_ASIDE
from schemas.following import Followed
from schemas.keys import report_key
from schemas.problems import Code
from schemas.receipts import Became, Receipt
from schemas.reports import EventType
from schemas.times import MINUTE_MS
from schemas.views import Unavailable
from streams.kafka.gateway import BEHIND_S_MAX, Gateway
from streams.kafka.headers import CAUSE
from streams.kafka.reader import Reader
from streams.kafka.sending import Sender
from streams.kafka.writer import Writer
from streams.partitions import partition_of
from streams.topics import DEAD_LETTERS, FOLLOWED, RECEIPTS, REPORTS

CONTROLS, PASSAGES = REPORTS[EventType.CONTROL], REPORTS[EventType.VEHICLE]
PLATE = "88-MAD-8"


@pytest.fixture
def cluster(kafka_broker):
    return a_cluster(kafka_broker.bootstrap)


def statuses(answers):
    return [answer.status for answer in answers]


def passed(gateway, count=1):
    """So many passages of the made-up car are answered alike, whether anybody follows it or not."""
    answers = gateway.publish([line_of(a_passage(plate=PLATE)) for _ in range(count)])
    assert statuses(answers) == ["accepted"] * count


def test_what_is_accepted_lies_in_the_log_by_its_key_and_when_it_occurred(cluster):
    control = a_control()
    with a_gateway(cluster) as gateway:
        assert gateway.readiness() == {"ready": True, "rules": "made-up"}
        answers = gateway.publish([line_of(control), b"{", line_of(a_passage()), line_of(a_withdrawal(control))])
        assert statuses(answers) == ["accepted", "rejected", "accepted", "accepted"]
    told = lying_in(cluster, CONTROLS, 2)
    assert [report.rank.revision for _, report in told] == [0, 1]
    for record, report in told:
        assert record.key == report_key(report).encode()
        assert record.partition == partition_of(report.event_id, cluster.partitions)
        assert record.timestamp_ms == (report.occurred_at or report.recorded_at)
        assert record.headers["ce_source"] == b"/relocation/gateway"
        assert "relocation_origin" not in record.headers
    [(letter_at, letter)] = lying_in(cluster, DEAD_LETTERS, 1)
    assert [problem.code for problem in letter.problems] == [Code.MALFORMED]
    assert letter_at.key.startswith(b"gateway/")
    assert lying_in(cluster, PASSAGES, 0) == []


def test_an_event_that_the_law_refuses_is_told_and_takes_back_what_was(cluster):
    refused = a_control(conducted_by="municipality")
    with a_gateway(cluster) as gateway:
        [answer] = gateway.publish([line_of(refused)])
    assert [problem.code for problem in answer.problems] == [Code.IDENTIFIERS_NOT_PERMITTED]
    [(_, report)] = lying_in(cluster, CONTROLS, 1)
    assert not report.counts
    assert len(lying_in(cluster, DEAD_LETTERS, 1)) == 1


def test_a_car_that_a_control_names_is_followed_from_the_next_line_on(cluster):
    with a_gateway(cluster) as gateway:
        passed(gateway)
        naming, passage = line_of(a_control(plate=PLATE)), line_of(a_passage(plate=PLATE))
        assert statuses(gateway.publish([naming, passage])) == ["accepted", "accepted"]
    assert len(lying_in(cluster, PASSAGES, 1)) == 1


def test_a_car_that_others_follow_is_followed_here(cluster):
    with a_gateway(cluster) as one, a_gateway(cluster) as other:
        one.publish([line_of(a_control(plate=PLATE))])
        [(_, report)] = lying_in(cluster, CONTROLS, 1)
        [token] = report.vehicles
        passed(other)
        assert lying_in(cluster, PASSAGES, 0) == []
        writing(cluster, FOLLOWED, Followed(token, named=True), key=token)
        until(lambda: passed(other) or lying_in(cluster, PASSAGES, 0), "a hit")
    with a_gateway(cluster) as begun_later:
        before = len(lying_in(cluster, PASSAGES, 0))
        passed(begun_later)
        assert len(lying_in(cluster, PASSAGES, before + 1)) == before + 1


def test_passages_wait_for_who_is_followed_and_nothing_else_does(cluster):
    with a_gateway(cluster) as up_to_date:
        gateway = Gateway(replace(up_to_date._parts, behind_s=lambda: BEHIND_S_MAX + 1))
        lines = [line_of(a_control()), line_of(a_passage()), line_of(a_control())]
        with pytest.raises(Unavailable, match="followed") as refused:
            gateway.publish(lines)
        assert statuses(refused.value.answered) == ["accepted"]
        assert not gateway.readiness()["ready"]
        assert statuses(gateway.publish(lines[:1])) == ["accepted"]


def test_what_register_says_of_a_report_is_answered(cluster):
    line, ending = line_of(a_control()), threading.Event()
    playing = threading.Thread(target=_play_register, args=(cluster, ending))
    playing.start()
    try:
        with a_gateway(cluster) as gateway:
            assert statuses(gateway.publish([line])) == ["accepted"]
            again = gateway.publish([line, line_of(a_control()), line])
            assert statuses(again) == ["duplicate", "accepted", "duplicate"]
    finally:
        ending.set()
        playing.join()


def _play_register(cluster, ending):
    """A second report of an event is a duplicate."""
    reader, writer, seen = Reader(cluster.bootstrap), Writer(cluster.bootstrap, patience_s=60), set()
    reader.add(dict.fromkeys(cluster.numbered(CONTROLS), 0))
    while not ending.is_set():
        for record in reader.take(0.1):
            report = cluster.wire.decode(CONTROLS, record.value)
            became = Became.DUPLICATE if report.event_id in seen else Became.APPLIED
            seen.add(report.event_id)
            receipt = Receipt(became, report.known_at, report.type, report.source, report.event_id, 0)
            cause = f"{record.topic}/{record.partition}/{record.offset}".encode()
            writer.write([an_out_of(cluster, RECEIPTS, receipt, key=report.event_id, headers=[(CAUSE, cause)])])
    reader.close()


def test_nobody_waits_long_for_a_register_that_is_away(cluster):
    with a_gateway(cluster) as gateway:
        began = time.monotonic()
        for _ in range(5):
            assert statuses(gateway.publish([line_of(a_control()) for _ in range(20)])) == ["accepted"] * 20
        assert time.monotonic() - began < 4


def test_known_at_goes_back_with_a_clock_that_was_wrong_and_no_other(cluster):
    began, clock = now_ms(), iter([5, 3, 4, -6 * MINUTE_MS])
    with a_gateway(cluster, now=lambda: began + next(clock)) as gateway:
        gateway.publish([line_of(a_control()) for _ in range(4)])
    known = sorted(report.known_at for _, report in lying_in(cluster, CONTROLS, 4))
    assert [at - began for at in known] == [-6 * MINUTE_MS, 5, 5, 5]


def test_a_source_whose_clock_is_ahead_does_not_stop_the_log(cluster):
    """Brokers refuse what is dated more than an hour ahead."""
    control = a_control(recorded_at="2099-01-01T00:00:00Z")
    with a_gateway(cluster) as gateway:
        answers = gateway.publish([line_of(control), line_of(a_withdrawal(control)), line_of(a_control())])
    assert statuses(answers) == ["accepted"] * 3
    assert all(record.timestamp_ms <= now_ms() for record, _ in lying_in(cluster, CONTROLS, 3))


class Breaking:
    """An intake with a fault that one event brings to light."""

    def __init__(self, intake, event_id):
        self._intake, self._event_id = intake, event_id.encode()

    def judge(self, line, **more):
        if self._event_id in line:
            raise RuntimeError("made up")
        return self._intake.judge(line, **more)


def test_an_event_at_which_something_breaks_is_set_aside_and_the_others_are_not(cluster):
    with a_gateway(cluster) as good:
        breaks = a_control()["event_id"]
        gateway = Gateway(replace(good._parts, intake=Breaking(good._parts.intake, breaks)))
        answers = gateway.publish([line_of(a_control()), line_of(a_control(event_id=breaks)), line_of(a_control())])
    assert statuses(answers) == ["accepted", "rejected", "accepted"]
    assert answers[1].problems == (SET_ASIDE,)
    [(_, letter)] = lying_in(cluster, DEAD_LETTERS, 1)
    assert letter.fault == "failed"


def test_many_publishers_at_once_get_their_own_answers(cluster):
    events = [[a_control() for _ in range(150)] for _ in range(4)]
    found = [None] * len(events)
    with a_gateway(cluster) as gateway:

        def publish(number):
            found[number] = gateway.publish([line_of(event) for event in events[number]])

        publishing = [threading.Thread(target=publish, args=(number,)) for number in range(len(events))]
        for one in publishing:
            one.start()
        for one in publishing:
            one.join()
    for sent, answers in zip(events, found, strict=True):
        assert [answer.event_id for answer in answers] == [event["event_id"] for event in sent]
    assert len(lying_in(cluster, CONTROLS, 600)) == 600


def test_while_brokers_are_away_answers_stop_after_the_last_durable_line(servers_from_jars):
    with running_cluster() as brokers, ExitStack() as stack:
        cluster = a_cluster(brokers.bootstrap)
        patient = stack.enter_context(a_gateway(cluster))
        sender = Sender(cluster.bootstrap, patience_s=2.0)
        stack.callback(sender.close)
        gateway = Gateway(replace(patient._parts, sender=sender))
        assert statuses(gateway.publish([line_of(a_control())])) == ["accepted"]
        for number in (1, 2, 3):
            brokers.freeze(number)
        lost = [line_of(a_control()) for _ in range(5)]
        with pytest.raises(Unavailable) as refused:
            gateway.publish(lost)
        assert refused.value.answered == ()
        assert not gateway.readiness()["ready"]
        for number in (1, 2, 3):
            brokers.thaw(number)
        until(lambda: _accepted(gateway, lost), "the log takes reports again")
        until(lambda: gateway.readiness()["ready"], "it is ready again")
        reports = {report.event_id for _, report in lying_in(cluster, CONTROLS, 6)}
        assert len(reports) == 6


def _accepted(gateway, lines):
    try:
        return statuses(gateway.publish(lines)) == ["accepted"] * len(lines)
    except Unavailable:
        return False
