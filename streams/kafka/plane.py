"""The plane: one thread that moves records between logs and the tasks of a role, and commits what is done.

The group says which partition numbers are its own (``let_go``, ``take_over``, ``finish``, from other threads). A round
takes what there is of what is live, writes what follows and waits until it is acknowledged; then a portion of what is
being restored; then ticks; then commits.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from streams.kafka.clients import Brokers
from streams.kafka.committer import Committer, Send
from streams.kafka.ending import FAILED, Unworkable, end
from streams.kafka.halts import Halts
from streams.kafka.membership import NotAMember
from streams.kafka.numbered import Numbered
from streams.kafka.opening import Asking, Opening
from streams.kafka.orders import Orders
from streams.kafka.reader import OutOfRange, Reader
from streams.kafka.records import Out, Partition, Record
from streams.kafka.restoring import Restoring
from streams.kafka.stumbling import Stumbles
from streams.kafka.watching import Watched
from streams.kafka.work import Work
from streams.kafka.writer import Writer

if TYPE_CHECKING:
    from concurrent.futures import Future

LOG = logging.getLogger("relocation.worker")
IDLE_S = 0.05
TICK_S = 1.0
SHOW_S = 0.5
RESTORING_QUEUE_KIB = 32 * 1024
RESTORING_FETCH_WAIT_MS = 10


class ShorterThanRead(Unworkable):
    """A log ends before what was read of it: brokers lost what they had acknowledged."""


class Plane:
    """Made in one thread, runs in its own. Whatever it cannot do ends the process: it begins anew from the logs."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._role, self._crash, self._fence, self._hooks = work.role, work.crash, work.fence, work.hooks
        self._reader = Reader(work.bootstrap)
        self._writer = Writer(work.bootstrap, patience_s=work.session_s, told_of=work.role.reading.told_of)
        restorer = partial(Reader, work.bootstrap, queue_kib=RESTORING_QUEUE_KIB, fetch_wait_ms=RESTORING_FETCH_WAIT_MS)
        self._restoring = Restoring(restorer, work.hooks.progress)
        self._committer = Committer(_refuse, at_point=work.crash.at)
        self._orders = Orders()
        self._halts = Halts(self._reader)
        self._live: dict[int, Numbered] = {}
        self._withheld: frozenset[str] = frozenset()
        self._asking = Asking(work.bootstrap, work.group, work.role.reading, self._orders)
        self._stumbles = Stumbles()
        self._suspended, self._settled, self._finished = True, False, False
        self._tick_at = self._show_at = 0.0
        self.watched = Watched()
        """What can be seen of it from other threads."""
        self._thread = threading.Thread(target=self._run, name="plane", daemon=True)

    def start(self) -> None:
        """Begin; nothing is worked on until it is assigned."""
        self._thread.start()

    # Told by the group, in other threads

    async def let_go(self) -> None:
        """Everything is revoked: what is under way is finished and committed when this returns."""
        self._asking.turn += 1
        await asyncio.wrap_future(self._orders.give(self._let_go))

    async def take_over(self, numbers: Iterable[int], send: Send) -> None:
        """These numbers are assigned; ``send`` commits. The group need not wait until it is known where they stand."""
        self._asking.turn += 1
        self._asking.ask(list(numbers), lambda openings: self._take_over(openings, send))

    async def finish(self) -> None:
        """Finish and commit what is under way, and end the thread."""
        self._asking.turn += 1
        if self._thread.is_alive():
            await asyncio.wrap_future(self._orders.give(self._finish))
            await asyncio.to_thread(self._thread.join)

    # Orders, done between rounds

    def _let_go(self) -> None:
        self._crash.at("at_revocation")
        self._suspended = True
        self._drain()

    def _drain(self) -> None:
        try:
            self._committer.drain(self._work.session_s)
        except (NotAMember, TimeoutError):
            self._committer.forget()  # what was done says the same again

    def _take_over(self, openings: list[Opening], send: Send) -> None:
        opened = {opening.number: opening for opening in openings}
        restoring = self._restoring.numbers
        for number, numbered in (self._live | restoring).items():
            if number not in opened or not numbered.stands_at(opened[number]):
                self._drop(number)
        for number, opening in opened.items():
            if number not in self._live and number not in self._restoring.numbers:
                self._begin(opening)
        self._committer = Committer(send, at_point=self._crash.at)
        self._suspended, self._settled = False, False
        LOG.info(
            "assigned", extra={"role": self._role.name, "numbers": sorted(opened), "restoring": self._restoring.left}
        )

    def _begin(self, opening: Opening) -> None:
        poison, careful = self._stumbles.poison, opening.number in self._stumbles.careful
        resumes = self._work.resume_halted
        self._restoring.add(Numbered(self._role, opening, resume_halted=resumes, poison=poison, careful=careful))

    def _begin_anew(self, number: int) -> None:
        """What is in memory of a number is let go of; its fold is read again."""
        self._drop(number)
        self._asking.ask([number], lambda openings: self._begin(openings[0]))

    def _finish(self) -> None:
        self._let_go()
        self._finished = True

    def _drop(self, number: int) -> None:
        self._restoring.drop(number)
        numbered = self._live.pop(number, None)
        if numbered is not None:
            self._reader.drop(numbered.to_read())

    # Rounds

    def _run(self) -> None:
        try:
            while not self._finished:
                self._round()
            self._reader.close()
        except Unworkable as why:
            end(FAILED, "the work cannot go on", reason=str(why))
        except BaseException:  # noqa: BLE001 - nothing may go on without this thread
            end(FAILED, "the plane failed")

    def _round(self) -> None:
        self._orders.obey(IDLE_S if self._suspended else 0)
        if not self._suspended:
            self._withhold()
            self._work_on(self._take())
            self._restore()
            self._tick()
            self._halts.try_again(self._live)
            self._commit()
        self._show()

    def _take(self) -> list[Record]:
        try:
            records = self._reader.take(0 if self._restoring.left else IDLE_S)
        except OutOfRange as gone:
            self._find_again(gone.partition)
            return []
        return records

    def _work_on(self, records: list[Record]) -> None:
        if records:
            began, now = time.perf_counter(), self._hooks.now_ms()
            batches: dict[int, list[Record]] = {}
            for record in records:
                batches.setdefault(record.partition, []).append(record)
            touched = [self._live[number] for number in batches if number in self._live]
            self._note(self._processed(touched, batches, now))
            self.watched.processed += len(records)
            self._hooks.batch(len(records), time.perf_counter() - began)
        for (topic, number), offset in self._reader.ends.items():
            if number in self._live and self._live[number].reach(topic, offset):
                self._note([self._live[number]])

    def _processed(self, touched: list[Numbered], batches: Mapping[int, list[Record]], now: int) -> list[Numbered]:
        """Write what follows; all of it is acknowledged when this returns. Those whose records are done."""
        self._fence.check()
        done, count = [], 0
        for numbered in touched:
            try:
                count += self._writer.hand_over(self._crashing(numbered.process(batches[numbered.number], now)))
            except Unworkable:
                raise
            except Exception as error:  # noqa: BLE001 - one record must not stop all others
                self._stumble(numbered, type(error).__name__)
            else:
                done.append(numbered)
        self._acknowledge(count)
        return done

    def _stumble(self, numbered: Numbered, error: str) -> None:
        self._stumbles.note(numbered, error)
        self._drain()
        self._begin_anew(numbered.number)

    def _write(self, outs: Iterable[Out]) -> bool:
        """Write this; all of it is acknowledged when this returns. Whether it was anything."""
        self._fence.check()
        return self._acknowledge(self._writer.hand_over(self._crashing(outs)))

    def _acknowledge(self, count: int) -> bool:
        if count:
            self._fence.check()
            self._writer.flush()
            self._crash.at("after_produce")
        return count > 0

    def _crashing(self, outs: Iterable[Out]) -> Iterator[Out]:
        for count, out in enumerate(outs):
            if count == 1:
                self._crash.at("amid_produce", first=self._writer.flush)
            yield out

    def _note(self, touched: Iterable[Numbered], *, all_of_it: bool = False) -> None:
        for numbered in touched:
            numbered.tell_where(self._writer.ends)
            self._committer.note(numbered.to_commit(all_of_it=all_of_it))
            self._halts.add(numbered.newly_halted())

    def _restore(self) -> None:
        try:
            numbered = self._restoring.go_on()
        except OutOfRange as gone:  # retention was faster: begin this number anew
            self._begin_anew(gone.partition[1])
            return
        except Unworkable:
            raise
        except Exception as error:
            if self._restoring.current is None:
                raise
            self._restoring.current.careful = True  # a fold is always taken in record by record
            self._stumble(self._restoring.current, type(error).__name__)
            return
        if self._restoring.left or numbered is not None:
            self._crash.at("mid_restore")
        if numbered is not None:
            self._write(numbered.task.restored(self._hooks.now_ms()))
            self._crash.at("after_restore")
            self._live[numbered.number] = numbered
            self._reader.add(numbered.to_read())
            self._reader.pause(at for at in numbered.to_read() if at[0] in self._withheld)
            self._note([numbered])
        if not self._restoring.left and not self._settled and not self._withheld:
            self._settled = True
            self._hooks.settled()

    def _tick(self) -> None:
        if time.monotonic() < self._tick_at:
            return
        self._tick_at = time.monotonic() + TICK_S
        now = self._hooks.now_ms()
        for numbered in self._live.values():
            self._write_and_note(numbered, numbered.task.tick(now))
            if numbered.has_caught_up():
                self._write_and_note(numbered, numbered.task.caught_up(now))

    def _write_and_note(self, numbered: Numbered, outs: Iterable[Out]) -> None:
        if self._write(outs):
            self._note([numbered], all_of_it=True)

    def _commit(self) -> None:
        try:
            self._committer.turn()
        except NotAMember:
            LOG.warning("the group has gone on without this worker", extra={"role": self._role.name})
            self._suspended = True  # until it is told what it has now

    def _withhold(self) -> None:
        withheld = self._role.withheld()
        if withheld != self._withheld:
            held, freed = withheld - self._withheld, self._withheld - withheld
            every = [at for numbered in self._live.values() for at in numbered.to_read()]
            self._reader.pause(at for at in every if at[0] in held)
            self._reader.resume(at for at in every if at[0] in freed)
            self._withheld = withheld

    def _find_again(self, partition: Partition) -> None:
        """The next record of a log is gone: it was lost to retention."""
        topic, number = partition
        extent = Brokers(self._work.bootstrap).extents([partition])[partition]
        numbered = self._live[number]
        if extent.end < numbered.positions[topic]:
            raise ShorterThanRead(f"{topic}/{number} ends at {extent.end}, and was read to {numbered.positions[topic]}")
        numbered.lose(topic, extent.first)
        self._note([numbered])
        self._reader.drop([partition])
        self._reader.add({partition: numbered.positions[topic]})

    def _show(self) -> None:
        watched = self.watched
        watched.rounds += 1
        watched.suspended = self._suspended
        watched.restored, watched.restoring = self._restoring.taken, self._restoring.left
        watched.commit_waiting_since = self._committer.waiting_since
        if time.monotonic() >= self._show_at:
            self._show_at = time.monotonic() + SHOW_S
            watched.numbers = tuple(self._live.values())
            watched.positions = {
                at: position
                for numbered in self._live.values()
                for at, position in numbered.to_read().items()
                if at[0] not in self._withheld and at not in self._halts.waiting
            }


def _refuse(_: object) -> "Future[None]":
    raise NotAMember
