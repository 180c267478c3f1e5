"""The live list: cards that changed and counts, told to every open page; what many pages see is worked out once.

Pages hear of changes at the same moments (TICK_S apart), so that those who have heard the same are told the same.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import anyio
from starlette.requests import Request
from starlette.responses import Response

from alerts.console.asking import Asked, ConsoleOptions, asked_of
from alerts.console.cards import cards_of
from alerts.console.identity import NOBODY
from alerts.console.outlook import query_of
from alerts.console.pages import LiveCard, Pages
from alerts.console.rail import count_word, counted_queries
from alerts.console.telling import Telling
from alerts.http.event_stream import EventStream, Listener
from alerts.http.face import Face
from alerts.http.positions import NOWHERE, position_of, wire_of
from alerts.http.tail import BATCH, Tail, event, reached_by
from alerts.ports import Watching
from schemas.times import MINUTE_MS
from schemas.views import AlertQuery, CannotResume, Position, Viewer

TICK_S = 0.25
COUNTS_S = 1.5
COUNTS_AGAIN_S = 60.0
"""Counts are told again after so long, for an alert that nobody takes comes to wait too long by itself."""
BEAT = b"event: beat\ndata: {}\n\n"
"""Told when there is nothing else to tell, so that a page knows that it still hears; comments reach no script."""
_REMEMBERED = 16


class Place(NamedTuple):
    """How far a page has heard: of alerts, and of what DESK decided."""

    alerts: Position
    states: Position


@dataclass(slots=True)
class Change:
    """What came after a place, and what was made of it so far."""

    reached: Place
    alert_ids: tuple[str, ...]
    complete: bool
    """Whether that was all."""
    left: tuple[str, ...] = ()
    """Alerts that a revision or a hand-over took out of the sight of who is told."""
    told: dict[tuple[Viewer, str, AlertQuery], bytes] = field(default_factory=dict)
    cards: dict[tuple[Viewer, str], list[LiveCard]] = field(default_factory=dict)


class Live:
    """Tells pages. One per app."""

    def __init__(self, platform: Watching, pages: Pages, options: ConsoleOptions) -> None:
        self._platform = platform
        self._pages = pages
        self._options = options
        self.escalates_ms = options.escalates_ms
        self._changes: OrderedDict[tuple[Viewer, Place], Change] = OrderedDict()
        self._counts: dict[tuple[Viewer, AlertQuery], int] = {}
        self._counted_in = -1
        self._working = anyio.Lock()
        self._counting = anyio.Lock()

    async def follow(self, request: Request) -> Response:
        """The stream of one page."""
        face: Face = request.app.state.face
        tail: Tail = request.app.state.tail
        place = Place(*(position_of(request.query_params.get(name, "")) for name in ("alerts", "states")))
        page = _Page(self, face, tail, asked_of(request, self._options), place)
        return EventStream(face, page.tell)

    def now(self) -> int:
        """UTC ms, to the minute: who ask the same within it ask the same to the letter."""
        return self._options.clock() // MINUTE_MS * MINUTE_MS

    async def change(self, face: Face, place: Place, scope: Viewer) -> Change:
        """What came after the place, read once for all who stand there. Raises CannotResume."""
        async with self._working:
            known = self._changes.get((scope, place))
            if known is None or not (known.alert_ids or known.left):
                known = await face.workers.read(self._read, place, scope)
                self._changes[scope, place] = known
                while len(self._changes) > _REMEMBERED:
                    self._changes.popitem(last=False)
            return known

    def _read(self, place: Place, scope: Viewer) -> Change:
        ends = Place(self._platform.alerts_end(), self._platform.states_end())
        alerts = self._platform.alerts_after(place.alerts, BATCH, scope)
        states = self._platform.states_after(place.states, BATCH, scope)
        reached = Place(
            reached_by([one.reached for one in alerts], place.alerts, ends.alerts),
            reached_by([at for at, _ in states], place.states, ends.states),
        )
        ids = dict.fromkeys([*(one.alert.alert_id for one in alerts), *(state.alert_id for _, state in states)])
        left = self._platform.left_since(*place, scope)
        return Change(reached, tuple(ids), max(len(alerts), len(states)) < BATCH, tuple(left))

    async def frames(self, face: Face, change: Change, scope: Viewer, asked: Asked) -> bytes:
        """The change as a page with this outlook and language is told it."""
        query = query_of(asked.outlook, asked.viewer, self.now(), self.escalates_ms)
        key = scope, asked.telling.words.language, query
        async with self._working:
            if key not in change.told:
                telling = replace(asked.telling, now=self._options.clock())
                change.told[key] = await face.workers.read(self._told, change, scope, telling, query)
            return change.told[key]

    def _told(self, change: Change, scope: Viewer, telling: Telling, query: AlertQuery) -> bytes:
        cards = change.cards.get((scope, telling.words.language))
        if cards is None:
            views = self._platform.cards_with(change.alert_ids, scope)
            cards = [self._pages.live_card(card, telling) for card in cards_of(views, telling)]
            change.cards[scope, telling.words.language] = cards
        ids = tuple(alert.partition(":")[0] for card in cards for alert in card["alerts"].split())
        fitting = set(self._platform.fitting_cards(replace(query, ids=ids, limit=BATCH), scope)) if ids else set()
        # What does not fit is named only: a page that shows it nevertheless, asks for it.
        told = [card if card["id"] in fitting else {"id": card["id"], "alerts": card["alerts"]} for card in cards]
        left = {"left": list(change.left)} if change.left else {}
        return event("cards", {**_told_place(change.reached), "cards": told, **left})

    async def counts(self, face: Face, queries: Sequence[AlertQuery], scope: Viewer) -> list[str]:
        """What list and rail say, counted once in COUNTS_S for all who ask the same."""
        async with self._counting:
            slot = int(anyio.current_time() / COUNTS_S)
            if slot != self._counted_in:
                self._counts, self._counted_in = {}, slot
            missing = [query for query in dict.fromkeys(queries) if (scope, query) not in self._counts]
            if missing:
                counted = await face.workers.read(self._platform.card_counts, missing, scope)
                self._counts |= {(scope, query): count for query, count in zip(missing, counted, strict=True)}
            return [count_word(self._counts[scope, query]) for query in queries]


class _Page:
    """One page that listens."""

    def __init__(self, live: Live, face: Face, tail: Tail, asked: Asked, place: Place) -> None:
        self._live, self._face, self._tail = live, face, tail
        self._asked, self._place = asked, place
        # What is read for all who may see the same names none of them.
        self._scope = replace(asked.viewer, name=NOBODY.name)
        self._counts_at = anyio.current_time() + COUNTS_AGAIN_S
        """When new counts are to be told."""

    async def tell(self, listener: Listener) -> None:
        """Tell until cancelled, or until the page does not read for too long."""
        try:
            await self._tail.require(self._place.alerts, self._face.limits.catch_up_s)
        except CannotResume:
            self._place = Place(NOWHERE, NOWHERE)
        await listener.tell(BEAT)
        while not listener.sending:
            news = self._tail.news
            try:
                change = await self._live.change(self._face, self._place, self._scope)
            except CannotResume:
                await self._start_anew(listener)
                continue
            if change.alert_ids or change.left:
                await listener.tell(await self._live.frames(self._face, change, self._scope, self._asked))
                self._count_later()
            self._place = change.reached
            await self._tell_counts(listener)
            if change.complete:
                await self._rest(listener, news)
            await _until_next(TICK_S)

    async def _start_anew(self, listener: Listener) -> None:
        """Tell the page to read the list again, and go on from now."""
        self._place = Place(await self._tail.end(), await self._tail.states_end())
        await listener.tell(event("reset", _told_place(self._place)))
        self._count_later()

    def _count_later(self) -> None:
        # In the next slot, for what was counted in this one may have been counted before the change.
        soon = (int(anyio.current_time() / COUNTS_S) + 1) * COUNTS_S
        self._counts_at = min(soon, self._counts_at)

    async def _tell_counts(self, listener: Listener) -> None:
        if anyio.current_time() < self._counts_at:
            return
        self._counts_at, asked = anyio.current_time() + COUNTS_AGAIN_S, self._asked  # what waits grows by itself
        queries = counted_queries(asked.outlook, asked.saved, asked.viewer, self._live.now(), self._live.escalates_ms)
        counts = await self._live.counts(self._face, queries, self._scope)
        await listener.tell(event("counts", {"counts": counts}))

    async def _rest(self, listener: Listener, news: int) -> None:
        """Until there is news, or counts are to be told."""
        while not listener.sending:
            due_s = max(0.0, self._counts_at - anyio.current_time())
            if await self._tail.wait(news, min(due_s, self._face.limits.heartbeat_s)):
                return
            await listener.tell(BEAT)
            await self._tell_counts(listener)


def _told_place(place: Place) -> dict[str, object]:
    return {"alerts": wire_of(place.alerts), "states": wire_of(place.states)}


async def _until_next(every_s: float) -> None:
    """Sleep until the next of the moments that all pages share."""
    now = anyio.current_time()
    await anyio.sleep((int(now / every_s) + 1) * every_s - now)
