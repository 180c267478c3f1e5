"""What must hold after every cycle, once nothing moves any more; a breach says what, with an example."""

import json
from dataclasses import dataclass, field

import httpx

from schemas.actions import Outcome
from schemas.decisions import Decided
from schemas.reports import EventKey
from tests.chaos import oracle


class Breach(AssertionError):
    """The platform broke a promise."""


@dataclass
class Checked:
    """What a cycle's verdict looked at."""

    reports: int = 0
    active: int = 0
    revisions: int = 0
    in_history: int = 0
    actions: int = 0
    notes: list = field(default_factory=list)

    def __str__(self):
        return (
            f"{self.reports} reports, {self.active} active alerts, {self.revisions} revisions heard, "
            f"{self.in_history} events and {self.actions} actions in history"
        )


class Verdicts:
    """Compares what was promised and what follows with what the log, the history and the listener have."""

    def __init__(self, stack, ledger, promises, coordinator, listener):
        self._stack, self._ledger, self._promises = stack, ledger, promises
        self._coordinator, self._listener = coordinator, listener
        self._verified_events, self._verified_actions = set(), set()

    def check(self, *, wait):
        """Everything; ``wait(condition, what)`` waits for what may lag a moment. Raises Breach."""
        checked = Checked(reports=len(self._ledger.reports))
        self._check_promises()
        checked.active = self._check_alerts()
        checked.revisions = self._check_listener(wait)
        checked.in_history = self._check_events()
        checked.actions = self._check_actions()
        return checked

    def _check_promises(self):
        if self._promises.wrongs:
            raise Breach(f"answers: {self._promises.wrongs[:3]}")
        if self._ledger.contradictions:
            raise Breach(f"the log of alerts: {self._ledger.contradictions[:3]}")

    def _check_alerts(self):
        expected = oracle.active_by(self._ledger.entries, self._ledger.subject_states)
        found = {alert_id: alert.finding for alert_id, alert in self._ledger.active_messages.items()}
        try:
            compare("active alerts", expected, found)
        except Breach as breach:
            differing = [one for one in expected.keys() | found.keys() if expected.get(one) != found.get(one)]
            raise Breach(f"{breach}\n{self._evidence(differing[:5])}") from None
        return len(found)

    def _evidence(self, alert_ids):
        """All that was said of these alerts, and of whom they are."""
        said = [self._ledger.said[one] for one in alert_ids if one in self._ledger.said]
        named = [*alert_ids, *sorted({alert.subject for alert in said})]
        return "\n".join(f"{one}: {told}" for one in named for told in self._ledger.words[one])

    def _check_listener(self, wait):
        revisions, heard = self._ledger.revisions, self._listener.told
        wait(lambda: len(heard) >= len(revisions), "the listener hears what was said")
        compare("the listener", dict.fromkeys(revisions), dict.fromkeys(heard))
        if self._listener.wrongs:
            raise Breach(f"the listener: {self._listener.wrongs[:3]}")
        return len(heard)

    def _check_events(self):
        """Every event that was accepted is known, and its winning revision is in history once."""
        new = self._promises.accepted - self._verified_events
        unknown = [revision for revision in new if not self._ledger.became[revision]]
        if unknown:
            raise Breach(f"accepted and never heard of again: {unknown[:3]} of {len(unknown)}")
        winners = set()
        for type_, source, event_id, _ in new:
            entry = self._ledger.entries.get(EventKey(source, type_, event_id))
            if entry is None:
                raise Breach(f"accepted and in no log: {type_} {event_id}")
            winners.add((type_, source, event_id, entry.rank.revision, int(entry.rank.standing)))
        rows = self._rows(
            "SELECT type, source, event_id, revision, standing, count() AS n FROM events FINAL"
            f" WHERE event_id IN ({_quoted({one[2] for one in winners})}) GROUP BY 1, 2, 3, 4, 5"
        )
        counts = {
            (row["type"], row["source"], row["event_id"], row["revision"], row["standing"]): int(row["n"])
            for row in rows
        }
        wrong = [(one, counts.get(one, 0)) for one in winners if counts.get(one) != 1]
        if wrong:
            raise Breach(f"in history not once: {wrong[:3]} of {len(wrong)}")
        self._verified_events |= new
        return len(self._verified_events)

    def _check_actions(self):
        """Every action that was answered as done was decided once, and is in history once."""
        new = {
            action_id: done
            for action_id, done in self._coordinator.done.items()
            if action_id not in self._verified_actions
        }
        by_action = {}
        for (alert_id, version), (_, action_id) in self._ledger.states.items():
            if action_id is not None:
                by_action.setdefault(action_id, []).append((alert_id, version))
        for action_id, (kind, about, action) in new.items():
            answer = self._ledger.answers.get(action_id)
            if answer is None or answer.decided is not Decided.DONE:
                raise Breach(f"{action_id} ({action}) was answered as done, the log says {answer}")
            if kind == "alert" and len(by_action.get(action_id, ())) != 1:
                raise Breach(f"{action_id} ({action} of {about}) was done {len(by_action.get(action_id, ()))} times")
        self._check_mistaken(new)
        self._check_actions_in_history(new)
        self._verified_actions |= set(new)
        return len(self._verified_actions)

    def _check_mistaken(self, new):
        """Closing an alert as about the wrong subject asked for its sighting to be struck, and that was answered."""
        for (alert_id, _), (state, action_id) in self._ledger.states.items():
            closed = action_id in new and new[action_id][2] == "close" and state.outcome == Outcome.WRONG_SUBJECT
            if closed and f"{action_id}/sighting" not in self._ledger.answers:
                raise Breach(f"{action_id} closed {alert_id} as about the wrong subject, and nothing was struck")

    def _check_actions_in_history(self, new):
        if not new:
            return
        listed = _quoted(new)
        asked = self._counts(
            f"SELECT action_id, count() AS n FROM actions FINAL WHERE action_id IN ({listed}) GROUP BY 1"
        )
        done = self._counts(
            f"SELECT action_id, count() AS n FROM alert_states FINAL WHERE action_id IN ({listed}) GROUP BY 1"
        ) | self._counts(
            f"SELECT action_id, count() AS n FROM subject_states FINAL WHERE action_id IN ({listed}) GROUP BY 1"
        )
        wrong = [one for one in new if asked.get(one) != 1 or done.get(one) != 1]
        if wrong:
            raise Breach(f"actions in history not once: {[(one, asked.get(one), done.get(one)) for one in wrong[:3]]}")

    def _counts(self, question):
        return {row["action_id"]: int(row["n"]) for row in self._rows(question)}

    def _rows(self, question):
        answer = httpx.post(self._stack.clickhouse_url, content=question + " FORMAT JSONEachRow", timeout=60)
        if answer.status_code != 200:
            raise Breach(f"the history does not answer: {answer.text[:300]}")
        return [json.loads(line) for line in answer.text.splitlines()]


def compare(what, expected, found):
    """Raises Breach, with examples, unless both are the same."""
    if expected != found:
        raise Breach(f"{what}: {_differences(expected, found)}")


def _quoted(words):
    return ", ".join(f"'{word}'" for word in sorted(words)) or "''"


def _differences(expected, found):
    missing = [one for one in expected if one not in found]
    more = [one for one in found if one not in expected]
    other = [(one, expected[one], found[one]) for one in expected if one in found and expected[one] != found[one]]
    return f"{len(missing)} missing {missing[:3]}, {len(more)} too many {more[:3]}, {len(other)} differ {other[:2]}"
