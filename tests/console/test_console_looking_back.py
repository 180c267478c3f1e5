"""What did we know at a moment: the alert and the timeline as they stood."""

from dataclasses import replace

from alerts.console.looking_back import looking_back, messages_by, moment_asked, moments_of, timeline_by
from schemas.alerts import AlertStatus
from schemas.times import DAY_MS, HOUR_MS, format_time
from schemas.views import StayView, Timeline
from tests.console.told import GRONINGEN, HAARLEM, NOW, UTRECHT, ZWOLLE, a_sighting, a_telling, a_token, an_alert

LEFT, ARRIVED = a_sighting(ZWOLLE, days_ago=9), a_sighting(UTRECHT, days_ago=4)
LATE = a_sighting(HAARLEM, days_ago=6, event_type="bvh_mutation", recorded_after=4 * DAY_MS)
FIRST = an_alert(LEFT, ARRIVED)
REVISED = an_alert(LATE, ARRIVED, revision=2, status=AlertStatus.REVISED, known_at=LATE.known_at)
MESSAGES = [FIRST, REVISED]


def a_timeline(*sightings):
    stays = tuple(StayView(s.place, s.occurred_at, s.occurred_at + HOUR_MS) for s in sorted(sightings))
    return Timeline(a_token(), "person", tuple(sorted(sightings)), (), stays, NOW, followed=False)


def test_moments_are_those_at_which_something_became_known_since_it_was_first_told():
    later = a_sighting(GRONINGEN, days_ago=1)
    moments = moments_of(MESSAGES, a_timeline(LEFT, LATE, ARRIVED, later))
    assert moments == [FIRST.known_at, REVISED.known_at, later.known_at]


def test_the_alert_is_told_as_it_was_last_said_by_then():
    assert messages_by(MESSAGES, REVISED.known_at - 1) == [FIRST]
    assert messages_by(MESSAGES, REVISED.known_at) == MESSAGES
    assert messages_by(MESSAGES, FIRST.known_at - 1) == [FIRST]


def test_what_became_known_later_is_in_no_stay():
    then = timeline_by(a_timeline(LEFT, LATE, ARRIVED), FIRST, REVISED.known_at - 1)
    assert [stay.place for stay in then.stays] == [ZWOLLE, UTRECHT]
    assert LATE not in then.sightings


def test_what_was_corrected_since_still_stands_where_the_alert_rested_on_it():
    then = timeline_by(a_timeline(LATE, ARRIVED), FIRST, FIRST.known_at)
    assert [stay.place for stay in then.stays] == [ZWOLLE, UTRECHT]


def test_an_address_names_a_moment_and_what_cannot_be_read_is_now():
    moments = [FIRST.known_at, REVISED.known_at]
    assert moment_asked(moments, format_time(FIRST.known_at + 1), None) == FIRST.known_at + 1
    assert moment_asked(moments, format_time(FIRST.known_at - DAY_MS), None) == FIRST.known_at
    assert moment_asked(moments, None, "0") == FIRST.known_at
    for at, step in ((None, None), ("yesterday", None), (format_time(NOW), None), (None, "1"), (None, "-1")):
        assert moment_asked(moments, at, step) is None


def test_the_slider_stands_at_the_last_moment_before_the_one_that_was_asked():
    moments = [FIRST.known_at, REVISED.known_at]
    assert looking_back(moments, None, a_telling()).step == 1
    back = looking_back(moments, FIRST.known_at + 1, a_telling())
    assert (back.step, back.in_the_past) == (0, True)
    assert looking_back(moments[:1], None, a_telling()) is None


def test_moments_within_a_minute_do_not_read_the_same():
    soon = [FIRST.known_at, FIRST.known_at + 20_000]
    words = [moment.words for moment in looking_back(soon, None, a_telling()).moments]
    assert words == ["5 mrt 22:00:00", "5 mrt 22:00:20"]


def test_a_revision_that_was_said_at_the_same_moment_leaves_nothing_to_look_back_to():
    again = replace(REVISED, known_at=FIRST.known_at)
    assert moments_of([FIRST, again], None) == [FIRST.known_at]
