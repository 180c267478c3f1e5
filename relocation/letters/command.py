"""``relocation dead-letters``: the commands."""

import json
from collections.abc import Callable, Iterator
from functools import reduce, wraps
from heapq import nlargest
from pathlib import Path
from typing import Any

import click

from processors.letters import LetterQuery
from relocation.clock import now_ms
from relocation.exits import FAILED, UNUSABLE, Failure
from relocation.letters.lying import COLUMNS, Lying
from relocation.letters.redriving import Redrive
from relocation.letters.source import Letters, letters_of
from relocation.moments import moment
from relocation.opening import damage_told
from relocation.settings import load_settings
from relocation.tables import print_table
from schemas.dead_letters import Fault, Remedy
from schemas.problems import Code

_CODES = sorted({*map(str, Code), *(str(fault) for fault in Fault if fault is not Fault.REFUSED)})
_FILTERS = (
    click.option("--code", "codes", multiple=True, type=click.Choice(_CODES), metavar="CODE",
                 help="Any of these codes; `failed` and `undecodable` too."),
    click.option("--source", metavar="SOURCE", help="Only of this source."),
    click.option("--topic", metavar="TOPIC", help="Only what lay in this topic; `http` for what lay in none."),
    click.option("--since", callback=moment, metavar="TIME", help="Known then or later: a time, or a day."),
    click.option("--until", callback=moment, metavar="TIME", help="Known before then."),
)  # fmt: skip
_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of the log (RELOCATION_DATA).")
_json = click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)  # with the options that it has already
    def filtered(codes: tuple[str, ...], source: str | None, topic: str | None, since: int | None,
                 until: int | None, **more: Any) -> None:  # fmt: skip
        command(query=LetterQuery(frozenset(codes), source, topic, since, until), **more)

    return reduce(lambda wrapped, option: option(wrapped), reversed(_FILTERS), filtered)


@click.group()
def dead_letters() -> None:
    """See what was refused or given up and why, and try again what is held of it.

    Of the data folder or, with RELOCATION_KAFKA set, of the topics. Nothing that names anybody is shown.

    \b
    remedy     what can be done about a letter
    redrive    the event is held for 30 days, with tokens: `redrive` tries it again
    resend     nothing of it is held: who published it must send it again
    correct    who published it must send it again without what its codes name
    """


@dead_letters.command("list")
@_filtered
@click.option("--redrivable", is_flag=True, help="Only what can be tried again.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="The newest so many.")
@_data
@_json
def list_letters(query: LetterQuery, *, redrivable: bool, limit: int, data: Path | None, as_json: bool) -> None:
    """List dead letters, the newest first."""
    now, count = now_ms(), 0

    def asked(letters: Letters) -> Iterator[Lying]:
        nonlocal count
        for one in letters.lying():
            if query.asks_for(one.letter) and not (redrivable and one.letter.remedy(now) is not Remedy.REDRIVE):
                count += 1
                yield one

    with damage_told():
        numbered = enumerate(asked(letters_of(load_settings(data=data))))
        found = nlargest(limit, numbered, key=lambda one: (one[1].letter.known_at, one[0]))
        newest = [one for _, one in found]
    if as_json:
        told = {"items": [one.as_json(now) for one in newest], "count": count}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    print_table([one.as_row(now) for one in newest], COLUMNS)
    more = f", the newest {len(newest)} of them are shown (--limit)" if count > len(newest) else ""
    click.echo(f"{count} dead letters{more}", err=True)


@dead_letters.command()
@click.argument("letter")
@_data
@_json
def show(letter: str, data: Path | None, *, as_json: bool) -> None:
    """Show all that is kept of the dead letter LETTER, as `list` names it, but for what is held of it."""
    with damage_told():
        found = next((one for one in letters_of(load_settings(data=data)).lying() if one.name == letter), None)
    if found is None:
        raise Failure(f"there is no dead letter {letter}: `relocation dead-letters list` tells which there are", FAILED)
    told = found.as_json(now_ms())
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    problems, position = told.pop("problems", []), told.pop("position", None)
    if position is not None:
        told["lay_at"] = "{topic}/{partition}/{offset}".format(**position)
    print_table([{"": name, " ": value} for name, value in told.items()], ("", " "))
    for problem in problems:
        where = f" ({problem['field']})" if "field" in problem else ""
        hint = f"; {problem['hint']}" if "hint" in problem else ""
        click.echo(f"{problem['code']}{where}: {problem['message']}{hint}")


@dead_letters.command()
@click.argument("letters", nargs=-1, metavar="[LETTER]...")
@_filtered
@click.option("--all", "everything", is_flag=True, help="All that can be tried again.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be refused again; nothing is written.")
@_data
@_json
def redrive(  # noqa: PLR0913 - one an option
    letters: tuple[str, ...],
    query: LetterQuery,
    *,
    everything: bool,
    dry_run: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Try again what is held of dead letters, with the places and the policy of today.

    Name LETTERs as `list` does, or choose them by filters, or --all. What is admitted now counts like any other event.
    It may be done again at any time, also when it was broken off: what is in already is a duplicate. On one machine
    `relocation up` must not run meanwhile; on Kafka everything may. Ends with 1 if something was refused again.
    """
    if not letters and query.is_all and not everything:
        raise Failure("say which: name letters, choose them by filters, or write --all", UNUSABLE)
    with damage_told():
        source = letters_of(load_settings(data=data))
        redriven = Redrive(source, query, frozenset(letters), now_ms())
        with source.redriving(for_real=not dry_run) as again:
            redriven.run(again)
    redriven.show(as_json=as_json, dry_run=dry_run)
    redriven.require_whole()
