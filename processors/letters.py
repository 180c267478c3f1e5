"""Which dead letters are asked for."""

from dataclasses import dataclass

from schemas.dead_letters import DeadLetter, Fault

OVER_HTTP = "http"
"""In the place of a topic: what did not come through one."""


@dataclass(frozen=True, slots=True)
class LetterQuery:
    """Filters of dead letters, all of which a letter must pass; None does not filter."""

    codes: frozenset[str] = frozenset()
    """Any of these: codes of problems, or faults of what could not be read or worked on. None of them: all."""
    source: str | None = None
    topic: str | None = None
    """Where it lay, without the prefix of a shared cluster; OVER_HTTP of what lay in none."""
    since: int | None = None
    """UTC ms of ``known_at``; for a refused passage that is the day."""
    until: int | None = None
    """Only what was known before."""

    @property
    def is_all(self) -> bool:
        """Whether every letter is asked for."""
        return self == LetterQuery()

    def asks_for(self, letter: DeadLetter) -> bool:
        """Whether the letter passes."""
        if self.codes and not self.codes & codes_of(letter):
            return False
        if self.source not in (None, letter.source) or self.topic not in (None, topic_of(letter)):
            return False
        return (self.since or 0) <= letter.known_at and (self.until is None or letter.known_at < self.until)


def codes_of(letter: DeadLetter) -> set[str]:
    """The codes of its problems, and its fault where that is not merely that it has some."""
    codes = {str(problem.code) for problem in letter.problems}
    return codes if letter.fault is Fault.REFUSED else codes | {str(letter.fault)}


def topic_of(letter: DeadLetter) -> str:
    """Where it lay."""
    return OVER_HTTP if letter.position is None else letter.position.topic
