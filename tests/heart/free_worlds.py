"""Made-up worlds in which passages come whenever they like, beside the namings and the ends that judge them.

Which of them count hangs on what was read first. Whatever that was, at rest everybody who keeps anything of a passage
agrees whether it counts; what counts has ground; and what is told is what follows from what counts.
"""

import pickle
from dataclasses import replace
from random import Random

from crowds import SMALL, crowded_reports
from ledger import Ledger
from made_up import DISTANCES, MadeUpGeography
from network import Network

from processors.relocations import active_findings
from schemas.reports import Standing
from schemas.times import HOUR_MS

PLATES = ("plate-1", "plate-2")


class FreeWorld:
    def __init__(self, seed, *, calm=False):
        self.random = Random(seed)
        registers, keepers = self.random.randint(1, 3), self.random.randint(1, 3)
        self.network = Network(self.random, SMALL, MadeUpGeography(), registers=registers, keepers=keepers, calm=calm)
        self.ledger = Ledger(SMALL, MadeUpGeography())
        self.reports = crowded_reports(seed, 60)
        self.seen = set()

    def run(self):
        for report in self.reports:
            if report.type != "vehicle":
                self.ledger.apply(report)
            self.network.publish(report)
            if report.type == "vehicle" and self.random.random() < 0.2:  # sent again, and judged again
                self.network.publish(replace(report, known_at=report.known_at + self.random.randint(0, 3)))
            self.network.live(self.random.randint(0, 6))
            if self.random.random() < 0.05:
                self.network.rest()
                self.network.wait()
                self.check()
        self.network.rest()
        self.network.wait()
        self.check()
        self.network.tick(self.network.now + 73 * HOUR_MS)
        self.check(is_late=True)

    def check(self, *, is_late=False):
        network = self.network
        self.seen |= network.seen
        sightings = network.sightings()
        held = {subject: sorted(given.values()) for subject, given in self.ledger.sightings.items() if given}
        passages = {subject: [seen for seen in given if seen.type == "vehicle"] for subject, given in sightings.items()}
        others = {subject: [seen for seen in given if seen.type != "vehicle"] for subject, given in sightings.items()}
        assert {subject: given for subject, given in others.items() if given} == held
        self.seen |= {"passage" for given in passages.values() if given}
        self._check_told(sightings)
        self._check_ground(passages)
        self._check_registers(passages, is_late=is_late)
        self._check_logs(passages, is_late=is_late)
        self._check_replay()

    def _check_told(self, sightings):
        expected = {}
        for subject, given in sightings.items():
            expected |= active_findings(subject, given, SMALL, DISTANCES)
        assert self.network.active() == expected

    def _check_ground(self, passages):
        for plate in PLATES:
            keeper = self.network.keeper(plate)
            if not self.ledger.heart._following.is_named(plate):
                assert passages.get(plate, []) == []
            for seen in passages.get(plate, []):
                assert keeper.is_followed(plate, seen.known_at)
        assert not any(task.keeper._keeping.vehicles._waiting for task in self.network.keepers)

    def _check_registers(self, passages, *, is_late):
        """REGISTER remembers the passages that count, and for a while those that were taken back."""
        remembered, withdrawn = set(), set()
        for task in self.network.registers:
            for key in task.registrar._held:
                entry = task.registrar._entry(key)
                if key.type == "vehicle":
                    (withdrawn if entry.report is None else remembered).add(key)
        assert remembered == {seen.event for given in passages.values() for seen in given}
        assert not (is_late and withdrawn)

    def _check_logs(self, passages, *, is_late):
        """Nothing is left in a log of a passage that lost its ground, once it is compacted."""
        counting = {seen.event for given in passages.values() for seen in given}
        for task in self.network.registers:
            for report in map(pickle.loads, last_of(self.network.logs["reports", "vehicle", task.number])):
                assert report.key in counting or (not is_late and self._was_withdrawn(task, report.key))
        for task in self.network.keepers:
            for record in last_of(self.network.logs["sightings", "passage", task.number]):
                assert record.taken or record.sighting.event in counting
                assert not (is_late and record.taken)

    def _was_withdrawn(self, task, key):
        return task.registrar._entry(key) is not None and task.registrar._entry(key).report is None

    def _check_replay(self):
        """What the log of reports holds, exported and replayed, ends in the same active alerts."""
        again = Ledger(SMALL, MadeUpGeography())
        for task in self.network.registers:
            for type_ in ("control", "bvh_mutation", "ad", "vehicle"):
                for body in last_of(self.network.logs["reports", type_, task.number], by_key=type_ == "vehicle"):
                    report = pickle.loads(body)
                    is_passage = report.type == "vehicle" and report.rank.standing == Standing.COUNTS
                    again.apply(replace(report, admitted=True) if is_passage else report)
        assert again.active() == self.network.active()


def last_of(log, by_key=True):
    """What compaction leaves."""
    if not by_key:
        return [value for _, _, value in log.read(0)]
    last = {key: value for _, key, value in log.read(0)}
    return [value for value in last.values() if value is not None]
