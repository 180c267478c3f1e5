"""The Faust app of one role: membership, rebalances and the life of the worker, with a plane that does the work."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, Protocol

from faust.app.base import App, BootStrategy
from faust.auth import Credentials, SASLCredentials, SSLCredentials
from faust.types import TP, ServiceT
from faust.types.transports import TransportT
from faust.worker import Worker

from streams.kafka.access import Access, Bootstrap, access_to
from streams.kafka.assigning import NumberAssignor
from streams.kafka.committer import Send
from streams.kafka.ending import FAILED, FENCED, UNUSABLE, end
from streams.kafka.fence import HEARTBEATS
from streams.kafka.membership import MemberConsumer, MemberTransport, NoTables

REBALANCE_S = 60.0
"""How long a group waits for a member that has to finish what it does."""
POLL_MAX_S = 600.0
"""aiokafka's own watchdog; ours is stricter."""


class UnusableApp(Exception):
    """What must not be set."""


@dataclass(frozen=True, slots=True)
class Group:
    """Which group a worker is a member of, and as whom."""

    bootstrap: Bootstrap
    name: str
    instance: str
    """Its own among the members, and the same after a restart: static membership."""
    topics: tuple[str, ...]
    """Co-partitioned."""
    session_s: float
    leaves: bool = True
    """A member that is stopped leaves, so that others take over at once."""


class Assignee(Protocol):
    """Who works on what is assigned. Both are awaited: the group goes on when they have returned."""

    async def let_go(self) -> None:
        """Everything is revoked: finish and commit what is under way, and do nothing until it is assigned anew."""
        ...

    async def take_over(self, numbers: Iterable[int], send: Send) -> None:
        """These partition numbers are assigned; ``send`` commits, for as long as this is so."""
        ...

    async def finish(self) -> None:
        """The worker stops: finish and commit what is under way."""
        ...


class _NothingElse(BootStrategy):
    """What is started: the consumer and what Faust wants around it. No web, no producer, no leader, no replies."""

    enable_web = False
    enable_kafka_producer = False

    def sensors(self) -> Iterable[ServiceT]:
        return []

    def kafka_consumer(self) -> Iterable[ServiceT]:
        return [self.app.consumer]


class WorkerApp(App):
    """The app of one role. ``build_app`` makes it."""

    BootStrategy = _NothingElse
    assignee: Assignee
    group: Group
    alive: Callable[[], None]
    member_id: str | None = None
    """What the broker called this worker first."""

    def on_alive(self) -> None:
        """Called several times a second by the thread that keeps the session alive."""
        self.alive()

    @property
    def member(self) -> MemberConsumer:
        """The member of the group."""
        consumer = self.consumer
        assert isinstance(consumer, MemberConsumer)
        return consumer

    async def on_first_start(self) -> None:
        """Faust makes folders for its tables here; there are none."""

    async def on_stop(self) -> None:
        """The work ends before the membership does: what is committed is committed by a member."""
        await _or_end(self.assignee.finish())
        await super().on_stop()

    def _new_transport(self) -> TransportT:
        return MemberTransport(self.conf.broker_consumer, self)

    def _new_consumer(self) -> Any:
        consumer: Any = super()._new_consumer()
        consumer.leaves = self.group.leaves
        consumer.alive_every_s = min(consumer.alive_every_s, self.group.session_s / 10)
        return consumer


def build_app(group: Group, assignee: Assignee, *, alive: Callable[[], None], **settings: Any) -> WorkerApp:
    """The app of a role; nothing runs yet. ``settings`` are Faust's. Raises UnusableApp."""
    if settings.get("processing_guarantee", "at_least_once") != "at_least_once":
        raise UnusableApp("exactly_once loses and doubles messages in Faust: at_least_once is what there is")
    access = access_to(group.bootstrap)
    app = WorkerApp(
        group.name,
        broker=f"kafka://{access.servers.replace(',', ';')}",
        broker_credentials=_credentials(access),
        consumer_group_instance_id=group.instance,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=group.session_s,
        broker_heartbeat_interval=group.session_s / HEARTBEATS,
        broker_request_timeout=max(30.0, 2 * group.session_s),
        broker_rebalance_timeout=max(REBALANCE_S, 2 * group.session_s),
        broker_max_poll_interval=POLL_MAX_S,
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        table_standby_replicas=1,  # that is what makes Faust ask the assignor that it was given
        PartitionAssignor=NumberAssignor,
        TableManager=NoTables,
        **settings,
    )
    app.group, app.assignee, app.alive = group, assignee, alive
    for topic in group.topics:
        app.topics.add(app.topic(topic, key_serializer="raw", value_serializer="raw"))
    app.on_partitions_revoked.connect(_on_revoked)  # type: ignore[arg-type]  # its types have no such signal
    app.on_partitions_assigned.connect(_on_assigned)  # type: ignore[arg-type]
    return app


def run(app: WorkerApp) -> NoReturn:
    """Work until a signal ends it (exit 0). Standard output stays ours."""
    worker = Worker(app, loglevel="WARN", override_logging=False, redirect_stdouts=False, quiet=True, stdout=sys.stderr)
    worker.spinner = None
    worker.execute_from_commandline()


def _credentials(access: Access) -> Credentials | None:
    """What brokers ask of the member."""
    context = access.ssl_context()
    if access.user is not None:
        return SASLCredentials(
            username=access.user, password=access.password, ssl_context=context, mechanism=access.mechanism
        )
    return None if context is None else SSLCredentials(context)


async def _on_revoked(app: WorkerApp, revoked: set[TP], **_: Any) -> None:
    del revoked  # the protocol is eager: it is always all of it
    await _or_end(app.assignee.let_go())


async def _on_assigned(app: WorkerApp, assigned: set[TP], **_: Any) -> None:
    numbers = {tp.partition for tp in assigned}
    if assigned != {TP(topic, number) for topic in app.group.topics for number in numbers}:
        end(UNUSABLE, "not all topics of a partition number are assigned together", group=app.group.name)
    member = app.member.membership()
    if app.member_id not in (None, member.member_id):
        end(FENCED, "the group took this worker for gone, or another of the same name is there")
    app.member_id = member.member_id
    await _or_end(app.assignee.take_over(sorted(numbers), partial(app.member.commit_as, member)))


async def _or_end(done: Awaitable[None]) -> None:
    """Faust and aiokafka log what fails in a callback, and go on as if it had not."""
    try:
        await done
    except asyncio.CancelledError:
        raise
    except Exception:  # noqa: BLE001 - it ends here
        end(FAILED, "a rebalance could not be followed")
