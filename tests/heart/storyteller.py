"""Stories as aligned text: what is reported, and what is told of it, line by line.

    day  1   control   A
    day  5   control   B         raised     A -> B
    late 3   bvh       C         withdrawn  A -> B    later_evidence

``day D`` is known half an hour after it occurred; ``late D`` occurred on day D and becomes known after all before it.
Further lines of one report begin with the alert alone. Words after the place: ``=EVENT`` names the event,
``rN`` its revision, ``gone`` withdraws it; ``who:TOKEN`` names somebody else than the story's subject.
"""

import re

from from_scratch import FromScratch
from ledger import Ledger
from made_up import DISTANCES, RULES, MadeUpGeography, a_passage, a_person, a_report

from schemas.reports import Standing
from schemas.times import DAY_MS

PLACES = {"A": "GM0001", "B": "GM0002", "C": "GM0003", "D": "BE:Made-up", "IT": "IT"}
LETTERS = {code: letter for letter, code in PLACES.items()}
TOLD = re.compile(r"(raised|revised|withdrawn)\s+(\w+) -> (\w+)(.*)")


class Story:
    def __init__(self, rules=RULES):
        self.ledger = Ledger(rules, MadeUpGeography())
        self.scratch = FromScratch(rules, DISTANCES)
        self.latest = 100 * DAY_MS
        self.count = 0

    def tell(self, text):
        """Apply the reports of the text; assert that what is told is what it says, in its order."""
        told = []
        expected = []
        for line in text.strip().splitlines():
            found = TOLD.search(line)
            report_part = line[: found.start()] if found else line
            if report_part.strip():
                self._compare(expected, told, text)
                expected, told = [], self._apply(report_part.split())
            if found:
                expected.append((found[1], found[2], found[3], found[4].split()))
        self._compare(expected, told, text)
        return self

    def _compare(self, expected, told, text):
        said = [
            (str(alert.status), LETTERS[alert.finding.from_place], LETTERS[alert.finding.to_place], alert)
            for alert in told
        ]
        assert [line[:3] for line in said] == [line[:3] for line in expected], text
        for (*_, alert), (*_, words) in zip(said, expected, strict=True):
            for word in words:
                assert word in _words_of(alert), (word, alert, text)

    def _apply(self, words):
        when, day, kind, place, *more = words
        occurred_at = round(100 * DAY_MS + float(day) * DAY_MS)
        known_at = occurred_at + DAY_MS // 48 if when == "day" else self.latest + 1
        self.latest = max(self.latest, known_at)
        self.count += 1
        options = {"event": f"event-{self.count}", "occurred_at": occurred_at, "known_at": known_at}
        subject = "she"
        for word in more:
            if word.startswith("="):
                options["event"] = word[1:]
            elif re.fullmatch(r"r\d", word):
                options["revision"] = int(word[1:])
            elif word == "gone":
                options["standing"] = Standing.WITHDRAWN
            elif word.startswith("who:"):
                subject = word[4:]
            elif word == "plain":
                options["licensed"] = True
            else:
                options["indicators"] = (word,)
        report = _report(kind, PLACES[place], subject, options)
        told = self.ledger.apply(report).alerts
        self.scratch.take(report)
        assert self.ledger.active() == self.scratch.active(), "the plain form says otherwise"
        return told


def _report(kind, place, subject, options):
    options["place"] = place
    if kind == "passage":
        return a_passage(plate=subject, **options)
    if kind == "ad":
        return a_report(type="ad", phones=(subject,), **options)
    options["type"] = {"control": "control", "bvh": "bvh_mutation"}[kind]
    if subject.startswith("plate"):
        return a_report(vehicles=(subject,), **options)
    if subject.startswith("phone"):
        return a_report(phones=(subject,), **options)
    bvh, _, document = subject.partition("+")
    if bvh.startswith("doc"):
        return a_report(persons=(a_person(document=bvh),), **options)
    return a_report(persons=(a_person(bvh=bvh, document=document or None),), **options)


def _words_of(alert):
    finding = alert.finding
    words = {finding.novelty, finding.certainty, finding.attention, str(alert.reason)}
    words |= {word for word in ("implausible", "repeat", "cross_region", "cross_border") if getattr(finding, word)}
    words |= {"historical"} if alert.historical else set()
    words |= {"superseded"} if alert.superseded_by else {"not_superseded"}
    words |= {f"rev{alert.revision}", f"who:{alert.subject}"}
    return words
