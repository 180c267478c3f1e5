"""What the active alerts must be: one heart in this process over the same reports, without any runtime around it."""

from processors.changes import Follow, Strike
from processors.heart import Heart
from processors.rules import default_rules_text, parse_rules
from relocation.parts import gazetteer
from schemas.alerts import AlertStatus
from schemas.reports import EventType

RULES = parse_rules(default_rules_text())


def active_by(entries, subject_states):
    """alert_id -> finding. ``entries``: the winners; passages are those that were taken in and not destroyed."""
    heart = Heart(RULES, gazetteer())
    follows, strikes = _requests(subject_states)
    heart.restore(entries=(), said=(), follows=follows, ended=(), strikes=strikes)
    said = {}
    winners = [entry.report for entry in entries.values() if entry.report is not None]
    for report in sorted(winners, key=lambda one: (one.type == EventType.VEHICLE, one.known_at, one.key)):
        for alert in heart.apply(report).alerts:
            said[alert.alert_id] = alert
    return {
        alert_id: alert.finding
        for alert_id, alert in said.items()
        if alert.status is not AlertStatus.WITHDRAWN and heart.is_active(alert_id, alert.subject)
    }


def struck(subject_states):
    """(subject, event) of every strike that was not taken back."""
    return [(strike.subject, strike.event) for strike in _requests(subject_states)[1]]


def _requests(subject_states):
    follows, strikes = {}, {}
    for subject, states in subject_states.items():
        for state in states:
            action = state.action
            match action.action:
                case "follow":
                    follows[subject] = Follow(subject, action.at, action.until, action.reason, action.by)
                case "unfollow":
                    follows.pop(subject, None)
                case "strike":
                    strikes[subject, action.event] = Strike(subject, action.event, action.reason, action.by, action.at)
                case "unstrike":
                    strikes.pop((subject, action.event), None)
    return list(follows.values()), list(strikes.values())
