"""NOTIFIER: follows the alert stream and tells the channels, in a thread that never gets in the platform's way."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry

from alerts.console.places import Places
from alerts.console.telling import Telling
from alerts.console.words import words_of
from alerts.notifying.channels import Channel, Channels
from alerts.notifying.deciding import ITEMS_MAX, concerns, due_at, is_news, is_quiet, told_of
from alerts.notifying.delivering import Delivering
from alerts.notifying.letters import Item, escalated, item_of
from alerts.notifying.outbox import Outbox
from alerts.notifying.senders import Send, send
from alerts.ports import Watching
from processors.escalation import ESCALATES_MS, waits_since
from schemas.alerts import Alert
from schemas.times import HOUR_MS, MINUTE_MS
from schemas.views import AlertQuery, AlertView, CannotResume, Unavailable, Viewer

BATCH = 200
LOOK_EVERY_S = 1.0
LATE_MS = HOUR_MS
"""How much earlier than now something may have become known that comes into the stream now."""
LOOK_AT_WAITS_MS = MINUTE_MS
"""Nobody takes it amiss to hear a minute later that something lay there for hours."""
_LOG = logging.getLogger("relocation.notifying")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the notifier is put into."""

    platform: Watching
    places: Places
    now: Callable[[], int]
    """UTC ms."""
    send: Send = send
    escalates_ms: int = ESCALATES_MS
    """For how long an alert may be nobody's."""


class Notifier:
    """``turn`` does all that is to be done now; ``start`` has a thread do it again and again.

    At least once: what was queued is on disk before the stream is looked at further, and a delivery stays until its
    channel took it. The first time it begins at the end of the stream: nobody is told of the past.
    """

    def __init__(self, channels: Channels, outbox: Outbox, around: Surroundings, registry: CollectorRegistry) -> None:
        self._channels = {channel.name: channel for channel in channels.channels}
        self._console = channels.console
        self._outbox = outbox
        self._around = around
        self._viewer = Viewer(name="notifier")
        self._waits_looked_at = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relocation-notifier", daemon=True)
        self._delivering = Delivering(channels, outbox, around.send, around.now, registry)

    def start(self) -> None:
        """Tell in the background of all that comes after this call, or since it was here before.

        What failed is tried again at once: who starts it anew may have mended why.
        """
        self._guarded(self._outbox.hasten)
        self._guarded(self._begin)
        self._thread.start()

    def close(self) -> None:
        """Finish the deliveries at hand, then end; what else is due stays in the outbox."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self._guarded(self._delivering.close)
        self._outbox.close()

    def turn(self, within_s: float | None = None) -> None:
        """Look at what is new in the stream, form what is due, and deliver it. Raises sqlite3.Error, Unavailable.

        For deliveries it waits so long, or until all of them ended; those that take longer are looked at next time.
        """
        self._begin()
        self._look()
        now = self._around.now()
        if now - self._waits_looked_at >= LOOK_AT_WAITS_MS:
            self._waits_looked_at = now
            self._look_at_what_waits(now, only_note=False)
            self._outbox.forget(now)
        for channel in self._channels.values():
            since = self._outbox.first_waiting(channel.name)
            if since is not None and due_at(channel, since) <= now and not is_quiet(channel, now):
                self._outbox.form(channel.name, ITEMS_MAX, now)
        self._delivering.begin()
        self._delivering.settle(within_s)

    def _begin(self) -> None:
        """The first time of all: nothing of what is there already is told. Done again when it was not done wholly."""
        if self._outbox.position is None:
            end, now = self._around.platform.alerts_end(), self._around.now()
            self._look_at_what_waits(now, only_note=True)
            self._outbox.begin_at(end, now)

    def _look(self) -> None:
        platform, position = self._around.platform, self._outbox.position
        assert position is not None
        try:
            while messages := platform.alerts_after(position, BATCH, self._viewer):
                position = messages[-1].reached
                with self._outbox.looking(position, self._around.now()):
                    for message in messages:
                        self._hear(message.alert)
        except CannotResume:
            self._catch_up()

    def _catch_up(self) -> None:
        """The stream does not hold all of it any more: tell of alerts as they stand that were said since then."""
        platform, cursor = self._around.platform, None
        position, since = platform.alerts_end(), self._outbox.looked_at - LATE_MS
        _LOG.warning("notifying_catches_up", extra={"why": "too_old"})
        while True:
            page = platform.alerts(AlertQuery(since=since, limit=BATCH, cursor=cursor), self._viewer)
            with self._outbox.together():
                for view in page.items:
                    self._hear(view.alert)
            cursor = page.next
            if cursor is None:
                self._outbox.begin_at(position, self._around.now())
                return

    def _look_at_what_waits(self, now: int, *, only_note: bool) -> None:
        """Tell each channel once of every alert that nobody has for too long; at the very beginning of none."""
        platform, cursor = self._around.platform, None
        while True:
            query = AlertQuery(waiting_since=now - self._around.escalates_ms, limit=BATCH, cursor=cursor)
            page = platform.alerts(query, self._viewer)
            for view in page.items:
                self._escalate(view, now, only_note=only_note)
            cursor = page.next
            if cursor is None:
                return

    def _escalate(self, view: AlertView, now: int, *, only_note: bool) -> None:
        alert, since = view.alert, waits_since(view.alert, view.state)
        if since is None:
            return
        for channel in self._channels.values():
            if not concerns(channel, alert, self._unit_of):
                continue
            if self._outbox.is_escalated(channel.name, alert.alert_id, since):
                continue
            if is_quiet(channel, now) and not only_note:
                continue  # in the morning it is told if it is still so, and for how long by then
            told = self._item_of(alert, channel, now)
            item = escalated(told, alert, since, channel, now)
            with self._outbox.together():
                self._outbox.note_escalated(channel.name, alert.alert_id, since)
                if not only_note:
                    self._outbox.queue(channel.name, alert.alert_id, told_of(alert), item, now)

    def _hear(self, alert: Alert) -> None:
        now = self._around.now()
        for channel in self._channels.values():
            if not concerns(channel, alert, self._unit_of):
                continue
            if is_news(alert, self._outbox.said(channel.name, alert.alert_id)):
                item = self._item_of(alert, channel, now)
                self._outbox.queue(channel.name, alert.alert_id, told_of(alert), item, now)
            else:
                self._outbox.drop(channel.name, alert.alert_id)

    def _item_of(self, alert: Alert, channel: Channel, now: int) -> Item:
        around = self._around
        moved_on = around.platform.chances([alert], self._viewer)[alert.alert_id].is_over
        telling = Telling(words_of(channel.language), around.places, now)
        return item_of(alert, channel, telling, console=self._console, moved_on=moved_on)

    def _unit_of(self, code: str) -> str:
        return self._around.places.place(code).region

    def _run(self) -> None:
        while not self._ending.wait(LOOK_EVERY_S):
            self._guarded(partial(self.turn, LOOK_EVERY_S))

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except (Unavailable, sqlite3.Error) as error:
            _LOG.warning("notifying_waits", extra={"why": type(error).__name__})
        except Exception as error:  # noqa: BLE001 - the next turn tries again, whatever it was
            _LOG.error("notifying_failed", extra={"why": type(error).__name__})
