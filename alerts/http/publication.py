"""One NDJSON body on its way: read, judged in batches and answered, all three at the same time."""

import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import anyio
import anyio.lowlevel
from anyio.abc import ObjectReceiveStream, ObjectSendStream, TaskGroup
from starlette.types import Message, Receive, Scope, Send

from alerts.http.bodies import Damaged, Gunzip, Line, LineCutter, Plain
from alerts.http.options import Limits
from alerts.http.problems import problem_response, unavailable
from alerts.http.spool import Spool
from schemas.problems import Code, Problem
from schemas.views import Answer, Unavailable

MEDIA_TYPE = "application/x-ndjson"
Pending = Callable[[], Awaitable[list[Answer]]]
"""Waits for the answers of lines that were judged."""
Judge = Callable[[list[bytes]], Awaitable[Pending]]
AHEAD = 4
"""So many batches are on their way to be durable at once."""

_Judged = ObjectSendStream[tuple[list[Line], Pending]]
_Collected = ObjectReceiveStream[tuple[list[Line], Pending]]
_AGAIN = "Send this line and what follows it again."

_LOG = logging.getLogger("relocation.http")


def answer_json(line: int, answer: Answer) -> dict[str, object]:
    """The object that answers one event (DESIGN section 8)."""
    told: dict[str, object] = {"line": line}
    if answer.event_id is not None:
        told["event_id"] = answer.event_id
    told["status"] = answer.status
    if answer.problems:
        told["errors"] = [problem.as_json() for problem in answer.problems]
    return told


class Publication:
    """An ASGI application for one request: the answer begins as soon as the first batch is durable.

    Lines are judged in order, whatever has come is judged without waiting for more or for what was judged before, and
    the answer ends after the last line that is durable: when the log goes away, when the process is told to stop, and
    when the client leaves.
    """

    def __init__(self, judge: Judge, closing: anyio.Event, limits: Limits, *, gzip: bool) -> None:
        self._judge_lines = judge
        self._closing = closing
        self._limits = limits
        self._decoder = Gunzip(inflation=limits.inflation, floor=limits.inflation_floor) if gzip else Plain()
        self._inbox = _Inbox(limits)
        self._spool = Spool(in_memory=limits.answers_in_memory, unread_max=limits.answers_unread)
        self._ended_early: Unavailable | None = None
        self._damage: Line | None = None
        self._damage_told = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._read, receive, tasks)
                judged, collected = anyio.create_memory_object_stream[tuple[list[Line], Pending]](AHEAD)
                tasks.start_soon(self._judge, judged)
                tasks.start_soon(self._answer, collected)
                tasks.start_soon(self._stop_when_closing)
                await self._write(scope, receive, send)
                tasks.cancel_scope.cancel()
        finally:
            self._spool.discard()

    async def _read(self, receive: Receive, tasks: TaskGroup) -> None:
        cutter = LineCutter(self._limits.event_bytes)
        try:
            more = True
            while more:
                message = await self._receive(receive)
                if message["type"] == "http.disconnect":
                    tasks.cancel_scope.cancel()
                    return
                more = message.get("more_body", False)
                for piece in self._decoder.feed(message.get("body", b"")):
                    await self._inbox.put(cutter.feed(piece))
            self._decoder.finish()
            await self._inbox.put(cutter.last())
        except Damaged as damage:
            self._damage, self._damage_told = Line(cutter.number, b""), str(damage)
        await self._inbox.close()
        await self._leave_when_client_does(receive, tasks)

    async def _receive(self, receive: Receive) -> Message:
        with anyio.move_on_after(self._limits.stalled_s):
            return await receive()
        raise Damaged("Nothing more of the body came for a long time.")

    async def _leave_when_client_does(self, receive: Receive, tasks: TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        tasks.cancel_scope.cancel()

    async def _judge(self, judged: _Judged) -> None:
        async with judged:
            while lines := await self._inbox.take():
                try:
                    pending = await self._judge_lines([line.raw for line in lines])
                    await judged.send((lines, pending))
                except anyio.BrokenResourceError:  # an earlier batch ended the answer
                    return
                except Exception as error:  # noqa: BLE001 - whatever it is, the answer ends before these lines
                    self._fail(error)
                    return

    async def _answer(self, collected: _Collected) -> None:
        async with collected:
            try:
                async for lines, pending in collected:
                    await self._tell(lines, await pending())
                if self._damage is not None and self._ended_early is None:
                    problem = Problem(Code.MALFORMED, self._damage_told, hint=_AGAIN)
                    await self._tell([self._damage], [Answer("rejected", problems=(problem,))])
            except Unavailable as reason:
                await self._tell(lines, reason.answered)
                self._ended_early = reason
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer ends after the last durable line
                self._fail(error)
        await self._inbox.stop()
        await self._spool.close()

    def _fail(self, error: Exception) -> None:
        _LOG.error("%s", json.dumps({"event": "publish_failure", "error": type(error).__name__}))
        self._ended_early = error if isinstance(error, Unavailable) else Unavailable("publishing failed")

    async def _tell(self, lines: Sequence[Line], answers: Sequence[Answer]) -> None:
        answered = zip(lines, answers, strict=False)  # fewer answers than lines: the log went away in between
        told = [
            json.dumps(answer_json(line.number, answer), ensure_ascii=False, separators=(",", ":"))
            for line, answer in answered
        ]
        await self._spool.put("".join(f"{one}\n" for one in told).encode())

    async def _stop_when_closing(self) -> None:
        await self._closing.wait()
        self._ended_early = self._ended_early or Unavailable("shutting down")
        await self._inbox.stop()

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = await self._spool.take()
        if not told and self._ended_early is not None:
            problem = unavailable(self._ended_early.retry_after_s)
            await problem_response(problem, scope.get("request_id"))(scope, receive, send)
            return
        headers = [(b"content-type", MEDIA_TYPE.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while told:
            with anyio.move_on_after(self._limits.stalled_s) as patience:
                await send({"type": "http.response.body", "body": told, "more_body": True})
            if patience.cancelled_caught:
                return  # unfinished on purpose: the server closes the connection
            told = await self._spool.take()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Inbox:
    """Lines that were read and not judged yet; it is full at one batch."""

    def __init__(self, limits: Limits) -> None:
        self._lines: deque[Line] = deque()
        self._bytes = 0
        self._limits = limits
        self._closed = False
        self._changed = anyio.Condition()

    async def put(self, lines: Sequence[Line]) -> None:
        """Add the lines; waits while a whole batch is already there."""
        async with self._changed:
            while self._full() and not self._closed:
                await self._changed.wait()
            if not self._closed:
                self._lines.extend(lines)
                self._bytes += sum(len(line.raw) for line in lines)
                self._changed.notify_all()
        await anyio.lowlevel.checkpoint()  # a body that inflates to nothing but blank lines holds up nobody

    def _full(self) -> bool:
        return len(self._lines) >= self._limits.batch_lines or self._bytes >= self._limits.batch_bytes

    async def close(self) -> None:
        """Nothing more will come."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def stop(self) -> None:
        """Nothing more will come, and what waits is not to be judged."""
        async with self._changed:
            self._lines.clear()
            self._closed = True
            self._changed.notify_all()

    async def take(self) -> list[Line]:
        """Whatever is there, up to one batch, as soon as there is any; [] at the end."""
        async with self._changed:
            while not self._lines and not self._closed:
                await self._changed.wait()
            batch: list[Line] = []
            taken = 0
            while self._lines and len(batch) < self._limits.batch_lines and taken < self._limits.batch_bytes:
                batch.append(self._lines.popleft())
                taken += len(batch[-1].raw)
            self._bytes -= taken
            self._changed.notify_all()
            return batch
