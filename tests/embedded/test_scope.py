"""What a viewer of one unit gets of a real platform: subjects, companions and dossiers as far as its unit goes."""

import uuid

import pytest
from made_up_events import a_control
from platforms import a_platform, published

from schemas.actions import AlertAction, SubjectAction
from schemas.views import AlertQuery, Refused, Viewer

HER = {"bvh_person": "P-0001"}
ALL = Viewer()
UTRECHT, ROTTERDAM = Viewer(region="midden-nederland"), Viewer(region="rotterdam")
JOURNEY = (
    a_control(place="GM0363", day=1, plate="12-ABC-3"),
    a_control(place="GM0392", day=5),
    a_control(place="GM0344", day=9),
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with a_platform(tmp_path_factory.mktemp("scope")) as platform:
        published(platform, *JOURNEY)
        yield platform


def places_of(timeline):
    return [sighting.place for sighting in timeline.sightings]


def test_her_unit_sees_what_it_met_and_what_its_alert_rests_on_and_who_else_met_her(platform):
    her = platform.lookup(HER, "made up", UTRECHT)
    assert places_of(her) == ["GM0392", "GM0344"]
    assert [stay.place for stay in her.stays] == ["GM0392", "GM0344"]
    assert [(contact.unit, contact.type) for contact in her.contacts] == [("amsterdam", "control")]
    assert len(platform.lookup(HER, "made up", ALL).sightings) == 3


def test_who_never_met_her_hears_that_others_did_and_when(platform):
    her = platform.timeline(platform.lookup(HER, "made up", ROTTERDAM).subject, ROTTERDAM)
    assert (her.sightings, her.stays) == ((), ())
    assert [contact.unit for contact in her.contacts] == ["amsterdam", "noord-holland", "midden-nederland"]
    dossier = platform.dossier(her.subject, ROTTERDAM)
    assert (dossier.retained, dossier.struck) == ((), ())


def test_company_of_an_event_of_another_unit_is_not_told(platform):
    her = platform.lookup(HER, "made up", ALL).subject
    assert len(platform.companions(her, ALL)) == 1
    assert platform.companions(her, UTRECHT) == ()
    assert [records.records for records in platform.dossier(her, UTRECHT).retained] == [2]


def test_what_is_not_seen_is_not_struck(platform):
    her = platform.lookup(HER, "made up", ALL)
    [amsterdam, *_] = her.sightings
    strike = SubjectAction(str(uuid.uuid4()), "strike", her.subject, "made up", "x", 0, event=amsterdam.event)
    with pytest.raises(Refused):
        platform.act_on_subject(strike, UTRECHT)
    assert platform.timeline(her.subject, ALL).struck == ()


def test_what_is_not_seen_is_refused_as_if_it_were_not_there(platform):
    [hidden] = [
        view.alert for view in platform.alerts(AlertQuery(), ALL).items if view.alert.finding.to_place == "GM0392"
    ]
    asked = [AlertAction(str(uuid.uuid4()), alert_id, "take", 1, "x", 0) for alert_id in (hidden.alert_id, "nowhere")]
    told = [str(answer) for answer in platform.act_on_alerts(asked, UTRECHT)]
    assert told == ["there is no such alert"] * 2
    assert platform.alert_messages(hidden.alert_id, UTRECHT) == platform.alert_handling(hidden.alert_id, UTRECHT) == []
    assert [view.alert.finding.to_place for view in platform.alerts(AlertQuery(), UTRECHT).items] == ["GM0344"]
