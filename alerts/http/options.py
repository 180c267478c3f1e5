"""What a deployment decides about its HTTP face: who may reach it, how much it takes, what is mounted beside it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from alerts.http.problems import ProblemPage
from schemas.views import Viewer

KIB = 1024
MIB = 1024 * KIB
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the face takes at once. Sizes are bytes, spans seconds."""

    event_bytes: int = 64 * KIB
    """One event, as JSON (DESIGN section 4); also any other request body."""
    batch_lines: int = 1_000
    batch_bytes: int = 4 * MIB
    """What is judged and made durable in one go, and what is read ahead meanwhile."""
    bodies: int = 64
    """Publish bodies open at once; beyond it 429."""
    streams: int = 500
    """Alert streams open at once; beyond it 503."""
    publish_threads: int = 4
    act_threads: int = 4
    """Apart from publishing, so that a coordinator never waits behind a publisher."""
    read_threads: int = 8
    answers_in_memory: int = MIB
    """Answers that a publisher has not read yet stay in memory up to this size, then in an unlinked file."""
    answers_unread: int = 1024 * MIB
    """Beyond this the publisher has to read before more of its body is taken."""
    stalled_s: float = 300.0
    """A body that does not come, or an answer that is not read, for so long is given up."""
    inflation: int = 500
    """A gzip body may grow so many times over once it is past ``inflation_floor`` (repeated JSON stays under 250)."""
    inflation_floor: int = 16 * MIB
    heartbeat_s: float = 15.0
    catch_up_s: float = 2.0
    """How long a replica may lag behind the position that a stream resumes from before it says ``reset``."""
    graceful_s: int = 5
    """How long open requests may go on after SIGTERM."""


def local_viewer(request: Request) -> Viewer:
    """The clearly marked local identity: there is no sign-in yet."""
    del request
    return Viewer()


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How ``build_app`` builds. The defaults serve the loopback interface."""

    allowed_hosts: Sequence[str] = LOOPBACK_HOSTS
    """Host names, without port, that a request may be addressed to; ``*`` allows any (only with ``unprotected``)."""
    allowed_origins: Sequence[str] = ()
    """Further origins (``https://console.example``) whose pages may change things; pages of the same host may."""
    unprotected: bool = False
    """Reachable from elsewhere without sign-in: every page says so, and so does ``/readyz``."""
    viewer: Callable[[Request], Viewer] = local_viewer
    routers: Sequence[APIRouter] = ()
    """Further routers: history, console."""
    mounts: Sequence[tuple[str, ASGIApp]] = ()
    """Further applications under a path, such as ``("/static", StaticFiles(…))``."""
    units: Collection[str] | None = None
    """The ids of all units that an alert can be given to; None: whatever is named."""
    problem_page: ProblemPage | None = None
    """What a browser is shown of a problem outside the API; None: the problem document, as everybody."""
    registry: CollectorRegistry | None = None
    """What ``/metrics`` tells; the face adds its own measures to it. None: only those."""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if "*" in self.allowed_hosts and not self.unprotected:
            raise ValueError("allowed_hosts: '*' is only for an unprotected deployment; name the hosts instead")
