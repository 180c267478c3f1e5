"""Posting batches of events over HTTP until each has its answer, however often the connection breaks."""

import json
import ssl
import time
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from relocation.integration.failures import NotAccepted, Unreachable
from relocation.lines import Numbered

PATH = "/api/v1/events"
_BACKOFF_FIRST_S, _BACKOFF_MAX_S = 0.25, 15.0
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Poster:
    """One publisher. Not for several threads."""

    def __init__(self, url: str, patience_s: float, tls: ssl.SSLContext | None = None) -> None:
        """``url`` is that of the platform. Raises ValueError for what is none."""
        self._url = _events_url(url)
        self._patience_s = patience_s
        self._client = httpx.Client(timeout=_TIMEOUT, trust_env=False, verify=True if tls is None else tls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def post(self, batch: list[Numbered]) -> Iterator[dict[str, Any]]:
        """The answer of every line, in order, ``line`` being its number. Raises Unreachable or NotAccepted.

        What a broken connection left without answer is posted again; publishing an event twice is harmless.
        """
        backoff_s, heard_at, why = _BACKOFF_FIRST_S, time.monotonic(), "no answer"
        while batch:
            wait_s = 0.0
            try:
                for answer in self._answers(batch):
                    yield {**answer, "line": batch[0].line}
                    batch = batch[1:]
                    backoff_s, heard_at = _BACKOFF_FIRST_S, time.monotonic()
                why = "the answer ended early"
            except _TryAgain as again:
                wait_s, why = again.wait_s, again.why
            except httpx.TransportError as error:
                why = f"no connection ({type(error).__name__})"
            if not batch:
                return
            wait_s = max(wait_s, backoff_s)
            if time.monotonic() + wait_s - heard_at > self._patience_s:
                raise Unreachable(f"{self._url}: {why}, for {self._patience_s:g} s; publish again later")
            time.sleep(wait_s)
            backoff_s = min(2 * backoff_s, _BACKOFF_MAX_S)

    def _answers(self, batch: list[Numbered]) -> Iterator[dict[str, Any]]:
        body = b"\n".join(line.raw for line in batch) + b"\n"
        headers = {"Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson, application/problem+json"}
        with self._client.stream("POST", self._url, content=body, headers=headers) as response:
            if response.status_code in _TRY_AGAIN:
                raise _TryAgain(response)
            if response.status_code != httpx.codes.OK:
                raise NotAccepted(_refusal(self._url, response))
            yield from _objects(response)


class _TryAgain(Exception):
    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.why = f"the server answers {response.status_code}"
        told = response.headers.get("Retry-After", "")
        self.wait_s = float(told) if told.isdecimal() and len(told) < 5 else 0.0


def _objects(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Whole answers only: a line that a broken connection cut off is none."""
    held = b""
    for piece in response.iter_bytes():
        *ended, held = (held + piece).split(b"\n")
        for line in ended:
            if line.strip():
                yield _object(line)


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict) or "status" not in told:
        raise NotAccepted("the server's answer is not that of a relocation platform; check the address")
    return told


def _refusal(url: str, response: httpx.Response) -> str:
    response.read()
    try:
        problem = response.json()
        told = problem.get("detail") or problem.get("title") or ""
    except (ValueError, AttributeError):
        told = ""
    answered = f"{response.status_code} {told or response.reason_phrase}".rstrip()
    return f"{url} answers {answered}; check the address"


def _events_url(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write a URL such as http://127.0.0.1:8080")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return base if base.endswith(PATH) else base + PATH
