"""However the work is parted, killed, repeated and haunted: at rest the network says what one heart says."""

from dataclasses import replace
from random import Random

import pytest
from crowds import SMALL, crowded_reports
from hypothesis import given
from hypothesis import strategies as st
from ledger import Ledger
from made_up import RULES, MadeUpGeography, reports
from network import Network

from schemas.alerts import AlertStatus


def a_network(random, rules, **options):
    registers, keepers = random.randint(1, 3), random.randint(1, 3)
    return Network(random, rules, MadeUpGeography(), registers=registers, keepers=keepers, **options)


def word(alert):
    """What is said, but for which of two sources' events of one id it rests on: that can change without a word."""
    return replace(alert, arrival_source="", arrival_type="")


def compare(network, ledger):
    """At rest: the same sightings, the same active alerts, and readers who have heard the same as the owners said."""
    held = {subject: sorted(given.values()) for subject, given in ledger.sightings.items() if given}
    assert network.sightings() == held
    assert network.active() == ledger.active()
    said, readers, last = network.said(), network.readers(), network.last_messages()
    assert {alert_id: word(alert) for alert_id, alert in readers.items()} == {
        alert_id: word(alert) for alert_id, alert in said.items()
    }
    for alert_id, alert in said.items():
        assert word(last[alert_id][0]) == word(alert)
        if alert.status is not AlertStatus.WITHDRAWN:
            is_active = network.keeper(alert.subject).is_active(alert_id, alert.subject)
            assert last[alert_id][1] == (not is_active)


def told(network, ledger, history):
    for report in history:
        ledger.apply(report)
        network.publish(report)
        network.live(network.random.randint(0, 6))
    network.rest()
    compare(network, ledger)


stationary = st.lists(reports(types=("control", "bvh_mutation", "ad")), max_size=14)


@given(stationary, st.randoms(use_true_random=False))
def test_a_network_says_what_a_heart_says(history, random):
    network, ledger = a_network(random, RULES), Ledger(RULES, MadeUpGeography())
    told(network, ledger, history)


@pytest.mark.parametrize("block", range(8))
def test_a_crowded_network_says_what_a_heart_says(block):
    for seed in range(block * 15, (block + 1) * 15):
        random = Random(seed)
        network, ledger = a_network(random, SMALL), Ledger(SMALL, MadeUpGeography())
        history = [report for report in crowded_reports(seed, 30) if report.type != "vehicle"]
        for start in range(0, len(history), 10):
            told(network, ledger, history[start : start + 10])
