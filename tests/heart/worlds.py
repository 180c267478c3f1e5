"""Made-up worlds told to a heart and to a network alike: reports, requests, passages and the passing of time."""

from dataclasses import replace
from random import Random

from crowds import SMALL, crowded_reports
from ledger import Ledger
from made_up import MadeUpGeography
from network import Network

from processors.subject_requests import InvalidAction
from schemas.actions import SubjectAction
from schemas.alerts import AlertStatus
from schemas.decisions import Decided
from schemas.sightings import Evidence


class World:
    """A crowded world drawn from a seed. What both were told is judged alike by both, for both are at rest then."""

    def __init__(self, seed, *, calm=False, terms=False, hurry=False):
        """``hurry``: requests about one subject follow each other before what the last one led to is at rest."""
        self.random = Random(seed)
        self.hurry = hurry
        self.terms = {"control": 70, "bvh_mutation": 75, "ad": 60, "vehicle": 65} if terms else {}
        self.term_of = lambda report: self.terms.get(report.type)
        registers, keepers = self.random.randint(1, 3), self.random.randint(1, 3)
        self.ledger = Ledger(SMALL, MadeUpGeography())
        self.network = Network(
            self.random,
            SMALL,
            MadeUpGeography(),
            registers=registers,
            keepers=keepers,
            term_of=self.term_of,
            calm=calm,
        )
        self.reports = crowded_reports(seed, 60)
        self.at = 1_050
        self.asked = []
        self.forgotten = set()
        self.frozen = set()
        self.answers = {}
        self.seen = set()

    def run(self, phases=14):
        for _ in range(phases):
            acts = [self.some_reports, self.some_reports, self.a_request, self.a_request]
            if self.terms or self.random.random() < 0.5:
                acts.append(self.a_tick)
            if self.hurry:
                acts += [self.strikes_in_a_row] * 2
            self.random.choice(acts)()
            self.compare()
        self.network.wait()
        self.ledger.keep(self.ledger.heart.tick(self.network.now, self.term_of))
        self.compare()

    # What happens

    def some_reports(self):
        count = 1 if self._holds_passages() else self.random.randint(1, 8)
        for _ in range(count):
            report = next(self.reports, None)
            if report is None:
                return
            self.at = max(self.at, report.known_at)
            if report.key in self.forgotten or self._is_too_old(report):
                continue
            if self.terms and not self.network.calm:
                report = without_documents(report)
            if report.type == "vehicle" and report.counts:
                self.a_passage(report)
                return
            self.ledger.apply(report)
            self.network.publish(report)
            self.network.live(self.random.randint(0, 6))

    def _is_too_old(self, report):
        """No gateway lets it in."""
        term = self.term_of(report)
        return term is not None and report.occurred_at is not None and report.occurred_at + term <= self.network.now

    def a_passage(self, report):
        """At rest, where both say alike whether it is a hit."""
        self.rest()
        (plate,) = report.vehicles
        is_hit = self.ledger.heart.is_followed(plate, report.known_at)
        if is_hit and self.network.keeper(plate).is_followed(plate, report.known_at):
            self.seen.add("passage")
            self.ledger.apply(report)
            self.network.publish(report)

    def a_request(self):
        self.rest()
        action = self._an_action()
        if action is not None:
            self._ask(action)

    def strikes_in_a_row(self):
        """Of one subject, without rest between them: only its keeper is asked, and reads them in their order."""
        self.rest()
        held = [(subject, event) for subject, given in self.ledger.sightings.items() for event in given]
        if not held:
            return
        subject, _ = self.random.choice(sorted(held))
        events = sorted(self.ledger.sightings[subject])
        for _ in range(self.random.randint(2, 5)):
            name, event = self.random.choice(("strike", "unstrike")), self.random.choice(events[-3:])
            action_id = f"ask-{len(self.asked)}"
            self._ask(SubjectAction(action_id, name, subject, "made up", "anna", self.at, event=event))
            self.network.live(self.random.randint(0, 6))

    def _ask(self, action):
        self.asked.append(action)
        self.network.ask(action)
        if action.action_id in self.answers:
            return
        try:
            self.ledger.keep(self.ledger.heart.act(action))
            self.answers[action.action_id] = Decided.DONE
            self.seen.add(action.action)
        except InvalidAction:
            self.answers[action.action_id] = Decided.REFUSED

    def _an_action(self):
        draw = self.random
        done = [action for action in self.asked if self.answers[action.action_id] is Decided.DONE]
        if done and draw.random() < 0.15:
            return draw.choice(done)
        name = draw.choice(("strike", "strike", "unstrike", "follow", "follow", "unfollow"))
        action_id = f"ask-{len(self.asked)}"
        if name in ("follow", "unfollow"):
            plate, until = draw.choice(("plate-1", "plate-2")), self.at + draw.choice((4, 30, 1_000_000))
            return SubjectAction(action_id, name, plate, "made up", "anna", self.at, until=until)
        held = [(subject, event) for subject, given in self.ledger.sightings.items() for event in given]
        held += [*self.ledger.strikes] * 2
        if not held:
            return None
        subject, event = draw.choice(sorted(held))
        return SubjectAction(action_id, name, subject, "made up", "anna", self.at, event=event)

    def a_tick(self):
        self.rest()
        self.at += self.random.choice((1, 3, 10))
        before = set(self.ledger.entries)
        self.ledger.keep(self.ledger.heart.tick(self.at, self.term_of))
        kept = {key for key, entry in self.ledger.entries.items() if entry.report is None or entry.report.occurred_at}
        self.forgotten |= before - kept
        if before - kept:
            self.seen.add("forgotten")
        self.network.tick(self.at)

    def _holds_passages(self):
        return any(
            sighting.evidence == Evidence.PASSAGE
            for given in self.ledger.sightings.values()
            for sighting in given.values()
        )

    # At rest

    def rest(self):
        self.network.rest()
        if self.network.now:
            self.network.tick(self.network.now)
            self.ledger.keep(self.ledger.heart.tick(self.network.now, self.term_of))

    def compare(self):
        """The same sightings, active alerts and follows; readers have heard what the owners say."""
        self.rest()
        network, ledger = self.network, self.ledger
        self.seen |= network.seen
        held = {subject: sorted(given.values()) for subject, given in ledger.sightings.items() if given}
        assert network.sightings() == held
        self.frozen |= frozen_by(ledger.heart)
        for task in network.keepers:
            self.frozen |= frozen_by(task.keeper._keeping)
        assert self._told(network.active()) == self._told(ledger.active())
        self._compare_readers()
        self._compare_followed()
        for action_id, decided in self.answers.items():
            assert network.answers()[action_id].decided is decided

    def _told(self, active):
        """Without what rested on what was forgotten: whether that is remembered depends on when who began anew."""
        return {alert_id: finding for alert_id, finding in active.items() if alert_id not in self.frozen}

    def _compare_readers(self):
        said, readers, last = self.network.said(), self.network.readers(), self.network.last_messages()
        assert {each: word(alert) for each, alert in readers.items()} == {
            each: word(alert) for each, alert in said.items()
        }
        for alert_id, alert in said.items():
            assert word(last[alert_id][0]) == word(alert)
            if alert.status is not AlertStatus.WITHDRAWN:
                is_active = self.network.keeper(alert.subject).is_active(alert_id, alert.subject)
                assert last[alert_id][1] == (not is_active)

    def _compare_followed(self):
        said = self.network.followed()
        for plate in ("plate-1", "plate-2"):
            follow, followed = self.ledger.heart.follow_of(plate), said.get(plate)
            is_named = followed is not None and followed.named
            assert is_named == self.ledger.heart._following.is_named(plate)
            asked = None if followed is None else followed.asked_until
            assert self._runs(asked) == self._runs(None if follow is None else follow.until)

    def _runs(self, until):
        """A follow that has run out is over, whether a tick has said so or not."""
        return None if until is None or until <= self.at else until


def without_documents(report):
    """What links documents outlasts their events only in memory: who begins anew learns it from the log."""
    return replace(report, persons=tuple(replace(person, document=None) for person in report.persons))


def frozen_by(state):
    subjects = state._subjects if hasattr(state, "_subjects") else state.subjects
    return {alert_id for frozen in subjects._frozen.values() for alert_id in frozen}


def word(alert):
    """What is said, but for which of two sources' events of one id it rests on: that can change without a word."""
    return (
        alert.alert_id, alert.revision, alert.status, alert.subject, alert.finding, alert.known_at, alert.based_on,
        alert.reason, alert.superseded_by,
    )  # fmt: skip
