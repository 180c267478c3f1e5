"""``relocation history``: questions to the history, beside a running ``up`` or without one, and making it anew."""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from relocation.exits import FAILED, HELD, UNUSABLE, Failure
from relocation.historian import Historian, open_historian
from relocation.moments import moment
from relocation.opening import damage_told
from relocation.progress import progress_bar
from relocation.remote_history import RemoteHistory
from relocation.settings import Settings, load_settings
from relocation.tables import print_table
from schemas.views import AlertQuery, Refused, Unavailable, Viewer
from streams.embedded.folder import DataFolder

if TYPE_CHECKING:
    from relocation.sinking.answers import ServedHistory

_VIEWER = Viewer()
_TOKEN_DIGITS = 32

Answers: TypeAlias = "Historian | RemoteHistory | ServedHistory"


_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of log and history (RELOCATION_DATA).")
_as_of = click.option("--as-of", callback=moment, metavar="TIME", help="What was known then; without it: now.")
_json = click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")


@click.group()
def history() -> None:
    """Ask the history, or rebuild it from the log.

    Beside a running `up` the questions go to it; without one the history is opened and brought up to date first.
    With RELOCATION_KAFKA the history is the one in RELOCATION_CLICKHOUSE, which `relocation sink` feeds.
    What is older than a year is found by `subject`, and by `alerts` with a subject, only.
    """


@history.command()
@click.argument("token")
@_as_of
@_data
@_json
def subject(token: str, as_of: int | None, data: Path | None, *, as_json: bool) -> None:
    """The sightings of the subject TOKEN, now or as they were known at a time."""
    _require_token(token)
    with _asking(data) as answers:
        told = answers.subject(token, _VIEWER, as_of)
        columns = ("occurred_at", "place", "evidence", "flagged", "type", "source")
        _show(told, told["sightings"], columns, as_json=as_json)


@history.command()
@_as_of
@click.option("--to", metavar="PLACE", help="Where the subject turned up: a place code, such as GM0363.")
@click.option("--unit", help="Police unit, or country code, of either end.")
@click.option("--subject", "token", metavar="TOKEN", help="Of this subject; finds what is older than a year too.")
@click.option("--status", help="raised, revised, withdrawn, or how it is handled: new, taken, closed, ...")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@_data
@_json
def alerts(  # noqa: PLR0913 - one an option
    *,
    as_of: int | None,
    to: str | None,
    unit: str | None,
    token: str | None,
    status: str | None,
    limit: int,
    data: Path | None,
    as_json: bool,
) -> None:
    """The alerts as they stand, or stood at a time; the newest word first."""
    if token is not None:
        _require_token(token)
    query = AlertQuery(status=status, to=to, unit=unit, subject=token, limit=limit)
    with _asking(data) as answers:
        told = answers.alerts(query, _VIEWER, as_of)
        columns = ("known_at", "status", "from", "to", "arrived_at", "certainty", "attention", "handling", "subject")
        _show(told, told["items"], columns, as_json=as_json)


@history.command()
@click.option("--place", metavar="PLACE", help="Only this place: its code.")
@_data
@_json
def stats(place: str | None, data: Path | None, *, as_json: bool) -> None:
    """Per place and month of the last year: events, sightings, subjects and arrivals."""
    with _asking(data) as answers:
        told = answers.stats(_VIEWER, place)
        columns = ("period", "place", "events", "sightings", "subjects", "arrivals")
        _show(told, told["items"], columns, as_json=as_json)


@history.command()
@click.argument("select")
@_data
@_json
def sql(select: str, data: Path | None, *, as_json: bool) -> None:
    """Rows of a SELECT of your own. It only reads, and only what is less than a year old.

    \b
    relocation history sql "SELECT place, count() AS n FROM events GROUP BY place ORDER BY n DESC"
    relocation history sql "SELECT source, codes, count() FROM dead_letters GROUP BY source, codes"
    """
    with _asking(data) as answers:
        told = answers.sql(select, _VIEWER)
        rows = [dict(zip(told["columns"], row, strict=True)) for row in told["rows"]]
        _show(told, rows, told["columns"], as_json=as_json)


@history.command()
@_data
@_json
def status(data: Path | None, *, as_json: bool) -> None:
    """How far the history has come, stream by stream, and why it is behind when it is."""
    with _asking(data) as answers:
        told = answers.status(_VIEWER)
        rows = [{"stream": stream, **reached} for stream, reached in told["streams"].items()]
        _show(told, rows, ("stream", "history", "log"), as_json=as_json)
        if told["failing"] is not None:
            raise Failure(f"the history is behind: {told['failing']}", FAILED)


@history.command()
@_data
@click.option("--keep", is_flag=True, help="On Kafka: what is there stays, and what is missing comes back.")
def rebuild(data: Path | None, *, keep: bool) -> None:
    """Make the history anew from the log.

    An embedded one stays in place until the new one is whole. On Kafka its tables are emptied and filled again from the
    topics, beside running sinks; broken off, do it again.
    """
    with damage_told(), _refusals_told():
        settings = load_settings(data=data)
        if settings.kafka is not None:
            from relocation.sinking.rebuilding import rebuild_from_topics  # one machine has no client of Kafka

            with progress_bar() as tell:
                records = rebuild_from_topics(settings, tell, keeps=keep)
            click.echo(f"the history is whole: {records} records of the topics are in it")
            return
        folder = DataFolder(settings.data)
        if not folder.path.is_dir():
            folder.require_log()
        with folder.held():
            folder.require_log()
            _rebuild(settings, folder)


def _rebuild(settings: Settings, folder: DataFolder) -> None:
    building = _beside(folder.history, "new")
    with _opened(settings, folder, building) as historian, progress_bar() as tell:
        if settings.clickhouse is not None:
            historian.empty()
        historian.catch_up(tell)
        told = historian.status(_VIEWER)
    if settings.clickhouse is None:
        _replace(folder.history, building)
    click.echo(f"the history is whole, complete until {told['complete_until']}")


def _replace(old: Path, building: Path) -> None:
    """Broken off in between, there is no history, and the next ``up`` makes it anew as well."""
    away = _beside(old, "old")
    if old.exists():
        old.rename(away)
    if building.exists():
        building.rename(old)
    shutil.rmtree(away, ignore_errors=True)


def _beside(history_folder: Path, what: str) -> Path:
    path = history_folder.with_name(f"{history_folder.name}.{what}")
    shutil.rmtree(path, ignore_errors=True)
    return path


def _require_token(token: str) -> None:
    if len(token) != _TOKEN_DIGITS or not set(token) <= set("0123456789abcdef"):
        hint = "it has 32 hexadecimal digits in lower case; ask by an identifier in the console"
        raise Failure(f"this is no token: {hint}", UNUSABLE)


@contextmanager
def _asking(data: Path | None) -> Iterator[Answers]:
    """Who answers: the ``up`` that holds the folder, else the history itself, brought up to date."""
    with damage_told(), _refusals_told():
        settings = load_settings(data=data)
        if settings.kafka is not None:
            from relocation.sinking.answers import served_history  # one machine has no client of Kafka

            with closing(served_history(settings)) as served:
                yield served
            return
        folder = DataFolder(settings.data)
        holder = folder.holder()
        if holder is None:
            folder.require_log()
            with _opened(settings, folder, folder.history) as historian, progress_bar() as tell:
                historian.catch_up(tell)
                yield historian
            return
        if holder.url is None:
            who = "another process" if holder.pid is None else f"process {holder.pid}"
            raise Failure(f"the data folder is held by {who}, which is not serving yet: ask again later", HELD)
        with closing(RemoteHistory(holder.url)) as remote:
            yield remote


@contextmanager
def _opened(settings: Settings, folder: DataFolder, history_folder: Path) -> Iterator[Historian]:
    """Nobody else writes: what reached the platform until now is in the log."""
    historian = open_historian(settings, folder.log, history_folder, now=_now_ms, complete_until=_now_ms)
    try:
        yield historian
    finally:
        historian.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        told = "\n".join(f"{one.message} {one.hint or ''}".strip() for one in refused.problems)
        raise Failure(told, UNUSABLE) from None
    except Unavailable as unavailable:
        raise Failure(f"the history cannot answer now: {unavailable}", FAILED) from None


def _show(told: dict[str, Any], rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    print_table(rows, columns)
    until = f"complete until {told['complete_until']}"
    click.echo(f"{len(rows)} rows, {until}" + (", more were cut off" if told.get("cut") else ""), err=True)
