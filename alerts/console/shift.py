"""Handing over a shift: what is open and whose, what changed or wakes up, which sources are silent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from alerts.console.emptiness import silences_of
from alerts.console.filters import NOBODY
from alerts.console.handling import person
from alerts.console.lines import Found, Table, found, table_of
from alerts.console.telling import Telling
from alerts.console.units import unit_word
from alerts.console.words import HERE
from alerts.ports import Watching
from processors.escalation import waits_since
from schemas.actions import Handling
from schemas.alerts import AlertStatus
from schemas.times import HOUR_MS, SECOND_MS
from schemas.views import AlertQuery, AlertView, Viewer

BEGINS = (7, 15, 23)
"""Hours of the coordinators' clock at which shifts begin."""
SHIFT_MS = 8 * HOUR_MS
SHIFTS_BACK = 3
"""As many can be handed over at once, the present one included."""

_OPEN = AlertQuery(pushed=True, put_aside=False, closed=False)


@dataclass(frozen=True, slots=True)
class Holding:
    """What one person, or nobody, has."""

    who: str
    table: Table


def began_at(now: int, back: int = 0) -> int:
    """When the shift of now began, or one so many before it (UTC ms)."""
    local = datetime.fromtimestamp(now / SECOND_MS, HERE)
    today = [local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in BEGINS]
    yesterday = [begins - timedelta(days=1) for begins in today]
    begun = [begins for begins in (*yesterday, *today) if begins <= local]
    # By the clock on the wall: the night in which it changes has a shift of seven or nine hours.
    begins = begun[-1]
    for _ in range(back):
        at = BEGINS.index(begins.hour)
        begins = begins.replace(hour=BEGINS[at - 1]) - timedelta(days=1 if at == 0 else 0)
    return int(begins.timestamp()) * SECOND_MS


def shift_context(platform: Watching, viewer: Viewer, telling: Telling, back: int) -> dict[str, Any]:
    """For ``parts/shift.html``: of this shift and ``back`` before it."""
    since, until = began_at(telling.now, back), telling.now + SHIFT_MS
    words = telling.words
    snoozed = found(platform, AlertQuery(status="snoozed"), viewer)
    waking = [view for view in snoozed.views if (view.state.snoozed_until or until) <= until]
    waking.sort(key=lambda view: view.state.snoozed_until or 0)
    offered = found(platform, AlertQuery(offered=True), viewer)
    waiting = found(platform, AlertQuery(waiting_since=telling.now - telling.escalates_ms), viewer)
    held = found(platform, _OPEN, viewer)
    new = {view.alert.alert_id for view in held.views if _is_new(view, since)}
    title = words.say("Dienstoverdracht")
    return {
        "detail": "parts/shift.html",
        "focused": True,
        "title": title,
        "back": back,
        "choices": [(n, words.moment(began_at(telling.now, n), telling.now)) for n in range(SHIFTS_BACK)],
        "since": words.moment(since, telling.now),
        "printed": words.in_full(telling.now),
        "holdings": _holdings(held, viewer, since, telling),
        "changed": _changed(platform, viewer, since, telling, new),
        "new_above": _new_above(len(new), telling),
        "offered": table_of(offered, telling, "/?status=offered", lambda view: _asked(view, telling)),
        "waking": table_of(
            snoozed.those(waking),
            telling,
            "/?status=snoozed",
            lambda view: words.moment(view.state.snoozed_until or 0, telling.now),
        ),
        "waiting": table_of(waiting, telling, "/?view=waiting", lambda view: _unattended(view, telling)),
        "quiet": silences_of(platform, telling, viewer),
    }


def _holdings(held: Found, viewer: Viewer, since: int, telling: Telling) -> list[Holding]:
    """Nobody's first, then the reader's own, then by name; of what is new it is said."""
    of: dict[str | None, list[AlertView]] = defaultdict(list)
    for view in held.views:
        of[view.state.owner].append(view)
    names = sorted(of, key=lambda name: (name is not None, name != viewer.name, name or ""))
    nobody = telling.words.say("Van niemand")
    return [
        Holding(
            nobody if name is None else person(name, telling),
            table_of(
                held.those(of[name]),
                telling,
                "/?" + urlencode({"owner": name or NOBODY}),
                lambda view: _what(view, since, telling) if _is_new(view, since) else "",
            ),
        )
        for name in names
    ]


def _new_above(n: int, telling: Telling) -> str:
    sentence = telling.words.say_n(
        "Bij wat open is, hierboven, staat %(n)s nieuwe melding.",
        "Bij wat open is, hierboven, staan %(n)s nieuwe meldingen.",
        n,
    )
    return sentence if n else ""


def _changed(platform: Watching, viewer: Viewer, since: int, telling: Telling, new: set[str]) -> Table:
    """What came, was revised or withdrawn, or was done with it; once each, the latest first, save the ``new``."""
    told = found(platform, AlertQuery(pushed=True, since=since), viewer)
    handled = found(platform, AlertQuery(pushed=True, handled_since=since), viewer)
    once = {view.alert.alert_id: view for view in (*told.views, *handled.views)}
    others = [view for alert_id, view in once.items() if alert_id not in new]
    views = sorted(others, key=lambda view: -max(view.alert.known_at, view.state.changed_at))
    changed = Found(tuple(views), told.complete and handled.complete)
    return table_of(changed, telling, "/", lambda view: _what(view, since, telling))


def _what(view: AlertView, since: int, telling: Telling) -> str:
    say = telling.words.say
    at = telling.words.moment(max(view.alert.known_at, view.state.changed_at), telling.now)
    if view.alert.status is AlertStatus.WITHDRAWN:
        return say("ingetrokken, %(at)s", at=at)
    if _is_open_again(view, since):
        return say("opnieuw open, %(at)s", at=at)
    if _is_new(view, since):
        is_done = view.state.handling is Handling.CLOSED
        return at if is_done else say("nieuw, %(at)s", at=telling.words.moment(view.raised_at, telling.now))
    if view.alert.known_at >= since:
        return say("herzien, %(at)s", at=at)
    return at


def _is_new(view: AlertView, since: int) -> bool:
    """Whether it came since then, and not back."""
    return view.raised_at >= since and not _is_open_again(view, since)


def _is_open_again(view: AlertView, since: int) -> bool:
    return view.state.handling is Handling.NEW and view.state.version > 1 and view.state.changed_at >= since


def _unattended(view: AlertView, telling: Telling) -> str:
    since = waits_since(view.alert, view.state)
    return "" if since is None else telling.words.span(since, telling.now)


def _asked(view: AlertView, telling: Telling) -> str:
    return telling.words.say(
        "aan %(unit)s, sinds %(at)s",
        unit=unit_word(view.state.offered_to or "", telling),
        at=telling.words.moment(view.state.changed_at, telling.now),
    )
