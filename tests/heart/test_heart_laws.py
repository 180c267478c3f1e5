"""The platform's central promise: the same events, the same alerts, whatever the order, repetition and crashes."""

from from_scratch import FromScratch
from hypothesis import given
from hypothesis import strategies as st
from ledger import Ledger
from made_up import DISTANCES, RULES, MadeUpGeography, moments, reports

from schemas.alerts import WithdrawnReason
from schemas.times import DAY_MS

histories = st.lists(reports(), max_size=14)
stationary = st.lists(reports(types=("control", "bvh_mutation", "ad")), max_size=12)
short = st.lists(
    reports(
        types=("control", "bvh_mutation", "ad"), span=moments.map(lambda at: 100 * DAY_MS + at % (20 * DAY_MS - 1))
    ),
    max_size=12,
)


def a_ledger():
    return Ledger(RULES, MadeUpGeography())


def told(ledger, history, restart_at=()):
    """Tell the history as a gateway would: passages that are no hit go nowhere, corrected ones as a withdrawal."""
    for index, report in enumerate(history):
        if index in restart_at:
            ledger.start_again()
        if (
            report.type != "vehicle"
            or not report.counts
            or ledger.heart.is_followed(report.vehicles[0], report.known_at)
        ):
            ledger.apply(report)
    return ledger


@given(histories)
def test_after_every_step_the_active_alerts_are_those_of_the_set(history):
    ledger, scratch = a_ledger(), FromScratch(RULES, DISTANCES)
    for report in history:
        hit = report.type != "vehicle" or not report.counts or scratch.is_hit(report)
        if report.type == "vehicle" and report.counts:
            assert ledger.heart.is_followed(report.vehicles[0], report.known_at) == hit
        if hit:
            ledger.apply(report)
            scratch.take(report)
        assert ledger.active() == scratch.active()


@given(stationary, st.randoms(use_true_random=False), st.data())
def test_any_order_and_any_repetition_end_in_the_same_active_alerts(history, random, data):
    once = told(a_ledger(), history).active()
    again = history + data.draw(st.lists(st.sampled_from(history), max_size=6)) if history else []
    random.shuffle(again)
    assert told(a_ledger(), again).active() == once


@given(histories, st.sets(st.integers(0, 14)))
def test_stopped_and_begun_again_anywhere_the_same_is_told(history, restarts):
    assert told(a_ledger(), history, restarts).messages == told(a_ledger(), history).messages


@given(histories)
def test_told_twice_in_a_row_nothing_more_is_said(history):
    ledger = a_ledger()
    for report in history:
        told(ledger, [report])
        count = len(ledger.messages)
        if report.type != "vehicle":
            told(ledger, [report])
        assert len(ledger.messages) == count


@given(histories)
def test_subjects_never_mix(history):
    ledger = told(a_ledger(), history)
    for alert in ledger.messages:
        if alert.reason is WithdrawnReason.NOT_FOLLOWED:
            assert alert.based_on == ()
            continue
        for sighting in alert.based_on:
            assert alert.finding.to_place == alert.based_on[-1].place
            assert sighting.place in (alert.finding.from_place, alert.finding.to_place)


@given(histories)
def test_what_is_withdrawn_is_superseded_only_by_what_is_active(history):
    ledger = a_ledger()
    for report in history:
        count = len(ledger.messages)
        told(ledger, [report])
        for alert in ledger.messages[count:]:
            if alert.superseded_by is not None:
                successor = ledger.said[alert.superseded_by]
                assert ledger.heart.is_active(successor.alert_id, successor.subject)
