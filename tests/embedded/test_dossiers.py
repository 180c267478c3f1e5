"""What the platform tells around a subject: company, terms, follows and strikes, over a real log."""

import uuid

from made_up_events import a_control, a_passage, at
from platforms import a_platform, published

from schemas.actions import SubjectAction
from schemas.dossiers import Unfollowed
from schemas.times import DAY_MS, parse_time
from schemas.views import Viewer

ME = Viewer()
HER = {"bvh_person": "P-0001"}
CAR = {"vehicle": {"country": "NL", "plate": "12-ABC-3"}}


def an_act(platform, action, subject, **more):
    known_at = platform.complete_until()
    asked = SubjectAction(str(uuid.uuid4()), action, subject, "made-up reason", "local", known_at, **more)
    platform.act_on_subject(asked, ME)


def test_the_car_met_with_her_is_company_with_stays_of_its_own(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_control(plate="12-ABC-3"), a_control(who="P-0002", plate="12-ABC-3", day=4))
        her = platform.lookup(HER, "made up", ME)
        (car,) = platform.companions(her.subject, ME)
        assert (car.subject_kind, car.events) == ("vehicle", 1)
        assert car.stays[0].last_seen - car.stays[0].first_seen == 3 * DAY_MS
        assert len(her.sightings) == 1
        assert platform.companions("0" * 32, ME) == ()


def test_where_her_car_passed_without_a_stay_is_told_beside_its_stays(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_control(plate="12-ABC-3"), a_passage(place="GM0344", day=5))
        her = platform.lookup(HER, "made up", ME)
        (car,) = platform.companions(her.subject, ME)
        assert [(passed.place, passed.first_seen) for passed in car.transit] == [("GM0344", parse_time(at(5)))]
        (elsewhere,) = platform.companions(her.subject, Viewer("made up", region="amsterdam"))
        assert (elsewhere.stays, elsewhere.transit) == (car.stays, ())


def test_terms_tell_when_the_records_of_each_type_go(tmp_path):
    with a_platform(tmp_path) as platform:
        first, second = a_control(day=1), a_control(day=9)
        published(platform, first, second)
        (controls,) = platform.dossier(platform.lookup(HER, "made up", ME).subject, ME).retained
        assert (controls.type, controls.records) == ("control", 2)
        assert controls.last_goes_at - controls.first_goes_at == 8 * DAY_MS
        assert controls.targeted_from - parse_time(first["occurred_at"]) in (365 * DAY_MS, 366 * DAY_MS)
        assert controls.first_goes_at > controls.targeted_from


def test_follows_and_strikes_tell_who_why_and_until_when(tmp_path):
    with a_platform(tmp_path) as platform:
        published(platform, a_control(plate="12-ABC-3"))
        car, her = platform.lookup(CAR, "made up", ME), platform.lookup(HER, "made up", ME)
        until = platform.complete_until() + 30 * DAY_MS
        an_act(platform, "follow", car.subject, until=until)
        an_act(platform, "strike", her.subject, event=her.sightings[0].event)
        follow = platform.dossier(car.subject, ME).follow
        assert (follow.until, follow.reason, follow.by) == (until, "made-up reason", "local")
        an_act(platform, "unfollow", car.subject)
        ended = platform.dossier(car.subject, ME).follow
        assert isinstance(ended, Unfollowed)
        assert (ended.reason, ended.by) == ("made-up reason", "local")
        (struck,) = platform.dossier(her.subject, ME).struck
        assert (struck.event, struck.reason) == (her.sightings[0].event, "made-up reason")
        assert platform.companions(her.subject, ME) == ()


def test_of_nobody_there_is_no_dossier(tmp_path):
    with a_platform(tmp_path) as platform:
        assert platform.dossier("0" * 32, ME) is None
