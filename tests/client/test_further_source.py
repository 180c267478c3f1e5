"""docs/further-source.md, done as it is written."""

import json

from documents import block, done_in_a_shell

from tests.console.running import Up

DOCUMENT = "further-source.md"


def the_lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def prepared(folder):
    """A folder in which the policy is written and the events are mapped."""
    for name in ("kmar.csv", "kmar.py"):
        (folder / name).write_text(block(DOCUMENT, name), "utf-8")
    done_in_a_shell(block(DOCUMENT, "tested: policy"), folder)
    policy = (folder / "policy.toml").read_text("utf-8")
    row = block(DOCUMENT, "policy row")
    (folder / "policy.toml").write_text(policy.replace("[[rule]]", f"{row}\n[[rule]]", 1), "utf-8")
    assert "kmar-border-control" in done_in_a_shell(block(DOCUMENT, "tested: check"), folder)
    done_in_a_shell(block(DOCUMENT, "tested: map"), folder)


def test_the_made_up_border_controls_are_mapped_permitted_and_tried(tmp_path):
    prepared(tmp_path)
    done_in_a_shell(block(DOCUMENT, "tested: replay"), tmp_path)
    alerts = the_lines_of(tmp_path / "alerts.jsonl")
    assert {(alert["subject_kind"], alert["from"], alert["to"], alert["attention"]) for alert in alerts} == {
        ("person", "GM0758", "GM1955", "tell"),
        ("vehicle", "GM0758", "GM1955", "tell"),
    }
    [rejected] = the_lines_of(tmp_path / "rejected.jsonl")
    assert (rejected["line"], rejected["code"]) == (4, "identifiers_not_permitted")


def test_without_an_indicator_they_would_only_be_filed(tmp_path):
    prepared(tmp_path)
    events = (tmp_path / "events.jsonl").read_text("utf-8").replace('"no_own_documents"', "")
    (tmp_path / "events.jsonl").write_text(events, "utf-8")
    done_in_a_shell(block(DOCUMENT, "tested: replay"), tmp_path)
    assert {alert["attention"] for alert in the_lines_of(tmp_path / "alerts.jsonl")} == {"file"}


def test_they_are_published_to_a_platform_with_that_policy(tmp_path, monkeypatch):
    prepared(tmp_path)
    monkeypatch.setenv("RELOCATION_POLICY", str(tmp_path / "policy.toml"))
    with Up(tmp_path / "data") as up:
        publish = block(DOCUMENT, "tested: publish").replace("http://127.0.0.1:8080", up.url)
        done_in_a_shell(publish.replace("\n", " --results answers.jsonl\n"), tmp_path)
    statuses = [answer["status"] for answer in the_lines_of(tmp_path / "answers.jsonl")]
    assert statuses == ["accepted", "accepted", "accepted", "rejected"]
