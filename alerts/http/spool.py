"""Answers on their way to a publisher who may send all of its body before it reads a word of them."""

from tempfile import SpooledTemporaryFile

import anyio

_CHUNK = 64 * 1024


class Spool:
    """A queue of bytes: a little in memory, more in an unlinked file. It is full when ``unread_max`` bytes wait.

    Without it a client that reads late would stop reading what we write, we would stop reading what it writes, and
    both would wait for ever.
    """

    def __init__(self, *, in_memory: int, unread_max: int) -> None:
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 - ``discard`` closes it
        self._unread_max = unread_max
        self._written = self._read = 0
        self._closed = False
        self._changed = anyio.Condition()

    @property
    def used(self) -> bool:
        """Whether anything was ever put in."""
        return self._used

    _used = False

    async def put(self, told: bytes) -> None:
        """Add the bytes; waits while the spool is full."""
        async with self._changed:
            while self._written - self._read >= self._unread_max:
                await self._changed.wait()
            self._used = self._used or bool(told)
            self._file.seek(self._written)
            self._file.write(told)
            self._written += len(told)
            self._changed.notify_all()

    async def close(self) -> None:
        """Nothing more will come."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def take(self) -> bytes:
        """The next bytes, as soon as there are any; b"" at the end."""
        async with self._changed:
            while self._read == self._written and not self._closed:
                await self._changed.wait()
            self._file.seek(self._read)
            told = self._file.read(_CHUNK)
            self._read += len(told)
            if self._read == self._written:
                self._start_over()
            self._changed.notify_all()
            return told

    def _start_over(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._read = self._written = 0

    def discard(self) -> None:
        """Let go of the file."""
        self._file.close()
