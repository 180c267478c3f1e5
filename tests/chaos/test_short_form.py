"""The fault suite in its short form: each kind of fault once, on real servers, and every promise compared after it."""

import pytest

from tests.chaos.cycles import Run
from tests.chaos.stack import Stack

pytestmark = pytest.mark.nightly

SEED = "short"
CYCLES = (
    "none", "kill:intake", "kill:register", "kill:relocation", "kill:desk", "point:register:after_produce",
    "point:relocation:amid_produce", "point:desk:before_commit", "zombie:relocation", "storm:register", "broker",
    "clickhouse", "lost-reply", "sink", "gateway", "console", "brokers",
)  # fmt: skip


@pytest.mark.timeout(600)
def test_whatever_dies_nothing_is_lost_nothing_doubled_and_the_active_alerts_are_those_of_one_heart(servers_from_jars):
    with Stack(brokers=3) as stack:
        run = Run(stack, SEED)
        run.start()
        try:
            for number, fault in enumerate(CYCLES):
                print(f"{number}: {run.cycle(number, fault)}")
            run.check_replay()
        finally:
            run.close()
        assert run.faults.kills > 15
