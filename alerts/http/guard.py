"""What every request passes: Host and Origin checks, a body limit, security headers, a request id, the access log."""

import json
import logging
import math
import time
import traceback
import uuid
from http import HTTPMethod
from typing import Any
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.http.measures import Measures
from alerts.http.options import HttpOptions
from alerts.http.problems import ApiProblem, answer_to, as_problem

EVENTS_PATH = "/api/v1/events"
"""The one path that takes bodies of any size; it counts for itself."""

_LOG = logging.getLogger("relocation.http")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = frozenset(HTTPMethod)
_DEFAULT_PORTS = {"http": 80, "https": 443}

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it a browser sends "Origin: null" with the forms of our own pages.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class Guard:
    """ASGI middleware around the whole app. It names routes by their templates, so that no token gets into a log."""

    def __init__(self, app: ASGIApp, *, options: HttpOptions, measures: Measures) -> None:
        self._app = app
        self._any_host = "*" in options.allowed_hosts
        self._hosts = frozenset(host.lower() for host in options.allowed_hosts)
        self._origins = frozenset(origin.lower() for origin in options.allowed_origins)
        self._limits = options.limits
        self._problem_page = options.problem_page
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with what is wrong."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["request_id"] = str(uuid.uuid4())
        answer = _Answer(scope, send)
        began = time.perf_counter()
        try:
            self._check(scope)
            await self._app(scope, self._limited(scope, receive), answer.send)
        except Exception as error:  # noqa: BLE001 - the last line of defence: no trace reaches client or log
            await self._fail(scope, receive, answer, error)
        finally:
            self._tell(scope, answer.status, time.perf_counter() - began)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_our_host(hosts[0]):
            raise ApiProblem(
                421, "This host name is not served here. Ask for one of RELOCATION_HTTP's, such as 127.0.0.1."
            )
        if scope["method"] in _READING:
            return
        origins = headers.getlist("origin")
        if origins:
            allowed = all(self._is_our_origin(origin, hosts[0]) for origin in origins)
        else:  # publishers are no browsers and send neither header
            allowed = headers.get("sec-fetch-site", "none").lower() in ("none", "same-origin")
        if not allowed:
            raise ApiProblem(403, "Only pages of this host may change anything here.")

    def _is_our_host(self, given: str) -> bool:
        name = _host_and_port(given, "http")[0]
        return bool(name) and (self._any_host or name in self._hosts)

    def _is_our_origin(self, given: str, host: str) -> bool:
        if given.lower() in self._origins:
            return True
        scheme, separator, address = given.partition("://")
        if not separator or scheme not in _DEFAULT_PORTS:
            return False
        origin = _host_and_port(address, scheme)
        return bool(origin[0]) and origin == _host_and_port(host, scheme)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        if scope["path"] == EVENTS_PATH or scope["method"] in _READING:
            return receive
        left, more = self._limits.event_bytes, True

        async def counted() -> Message:
            nonlocal left, more
            with anyio.move_on_after(self._limits.stalled_s if more else math.inf):
                message = await receive()
                left -= len(message.get("body", b""))
                more = message.get("more_body", False)
                if left < 0:
                    raise ApiProblem(413, f"A body may have up to {self._limits.event_bytes} bytes here.")
                return message
            raise ApiProblem(408, "The body did not come. Send the request again.")

        return counted

    async def _fail(self, scope: Scope, receive: Receive, answer: "_Answer", error: Exception) -> None:
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        problem = as_problem(error)
        if problem.status_code == 500:
            _log_failure(scope, error)
        if answer.status is None:
            page = None if problem.status_code == 421 else self._problem_page  # its files would not be served either
            await answer_to(Request(scope), problem, page)(scope, receive, answer.send)
        else:
            raise _Broken from None  # the answer had begun: uvicorn closes the connection, so that the cut is seen

    def _tell(self, scope: Scope, status: int | None, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._measures.request(method, route, status or 499, seconds)
        _log(
            logging.INFO,
            "request",
            request_id=scope["request_id"],
            method=method,
            route=route,
            status=status or 499,
            ms=round(seconds * 1000, 1),
        )


class _Broken(Exception):
    """An answer ended before its end; what happened was logged."""


class _Answer:
    """The way out: remembers the status and adds the headers that every answer carries."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.update(_SECURITY_HEADERS)
            page = headers.get("content-type", "").startswith("text/html")
            headers.setdefault("Content-Security-Policy", _PAGE_POLICY if page else _DATA_POLICY)
            headers.setdefault("Cache-Control", "no-store")
            headers["Request-Id"] = self._scope["request_id"]
        await self._send(message)


def security_headers(request_id: str) -> list[tuple[bytes, bytes]]:
    """What an answer carries that the app had no part in, as ASGI has headers."""
    told = {
        **_SECURITY_HEADERS,
        "Content-Security-Policy": _DATA_POLICY,
        "Cache-Control": "no-store",
        "Request-Id": request_id,
    }
    return [(name.lower().encode(), value.encode()) for name, value in told.items()]


def _host_and_port(given: str, scheme: str) -> tuple[str, int]:
    """The host name in lower case, brackets kept for IPv6, and the port; ("", 0) for what is neither."""
    try:
        parts = urlsplit(f"//{given}")
        port = parts.port or _DEFAULT_PORTS[scheme]
    except ValueError:
        return "", 0
    if parts.path or parts.query or parts.fragment or "@" in given or not parts.hostname:
        return "", 0
    return (f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname), port


def _log_failure(scope: Scope, error: Exception) -> None:
    """Where it went wrong, without the exception's text: that may hold what was sent."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log(logging.ERROR, "failure", request_id=scope["request_id"], error=type(error).__name__, frames=frames[-12:])


def _log(level: int, event: str, **facts: Any) -> None:
    _LOG.log(level, "%s", _Line(event, facts))


class _Line:
    """A structured log line, made only if somebody writes it."""

    def __init__(self, event: str, facts: dict[str, Any]) -> None:
        self._told = {"event": event, **facts}

    def __str__(self) -> str:
        return json.dumps(self._told, ensure_ascii=False)
