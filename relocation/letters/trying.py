"""Trying letters again without doing anything."""

from collections.abc import Callable, Sequence

from processors.intake import Admitted, Intake
from relocation.letters.source import Try
from schemas.dead_letters import DeadLetter
from schemas.views import Answer


def trying(intake: Intake, now: Callable[[], int]) -> Try:
    """What would be answered to each, if it was not known yet. ``now``: UTC ms."""

    def judge(letters: Sequence[DeadLetter]) -> list[Answer]:
        return [_judged(intake, letter, now()) for letter in letters]

    return judge


def _judged(intake: Intake, letter: DeadLetter, known_at: int) -> Answer:
    outcome = intake.redrive(letter.held or "", known_at)
    if isinstance(outcome, Admitted):
        return Answer("accepted", outcome.report.event_id)
    return Answer("rejected", outcome.event_id, outcome.problems)
