"""How messages lie in the log's rows, and how they are read back."""

import json
from collections.abc import Iterable
from typing import Any

from processors.changes import Entry
from schemas.dead_letters import DeadLetter, Fault
from schemas.problems import Code, Problem
from schemas.report_form import report_as_json, report_from_log
from schemas.reports import EventKey, Rank, Report
from streams.lists.bodies import compact


def report_body(report: Report) -> str:
    """A report as it lies in the log: the JSON form that exports and ``replay`` share."""
    return compact(report_as_json(report))


def report_of(body: str) -> Report:
    """The report of a row."""
    return report_from_log(json.loads(body))


def dead_letter_of(body: str, known_at: int) -> DeadLetter:
    """The dead letter of a row."""
    told = json.loads(body)
    problems = tuple(_problem_of(problem) for problem in told.get("problems", ()))
    named = (told.get("type"), told.get("source"), told.get("event_id"))
    return DeadLetter(Fault(told["fault"]), told["role"], known_at, *named, problems, held=told.get("held"))


def _problem_of(told: dict[str, Any]) -> Problem:
    candidates = tuple(told.get("candidates", ()))
    return Problem(Code(told["code"]), told["message"], told.get("field"), told.get("hint"), candidates)


def ranks_body(ranks: Iterable[Rank]) -> str:
    """Every rank that REGISTER was shown of an event."""
    return compact([list(rank) for rank in ranks])


def entry_of(row: tuple[Any, ...]) -> tuple[EventKey, Entry]:
    """The register entry of (source, type, event_id, revision, standing, digest, seen, known_at, report body)."""
    source, type_, event_id, revision, standing, digest, seen, known_at, body = row
    entry = Entry(
        rank=Rank(revision, standing, digest),
        seen=tuple(Rank(*rank) for rank in json.loads(seen)),
        known_at=known_at,
        report=None if body is None else report_of(body),
    )
    return EventKey(source, type_, event_id), entry
