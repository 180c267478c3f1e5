"""The end of the alert stream, watched once for all who listen: who waits costs no thread, who reads reads together."""

import json
import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import anyio

from alerts.http.positions import furthest, wire_of
from alerts.http.views import message_json
from alerts.http.workers import Workers
from alerts.ports import Watching
from schemas.actions import AlertState
from schemas.views import CannotResume, Position, Viewer

BATCH = 200
_WATCH_S = 0.2
"""How long a look-out may block, and so how long the process may take to stop."""
_PAUSE_S = 0.01
"""A platform that is being closed answers at once; asking on and on would keep it from closing."""
_RETRY_S = 1.0
_REMEMBERED = 16

_LOG = logging.getLogger("relocation.http")


class Batch(NamedTuple):
    """The next messages of a stream, as they go over the wire."""

    frames: bytes
    position: Position
    """Where the reader now stands."""
    complete: bool
    """Whether that was all."""
    news: int
    """What the news was before this was read: nothing up to it is missing."""


class Told(NamedTuple):
    """What DESK decided since, as it goes over the wire; read like a Batch."""

    frames: bytes
    position: Position
    complete: bool


class Tail:
    """Watches the platform's alert stream, and what DESK decides, while ``watch`` runs."""

    def __init__(self, platform: Watching, workers: Workers) -> None:
        self._platform = platform
        self._workers = workers
        self._news = 0
        self._moved = anyio.Event()
        self._reading = anyio.Lock()
        self._recent: OrderedDict[tuple[Position, Viewer], Batch] = OrderedDict()

    async def watch(self) -> None:
        """Look out for new messages until cancelled; a platform that cannot answer is asked again."""
        while True:
            try:
                news = await self._workers.watch(self._platform.wait_for_news, self._news, _WATCH_S)
            except Exception as error:  # noqa: BLE001 - it is asked again, whatever it was
                _LOG.warning("%s", json.dumps({"event": "watch_failure", "error": type(error).__name__}))
                await anyio.sleep(_RETRY_S)
                continue
            if news == self._news:
                await anyio.sleep(_PAUSE_S)
                continue
            self._news = news
            self._moved.set()
            self._moved = anyio.Event()

    @property
    def news(self) -> int:
        """What there is: another number when something came."""
        return self._news

    async def wait(self, news: int, timeout_s: float) -> bool:
        """True as soon as the news is not this any more, False when time is over."""
        with anyio.move_on_after(timeout_s):
            while self._news == news:
                await self._moved.wait()
            return True
        return False

    async def end(self) -> Position:
        """The position after the last message."""
        return await self._workers.read(self._platform.alerts_end)

    async def states_end(self) -> Position:
        """The position after DESK's last decision."""
        return await self._workers.read(self._platform.states_end)

    async def has_come_to(self, position: Position) -> bool:
        """As the port's. Raises CannotResume."""
        return await self._workers.read(self._platform.has_come_to, position)

    async def require(self, position: Position, timeout_s: float) -> None:
        """Wait until what comes after the position can be told here, if others are further than this replica.

        Raises CannotResume (``unknown``) when that does not come to be in time, or never will.
        """
        with anyio.move_on_after(timeout_s):
            news = self._news
            while not await self.has_come_to(position):
                await self.wait(news, timeout_s)
                news = self._news
            return
        raise CannotResume("unknown")

    async def after(self, position: Position, viewer: Viewer) -> Batch:
        """What comes after the position, read once for all who stand there. Raises CannotResume."""
        async with self._reading:
            recent = self._recent.get((position, viewer))
            if recent is not None and recent.frames:
                return recent
            batch = await self._workers.read(self._read, position, viewer)
            self._recent[position, viewer] = batch
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
            return batch

    async def states(self, position: Position, viewer: Viewer) -> Told:
        """What DESK decided after the position. These events have no id: resuming is by alerts. Raises CannotResume."""
        return await self._workers.read(self._read_states, position, viewer)

    def _read_states(self, position: Position, viewer: Viewer) -> Told:
        end = self._platform.states_end()
        found = self._platform.states_after(position, BATCH, viewer)
        handed_over = self._platform.left_since(self._platform.alerts_end(), position, viewer)
        frames = b"".join(
            [
                *(event("state", _state(at, state)) for at, state in found),
                *(event("gone", {"alert_id": alert_id}) for alert_id in handed_over),
            ]
        )
        return Told(frames, reached_by([at for at, _ in found], position, end), len(found) < BATCH)

    def _read(self, position: Position, viewer: Viewer) -> Batch:
        news, end = self._news, self._platform.alerts_end()
        found = self._platform.alerts_after(position, BATCH, viewer)
        revised_away = self._platform.left_since(position, self._platform.states_end(), viewer)
        reached = reached_by([one.reached for one in found], position, end)
        frames = b"".join(
            [
                *(frame(one.reached, "alert", message_json(one.position, one.alert)) for one in found),
                *(frame(reached, "gone", {"alert_id": alert_id}) for alert_id in revised_away),
            ]
        )
        return Batch(frames, reached, len(found) < BATCH, news)


def reached_by(found: Sequence[Position], position: Position, end: Position) -> Position:
    """Where a reader stands who was at ``position``; ``end`` is where the stream ended before it was read.

    A viewer does not see all messages: what lies between is not looked at again.
    """
    last = found[-1] if found else position
    return last if len(found) == BATCH else furthest(last, end)


def _state(position: Position, state: AlertState) -> dict[str, object]:
    return {
        "position": wire_of(position),
        "alert_id": state.alert_id,
        "version": state.version,
        "handling": state.handling,
    }


def frame(position: Position, name: str, told: dict[str, object]) -> bytes:
    """One server-sent event, after which a reader resumes from the position."""
    return f"id: {wire_of(position)}\n".encode() + event(name, told)


def event(name: str, told: dict[str, object]) -> bytes:
    """One server-sent event that leaves a reader where it was."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n".encode()
