"""Publishing over HTTP: every event has its answer, however often the connection breaks."""

import ssl
from collections.abc import Iterable, Iterator
from typing import Any, cast

from relocation.integration.answers import Answer, Status
from relocation.integration.checking import Outgoing
from relocation.lines import BATCH_BYTES, BATCH_LINES, Numbered
from relocation.posting import Poster
from schemas.problems import Code, Problem


class OverHttp:
    """One publisher, for one thread at a time."""

    def __init__(self, url: str, patience_s: float, tls: ssl.SSLContext | None = None) -> None:
        self._poster = Poster(url, patience_s, tls)

    def send(self, events: Iterable[Outgoing]) -> Iterator[Answer]:
        """The answers, in order. Raises Unreachable and NotAccepted, and then those not yet given are not known."""
        for batch in _batches(events):
            lines = [Numbered(number, event.raw) for number, event in enumerate(batch)]
            for event, told in zip(batch, self._poster.post(lines), strict=True):
                yield _answer(event, told)

    def receipts(self, answers: Iterable[Answer], patience_s: float) -> Iterator[Answer]:
        """Over HTTP the answer is the receipt."""
        del patience_s
        yield from answers

    def close(self) -> None:
        """Let go of the connection; what was answered is durable."""
        self._poster.close()


def _batches(events: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    batch: list[Outgoing] = []
    size = 0
    for event in events:
        if batch and (len(batch) == BATCH_LINES or size + len(event.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event.raw)
    if batch:
        yield batch


def _answer(event: Outgoing, told: dict[str, Any]) -> Answer:
    problems = tuple(_problem(each) for each in told.get("errors") or ())
    return Answer(event.event_id, event.type, Status(told["status"]), problems)


def _problem(told: dict[str, Any]) -> Problem:
    code = cast("Code", told.get("code", ""))  # a later platform may know more codes
    candidates = tuple(told.get("candidates") or ())
    return Problem(code, told.get("message", ""), told.get("field"), told.get("hint"), candidates)
