"""The incremental window and the plain form are one function of the set of sightings."""

from hypothesis import given
from hypothesis import strategies as st
from made_up import DISTANCES, PLACES, RULES

from processors.relocations import active_findings, findings_of
from processors.windows import Window
from schemas.sightings import Sighting
from schemas.times import DAY_MS, HOUR_MS

moments = st.one_of(
    st.integers(0, 60).map(lambda day: day * DAY_MS),
    st.integers(0, 400).map(lambda step: step * 2 * HOUR_MS),
    st.integers(0, 50 * 24).map(lambda hour: hour * HOUR_MS + 1),
)


@st.composite
def sighting_sets(draw, max_size=14, evidences=(0, 1, 2)):
    return [
        Sighting(
            draw(moments) + 10 * DAY_MS,
            draw(st.sampled_from(evidences)),
            f"e{draw(st.integers(0, 3)) if draw(st.integers(0, 9)) == 0 else index + 10}",
            f"s{index}",
            "t",
            draw(st.sampled_from(PLACES[: draw(st.sampled_from((2, 3, 5)))])),
            draw(st.integers(0, 3)) == 0,
            0,
            0,
        )
        for index in range(draw(st.integers(0, max_size)))
    ]


def incremental(window):
    return [window.finding_of(found) for found in window.relocations]


@given(sighting_sets(), st.data())
def test_inserting_and_removing_in_any_order_gives_what_the_set_gives(sightings, data):
    window = Window("subject", "person", RULES, DISTANCES)
    held = []
    for sighting in data.draw(st.permutations(sightings)):
        window.add(sighting) if data.draw(st.booleans()) else window.change([], [sighting])
        held.append(sighting)
        if data.draw(st.integers(0, 3)) == 0:
            gone = held.pop(data.draw(st.integers(0, len(held) - 1)))
            window.change([gone], [])
        assert incremental(window) == findings_of(held, RULES, DISTANCES)
        assert {k: window.finding_of(v) for k, v in window.active().items()} == active_findings(
            "subject", held, RULES, DISTANCES
        )


@given(sighting_sets(), st.data())
def test_an_active_relocation_not_named_as_touched_says_what_it_said(sightings, data):
    window = Window("subject", "person", RULES, DISTANCES)
    said = {}
    for sighting in data.draw(st.permutations(sightings)):
        touched = window.add(sighting)
        now = {alert_id: window.finding_of(found) for alert_id, found in window.active().items()}
        if touched is not None:
            named = {found.alert_id("subject") for found in touched}
            for alert_id in (said.keys() | now.keys()) - named:
                if alert_id in now:
                    assert said[alert_id] == now[alert_id]
                else:
                    assert said[alert_id].arrived_at <= window.newest - RULES.window_ms
        said = now
