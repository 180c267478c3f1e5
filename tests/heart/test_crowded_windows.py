"""Where every edge of the rules is met, the incremental window still says what the plain form says."""

import pytest
from crowds import SMALL, crowds
from made_up import DISTANCES

from processors.relocations import active_findings, findings_of, intervals_of, keep, walk
from processors.spans import Spans
from processors.windows import Window
from schemas.sightings import Sighting

BLOCKS = range(8)


def a_window():
    return Window("subject", "person", SMALL, DISTANCES)


def intervals_in(spans):
    return {
        (first, end, None if offers is None else tuple(offers))
        for first, end, offers in zip(spans.firsts, spans.ends, spans.offers, strict=True)
    }


@pytest.mark.parametrize("block", BLOCKS)
def test_the_intervals_of_a_crowd_are_those_of_the_set_and_touched_from_first_to_last(block):
    for crowd in crowds(block):
        spans = Spans(SMALL)
        for taken, given in crowd.changes(24):
            before = intervals_in(spans)
            touched = [spans.remove(sighting) for sighting in taken] + [spans.insert(sighting) for sighting in given]
            intervals = intervals_of(sorted(crowd.held), SMALL)
            assert spans.order == sorted(crowd.held)
            assert spans.firsts == [interval.first for interval in intervals]
            assert spans.ends == [interval.end for interval in intervals]
            assert spans.offers == [[*interval.sightings] if interval.is_offer else None for interval in intervals]
            changed = [first for first, *_ in before ^ intervals_in(spans)]
            first, last = _reach(touched)
            assert all(first <= sighting <= last for sighting in changed)


def _reach(touched):
    """From the first to the last interval that changed."""
    reached = [each for each in touched if each is not None]
    if not reached:
        return (0,), (-1,)
    return min(each.first for each in reached), max(each.last for each in reached)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_relocations_and_stays_of_a_crowd_are_those_of_the_set(block):
    for crowd in crowds(block):
        window = a_window()
        for taken, given in crowd.changes(24):
            window.add(*given) if not taken and crowd.random.random() < 0.5 else window.change(taken, given)
            assert [window.finding_of(found) for found in window.relocations] == findings_of(
                crowd.held, SMALL, DISTANCES
            )
            assert {
                alert_id: window.finding_of(found) for alert_id, found in window.active().items()
            } == active_findings("subject", crowd.held, SMALL, DISTANCES)
            if crowd.random.random() < 0.5:  # steps that nobody asked for are not listed yet
                continue
            stays, _ = walk(intervals_of(keep(crowd.held, SMALL), SMALL), SMALL)
            assert window.stays() == [
                (stay.place, stay.first.occurred_at, stay.last_seen_before_leaving) for stay in stays
            ]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_crowd_is_held_and_found_by_its_events(block):
    for crowd in crowds(block):
        window = a_window()
        for taken, given in crowd.changes(24):
            window.change(taken, given)
            assert window.all_sightings == sorted(crowd.held)
            assert [*window.kept] == keep(crowd.held, SMALL)
            assert window.newest == max((sighting.occurred_at for sighting in crowd.held), default=None)
            assert all(window.sighting_of(sighting.event) is sighting for sighting in crowd.held)
            assert all(window.sighting_of(sighting.event) is None for sighting in taken)


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_not_named_as_touched_in_a_crowd_says_what_it_said(block):
    for crowd in crowds(block):
        window = a_window()
        said = {}
        for taken, given in crowd.changes(24):
            touched = window.add(*given) if not taken else window.change(taken, given)
            now = {alert_id: window.finding_of(found) for alert_id, found in window.active().items()}
            if touched is not None:
                named = {found.alert_id("subject") for found in touched}
                assert all(window.is_in_walk(found) for found in window.relocations)
                for alert_id in (said.keys() | now.keys()) - named:
                    if alert_id in now:
                        assert said[alert_id] == now[alert_id]
                    else:
                        assert said[alert_id].arrived_at <= window.newest - SMALL.window_ms
            said = now


def test_a_sign_that_is_no_longer_kept_draws_no_attention():
    window = a_window()
    for moment, place, flagged in [(0, "GM0001", True), (5, "GM0001", False), (11, "GM0002", False)]:
        window.add(Sighting(moment, 0, f"event-{moment}", "made-up", "type", place, flagged, 0, 0))
    assert [window.finding_of(found).attention for found in window.relocations] == ["tell"]
    window.add(Sighting(24, 0, "event-24", "made-up", "type", "GM0002", False, 0, 0))
    assert [window.finding_of(found).attention for found in window.relocations] == ["file"]
