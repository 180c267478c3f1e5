"""All that the logs hold, read along as they grow: who wins, what was said, what was answered."""

import time
from collections import Counter, defaultdict

from confluent_kafka import Consumer, KafkaError, TopicPartition

from processors.register import Verdict, judge
from schemas.actions import AlertState
from schemas.alerts import AlertStatus
from schemas.avro import REPORT_KINDS, Kind, decode, unframe
from schemas.keys import passage_of
from streams.topics import TOPICS

READ = [topic for topic in TOPICS if not topic.name.startswith(("intake.", "control"))]
DEADLINE_S = 60


class Ledger:
    """Reads every topic of ours but ``intake.*`` from its beginning; ``catch_up`` reads what came since."""

    def __init__(self, bootstrap):
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "unused",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "fetch.queue.backoff.ms": 2,
                "log_level": 0,
            }
        )
        self._next = {}
        self._kinds = {topic.name: topic.kind for topic in READ}
        self.entries = {}
        """What REGISTER should remember, by event: worked out from the reports."""
        self._by_key = defaultdict(dict)
        self.reports = []
        """Every report, in the order it was read; destroyed passages among them."""
        self.destroyed = {}
        """Event -> until when what was known of it is destroyed."""
        self.said = {}
        """alert_id -> the last message of the first of every revision; whether it is settled."""
        self.settled = {}
        self.words = defaultdict(list)
        """alert_id, or token -> every message as it lies in the log, in words: evidence for a breach."""
        self.revisions = set()
        self.contradictions = []
        self.states = {}
        """(alert_id, version) -> the first such state, and the action that it answers."""
        self.answers = {}
        self.subject_states = defaultdict(list)
        self.receipts = Counter()
        self.became = defaultdict(set)
        """(type, source, event_id, revision) -> what receipts said."""
        self.dead = Counter()
        self.count = Counter()

    def catch_up(self, ends):
        """Read up to ``ends``, topic and partition -> offset."""
        wanted = {at: end for at, end in ends.items() if at[0] in self._kinds}
        fresh = [TopicPartition(*at, 0) for at in wanted if at not in self._next]
        if fresh:
            self._consumer.incremental_assign(fresh)
            self._next |= {(one.topic, one.partition): 0 for one in fresh}
        deadline = time.monotonic() + DEADLINE_S
        while behind := [at for at, end in wanted.items() if self._next[at] < end]:
            if time.monotonic() > deadline:
                raise AssertionError(f"the log could not be read: {behind[:5]}")
            for message in self._consumer.consume(5_000, 0.05):
                if message.error() is None:
                    self._take(message)
                elif message.error().code() == KafkaError._AUTO_OFFSET_RESET:
                    raise AssertionError(f"{message.topic()}/{message.partition()} lost its beginning")
            self._skip_holes(behind, wanted)

    def _skip_holes(self, behind, wanted):
        """Compaction leaves holes; the consumer's place is past them."""
        places = self._consumer.position([TopicPartition(*at) for at in behind])
        for place in places:
            at = (place.topic, place.partition)
            self._next[at] = max(self._next[at], place.offset)

    def close(self):
        self._consumer.close()

    def _take(self, message):
        at = (message.topic(), message.partition())
        self._next[at] = message.offset() + 1
        self.count[message.topic()] += 1
        topic, value = message.topic(), message.value()
        if value is None:
            if topic == "reports.vehicle":
                self._erase(message.key().decode())
            elif topic.startswith("sightings."):
                self.words[message.key().decode().partition("/")[0]].append(f"{_place_of(message)}: a tombstone")
            return
        headers = dict(message.headers() or ())
        kind = self._kinds[topic]
        body = unframe(value)[1]
        if kind in REPORT_KINDS.values():
            if topic.startswith("reports."):
                self._report(message.key().decode(), decode(kind, body))
        elif kind is Kind.ALERT:
            self._alert(decode(kind, body), headers, message)
        elif topic == "alert-states":
            self._state(decode(kind, body), headers)
        elif kind is Kind.ACTION_ANSWER:
            answer = decode(kind, body)
            self.answers.setdefault(answer.action_id, answer)
        elif kind is Kind.SUBJECT_STATE:
            self._subject_state(decode(kind, body))
        elif kind is Kind.RECEIPT:
            self._receipt(decode(kind, body))
        elif kind is Kind.DEAD_LETTER:
            self.dead[str(decode(kind, body).fault)] += 1
        elif kind is Kind.SIGHTING:
            self._sighting(decode(kind, body), message)
        elif kind is Kind.FOLLOWED:
            followed = decode(kind, body)
            self.words[followed.token].append(f"{_place_of(message)}: {followed}")
        elif kind is Kind.DESTROYED:
            destroyed = decode(kind, body)
            self.destroyed[destroyed.event] = max(destroyed.at, self.destroyed.get(destroyed.event, 0))

    def _report(self, key, report):
        self.reports.append(report)
        self._by_key[report.key][key] = report
        verdict, entry = judge(self.entries.get(report.key), report)
        if verdict is not Verdict.DUPLICATE:
            self.entries[report.key] = entry

    def _erase(self, key):
        """A passage that lost its ground: what was sent of it since stays."""
        event = passage_of(key)
        left = self._by_key[event]
        left.pop(key, None)
        self.entries.pop(event, None)
        for report in left.values():
            verdict, entry = judge(self.entries.get(event), report)
            if verdict is not Verdict.DUPLICATE:
                self.entries[event] = entry

    def _sighting(self, record, message):
        one = record.sighting
        told = "takes" if record.taken else "gives"
        self.words[record.subject].append(
            f"{_place_of(message)}: version {record.version} {told} {one.type} {one.event_id} at {one.occurred_at}"
            f" {one.place} as of {one.known_at}{' via ' + record.via if record.via else ''}"
            f"{f' document of {len(record.owners)}' if record.is_document else ''}"
        )

    def _alert(self, alert, headers, message):
        key = (alert.alert_id, alert.revision)
        self.words[alert.alert_id].append(
            f"{_place_of(message)} at {message.timestamp()[1]}: revision {alert.revision}"
            f" {alert.status} {alert.finding.from_place} > {alert.finding.to_place} as of {alert.known_at}"
            f" by {headers.get('relocation_epoch')} settled {headers.get('relocation_settled')}"
        )
        settled = headers.get("relocation_settled")
        if key not in self.revisions:
            self.revisions.add(key)
            before = self.said.get(alert.alert_id)
            if (before.revision + 1 if before else 1) != alert.revision:
                self.contradictions.append(f"revision {alert.revision} of {alert.alert_id} came out of turn")
            self.said[alert.alert_id] = alert
            self.settled[alert.alert_id] = False
        elif settled is not None and self.said[alert.alert_id].revision == alert.revision:
            self.settled[alert.alert_id] = settled == b"1"

    def _state(self, state: AlertState, headers):
        action = headers.get("relocation_action")
        self.states.setdefault((state.alert_id, state.version), (state, action.decode() if action else None))

    def _subject_state(self, state):
        so_far = self.subject_states[state.action.subject]
        if state.action.action_id not in {one.action.action_id for one in so_far}:
            so_far.append(state)

    def _receipt(self, receipt):
        self.receipts[str(receipt.became)] += 1
        if receipt.event_id is not None:
            self.became[receipt.type, receipt.source, receipt.event_id, receipt.revision].add(str(receipt.became))

    @property
    def active_messages(self):
        """alert_id -> last message of every alert that the log says is active."""
        return {
            alert_id: alert
            for alert_id, alert in self.said.items()
            if alert.status is not AlertStatus.WITHDRAWN and not self.settled[alert_id]
        }


def _place_of(message):
    return f"{message.topic()}/{message.partition()}/{message.offset()}"
