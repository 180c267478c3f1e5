"""What the log keeps is read back as it was."""

from made_up_events import KEY, a_control, a_history, a_passage, a_withdrawal, line_of

from processors.intake import Admitted, Refusal
from relocation.parts import heart_of, intake_of
from relocation.settings import load_settings
from schemas.dead_letters import DeadLetter, Fault
from schemas.times import parse_time
from streams.embedded import rows
from streams.lists import bodies


def judged(lines):
    """(intake's verdicts, all alerts) of a replay of the lines."""
    settings = load_settings(token_key=KEY)
    intake, heart = intake_of(settings), heart_of(settings)
    verdicts, alerts = [], []
    for line in lines:
        verdict = intake.judge(line, known_at=None, is_followed=heart.is_followed)
        verdicts.append(verdict)
        if verdict.report is not None:
            alerts.extend(heart.apply(verdict.report).alerts)
    return verdicts, alerts


def every_kind():
    control = a_control(plate="12-ABC-3", phones=["+31612345678"], licensed=False, venue="hotel", day=1)
    ad = {
        "type": "ad",
        "event_id": "7b0e8a5c-0000-4000-8000-000000000009",
        "source": "crawler-made-up",
        "site": "example.nl",
        "ad": "991",
        "occurred_at": control["occurred_at"],
        "recorded_at": control["recorded_at"],
        "place": {"name": "Den Bosch"},
        "police_involved": True,
        "phones": ["0612345678"],
        "online": False,
        "photos": ["c3d1f0e2a4b59687"],
        "indicators": ["third_party_contact"],
    }
    mutation = {
        **a_control(day=2),
        "type": "bvh_mutation",
        "mutation": "PL1300-2026012345-1",
        "incident_class": "F70",
        "address": {"postcode": "3511AB", "number": 7, "suffix": "a"},
    }
    del mutation["conducted_by"]
    refused = a_control(conducted_by="municipality", day=3)
    return [control, ad, mutation, a_passage(day=2), a_withdrawal(control), refused]


def test_every_kind_of_report_is_read_back_as_it_was():
    verdicts, _ = judged([line_of(event) for event in every_kind()])
    reports = [verdict.report for verdict in verdicts if verdict.report is not None]

    assert {str(report.type) for report in reports} == {"control", "ad", "bvh_mutation", "vehicle"}
    assert {report.rank.standing for report in reports} == {0, 1, 2}
    assert [rows.report_of(rows.report_body(report)) for report in reports] == reports


def test_many_reports_and_alerts_are_read_back_as_they_were():
    verdicts, alerts = judged(a_history(21, 400))
    reports = [verdict.report for verdict in verdicts if isinstance(verdict, Admitted)]

    assert [rows.report_of(rows.report_body(report)) for report in reports] == reports
    assert len(alerts) > 50
    assert [bodies.alert_of(bodies.alert_body(alert)) for alert in alerts] == alerts


def test_a_dead_letter_is_read_back_as_it_was():
    verdicts, _ = judged([b"{", line_of(a_control(place={"name": "Hengelo"}))])
    known_at = parse_time("2026-03-01T00:00:00Z")
    for refusal in verdicts:
        assert isinstance(refusal, Refusal)
        letter = DeadLetter(
            Fault.REFUSED, "gateway", known_at, refusal.type, refusal.source, refusal.event_id, refusal.problems
        )
        assert rows.dead_letter_of(bodies.compact(letter.as_json()), known_at) == letter
