"""0-signals on a real platform: what counts as one, and that corrections and small counts are kept to."""

import pytest
from made_up_events import a_control
from platforms import a_platform, published

from schemas.times import parse_time
from schemas.views import Viewer

ALL, AMSTERDAM = Viewer(), Viewer(region="amsterdam")


def a_municipal_control(place="GM0363", **more):
    return a_control(
        place=place, conducted_by="municipality", persons=[], **{"licensed": True, "indicators": [], **more}
    )


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with a_platform(tmp_path_factory.mktemp("zero")) as platform:
        moved = a_municipal_control()
        published(
            platform,
            *(a_municipal_control(day=day) for day in range(1, 7)),
            *(a_municipal_control("GM0344") for _ in range(4)),
            *(a_municipal_control("GM0599", indicators=["debt"]) for _ in range(5)),
            *(a_municipal_control("GM0392", licensed=False, indicators=["debt"]) for _ in range(5)),
            *(a_control(place="GM0392", who=f"P-000{n}") for n in range(5)),
            moved,
            {**moved, "revision": 1, "place": {"municipality": "GM0344"}},
        )
        yield platform


def test_they_are_counted_per_municipality_as_last_corrected_and_from_five_on(platform):
    assert platform.zero_signals(0, ALL) == {"GM0363": 6, "GM0344": 5, "GM0599": 5}


def test_a_region_hears_of_its_own_municipalities(platform):
    assert platform.zero_signals(0, AMSTERDAM) == {"GM0363": 6}


def test_what_occurred_earlier_does_not_count(platform):
    since = parse_time(a_municipal_control(day=2)["occurred_at"])
    assert "GM0363" in platform.zero_signals(since, ALL)
    assert "GM0344" not in platform.zero_signals(since, ALL)
