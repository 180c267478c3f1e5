"""The seam to Faust: it carries the membership of a group, and neither reads nor commits a topic of ours by itself.

What it would do is turned off in one place each, and the two things that are needed of the member are added: to commit
offsets under the generation that it was given, and to say that it is alive.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IllegalGenerationError, KafkaError, RebalanceInProgressError, UnknownMemberIdError
from aiokafka.protocol.group import LeaveGroupRequest
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.kafka.ending import FAILED, end
from streams.kafka.records import Partition

if TYPE_CHECKING:
    from concurrent.futures import Future

COMMIT_AGAIN_S = 0.1
LEAVE_WITHIN_S = 2.0
Noted = tuple[int, str]
"""An offset and what is noted with it."""


class NotAMember(Exception):
    """The group has gone on without this member, or is about to: nothing was committed."""


class Membership(NamedTuple):
    """Under what the broker takes commits. Another generation or member id is somebody else's."""

    generation: int
    member_id: str


class MemberThread(driver.AIOKafkaConsumerThread):
    """The thread in which the member lives: heartbeats, joining, commits."""

    async def on_start(self) -> None:
        """Join, and say again and again that the process runs."""
        await super().on_start()
        self._alive = self.thread_loop.create_task(self._keep_alive())

    async def on_thread_stop(self) -> None:
        """Leave the group: a static member would otherwise be waited for until its session is over."""
        self._alive.cancel()
        coordinator = self._member._coordinator
        left = LeaveGroupRequest(coordinator.group_id, coordinator.member_id)
        is_member = coordinator.generation > 0
        await coordinator.close()
        if is_member and self.member.leaves:
            try:
                await asyncio.wait_for(coordinator._send_req(left), LEAVE_WITHIN_S)
            except (KafkaError, TimeoutError):
                self.log.warning("could not leave the group: it waits for this member until its session is over")
        await super().on_thread_stop()

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Pause them all before anything else can happen in this loop: nothing is ever fetched here."""
        self._member.pause(*self._member.assignment())
        await super().on_partitions_assigned(assigned, generation_id)

    def membership(self) -> Membership:
        """What the broker knows this member by, now."""
        coordinator = self._member._coordinator
        return Membership(coordinator.generation, coordinator.member_id)

    async def commit_as(self, member: Membership, positions: Mapping[Partition, Noted]) -> None:
        """Commit; waits for as long as there is no coordinator. Raises NotAMember, and KafkaError for what is final.

        The member is compared and the request made without a break in between, at every try: a commit that had to
        wait must not go out under a later generation, when the partition may have gone on elsewhere.
        """
        coordinator = self._member._coordinator
        offsets = {TopicPartition(*at): OffsetAndMetadata(*noted) for at, noted in positions.items()}
        while True:
            await coordinator.ensure_coordinator_known()
            if self.membership() != member:
                raise NotAMember
            try:
                await coordinator._do_commit_offsets(None, offsets)
            except (UnknownMemberIdError, IllegalGenerationError, RebalanceInProgressError):
                raise NotAMember from None
            except KafkaError as failed:
                if not failed.retriable:
                    raise
                await asyncio.sleep(COMMIT_AGAIN_S)
            else:
                return

    @property
    def member(self) -> "MemberConsumer":
        """The consumer that this thread works for."""
        consumer = self.consumer
        assert isinstance(consumer, MemberConsumer)
        return consumer

    @property
    def _member(self) -> AIOKafkaConsumer:
        return self._ensure_consumer()

    async def _keep_alive(self) -> None:
        """Whoever does not poll for too long is thrown out of the group; we poll elsewhere, so we say so here."""
        consumer = self._member
        while True:
            self.member.app.on_alive()  # type: ignore[attr-defined]
            with consumer._subscription.fetch_context():
                pass
            if consumer._coordinator._coordination_task.done():
                end(FAILED, "the group's member has died")
            await asyncio.sleep(self.member.alive_every_s)


class MemberConsumer(driver.Consumer):
    """Faust's consumer, which consumes nothing."""

    alive_every_s = 0.25
    leaves = True
    """Whether it leaves the group when it is stopped."""

    def commit_as(self, member: Membership, positions: Mapping[Partition, Noted]) -> "Future[None]":
        """Commit from any thread; see ``MemberThread.commit_as``."""
        thread = self._thread
        assert isinstance(thread, MemberThread)
        return asyncio.run_coroutine_threadsafe(thread.commit_as(member, positions), thread.thread_loop)

    def membership(self) -> Membership:
        """What the broker knows this member by, now."""
        thread = self._thread
        assert isinstance(thread, MemberThread)
        return thread.membership()

    def _new_consumer_thread(self) -> MemberThread:
        return MemberThread(self, loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Faust's fetcher reads here; ours never does.

        It is cancelled when the worker stops. Amid a rebalance Faust takes that for a crash and ends the worker with 1.
        """
        with suppress(asyncio.CancelledError):
            await fetcher.wait_until_stopped()

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """After each rebalance Faust resumes what is assigned; what is read elsewhere stays paused."""

    async def perform_seek(self) -> None:
        """There is nothing to seek for."""

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: FBT001, FBT002, ARG002 - Faust's own
        """Faust commits now and then what was acknowledged to it: nothing."""
        return False

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust warns where it has not fetched for long; there is a watchdog of our own."""


class MemberTransport(driver.Transport):
    """Faust's transport, with that consumer."""

    Consumer = MemberConsumer


class NoTables(TableManager):
    """Faust waits two seconds for tables to come; there are none, ever."""

    async def on_start(self) -> None:
        """Go on at once."""
        await self._update_channels()
        await self.recovery.start()
