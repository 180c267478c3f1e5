"""The history of a platform: fed from the embedded log in the background, asked from any thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge
from pydantic import SecretStr

from processors.places import Gazetteer
from processors.policy import Policy, Rule
from relocation.asking import HistoryQuestions, asked
from relocation.exits import UNUSABLE, Failure
from relocation.feeding import EmbeddedLogReader
from relocation.parts import gazetteer, policy_of
from relocation.settings import Settings
from schemas.reports import Report
from schemas.times import SECOND_MS, format_time
from schemas.views import Viewer
from sinks.engine import EngineProcess
from sinks.feeder import Feeder, FeedStatus, Pace, Tell
from sinks.history import StoredHistory
from sinks.messages import LogReader, Stream
from sinks.queries import Queries
from sinks.rows import Writing
from sinks.store import Store
from sinks.terms import Span, Terms
from streams.embedded.engine import DEAD_LETTERS_KEPT_MS


class Historian(HistoryQuestions):
    """Feeds a history and answers questions to it (``alerts.http.history_routes.HistoryAnswers``)."""

    def __init__(self, log: LogReader, store: Store, writing: Writing, now: Callable[[], int]) -> None:
        self._now = now
        self._store = store
        self._log = log
        self._history = StoredHistory(store, writing)
        self._feeder = Feeder(log, self._history, Pace())
        super().__init__(Queries(store, now=now, complete_until=self._complete_until))

    def start(self, registry: CollectorRegistry | None = None) -> None:
        """Feed in the background from now on. Returns at once: the engine starts when there is something to store."""
        if registry is not None:
            self._register(registry)
        self._feeder.start()

    def close(self) -> None:
        """Finish the block at hand and let go of the engine."""
        self._feeder.close()
        self._store.close()

    def destroyed_up_to(self) -> int:
        """The position in the log up to which what was to be destroyed is destroyed here too."""
        return self._feeder.status.positions.get(Stream.DESTROYED, 0)

    def catch_up(self, tell: Tell | None = None) -> None:
        """Carry over all that the log holds now, in this thread. Raises Unavailable."""
        asked(lambda: self._feeder.catch_up(tell))

    def empty(self) -> None:
        """Take everything out, so that ``catch_up`` makes it anew. Raises Unavailable."""
        asked(self._history.empty)

    def status(self, viewer: Viewer) -> dict[str, Any]:
        """How far the history has come, per stream, and why it is behind when it is."""
        del viewer  # nothing of anybody is told
        status, newest = self._feeder.status, asked(self._newest)
        reached = dict(status.positions)
        streams = {str(one): {"history": reached.get(one, 0), "log": newest.get(one, 0)} for one in Stream}
        return {
            "complete_until": format_time(status.complete_until),
            "behind": FeedStatus(reached, newest, 0, None, caught_up=False).behind,
            "failing": status.failing,
            "streams": streams,
        }

    def _newest(self) -> dict[Stream, int]:
        with self._log.view() as view:
            return dict(view.newest())

    def _prepare(self) -> None:
        self._history.prepare()

    def _complete_until(self) -> int:
        return max(self._feeder.status.complete_until, self._history.complete_until())

    def _register(self, registry: CollectorRegistry) -> None:
        """The lag as measures: how many messages, and how many seconds since the history was complete."""
        behind = Gauge("relocation_history_behind", "Messages of the log not in the history yet.", registry=registry)
        behind.set_function(lambda: self._feeder.status.behind)
        lag = Gauge("relocation_history_lag_seconds", "Since when the history is not complete.", registry=registry)
        lag.set_function(lambda: _seconds(self._feeder.status, self._now()))
        failing = Gauge("relocation_history_failing", "1 while the last round of feeding failed.", registry=registry)
        failing.set_function(lambda: float(self._feeder.status.failing is not None))


def _seconds(status: FeedStatus, now: int) -> float:
    if status.complete_until == 0:
        return 0.0
    return max(0.0, (now - status.complete_until) / SECOND_MS)


def open_historian(
    settings: Settings, log: Path, folder: Path, *, now: Callable[[], int], complete_until: Callable[[], int]
) -> Historian:
    """The history beside a log, embedded in ``folder`` or on the server that the settings name. Opens nothing yet.

    ``complete_until`` (UTC ms) tells up to when all that reached the platform is in the log.
    """
    reader = EmbeddedLogReader(log, complete_until)
    return Historian(reader, _store_of(settings, folder), writing_of(settings), now)


def _store_of(settings: Settings, folder: Path) -> Store:
    return EngineProcess(folder) if settings.clickhouse is None else store_on_server(settings.clickhouse)


def store_on_server(url: SecretStr, *, patience_s: float | None = None) -> Store:
    """The history's server; ``patience_s``: how long to wait for it. Raises Failure."""
    from sinks.connecting import RECEIVE_SECONDS, server_store  # only now is the client library needed here

    try:
        return server_store(url.get_secret_value(), patience_s=patience_s or RECEIVE_SECONDS)
    except ValueError:
        why = "RELOCATION_CLICKHOUSE cannot be used: write a URL such as http://localhost:8123"
        raise Failure(why, UNUSABLE) from None


def writing_of(settings: Settings) -> Writing:
    """What the policy and the places say of every row."""
    return Writing(terms_of(policy_of(settings)), unit_of=_units(gazetteer()))


def terms_of(policy: Policy) -> Terms:
    """The policy's terms, as the history needs them."""

    def of_report(report: Report) -> Span | None:
        kept_ms = policy.term_ms(report)
        return None if kept_ms is None else _span(kept_ms, policy.targeted_after_ms(report))

    by_type = {rule.type: _span_of_type(policy.rules, rule.type) for rule in policy.rules}
    return Terms(of_report, by_type, dead_letters_ms=DEAD_LETTERS_KEPT_MS)


def _span_of_type(rules: tuple[Rule, ...], type_: str) -> Span:
    """Of what follows from identifiers: only rules that permit some give sightings, and with them alerts."""
    of_type = [rule for rule in rules if rule.type == type_]
    naming = [rule for rule in of_type if rule.identifiers] or of_type
    spans = [_span(rule.term_ms, rule.targeted_after_ms) for rule in naming]
    return Span(max(span.kept_ms for span in spans), min(span.open_ms for span in spans))


def _span(kept_ms: int, open_ms: int | None) -> Span:
    return Span(kept_ms, kept_ms if open_ms is None else min(open_ms, kept_ms))


def _units(places: Gazetteer) -> Callable[[str], str]:
    def unit_of(code: str) -> str:
        try:
            return places.place(code).region
        except KeyError:  # a place that the data no longer has, of an older log
            return ""

    return unit_of
