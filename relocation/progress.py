"""Progress of long work: a bar on stderr when that is a terminal, else nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Told(Protocol):
    """Called with how much is done, and of how much when that is known."""

    def __call__(self, what: str, done: int, of: int | None) -> None:
        """``what`` names the work."""
        ...


def _nothing(what: str, done: int, of: int | None) -> None:
    del what, done, of


@contextmanager
def progress_bar() -> Iterator[Told]:
    """Yields what to call; lines of work appear as they are first named."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _nothing
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {}

        def tell(what: str, done: int, of: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        yield tell
