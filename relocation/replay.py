"""``relocation replay``: files of events through the heart, in file order, and every alert message that follows."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import click

from processors.heart import Heart
from processors.intake import Intake, NoHit, Refusal
from relocation.exits import UNUSABLE, Failure
from relocation.garbage import expect_long_lives
from relocation.lines import CutOff, LineFile, NotLines, Numbered
from relocation.opening import damage_told
from relocation.parts import heart_of, intake_of
from relocation.progress import progress_bar
from relocation.settings import load_settings
from schemas.problems import Code, Problem

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(slots=True)
class Tally:
    """What a replay came to."""

    events: int = 0
    rejected: int = 0
    no_hits: int = 0
    alerts: int = 0

    def __str__(self) -> str:
        return (
            f"{self.events} events, {self.rejected} rejected, "
            f"{self.no_hits} passages that were no hit, {self.alerts} alert messages"
        )


class Replay:
    """Runs lines through intake and heart, and writes what comes out as it comes."""

    def __init__(self, intake: Intake, heart: Heart, alerts: IO[str], rejected: IO[str] | None) -> None:
        self._intake = intake
        self._heart = heart
        self._alerts = alerts
        self._rejected = rejected
        self.tally = Tally()

    def take(self, line: Numbered, file: str | None) -> None:
        """One line; ``file`` names it where there are several."""
        self.tally.events += 1
        judged = self._intake.judge(line.raw, known_at=None, is_followed=self._heart.is_followed, reports_taken=True)
        if isinstance(judged, Refusal):
            self.reject(judged, line.line, file)
        elif isinstance(judged, NoHit):
            self.tally.no_hits += 1
        report = judged.report
        if report is None:
            return
        for alert in self._heart.apply(report).alerts:
            self.tally.alerts += 1
            self._alerts.write(_COMPACT(alert.as_json()) + "\n")

    def reject(self, refusal: Refusal, line: int, file: str | None) -> None:
        """A line for REJ, which says what to fix and repeats nothing."""
        self.tally.rejected += 1
        if self._rejected is None:
            return
        told = refusal.as_rejected_line(line)
        if file is not None:
            told["file"] = file
        self._rejected.write(_COMPACT(told) + "\n")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE.jsonl...")
@click.option(
    "--alerts",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT.jsonl",
    help="Every alert message, in order.",
)
@click.option("--rejected", type=click.Path(path_type=Path), metavar="REJ.jsonl", help="A line per refused event.")
@click.option("--rules", type=click.Path(path_type=Path), metavar="rules.toml", help="Instead of the packaged rules.")
@click.option("--policy", type=click.Path(path_type=Path), metavar="policy.toml", help="Another legal gate.")
@click.option("--signals", type=click.Path(path_type=Path), metavar="signals.toml", help="Another catalogue.")
def replay(  # noqa: PLR0913, PLR0917 - one parameter an option
    files: tuple[Path, ...],
    alerts: Path,
    rejected: Path | None,
    rules: Path | None,
    policy: Path | None,
    signals: Path | None,
) -> None:
    """Run files of events (or exported reports) through the heart, in file order; nothing else is kept.

    Events become known when they were recorded, and nothing is checked against the clock, so the same files give
    the same alerts whenever they are replayed. Files may be gzip. Needs RELOCATION_TOKEN_KEY (hex, 32 bytes or more).

    \b
    RELOCATION_TOKEN_KEY=$(openssl rand -hex 32) relocation replay events.jsonl --alerts alerts.jsonl

    Ends with 0 also when events were rejected, and with 2 when an argument is unusable.
    """
    with damage_told():
        settings = load_settings(rules=rules, policy=policy, signals=signals)
    _check_distinct(files, alerts, rejected)
    with ExitStack() as opened:
        sources = [(str(path), opened.enter_context(_opened(path))) for path in files]
        intake, heart = intake_of(settings), heart_of(settings)
        run = Replay(intake, heart, _created(opened, alerts), None if rejected is None else _created(opened, rejected))
        expect_long_lives()
        _run(run, sources)
    click.echo(f"replayed {run.tally}", err=True)


def _run(run: Replay, sources: list[tuple[str, "_Opened"]]) -> None:
    several = len(sources) > 1
    with progress_bar() as tell:
        for name, source in sources:
            told_as = name if several else None
            last = 0
            try:
                for batch in source.lines.batches():
                    for line in batch:
                        run.take(line, told_as)
                        last = line.line
                    tell(Path(name).name, source.lines.taken, source.lines.size)
            except NotLines as unusable:
                raise Failure(f"{name}: {unusable}", UNUSABLE) from None
            except CutOff as cut:
                run.reject(_cut_off(), last + 1, told_as)
                click.echo(f"relocation: {name}: {cut}", err=True)


class _Opened:
    """A source that is closed at the end."""

    def __init__(self, path: Path) -> None:
        self.lines = LineFile(str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.lines.close()


def _opened(path: Path) -> _Opened:
    try:
        return _Opened(path)
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a file of events", UNUSABLE) from None


def _created(opened: ExitStack, path: Path) -> IO[str]:
    try:
        return opened.enter_context(path.open("w", encoding="utf-8", newline="\n"))
    except OSError as error:
        raise Failure(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there", UNUSABLE
        ) from None


def _check_distinct(files: tuple[Path, ...], alerts: Path, rejected: Path | None) -> None:
    """No file may be read and written at once: that would lose the events."""
    outputs = [path for path in (alerts, rejected) if path is not None and not _is_device(path)]
    taken = {path.resolve() for path in files}
    for path in outputs:
        if path.resolve() in taken:
            raise Failure(f"{path} is named twice; write the output to a file of its own", UNUSABLE)
        taken.add(path.resolve())


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _cut_off() -> Refusal:
    problem = Problem(
        Code.MALFORMED, "the file ends in the middle of an event", None, "send the rest from a whole file"
    )
    return Refusal(problems=(problem,), type=None, source=None, event_id=None, report=None)
