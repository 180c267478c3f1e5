"""How quick the console is when it is busy: ``python -m benchmarks.console``.

A real `relocation up` with many open alerts, many open pages, and alerts that keep arriving. One of the pages is a
Chromium whose processor is slowed down, in which keys are pressed; a few others are Chromium too, and the rest listen
and ask as the page's scripts do. Everything runs on this machine, the browsers included: compare figures taken alike.
"""

import math
import multiprocessing
import queue
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Self

import click
import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.progress import track
from rich.table import Table

from alerts.console.identity import COOKIE, cookie_of
from benchmarks.console_load import NAMES, arriving, listening, open_alerts
from tests.console.running import CHROMIUM, CHROMIUM_ARGS, Up

PLACES = ["Amsterdam", "Rotterdam", "Utrecht", "Haarlem", "Zwolle", "Groningen", "Breda", "Tilburg", "Arnhem", "Almere"]
THROTTLING = 4
PAINTS = 20
KEYS = 100
CHANGES = 40
OPEN_WITHIN_S = 60
SETTLES_S = 5
KIND_S_MAX = 20
"""For so long at most is one kind of thing measured: on a busy machine it is measured less often, not for hours."""

PAINTED = """
() => new Promise((resolve) => new PerformanceObserver((list, observer) => {
  for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") {
    observer.disconnect();
    resolve(entry.startTime);
  }
}).observe({ type: "paint", buffered: true }))
"""
WATCH_KEYS = """
// From the next key to the first frame that is painted once the page shows what it did.
window.watch = (shows) => { window.took = new Promise((resolve) => addEventListener("keydown", (event) => {
  const before = document.activeElement.closest(".card");
  const look = () => {
    if (!shows(document.activeElement.closest(".card"), before)) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
  };
  requestAnimationFrame(look);
}, { once: true, capture: true }));
window.late = new Promise((_, reject) => setTimeout(
  () => reject(new Error(`the page does not show it, at ${document.activeElement.outerHTML.slice(0, 200)}`)), 20000
)); };
"""
MOVED = "(card, before) => card && card !== before"
TOLD = "(card) => card?.querySelector('.holder')"


@click.command()
@click.option("--alerts", default=100_000, show_default=True, help="Open alerts.")
@click.option("--pages", default=50, show_default=True, help="Open pages, browsers included.")
@click.option("--browsers", default=3, show_default=True, help="How many of them are Chromium, besides the slowed one.")
@click.option("--rate", default=20.0, show_default=True, help="Alerts that arrive in a second.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the filled folder here, and use it again.")
def main(alerts: int, pages: int, browsers: int, rate: float, data: Path | None) -> None:
    """Print the figures, without load and with it."""
    console = Console()
    with (
        tempfile.TemporaryDirectory() as folder,
        Up(data or Path(folder) / "data", log=Path(folder) / "log") as up,
        sync_playwright() as playwright,
    ):
        _fill(up, alerts)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        table = Table(
            "", "alone: median", "p95", f"{pages} pages, {rate:g} alerts/s: median", "p95", title="Milliseconds"
        )
        alone = _measure(browser, up)
        with _Load(browser, up, pages, browsers, rate) as load:
            busy = _measure(browser, up)
            share = _processor_share(up, seconds=10)
            busy["alert known to card at a page"], arrived = load.end()
        for name, told in busy.items():
            table.add_row(name, *_figures(alone.get(name, [])), *_figures(told))
        console.print(table)
        memory_mb = psutil.Process(up.process.pid).memory_info().rss / 1e6
        console.print(
            f"{_counted(up)} open alerts, {arrived:.1f} more a second; Chromium at {THROTTLING}x processor throttling;"
            f" {PAINTS} first paints, {KEYS} steps, {CHANGES} changes (fewer where {KIND_S_MAX} s were over)."
            f" The server took {share:.0f} % of one processor, and {memory_mb:.0f} MB."
        )
        browser.close()


def _fill(up: Up, alerts: int) -> None:
    """Publish until there are so many open alerts."""
    missing = alerts - _counted(up)
    batches = list(open_alerts(missing, Random(7), PLACES))
    for batch in track(batches, f"Publishing {missing} open alerts", disable=not batches):
        up.publish(*batch)


def _counted(up: Up) -> int:
    """Open alerts, as the log has them."""
    import sqlite3

    with sqlite3.connect(f"file:{up.folder}/log.sqlite?mode=ro", uri=True) as log:
        [count] = log.execute("SELECT count(*) FROM alert_heads WHERE pushed=1 AND handling<>'closed'").fetchone()
    return int(count)


def _measure(browser: Browser, up: Up) -> dict[str, list[float]]:
    """Milliseconds, sorted, of first paints, steps through the list and changes of status."""
    return {
        "first paint": sorted(_in_time(PAINTS, lambda: _first_paint(browser, up))),
        "key to paint, next card": _steps(browser, up),
        "key to paint, change of status": _changes(browser, up),
    }


def _in_time(times: int, measured: Callable[[], float]) -> Iterator[float]:
    began = time.monotonic()
    for _ in range(times):
        if time.monotonic() - began > KIND_S_MAX:
            return
        yield measured()


def _steps(browser: Browser, up: Up) -> list[float]:
    keys = cycle("j" * 10 + "k" * 10)
    with _slowed_page(browser, up) as page:
        page.keyboard.press("j")
        return sorted(_in_time(KEYS, lambda: _pressed(page, next(keys), MOVED)))


def _changes(browser: Browser, up: Up) -> list[float]:
    """Each time on the next card of a list of new ones, which has enough for so many."""
    with _slowed_page(browser, up, "/?status=new") as page:
        return sorted(_in_time(CHANGES, lambda: _changed(page)))


def _changed(page: Page) -> float:
    _pressed(page, "j", MOVED)
    return _pressed(page, "g", TOLD)


def _first_paint(browser: Browser, up: Up) -> float:
    """A browser that has never been here."""
    with _slowed_page(browser, up, settle=False) as page:
        return float(page.evaluate(PAINTED))


def _pressed(page: Page, key: str, shows: str) -> float:
    page.evaluate(f"() => window.watch({shows})")
    page.keyboard.press(key)
    return float(page.evaluate("() => Promise.race([window.took, window.late])"))


@contextmanager
def _slowed_page(browser: Browser, up: Up, path: str = "/", *, settle: bool = True) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="nl-NL")
    context.add_cookies([{"name": COOKIE, "value": cookie_of("S. Voorbeeld", None), "url": up.url}])
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLING})
    page.add_init_script(WATCH_KEYS)
    page.goto(up.url + path)
    if settle:
        page.wait_for_selector('#live[data-state="live"]')
    yield page
    context.close()


class _Load:
    """Pages that are open and alerts that arrive, while the block lasts."""

    def __init__(self, browser: Browser, up: Up, pages: int, browsers: int, rate: float) -> None:
        spawned = multiprocessing.get_context("spawn")
        self._found, self._arrived = spawned.Queue(), spawned.Queue()
        self._open, self._over = spawned.Event(), spawned.Event()
        others = pages - browsers - 1
        self._others = [
            spawned.Process(target=listening, args=(up.url, others, self._open, self._over, self._found)),
            spawned.Process(target=arriving, args=(up.url, rate, self._over, self._arrived)),
        ]
        self._contexts = [browser.new_context(locale="nl-NL") for _ in range(browsers)]
        for number, context in enumerate(self._contexts):
            context.add_cookies([{"name": COOKIE, "value": cookie_of(NAMES[number], None), "url": up.url}])
            context.new_page().goto(up.url)

    def __enter__(self) -> Self:
        listeners, arrivals = self._others
        listeners.start()
        if not self._open.wait(OPEN_WITHIN_S):
            raise click.ClickException(f"not measured: the pages were not open within {OPEN_WITHIN_S} s")
        arrivals.start()
        time.sleep(SETTLES_S)
        return self

    def end(self) -> tuple[list[float], float]:
        """Tell how many milliseconds alerts took to reach a page, and how many arrived in a second."""
        self._over.set()
        try:
            return list(self._found.get(timeout=60)), float(self._arrived.get(timeout=60))
        except queue.Empty:
            raise click.ClickException("not measured: pages or alerts came to an end before the others") from None

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for context in self._contexts:
            context.close()
        for other in self._others:
            other.join(30)


def _processor_share(up: Up, seconds: float) -> float:
    server = psutil.Process(up.process.pid)
    server.cpu_percent()
    time.sleep(seconds)
    return float(server.cpu_percent())


def _figures(told: list[float]) -> tuple[str, str]:
    if not told:
        return "", ""
    return f"{statistics.median(told):.0f}", f"{told[math.ceil(0.95 * len(told)) - 1]:.0f}"


if __name__ == "__main__":
    main()
