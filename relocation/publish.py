"""``relocation publish``: event files to a running platform, in constant memory, until every line has its answer."""

import json
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import click

from relocation.exits import FAILED, UNREACHABLE, Failure
from relocation.integration.failures import NotAccepted, Unreachable
from relocation.lines import CutOff, LineFile, NotLines
from relocation.posting import Poster
from relocation.progress import Told, progress_bar

_EXAMPLES_MAX = 5


@dataclass(slots=True)
class _Answers:
    """What was answered: kept in ``results`` if asked for, counted, the first rejections as examples."""

    results: IO[str] | None
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, name: str, answer: dict[str, Any], *, tells_file: bool) -> None:
        """One more line has its answer."""
        if self.results is not None:
            told = {"file": name, **answer} if tells_file else answer
            self.results.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.statuses[str(answer["status"])] += 1
        errors = answer.get("errors") or []
        self.codes.update(str(error.get("code")) for error in errors)
        if errors and len(self.examples) < _EXAMPLES_MAX:
            self.examples.append(f"{name} line {answer['line']}: {_told(errors[0])}")

    def show(self) -> None:
        """The summary, on stderr."""
        counted = ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))
        click.echo(f"{sum(self.statuses.values())} lines answered{': ' if counted else ''}{counted}", err=True)
        for code, count in self.codes.most_common():
            click.echo(f"  {code}: {count}", err=True)
        for example in self.examples:
            click.echo(f"  {example}", err=True)


def _told(error: dict[str, Any]) -> str:
    where = f" {error['field']}" if error.get("field") else ""
    hint = f" ({error['hint']})" if error.get("hint") else ""
    return f"{error.get('code')}{where}: {error.get('message')}{hint}"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--to", "url", required=True, metavar="URL", help="The platform, for example http://127.0.0.1:8080.")
@click.option("--results", metavar="OUT.jsonl", help="Keep the answer of every line.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up after so long without any answer.",
)
def publish(files: tuple[str, ...], url: str, results: str | None, patience: float) -> None:
    """Post the events of FILE... (NDJSON, plain or gzip; - for stdin) to a running platform.

    Ends 0 only when every line has its answer; the summary says which were rejected, and why. What cannot
    be sent now (429, 503, connection lost) is sent again from the last line that was answered. Publishing
    a file again is harmless.
    """
    missing = [name for name in files if name != "-" and not Path(name).exists()]
    if missing:
        raise click.UsageError("no such file: " + ", ".join(missing))
    with ExitStack() as stack:
        answers = _Answers(_opened(stack, results))
        poster = stack.enter_context(_poster(url, patience))
        tell = stack.enter_context(progress_bar())
        stack.callback(answers.show)
        faults = [fault for name in files for fault in _post(name, poster, answers, tell, tells_file=len(files) > 1)]
    if faults:
        raise Failure("\n".join(faults), FAILED)


def _opened(stack: ExitStack, results: str | None) -> IO[str] | None:
    if results is None:
        return None
    try:
        return stack.enter_context(Path(results).open("w", encoding="utf-8"))
    except OSError as error:
        raise click.UsageError(f"{results} cannot be written: {error.strerror}") from None


def _poster(url: str, patience_s: float) -> Poster:
    try:
        return Poster(url, patience_s)
    except ValueError as error:
        raise click.UsageError(f"--to cannot be used: {error}") from None


def _post(name: str, poster: Poster, answers: _Answers, tell: Told, *, tells_file: bool) -> list[str]:
    """Post one file; what is wrong with it as a whole, in words."""
    before = sum(answers.statuses.values())
    try:
        with closing(LineFile(name)) as lines:
            for batch in lines.batches():
                for answer in poster.post(batch):
                    answers.add(name, answer, tells_file=tells_file)
                tell(name, lines.taken, lines.size)
    except (NotLines, CutOff) as fault:
        return [f"{name}: {fault}"]
    except OSError as error:
        return [f"{name} cannot be read: {error.strerror}"]
    except Unreachable as unreachable:
        raise Failure(str(unreachable), UNREACHABLE) from None
    except NotAccepted as refused:
        raise Failure(str(refused), FAILED) from None
    if sum(answers.statuses.values()) == before:
        click.echo(f"relocation: {name} is empty: there was nothing to publish", err=True)
    return []
