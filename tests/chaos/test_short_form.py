"""The fault suite in its short form: the most telling faults once, on real servers, and every promise after each."""

import pytest

from tests.chaos.cycles import Run
from tests.chaos.stack import Stack

SEED = "short"
CYCLES = (
    "kills", "point:register:after_produce", "point:relocation:amid_produce", "point:desk:before_commit",
    "storm:relocation", "lost-reply", "sink", "gateway",
)  # fmt: skip
"""What one broker is enough for; the rest of them is in the long form."""


@pytest.mark.timeout(900)
def test_whatever_dies_nothing_is_lost_nothing_doubled_and_the_active_alerts_are_those_of_one_heart(servers_from_jars):
    with Stack(brokers=1) as stack:
        run = Run(stack, SEED)
        try:
            run.start()
            for number, fault in enumerate(CYCLES):
                print(f"{number}: {run.cycle(number, fault)}")
            run.check_replay()
        finally:
            run.close()
        assert run.faults.kills >= len(CYCLES)
