"""Publish bodies as they arrive: gunzipped in small steps, cut into lines, in constant memory whatever is sent."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

_STEP = 256 * 1024
"""What is inflated at a time (bytes)."""
_GZIP = 31
"""zlib's window bits for a gzip member with header and checksum."""


class Damaged(Exception):
    """The body is not what its Content-Encoding says, or was cut off, or inflates like a bomb; the text says which."""


class Line(NamedTuple):
    """A line that is not blank: its number (from 1, blank ones counted) and its bytes (limit + 1 if it had more)."""

    number: int
    raw: bytes


class Plain:
    """A body as it is."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The bytes of the next chunk."""
        yield chunk

    def finish(self) -> None:
        """There is nothing that could be missing."""


class Gunzip:
    """A gzip body of any number of members."""

    def __init__(self, *, inflation: int, floor: int) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._taken = self._given = 0
        self._inflation, self._floor = inflation, floor

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The inflated bytes of the next chunk, at most 256 KiB at a time. Raises Damaged."""
        self._taken += len(chunk)
        while chunk:
            if self._member.eof:
                chunk = self._next_member(chunk)
                continue
            yield from self._inflate(chunk)
            chunk = self._member.unused_data

    def _next_member(self, chunk: bytes) -> bytes:
        chunk = chunk.lstrip(b"\0")  # padding between and after members is allowed (gzip(1))
        if chunk:
            self._member = zlib.decompressobj(_GZIP)
        return chunk

    def _inflate(self, chunk: bytes) -> Iterator[bytes]:
        while True:
            before = self._member.copy()
            try:
                piece = self._member.decompress(chunk, _STEP)
            except zlib.error:
                yield _up_to_damage(before, chunk)
                raise Damaged("The gzip body is damaged here.") from None
            self._given += len(piece)
            if self._given > max(self._floor, self._inflation * self._taken):
                raise Damaged("The gzip body inflates beyond all proportion.")
            if piece:
                yield piece
            chunk = self._member.unconsumed_tail
            if self._member.eof or (not chunk and len(piece) < _STEP):
                return

    def finish(self) -> None:
        """Raises Damaged when the last member, or the only one, was cut off."""
        if not self._member.eof:
            raise Damaged("The gzip body is cut off here.")


def _up_to_damage(member: "zlib._Decompress", chunk: bytes) -> bytes:
    """What comes out before the damage, which zlib keeps to itself: byte by byte until it fails."""
    intact = bytearray()
    try:
        for at in range(len(chunk)):
            intact += member.decompress(chunk[at : at + 1], _STEP)
    except zlib.error:
        pass
    return bytes(intact)


class LineCutter:
    """Cuts what it is fed into lines; of a line beyond ``limit`` bytes it keeps limit + 1, enough to see that."""

    def __init__(self, limit: int) -> None:
        self._keep = limit + 1
        self._held = bytearray()
        self._number = 1

    @property
    def number(self) -> int:
        """The number of the line that has begun and not ended."""
        return self._number

    def feed(self, piece: bytes) -> list[Line]:
        """The lines that end in this piece; blank ones are counted only."""
        first, *rest = piece.split(b"\n")
        self._hold(first)
        if not rest:
            return []
        lines = self.last()
        self._number += 1
        last = rest.pop()
        if not any(rest):  # a bomb of blank lines is counted, not walked
            self._number += len(rest)
            rest = []
        for raw in rest:
            lines += self._line(raw[: self._keep])
            self._number += 1
        self._held = bytearray(last[: self._keep])
        return lines

    def last(self) -> list[Line]:
        """What is held of a line that has not ended, as a line, unless it is blank. It is held no longer."""
        raw, self._held = bytes(self._held), bytearray()
        return self._line(raw)

    def _line(self, raw: bytes) -> list[Line]:
        if len(raw) >= self._keep:
            return [Line(self._number, raw)]
        return [Line(self._number, raw.removesuffix(b"\r"))] if raw.strip() else []

    def _hold(self, part: bytes) -> None:
        room = self._keep - len(self._held)
        if room > 0:
            self._held += part[:room]
