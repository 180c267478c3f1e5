"""``relocation export``: what the log holds, as JSON Lines, beside whatever writes it."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import click

from relocation.exits import Failure
from relocation.opening import damage_told
from relocation.progress import progress_bar
from relocation.settings import load_settings
from streams.embedded.exports import STREAMS, count_of, lines_of
from streams.embedded.folder import DataFolder
from streams.embedded.reading import LogReader

_POLL_S = 0.1


@click.command()
@click.argument("what", type=click.Choice(list(STREAMS)), metavar="|".join(STREAMS))
@click.argument("out", metavar="OUT.jsonl")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the log (RELOCATION_DATA).")
@click.option(
    "--settle", type=click.FloatRange(min=0), metavar="SECONDS", help="First wait until nothing has moved for so long."
)
def export(what: str, out: str, data: Path | None, settle: float | None) -> None:
    """Write one stream of the log, as it is at one moment, to OUT.jsonl (- for stdout).

    The log is that of the data folder or, with RELOCATION_KAFKA set, the topics. There "in order" is by partition,
    and --settle also waits until workers have done all there is to do.

    \b
    alerts        every alert message, each revision once, in order
    states        what was decided on alerts, in order
    reports       every revision of every event that is kept, in order; `relocation replay` reads it
    events        the winning revision of every event that counts, in order; `relocation replay` reads it
    sightings     sightings given to and taken from subjects, in order
    receipts      what became of each event (vehicles leave none)
    dead-letters  what was refused and why, without what was sent
    """
    with damage_told():
        settings = load_settings(data=data)
        if settings.kafka is not None:
            from relocation.topics_export import TopicsExport  # only then are Kafka's libraries needed

            topics = TopicsExport(settings, what, settle)
            _write(topics.lines(), topics.count, what, out)
            topics.require_whole()
            return
        folder = DataFolder(settings.data)
        folder.require_log()
        with closing(LogReader(folder.log)) as reader:
            if settle is not None:
                _wait_until_settled(reader, settle)
            reader.snapshot()
            _write(lines_of(reader, what), count_of(reader, what), what, out)


def _wait_until_settled(reader: LogReader, settle_s: float) -> None:
    seen, since = reader.newest_positions(), time.monotonic()
    while time.monotonic() - since < settle_s:
        time.sleep(min(_POLL_S, settle_s))
        now = reader.newest_positions()
        if now != seen:
            seen, since = now, time.monotonic()


def _write(lines: Iterable[str], of: int, what: str, out: str) -> None:
    with _opened(out) as written, progress_bar() as tell:
        for done, line in enumerate(lines):
            written.write(line + "\n")
            if done % 500 == 0:
                tell(what, done, of)


@contextmanager
def _opened(out: str) -> Iterator[IO[str]]:
    """The file appears whole or not at all, readable by its owner only: it holds personal data."""
    if out == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(out)
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as device:
            yield device
        return
    building = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            yield written
        building.replace(path)
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from None
    finally:
        building.unlink(missing_ok=True)
