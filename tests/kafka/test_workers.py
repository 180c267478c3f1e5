"""Workers of a role: whatever ends them, nothing is lost, and what is said twice is said the same."""

import signal

import pytest
from echoes import Echoes
from made_up_topics import until
from workers import workers

from infra.kafka.cluster import running_cluster
from streams.kafka.crashing import POINTS
from streams.kafka.ending import FENCED, STUCK


@pytest.fixture
def echoes(kafka_broker):
    return Echoes(kafka_broker.bootstrap)


@pytest.fixture
def started(echoes, tmp_path):
    with workers(tmp_path, **echoes.shared) as running:
        yield running


@pytest.fixture
def one_partition(kafka_broker):
    return Echoes(kafka_broker.bootstrap, inputs=("only",), partitions=1)


@pytest.fixture
def started_on_one(one_partition, tmp_path):
    with workers(tmp_path, **one_partition.shared) as running:
        yield running


CRASHING = {"RELOCATION_TESTING": "1"}


def test_a_worker_does_what_there_is_and_stops_when_it_is_told(echoes, started):
    echoes.publish(1_000)
    worker = started.start("a").ready()
    assert worker.out == "ready echo a\n"
    echoes.publish(1_000)
    echoes.wait_until_committed()
    echoes.publish(1_000)
    assert worker.stopped() == 0
    started.start("a").ready()
    echoes.wait_until_committed()
    echoes.check(in_order=True)


def test_a_slow_record_among_others_is_never_committed_past(one_partition, started_on_one, tmp_path):
    """Faust commits what is acknowledged out of order: one slow record of fifty was lost when it was killed."""
    held = tmp_path / "held"
    held.touch()
    echoes, worker = one_partition, started_on_one.start("a").ready()
    for number in range(50):
        echoes.publish(1, b"held" if number == 10 else b"told")
    until(lambda: echoes.counted() >= 1, "the first of them")
    worker.kill()
    held.unlink()
    assert not echoes.is_committed()
    echoes.check_commits()
    started_on_one.start("a").ready()
    echoes.wait_until_committed()
    echoes.check()


def test_what_cannot_be_read_is_not_committed_before_what_lies_before_it(one_partition, started_on_one):
    """Faust acknowledges it when it is fetched: the fifty good ones before it were lost."""
    echoes = one_partition
    echoes.publish(50)
    echoes.send(b"undecodable")
    worker = started_on_one.start("a", environment=CRASHING | {"RELOCATION_CRASH": "echo:amid_produce:1"})
    assert worker.ended() == -signal.SIGKILL
    assert echoes.committed() == {}
    started_on_one.start("a").ready()
    echoes.wait_until_committed()
    echoes.check()
    assert sum(tally.counts.get("undecodable", 0) for tally in echoes.tallies()) == 1


def test_a_record_at_which_a_task_fails_is_left_out_and_stops_no_other(one_partition, started_on_one):
    echoes = one_partition
    for _ in range(3):
        echoes.publish(50)
        echoes.send(b"poison")
    worker = started_on_one.start("a").ready()
    echoes.publish(50)
    echoes.wait_until_committed()
    assert worker.process.poll() is None
    echoes.check()
    assert [tally.counts for tally in echoes.tallies()] == [{"counted": 200, "failed": 3}]
    assert set(echoes.given_up()) == {50, 101, 152}
    worker.kill()
    started_on_one.start("a").ready()
    echoes.publish(50)
    echoes.wait_until_committed()
    echoes.check()


def test_offsets_without_a_record_are_counted_and_hide_none(one_partition, started_on_one):
    """After markers of transactions Faust counts the next record as done; one that came to nothing leaves a gap."""
    echoes = one_partition
    for _ in range(3):
        echoes.publish_in_transaction(10)
        echoes.publish_in_transaction(10, aborted=True)
    worker = started_on_one.start("a").ready()
    echoes.wait_until_committed()
    echoes.publish_in_transaction(5)
    echoes.wait_until_committed()
    worker.kill()
    echoes.check(in_order=True)
    assert [tally.counts for tally in echoes.tallies()] == [{"counted": 35, "absent": 3 * 10 + 7}]


def test_wherever_a_worker_is_killed_it_goes_on_where_it_was(echoes, started):
    """As the same static member, so at once; and every fold is whole again, or counts would differ."""
    for point in (*POINTS, *POINTS):
        echoes.publish(500)
        nth = 2 if point == "at_revocation" else 1  # joining lets go of nothing, too
        crash = {"RELOCATION_CRASH": f"echo:{point}:{nth}"}
        worker = started.start("a", environment=CRASHING | crash)
        if point == "at_revocation":
            worker.ready()
            worker.signal(signal.SIGTERM)
        assert worker.ended() == -signal.SIGKILL, point
    started.start("a").ready()
    echoes.wait_until_committed()
    echoes.check()


def test_workers_come_and_go_and_more_of_them_than_partitions_wait(echoes, started):
    """Who is told to stop hands over at once: nobody waits for the end of a session."""
    names = [f"worker-{number}" for number in range(echoes.partitions + 2)]
    running = [started.start(name, session_s=30.0) for name in names[:1]]
    echoes.publish(500)
    for name in names[1:]:
        running.append(started.start(name, session_s=30.0))
        echoes.publish(500)
    for worker in running:
        worker.ready()
        echoes.publish(100)
    for worker in running[:4]:
        assert worker.stopped() == 0, worker.log[-4000:]
        echoes.publish(100)
    echoes.wait_until_committed(within_s=25)
    echoes.check(in_order=True)


def test_a_worker_that_stood_still_for_too_long_writes_nothing_more(echoes, started):
    zombie, other = started.start("a").ready(), started.start("b").ready()
    echoes.publish(1_000)
    echoes.wait_until_committed()
    zombie.signal(signal.SIGSTOP)
    echoes.publish(1_000)
    echoes.wait_until_committed()
    zombie.signal(signal.SIGCONT)
    assert zombie.ended() == FENCED
    assert other.process.poll() is None
    echoes.check(in_order=True)


def test_a_worker_without_progress_is_ended(echoes, started):
    worker = started.start("a", progress_s=2.0).ready()
    echoes.send(b"hang")
    assert worker.ended() == STUCK
    assert "no round" in worker.log


def test_a_worker_outlives_its_brokers(tmp_path):
    with running_cluster(1) as cluster:
        echoes = Echoes(cluster.bootstrap)
        with workers(tmp_path, **echoes.shared) as started:
            worker = started.start("a").ready()
            echoes.publish(1_000)
            echoes.wait_until_committed()
            cluster.kill(1)
            cluster.start(1)
            echoes.publish(1_000)
            echoes.wait_until_committed()
            assert worker.stopped() == 0
        echoes.check(in_order=True)
