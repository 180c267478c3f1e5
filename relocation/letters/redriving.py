"""One run of ``relocation dead-letters redrive``: which letters are tried, and what became of each."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from processors.letters import LetterQuery
from relocation.exits import FAILED, UNREACHABLE, Failure
from relocation.letters.lying import Lying
from relocation.letters.source import Letters, Try
from relocation.progress import progress_bar
from relocation.tables import print_table
from schemas.dead_letters import Remedy
from schemas.views import Answer, Unavailable

AT_ONCE = 100
"""So many letters are tried in one go."""
_WHY_NOT = {
    Remedy.RESEND: "nothing of it is held: ask who published it to send it again",
    Remedy.CORRECT: "nothing of it is held: ask who published it to send it again, without what its codes name",
}


class Redrive:
    """Takes the letters one go after another, in constant memory but for what became of them."""

    def __init__(self, source: Letters, query: LetterQuery, names: frozenset[str], now: int) -> None:
        """``names``: only these letters; none: all that the query asks for. ``now``: UTC ms."""
        self._source, self._query, self._names, self._now = source, query, names, now
        self._told: list[dict[str, Any]] = []
        self._unheld: dict[str, Remedy] = {}
        self._found: set[str] = set()

    def run(self, again: Try) -> None:
        """Try them all. Raises Failure where the log takes no more."""
        going: list[Lying] = []
        with progress_bar() as tell:
            for one in self._asked():
                going.append(one)
                if len(going) == AT_ONCE:
                    self._try(again, going)
                    going = []
                    tell("letters", len(self._told), None)
            self._try(again, going)

    def show(self, *, as_json: bool, dry_run: bool) -> None:
        """What became of each, and how many of each kind there are."""
        counts = Counter(one["status"] for one in self._told)
        if as_json:
            click.echo(json.dumps({"items": self._told, "counts": counts, "dry_run": dry_run}, ensure_ascii=False))
            return
        rows = [{**one, "codes": ", ".join(error["code"] for error in one.get("errors", ()))} for one in self._told]
        print_table(rows, ("letter", "status", "codes"))
        words = ", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "nothing to try"
        click.echo(f"{words}; nothing was written" if dry_run else words, err=True)

    def require_whole(self) -> None:
        """Raises Failure if a letter that was named was not tried, or any was refused again."""
        told = [f"there is no dead letter {name}" for name in sorted(self._names - self._found)]
        told += [f"letter {name} cannot be tried: {_WHY_NOT[remedy]}" for name, remedy in self._unheld.items()]
        refused = sum(one["status"] == "rejected" for one in self._told)
        if refused:
            told.append(f"{refused} were refused again: the letters stay, and can be tried later")
        if told:
            raise Failure("\n".join(told), FAILED)

    def _asked(self) -> Iterator[Lying]:
        for one in self._source.lying():
            if self._names and one.name not in self._names:
                continue
            self._found.add(one.name)
            remedy = one.letter.remedy(self._now)
            if not self._query.asks_for(one.letter):
                continue
            if remedy is Remedy.REDRIVE:
                yield one
            elif self._names:
                self._unheld[one.name] = remedy

    def _try(self, again: Try, going: list[Lying]) -> None:
        if not going:
            return
        try:
            answers = again([one.letter for one in going])
        except Unavailable as why:
            done = len(self._told) + len(why.answered)
            told = f"only the first {done} were tried, since {why}: do it again, what is in already is a duplicate"
            raise Failure(told, UNREACHABLE) from None
        self._told += [_told(one, answer) for one, answer in zip(going, answers, strict=True)]


def _told(one: Lying, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"letter": one.name, "status": answer.status}
    if answer.event_id is not None:
        told["event_id"] = answer.event_id
    if answer.problems:
        told["errors"] = [problem.as_json() for problem in answer.problems]
    return told
