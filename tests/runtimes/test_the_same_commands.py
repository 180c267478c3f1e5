"""What is published by command comes back by command, the same from one process and from Kafka."""

import json

import pytest
from made_up_events import a_withdrawal

from tests.runtimes.made_up import a_control, a_move, a_passage, a_plate, somebody
from tests.runtimes.running import until
from tests.runtimes.test_the_same_platform import act, alert_of, of_arrival

MORE_ON_KAFKA = {"sightings": {"version"}, "receipts": set()}
"""Fields that only a log of partitions has."""
OPTIONAL = {"via"}
STREAMS = ("alerts", "states", "events", "reports", "sightings", "dead-letters", "receipts")


def exported(runtime, what, tmp_path, *words):
    """The lines of one stream."""
    out = tmp_path / f"{what}.jsonl"
    code, said = runtime.done("export", what, str(out), *words)
    assert code == 0, said
    assert out.stat().st_mode & 0o777 == 0o600
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def of_events(lines, events):
    ids = {event["event_id"] for event in events}
    return [line for line in lines if line.get("event_id") in ids]


@pytest.fixture
def told(runtime, tmp_path):
    """A woman who moved twice, and was not where she was said to be; what was refused; and how it was handled."""
    events = a_move(somebody(), "GM0363", "GM0344", "GM0518")
    refused = a_control(place="GM9999")
    corrected = {**events[1], "revision": 1, "place": {"municipality": "GM0599"}}
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in [*events, events[0], refused]), "utf-8")
    results = tmp_path / "results.jsonl"
    code, said = runtime.done("publish", str(file), "--to", runtime.gateway, "--results", str(results))
    assert code in (0, 1), said
    answers = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    again = answers.pop(3)["status"]
    assert again in ("duplicate", "accepted"), "accepted of one whose receipt took too long to be waited for"
    assert [one["status"] for one in answers] == ["accepted"] * 3 + ["rejected"]
    alert_of(runtime, events[1])  # of a correction that overtakes what it corrects nothing is to be withdrawn
    until(lambda: any(alert["from"] == "GM0344" for alert in of_arrival(runtime, events[2])), "the whole way")
    assert [one["status"] for one in runtime.publish(corrected)] == ["accepted"]
    alert_of(runtime, events[1], "withdrawn")
    alert_of(runtime, corrected)
    last = until(lambda: (found := alert_of(runtime, events[2], "revised")) and found, "the last")
    assert act(runtime, last, "take", last["state"]["version"]).status_code == 201
    return [*events, corrected], refused, last


def test_reports_come_back_and_replay_to_the_same_alerts(runtime, told, tmp_path):
    events, _, last = told
    reports = of_events(exported(runtime, "reports", tmp_path), events)
    assert sorted((one["event_id"], one["rank"]["revision"]) for one in reports) == sorted(
        (event["event_id"], event["revision"]) for event in events
    )
    file, alerts = tmp_path / "own.jsonl", tmp_path / "replayed.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in reports), "utf-8")
    assert runtime.done("replay", str(file), "--alerts", str(alerts))[0] == 0
    replayed = standing(json.loads(line) for line in alerts.read_text("utf-8").splitlines())
    live = [one for one in exported(runtime, "alerts", tmp_path) if one["subject"] == last["subject"]]
    assert replayed == standing(live)
    assert len(replayed) == 2
    revisions = [(one["alert_id"], one["revision"]) for one in live]
    assert len(set(revisions)) == len(revisions)
    assert sorted(revisions) == sorted(revisions, key=lambda one: (one[0], one[1]))


def standing(messages):
    """What was last said of each alert that is not withdrawn, without how often it was said and when."""
    last = {message["alert_id"]: message for message in messages}
    untold = {"revision", "status", "known_at", "historical", "based_on"}
    return {
        alert_id: {name: value for name, value in message.items() if name not in untold}
        for alert_id, message in last.items()
        if message["status"] != "withdrawn"
    }


def test_every_stream_holds_what_was_told(runtime, told, tmp_path):
    events, refused, last = told
    streams = {what: exported(runtime, what, tmp_path) for what in ("events", "states", "sightings", "receipts")}
    assert sorted(one["rank"]["revision"] for one in of_events(streams["events"], events)) == [0, 0, 1]
    handled = [one["handling"] for one in streams["states"] if one["alert_id"] == last["alert_id"]]
    assert handled == ["new", "taken"]
    moves = [one for one in of_events(streams["sightings"], events) if one["subject"] == last["subject"]]
    assert {one["change"] for one in moves if one["event_id"] == events[1]["event_id"]} >= {"given"}
    became = [one["became"] for one in of_events(streams["receipts"], events)]
    assert sorted(became) == ["applied"] * 4 + ["duplicate"]
    letters = [one for one in exported(runtime, "dead-letters", tmp_path) if one.get("event_id") == refused["event_id"]]
    assert [one["problems"][0]["code"] for one in letters] == ["unknown_place"]
    assert letters[0]["role"] == "gateway"


def test_lines_have_the_same_fields_on_both(one_process, on_kafka, tmp_path):
    fields = [dict(_fields_of(runtime, tmp_path)) for runtime in (one_process, on_kafka)]
    for what in STREAMS:
        by_one, on_many = (found[what] for found in fields)
        assert on_many - by_one == MORE_ON_KAFKA.get(what, set()), what
        assert by_one <= on_many, what


def _fields_of(runtime, tmp_path):
    """The fields of the lines of every stream that are about a woman who moved, and about what was refused."""
    events = [*a_move(somebody(), "GM0363", "GM0344"), a_control(place="GM9999")]
    runtime.publish(*events)
    subject = alert_of(runtime, events[1])["subject"]

    def own(what):
        return [one for one in exported(runtime, what, tmp_path) if _is_about(one, events, subject)]

    for what in STREAMS:
        lines = until(lambda what=what: own(what), f"lines of {what}")
        yield what, {name for one in lines for name in one} - OPTIONAL


def _is_about(line, events, subject):
    ids = {event["event_id"] for event in events}
    return line.get("subject") == subject or line.get("event_id") in ids or line.get("version") == 1


def test_a_passage_that_lost_its_ground_is_in_no_export(runtime, tmp_path):
    plate = a_plate()
    naming, passage = a_control(who=somebody(), plate=plate, day=40), a_passage(plate=plate, day=41)
    runtime.publish(naming, passage)

    def kept(*streams):
        return [what for what in streams if of_events(exported(runtime, what, tmp_path), [passage])]

    everywhere = ("reports", "events", "sightings")
    until(lambda: kept(*everywhere) == list(everywhere), "it is kept")
    runtime.publish(a_withdrawal(naming))
    until(lambda: kept(*everywhere) == [], "nothing of it is left")


def test_an_export_beside_it_waits_until_nothing_moves(runtime, tmp_path):
    events = a_move(somebody(), "GM0363", "GM0344")
    runtime.publish(*events)
    alerts = exported(runtime, "alerts", tmp_path, "--settle", "0.5")
    assert [one["revision"] for one in alerts if one["arrival_event_id"] == events[1]["event_id"]] == [1]


def test_what_was_refused_is_listed_with_what_to_do_and_refused_again_for_now(runtime):
    lost = {**a_control(who=somebody()), "place": {"name": "Nergenshuizen"}}
    runtime.publish(lost)
    code, said = runtime.done("dead-letters", "list", "--code", "unknown_place", "--topic", "http", "--json")
    [letter] = of_events(json.loads(said)["items"], [lost])
    assert (code, letter["remedy"], letter["role"], "held" in letter) == (0, "redrive", "gateway", False)
    code, said = runtime.done("dead-letters", "redrive", letter["letter"], "--dry-run", "--json")
    assert (code, json.loads(said.partition("\n")[0])["counts"]) == (1, {"rejected": 1})
