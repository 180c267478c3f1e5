"""What the retention of a topic took before it was read is reported as lost: how much of which partition."""

import random
import time

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, OffsetSpec, ResourceType

from tests.chaos.publishing import Promises, publish_to_kafka
from tests.chaos.stack import Stack, wait_until_settled
from tests.chaos.world import World

pytestmark = pytest.mark.nightly

TOPIC = "intake.control"
DEADLINE_S = 60


@pytest.mark.timeout(400)
def test_what_retention_took_while_intake_was_away_is_reported_as_lost(servers_from_jars):
    with Stack(brokers=1, workers={"intake": 1, "register": 1, "relocation": 1, "desk": 1}) as stack:
        stack.wait_until_ready()
        publish(stack, 0)
        wait_until_settled(stack)
        assert stack.run("reconcile", check=False).returncode == 0

        stack.supervisor.rests.add("intake-0")
        stack.kill("intake-0")
        publish(stack, 1)
        lost = wait_until_gone(stack)
        stack.supervisor.rests.discard("intake-0")
        wait_until_settled(stack)

        told = stack.run("reconcile", check=False)
        assert told.returncode != 0
        for partition, (first, end) in lost.items():
            said = f"{end - first} of {TOPIC}/{partition} were lost before INTAKE read them"
            assert said in told.stdout, told.stdout


def publish(stack, number):
    messages = [one for one in World("retention").cycle(number, 60) if one.type == "control"]
    publish_to_kafka(stack.cluster.bootstrap, messages, Promises(), draw=random.Random(1), partitions=stack.partitions)


def wait_until_gone(stack):
    """Have the topic keep nothing for longer than a moment; partition -> what is gone, from and to."""
    ends = stack.ends()
    committed = stack.committed("relocation-intake", [at for at in ends if at[0] == TOPIC])
    wanted = {number: (committed.get((TOPIC, number), 0), ends[TOPIC, number]) for number in range(stack.partitions)}
    lost = {number: span for number, span in wanted.items() if span[0] < span[1]}
    assert lost
    keep_for_a_moment(stack)
    deadline = time.monotonic() + DEADLINE_S
    while firsts(stack) != {number: end for number, (_, end) in wanted.items()}:
        assert time.monotonic() < deadline, (firsts(stack), wanted)
        time.sleep(0.1)
    return lost


def firsts(stack):
    asked = {TopicPartition(TOPIC, number): OffsetSpec.earliest() for number in range(stack.partitions)}
    return {at.partition: answer.result().offset for at, answer in stack.admin.list_offsets(asked).items()}


def keep_for_a_moment(stack):
    short = {"retention.ms": "1000", "segment.ms": "1000"}
    entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in short.items()]
    resource = ConfigResource(ResourceType.TOPIC, TOPIC, incremental_configs=entries)
    [answer] = stack.admin.incremental_alter_configs([resource]).values()
    answer.result(30)
