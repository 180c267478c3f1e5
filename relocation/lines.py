"""Files of events as numbered lines, plain or gzip, in constant memory whatever the file holds."""

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

LINE_BYTES_MAX = 64 * 1024
"""An event is at most so long (DESIGN section 4); of a longer line just enough is sent to be told so."""
BATCH_LINES = 1_000
BATCH_BYTES = 1024 * 1024

_READ_BYTES = 256 * 1024
_GZIP_WINDOW = 31
"""zlib's window bits for a gzip member with header and checksum."""
_TELLING_BYTES = 16
"""So much of a file tells what it is."""
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_FOREIGN = {
    b"PK\x03\x04": "a zip archive; unpack it",
    b"BZh": "bzip2; unpack it",
    b"\x28\xb5\x2f\xfd": "zstd; unpack it",
    b"\xfd7zXZ": "xz; unpack it",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
    b"Obj\x01": "an Avro container; write JSON, one event a line",
    b"PAR1": "Parquet; write JSON, one event a line",
    b"SQLite format 3": "a database; write JSON, one event a line",
}


class NotLines(Exception):
    """The file holds no lines of JSON; the words say what it is and what to do."""


class CutOff(Exception):
    """A gzip file that is damaged or ends too early: what came before was read."""


class Numbered(NamedTuple):
    """A line that is not blank, without its line end; ``line`` counts from 1, blank ones included."""

    line: int
    raw: bytes


class LineFile:
    """One open file of lines; ``-`` is stdin. ``taken`` of its ``size`` bytes were read (None: not known)."""

    def __init__(self, name: str) -> None:
        self._raw: IO[bytes] = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - see close
        self.size = None if name == "-" else Path(name).stat().st_size
        self.taken = 0

    def close(self) -> None:
        """Let go of the file."""
        if self._raw is not sys.stdin.buffer:
            self._raw.close()

    def batches(self) -> Iterator[list[Numbered]]:
        """The lines, at most BATCH_LINES and about BATCH_BYTES at a time. Raises NotLines or CutOff."""
        batch: list[Numbered] = []
        size = 0
        for line in self._lines():
            if batch and (len(batch) == BATCH_LINES or size + len(line.raw) > BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(line)
            size += len(line.raw)
        if batch:
            yield batch

    def _lines(self) -> Iterator[Numbered]:
        held, number = bytearray(), 1
        failure: CutOff | None = None
        pieces = self._pieces()
        while True:
            try:
                piece = next(pieces, None)
            except CutOff as cut:
                piece, failure = None, cut
            if piece is None:
                break
            *ended, rest = piece.split(b"\n")
            for part in ended:
                _hold(held, part)
                if held.strip():
                    yield Numbered(number, bytes(held).removesuffix(b"\r"))
                held.clear()
                number += 1
            _hold(held, rest)
        if failure is not None:
            raise CutOff(f"{failure} after line {number - 1}; send what follows it again from a whole file")
        if held.strip():
            yield Numbered(number, bytes(held).removesuffix(b"\r"))

    def _pieces(self) -> Iterator[bytes]:
        first = self._read()
        while len(first) < _TELLING_BYTES and (more := self._read()):
            first += more
        if first.startswith(_GZIP):
            yield from self._inflated(first)
            return
        first = first.removeprefix(_BOM)
        _refuse_foreign(first)
        while first:
            yield first
            first = self._read()

    def _read(self) -> bytes:
        piece = self._raw.read1(_READ_BYTES) if hasattr(self._raw, "read1") else self._raw.read(_READ_BYTES)
        self.taken += len(piece)
        return bytes(piece)

    def _inflated(self, piece: bytes) -> Iterator[bytes]:
        member, is_first = zlib.decompressobj(_GZIP_WINDOW), True
        while piece:
            try:
                inflated = member.decompress(piece, _READ_BYTES)
            except zlib.error:
                raise CutOff("the gzip file is damaged") from None
            if is_first and inflated:
                inflated, is_first = inflated.removeprefix(_BOM), False
                _refuse_foreign(inflated)
            if inflated:
                yield inflated
            piece = member.unconsumed_tail
            if member.eof:
                piece = (member.unused_data or self._read()).lstrip(b"\0")
                if piece:
                    member = zlib.decompressobj(_GZIP_WINDOW)
            elif not piece:
                piece = self._read()
        if not member.eof:
            raise CutOff("the gzip file is cut off")


def _hold(held: bytearray, part: bytes) -> None:
    room = LINE_BYTES_MAX + 1 - len(held)
    if room > 0:
        held += part[:room]


def _refuse_foreign(first: bytes) -> None:
    start = first.lstrip()[:_TELLING_BYTES]
    for magic, told in _FOREIGN.items():
        if start.startswith(magic):
            raise NotLines(f"this is {told}")
    if start.startswith((b"[{", b"[\n", b"[\r")):
        raise NotLines("this is a JSON array; write each event on a line of its own, without brackets and commas")
    if b"\0" in first[:4096] and not start.startswith(b"{"):
        raise NotLines("this is no text; write JSON, one event a line")
