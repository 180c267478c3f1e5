"""What keeps the console busy in its benchmark: open alerts, pages that listen, and alerts that keep arriving."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from alerts.console.identity import COOKIE, cookie_of
from tests.console.running import a_control

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

NAMES = [f"Voorbeeld {number}" for number in range(200)]
UNITS = (None, "amsterdam", "rotterdam", "midden-nederland", "oost-nederland")
OUTLOOKS = ("", "", "view=unowned", "view=border", "certainty=sure", "status=new", "view=mine", "what=all&status=all")
LINES = 500
OVERVIEW_EVERY_S = 5
"""As often as the page redraws its map."""
_PLACE = re.compile(r'data-alerts="([^"]+)" data-states="([^"]+)"')


def open_alerts(count: int, chance: Random, places: list[str]) -> Iterator[list[dict[str, Any]]]:
    """Batches of events that raise so many alerts: one, two or three women who came together, in the last weeks."""
    batch: list[dict[str, Any]] = []
    party, raised = 0, 0
    while raised < count:
        size = min(chance.randint(1, 3), count - raised)
        batch += _party([f"VERZONNEN-{party}-{one}" for one in range(size)], chance, places)
        party, raised = party + 1, raised + size
        if len(batch) >= LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def _party(people: list[str], chance: Random, places: list[str]) -> list[dict[str, Any]]:
    left, arrived = chance.sample(places, 2)
    days_ago = chance.uniform(0.5, 20)
    together = {"persons": [{"role": "sex_worker", "identifiers": {"bvh_person": one}} for one in people]}
    return [
        a_control(left, days_ago + chance.uniform(1, 8), person=people[0]) | together,
        a_control(arrived, days_ago, person=people[0]) | together,
    ]


def arriving(url: str, rate: float, over: Event, arrived: "Queue[float]") -> None:
    """Publish alerts at a rate (a second) until it is over; puts the rate that came about."""
    began, number = time.monotonic(), 0
    run = int(time.time())
    with httpx.Client(trust_env=False, timeout=60, headers={"content-type": "application/x-ndjson"}) as client:
        while not over.wait(max(0.0, began + number / rate - time.monotonic())):
            person = f"VERZONNEN-{run}-{number}"
            move = a_control("Haarlem", 9, person=person), a_control("Utrecht", 0.01, person=person)
            client.post(f"{url}/api/v1/events", content="\n".join(map(json.dumps, move))).raise_for_status()
            number += 1
    arrived.put(number / (time.monotonic() - began))


def listening(url: str, pages: int, open_: Event, over: Event, found: "Queue[list[float]]") -> None:
    """So many pages as their scripts make them; puts the milliseconds from an alert being known to its card at one.

    ``open_`` is set when all of them are there.
    """
    found.put(asyncio.run(_listening(url, pages, open_, over)))


async def _listening(url: str, pages: int, open_: Event, over: Event) -> list[float]:
    latencies: list[float] = []
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client, asyncio.TaskGroup() as tasks:
        followed = [await _follow(client, url, number) for number in range(pages)]
        listeners = [tasks.create_task(_listen(client, url, one, latencies)) for one in followed]
        open_.set()
        await asyncio.to_thread(over.wait)
        for listener in listeners:
            listener.cancel()
    return sorted(latencies)


class _Followed(NamedTuple):
    number: int
    outlook: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def _follow(client: httpx.AsyncClient, url: str, number: int) -> _Followed:
    outlook = OUTLOOKS[number % len(OUTLOOKS)]
    headers = {
        "cookie": f"{COOKIE}={cookie_of(NAMES[-1 - number], UNITS[number % len(UNITS)])}",
        "accept-language": "en" if number % 4 == 0 else "nl",
    }
    page = (await client.get(f"{url}/?{outlook}", headers=headers)).text
    place = _PLACE.search(page)
    assert place is not None, "the page does not say from where to follow"
    reader, writer = await asyncio.open_connection(httpx.URL(url).host, httpx.URL(url).port, limit=2**24)
    asked = f"GET /live?alerts={place[1]}&states={place[2]}&{outlook} HTTP/1.1"
    host = f"Host: {httpx.URL(url).netloc.decode()}"
    writer.write("\r\n".join([asked, host, *map(": ".join, headers.items()), "", ""]).encode())
    return _Followed(number, outlook, headers, reader, writer)


async def _listen(client: httpx.AsyncClient, url: str, page: _Followed, latencies: list[float]) -> None:
    redrawn = 0.0
    try:
        while line := await page.reader.readline():
            if line.startswith(b'data: {"alerts"'):
                latencies += _latencies(line)
                if page.number % 2 and time.monotonic() - redrawn > OVERVIEW_EVERY_S:  # the others have an alert open
                    redrawn = time.monotonic()
                    await client.get(f"{url}/parts/overview?{page.outlook}", headers=page.headers)
    finally:
        page.writer.close()


def _latencies(line: bytes) -> list[float]:
    now = time.time() * 1000
    cards = json.loads(line.removeprefix(b"data: ")).get("cards", ())
    return [now - card["at"] for card in cards if card.get("told") == 1 and card.get("handled") == 1]
