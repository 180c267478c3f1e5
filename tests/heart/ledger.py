"""What a runtime keeps of the heart: enough to say what is so, and to build the heart again."""

from processors.changes import (
    EntryDropped,
    EntryPut,
    FollowDropped,
    FollowedEnded,
    FollowPut,
    SightingGiven,
    SightingTaken,
    StrikeDropped,
    StrikePut,
    Verdict,
)
from processors.heart import Heart
from schemas.alerts import AlertStatus


class Ledger:
    """Everything a heart said, checked as it is said."""

    def __init__(self, rules, geography):
        self.rules, self.geography = rules, geography
        self.heart = Heart(rules, geography)
        self.messages = []
        self.said = {}
        self.entries, self.follows, self.ended, self.strikes = {}, {}, {}, {}
        self.sightings, self.kinds = {}, {}

    def apply(self, report):
        return self.keep(self.heart.apply(report))

    def keep(self, step):
        assert isinstance(step.verdict, Verdict)
        for alert in step.alerts:
            self._check(alert)
            self.messages.append(alert)
            self.said[alert.alert_id] = alert
        subjects = [alert.subject for alert in step.alerts]
        assert subjects == sorted(subjects)
        for change in step.changes:
            self._note(change)
        for subject, given in self.sightings.items():
            assert sorted(given.values()) == self.heart.sightings_of(subject)
            assert not given or self.heart.kind_of(subject) == self.kinds[subject]
        return step

    def _check(self, alert):
        last = self.said.get(alert.alert_id)
        assert alert.revision == (1 if last is None else last.revision + 1)
        if alert.status is AlertStatus.RAISED:
            assert last is None or last.status is AlertStatus.WITHDRAWN
        elif alert.status is AlertStatus.REVISED:
            assert last.status is not AlertStatus.WITHDRAWN
            assert last.finding != alert.finding
        else:
            assert last.status is not AlertStatus.WITHDRAWN
            assert last.finding == alert.finding
            assert alert.reason is not None

    def _note(self, change):
        match change:
            case EntryPut(key, entry):
                self.entries[key] = entry
            case EntryDropped(key):
                del self.entries[key]
            case FollowPut(follow):
                self.follows[follow.token] = follow
            case FollowDropped(token):
                del self.follows[token]
            case FollowedEnded(token, at):
                self.ended[token] = at
            case StrikePut(strike):
                self.strikes[strike.subject, strike.event] = strike
            case StrikeDropped(subject, event):
                del self.strikes[subject, event]
            case SightingGiven(subject, kind, sighting):
                assert self.kinds.setdefault(subject, kind) == kind
                assert self.sightings.setdefault(subject, {}).setdefault(sighting.event, sighting) is sighting
            case SightingTaken(subject, kind, sighting):
                assert self.kinds[subject] == kind
                assert self.sightings[subject].pop(sighting.event) == sighting
            case _:
                raise AssertionError(change)

    def start_again(self):
        """As after kill -9: a new heart from what was kept."""
        self.heart = Heart(self.rules, self.geography)
        self.heart.restore(
            entries=list(self.entries.items()),
            said=list(self.said.values()),
            follows=list(self.follows.values()),
            ended=list(self.ended.items()),
            strikes=list(self.strikes.values()),
        )

    def active(self):
        return {
            alert_id: alert.finding
            for alert_id, alert in self.said.items()
            if self.heart.is_active(alert_id, alert.subject)
        }
