"""How right alerts are, held against the truth file: the match rule, precision, recall, and what was promised.

An alert says: *this subject was in `from`, and at `arrived_at` it was in `to`*. It is **right** when

* `arrived_at` lies within a physical stay of that subject in `to` (from coming to leaving; not a minute of
  tolerance), and
* `from` is the place of the stay just before that one; or the place where it was shown last before (`seen_from`
  of the truth: A, then B unseen, then C, is told as A to C, and nothing more can be known); or a place where
  the subject really was at the alert's `from_last_seen`, in an earlier stay (a stay between was missed: both
  halves of what is said are true).

A token stands for the physical subject whose own paper, number, plate, phone or photo it is: that somebody
borrowed the passport is no excuse. A second alert of one token about the same arrival is wrong. All alerts
count that were not withdrawn at the end, active and settled.

**Precision** is the share of right alerts. **Recall** is the share of the moves with `seen_from` into whose
stay a right alert points: the `observable` ones and those over unseen stays. ``recall_strict`` looks at the
`observable` ones alone.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FOREVER = float("inf")
FORTNIGHT_MS = 14 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Known:
    """A stay of the truth. Times are UTC ms; the first has no beginning and the last no end."""

    place: str
    since: float
    until: float
    seen_from: str | None
    observable: bool


@dataclass
class Truth:
    """The truth file, by physical subject."""

    stays: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, str] = field(default_factory=dict)
    """Token -> physical subject."""
    kinds: dict[str, str] = field(default_factory=dict)
    commuters: set[str] = field(default_factory=set)
    """Tokens of commuting cars."""

    @classmethod
    def of(cls, lines: Iterable[dict[str, Any]]) -> "Truth":
        """From the lines of a truth file, in their order."""
        truth = cls()
        for line in lines:
            truth._add(line)
        return truth

    def _add(self, line: dict[str, Any]) -> None:
        physical, stays = line["physical"], self.stays[line["physical"]]
        left_at, arrived_at = milliseconds(line["left_at"]), milliseconds(line["arrived_at"])
        if not stays:
            stays.append(Known(line["from"], -FOREVER, left_at, None, False))
            self.kinds[physical] = line["subject_kind"]
            self.owners.update(dict.fromkeys(line["tokens"], physical))
            if line["subject_kind"] == "vehicle" and line["crew"].startswith("commute"):
                self.commuters.update(line["tokens"])
        last = stays[-1]
        stays[-1] = Known(last.place, last.since, left_at, last.seen_from, last.observable)
        stays.append(Known(line["to"], arrived_at, FOREVER, line["seen_from"], line["observable"]))


@dataclass
class Score:
    """What was counted. Ratios are 1 when there is nothing to count."""

    alerts: int = 0
    right: int = 0
    expected: int = 0
    found: int = 0
    expected_strict: int = 0
    found_strict: int = 0
    wrong_why: Counter[str] = field(default_factory=Counter)
    by_kind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    """Kind -> alerts, right, expected, found."""

    @property
    def precision(self) -> float:
        """The share of the alerts that are right."""
        return self.right / self.alerts if self.alerts else 1.0

    @property
    def recall(self) -> float:
        """The share of the moves that could be known, of which a right alert tells."""
        return self.found / self.expected if self.expected else 1.0

    @property
    def recall_strict(self) -> float:
        """The same over the moves shown at both ends."""
        return self.found_strict / self.expected_strict if self.expected_strict else 1.0


def milliseconds(told: str) -> int:
    """UTC ms of an RFC 3339 time."""
    return round(datetime.fromisoformat(told).timestamp() * 1_000)


def standing(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last word on each alert, withdrawn ones left out."""
    last = {message["alert_id"]: message for message in messages}
    return [message for message in last.values() if message["status"] != "withdrawn"]


def score(truth: Truth, alerts: Iterable[dict[str, Any]]) -> Score:
    """Hold standing alerts against the truth."""
    counted = Score()
    told: set[tuple[str, int]] = set()
    used: set[tuple[str, int]] = set()
    for alert in sorted(alerts, key=lambda alert: (alert["arrived_at"], alert["subject"])):
        kind = alert["subject_kind"]
        counted.alerts += 1
        counted.by_kind[kind][0] += 1
        index, why = _stay_told(truth, alert)
        if why is None and (alert["subject"], index) in used:
            why = "told twice"
        if why is not None:
            counted.wrong_why[f"{kind}: {why}"] += 1
            continue
        used.add((alert["subject"], index))
        told.add((truth.owners[alert["subject"]], index))
        counted.right += 1
        counted.by_kind[kind][1] += 1
    _count_expected(truth, told, counted)
    return counted


def _stay_told(truth: Truth, alert: dict[str, Any]) -> tuple[int, str | None]:
    """(number of the stay that the alert tells of, why it is wrong or None)."""
    physical = truth.owners.get(alert["subject"])
    if physical is None:
        return -1, "of somebody who never moved"
    stays = truth.stays[physical]
    arrived_at = milliseconds(alert["arrived_at"])
    index = bisect_right([stay.since for stay in stays], arrived_at) - 1
    stay = stays[index]
    if stay.place != alert["to"] or arrived_at > stay.until:
        return -1, "was not there"
    if index == 0:
        return -1, "had not come from elsewhere"
    if alert["from"] in (stays[index - 1].place, stay.seen_from):
        return index, None
    last_seen = milliseconds(alert["from_last_seen"])
    was_there = any(past.place == alert["from"] and past.since <= last_seen <= past.until for past in stays[:index])
    return (index, None) if was_there else (-1, "did not come from there")


def _count_expected(truth: Truth, told: set[tuple[str, int]], counted: Score) -> None:
    for physical, stays in truth.stays.items():
        kind = counted.by_kind[truth.kinds[physical]]
        for index, stay in enumerate(stays):
            if stay.seen_from is None:
                continue
            found = (physical, index) in told
            counted.expected += 1
            counted.found += found
            counted.expected_strict += stay.observable
            counted.found_strict += found and stay.observable
            kind[2] += 1
            kind[3] += found


@dataclass(frozen=True, slots=True)
class Promises:
    """What coordinators were promised, counted over all messages."""

    commuter_notified_max: int
    """The most notified alerts about one commuting car in any 14 days."""
    confirmed: int
    """Alerts that were ever told as confirmed."""
    taken_back: int
    """Of those, withdrawn in the end for another reason than a correction."""
    taken_back_for_good: int
    """Of those, the ones without a standing alert on the same arrival event (a document joined to a person renames)."""

    @property
    def taken_back_share(self) -> float:
        """Confirmed and later withdrawn without a correction."""
        return self.taken_back / self.confirmed if self.confirmed else 0.0


def promises(truth: Truth, messages: Iterable[dict[str, Any]]) -> Promises:
    """Count over every message in its order."""
    confirmed: set[str] = set()
    last: dict[str, dict[str, Any]] = {}
    notified: dict[str, list[int]] = defaultdict(list)
    for message in messages:
        before = last.get(message["alert_id"])
        last[message["alert_id"]] = message
        if message["status"] == "withdrawn":
            continue
        if message["certainty"] == "confirmed":
            confirmed.add(message["alert_id"])
        if message["subject"] in truth.commuters and _is_news(message, before):
            notified[message["subject"]].append(milliseconds(message["known_at"]))
    back = [last[alert_id] for alert_id in confirmed if last[alert_id]["status"] == "withdrawn"]
    back = [message for message in back if message.get("reason") != "corrected"]
    arrivals = {message["arrival_event_id"] for message in standing(last.values())}
    for_good = [message for message in back if message["arrival_event_id"] not in arrivals]
    most = max((_most_within(times) for times in notified.values()), default=0)
    return Promises(most, len(confirmed), len(back), len(for_good))


def _is_news(message: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Notified: raised, or revised from what was not notified, and worth it."""
    return _pushed(message) and (before is None or before["status"] == "withdrawn" or not _pushed(before))


def _pushed(message: dict[str, Any]) -> bool:
    return message["attention"] == "tell" and not message["repeat"] and not message.get("historical", False)


def _most_within(times: list[int]) -> int:
    return max(sum(1 for other in times if at <= other < at + FORTNIGHT_MS) for at in times)


def by_kind_lines(counted: Score) -> Iterator[str]:
    """A line per kind of subject, for people."""
    for kind, (alerts, right, expected, found) in sorted(counted.by_kind.items()):
        precision = right / alerts if alerts else 1.0
        recall = found / expected if expected else 1.0
        yield f"{kind:8} precision {precision:.4f} ({right}/{alerts})  recall {recall:.4f} ({found}/{expected})"
