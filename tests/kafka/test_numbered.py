"""What a worker notes of a partition number: how far its logs are, whatever a task leaves off or fails at."""

import pytest
from made_up_topics import an_out

from streams.kafka.clients import Extent
from streams.kafka.numbered import Numbered
from streams.kafka.opening import Opening
from streams.kafka.records import Record
from streams.kafka.task import Halt, PlainRole, PlainTask, Reading

ONE, OTHER = "made-up-one", "made-up-other"


class Waiting(PlainTask):
    """Leaves a topic off at ``b"wait"`` until ``goes_on``."""

    def __init__(self, tallies):
        self.tallies, self.goes_on, self.left_off = tallies, False, {}

    def process(self, records, now):
        self.left_off = {}
        for record in records:
            if record.topic in self.left_off:
                continue
            if record.value == b"wait" and not self.goes_on:
                self.left_off[record.topic] = Halt(record.offset, 0.1)
                continue
            self.tallies[record.topic].add("counted")
            yield an_out("said", record.value)

    def given_up(self, record, now):
        return [an_out("said", b"given up")]

    def halted(self):
        return self.left_off


class WaitingRole(PlainRole):
    name, reading = "waiting", Reading((ONE, OTHER))

    def task(self, number, tallies, noted):
        return Waiting(tallies)


def records(topic, *values):
    return [Record(topic, 0, offset, 0, None, value) for offset, value in enumerate(values)]


@pytest.mark.parametrize("careful", [False, True], ids=["many at a time", "one at a time"])
def test_what_lies_behind_a_record_that_is_left_off_is_neither_done_nor_counted(careful):
    opening = Opening(0, {}, {topic: Extent(0, 0) for topic in (ONE, OTHER)})
    numbered = Numbered(WaitingRole(), opening, careful=careful, poison={((ONE, 0), 3)})
    inputs = [*records(ONE, b"a", b"wait", b"b", b"poison"), *records(OTHER, b"c")]
    said = [out.value for out in numbered.process(inputs, 0)]
    assert said in ([b"a", b"c"], [b"given up", b"a", b"c"])
    assert (numbered.positions[ONE], numbered.positions[OTHER]) == (1, 1)
    assert numbered.tallies[ONE].counts == numbered.tallies[OTHER].counts == {"counted": 1}
    assert numbered.newly_halted() == [((ONE, 0), Halt(1, 0.1))]

    numbered.task.goes_on = True
    assert b"given up" in [out.value for out in numbered.process(inputs[1:4], 0)]
    assert numbered.tallies[ONE].counts == {"counted": 3, "failed": 1}
    assert (numbered.positions[ONE], numbered.tallies[ONE].end) == (4, 4)
