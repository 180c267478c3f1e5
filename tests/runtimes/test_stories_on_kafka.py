"""The stories, told live to the distributed platform, end in what the heart says of the same reports at once."""

import json
from datetime import timedelta
from pathlib import Path

from processors.intake import Admitted
from relocation.parts import heart_of, intake_of
from relocation.settings import load_settings
from relocation.topics_export import TopicsExport
from schemas.alerts import AlertStatus
from schemas.times import format_time, parse_time
from tests.runtimes.running import KEY, until

STORIES = Path(__file__).parents[1] / "stories"
SOURCE = "stories-on-kafka"
TIMES = ("occurred_at", "recorded_at")


def told_now(lines, now):
    """The same events, so much later that the last of them is news, from one source that no other test has."""
    events = [json.loads(line) for line in lines]
    shift = (
        now
        - max(parse_time(event["recorded_at"]) for event in events)
        - timedelta(minutes=1) // timedelta(milliseconds=1)
    )
    for event in events:
        moved = {name: format_time(parse_time(event[name]) + shift) for name in TIMES if name in event}
        yield {**event, **moved, "source": SOURCE}


def test_every_story_ends_in_the_alerts_that_follow_from_its_reports(on_kafka, tmp_path):
    from relocation.building import now_ms

    names = sorted(path.name for path in STORIES.glob("*.jsonl"))
    assert len(names) == 12
    lines = [line for name in names for line in (STORIES / name).read_text("utf-8").splitlines()]
    answers = on_kafka.publish(*told_now(lines, now_ms()))
    accepted = sum(answer["status"] != "rejected" for answer in answers)
    assert accepted > 100
    settings = load_settings(
        kafka=on_kafka.settings["RELOCATION_KAFKA"],
        kafka_prefix=on_kafka.settings["RELOCATION_KAFKA_PREFIX"],
        token_key=KEY,
    )
    follows = following(settings)
    assert len(follows) > 20
    until(lambda: said(settings, follows) == follows, "the alerts that follow")


def exported(settings, what):
    return [json.loads(line) for line in TopicsExport(settings, what, None).lines()]


def following(settings):
    """What the heart says of the reports that lie in the topics, taken in at once: every active alert."""
    heart, intake, said = heart_of(settings), intake_of(settings), {}
    for report in exported(settings, "reports"):
        if report["source"] == SOURCE:
            judged = intake.read_report(report)
            assert isinstance(judged, Admitted)
            said |= {alert.alert_id: alert for alert in heart.apply(judged.report).alerts}
    return {
        alert_id: _gist(alert.as_json())
        for alert_id, alert in said.items()
        if alert.status is not AlertStatus.WITHDRAWN and heart.is_active(alert_id, alert.subject)
    }


def said(settings, follows):
    """What was last said of the alerts of the same subjects and is neither withdrawn nor older than a window."""
    subjects = {one["subject"] for one in follows.values()}
    last = {one["alert_id"]: one for one in exported(settings, "alerts") if one["subject"] in subjects}
    return {
        alert_id: _gist(one) for alert_id, one in last.items() if one["status"] != "withdrawn" and alert_id in follows
    } | {alert_id: "not told to be withdrawn" for alert_id, one in last.items() if _is_wrong(alert_id, one, follows)}


def _is_wrong(alert_id, message, follows):
    """It stands, and does not follow, though others of the subject are not so much newer that it may be settled."""
    newest = max(parse_time(one["arrived_at"]) for one in follows.values() if one["subject"] == message["subject"])
    window = timedelta(days=180) // timedelta(milliseconds=1)
    is_recent = parse_time(message["arrived_at"]) > newest - window
    return message["status"] != "withdrawn" and alert_id not in follows and is_recent


def _gist(message):
    untold = {"revision", "status", "known_at", "historical", "based_on", "reason", "superseded_by"}
    return {name: value for name, value in message.items() if name not in untold}
