import math
import re
from xml.etree import ElementTree as ET

import pytest

from alerts.console.atlas import HEIGHT, RIM, WIDTH, netherlands_svg, project, spot_of
from alerts.console.flows import RELOCATIONS_DRAWN, flows_of, journey_of
from alerts.console.journey import Stop, draw
from processors.packaged import json_of
from schemas.times import DAY_MS
from schemas.views import StayView, Timeline
from tests.console.told import (
    AMSTERDAM,
    GRONINGEN,
    HAARLEM,
    NOW,
    PLACES,
    UTRECHT,
    ZWOLLE,
    a_sighting,
    a_telling,
    a_view,
    an_alert,
    an_id,
    withdrawn,
)

SVG = "{http://www.w3.org/2000/svg}"


def test_every_municipality_is_a_closed_shape_inside_the_drawing():
    root = ET.fromstring(netherlands_svg())
    paths = [path.get("d") for path in root.find(f"{SVG}g[@id='land']")]
    assert len(paths) == len(json_of("municipalities.json"))
    assert all(path.startswith("M") and path.endswith("Z") for path in paths)
    for path in paths:
        numbers = [float(number) for number in re.findall(r"\d+\.\d", path)]
        assert min(numbers[0::2]) > 0
        assert max(numbers[0::2]) < WIDTH
        assert min(numbers[1::2]) > 0
        assert max(numbers[1::2]) < HEIGHT


def test_north_is_up_east_is_right_and_shapes_keep_their_proportions():
    groningen, utrecht = point_of(GRONINGEN), point_of(UTRECHT)
    assert groningen[0] > utrecht[0]
    assert groningen[1] < utrecht[1]
    east, north = project(52.1, 5.2)[0] - project(52.1, 5.1)[0], project(52.0, 5.1)[1] - project(52.1, 5.1)[1]
    assert east / north == pytest.approx(math.cos(math.radians(52.05)), rel=0.01)


@pytest.mark.parametrize(("code", "outside"), [("BE:Antwerp", False), ("DE:Berlin", True), ("RO:Constanţa", True)])
def test_what_lies_beyond_the_drawing_stands_at_its_rim(code, outside):
    spot = spot_of(*point(code))
    assert spot.outside == outside
    assert RIM <= spot.x <= WIDTH - RIM
    assert RIM <= spot.y <= HEIGHT - RIM


def test_a_country_without_coordinates_stands_at_the_rim():
    assert spot_of(math.nan, math.nan).outside


def test_the_leg_of_the_alert_is_the_warm_one_and_lies_on_top():
    alert = an_alert(left=a_sighting(HAARLEM, days_ago=9), arrival=a_sighting(UTRECHT, days_ago=1))
    drawing = journey_of(alert, a_timeline((ZWOLLE, 40), (HAARLEM, 9), (UTRECHT, 1)), a_telling())
    assert [arc.latest for arc in drawing.arcs] == [False, True]
    assert [stop.code for stop in drawing.stops if stop.latest] == [UTRECHT]
    assert "Utrecht \N{MIDDLE DOT} 8 mrt" in {label.text for label in drawing.labels}


def test_an_alert_whose_timeline_is_gone_still_shows_its_leg():
    assert len(journey_of(an_alert(), None, a_telling()).arcs) == 1


def test_what_was_withdrawn_is_not_among_the_latest_relocations():
    alerts = [an_alert(alert_id=an_id(f"alert {n}")) for n in range(RELOCATIONS_DRAWN + 5)]
    drawing = flows_of([a_view(withdrawn(alerts[0])), *map(a_view, alerts[1:])], a_telling())
    assert len(drawing.arcs) == RELOCATIONS_DRAWN
    assert len(flows_of([a_view(withdrawn(alerts[0]))], a_telling()).arcs) == 0


def test_the_map_says_in_words_what_it_shows():
    assert journey_of(an_alert(), None, a_telling()).summary == "Kaart van Nederland; Haarlem naar Utrecht"


def test_labels_of_neighbouring_stops_do_not_cover_each_other():
    stops = [
        Stop(code, spot_of(*point(code)), PLACES.place(code).name) for code in (HAARLEM, AMSTERDAM, UTRECHT, ZWOLLE)
    ]
    labels = draw([(stops[0], stops[1]), (stops[1], stops[2]), (stops[2], stops[3])], "").labels
    boxes = [box_of(label) for label in labels]
    assert not any(overlap(one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])


def test_every_label_stays_inside_the_drawing():
    rim = [Stop(code, spot_of(*point(code)), f"{code} 18-27 feb") for code in ("GM0014", "GM0935", "GM0153", "GM0718")]
    for label in draw([(rim[0], rim[1]), (rim[2], rim[3])], "").labels:
        left, top, right, bottom = box_of(label)
        assert left >= -1
        assert top >= -1
        assert right <= WIDTH + 1
        assert bottom <= HEIGHT + 1


def point(code):
    place = PLACES.place(code)
    return place.lat, place.lon


def point_of(code):
    return project(*point(code))


def a_timeline(*stays):
    views = tuple(StayView(place, NOW - days * DAY_MS, NOW - days * DAY_MS) for place, days in stays)
    return Timeline("made up", "person", (), (), views, NOW, False)


def box_of(label):
    width = len(label.text) * 5.6
    left = {"start": label.x, "end": label.x - width, "middle": label.x - width / 2}[label.anchor]
    return left, label.y - 9, left + width, label.y + 2


def overlap(one, other):
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])
