"""Times as Avro writes them, by table: six bytes each from 1970-07 to 2039-09, two bytes a look-up.

A time is a zigzag number: twice its milliseconds, seven bits a byte, the lowest first, all bytes but the last marked.
Three numbers of two bytes (little-endian), ``<3H``, hold one.
"""

from itertools import product

NO_TIME = -(1 << 60)
"""What two bytes that are no part of such a time add to it: enough to make it negative."""

_HIGH_MIN, _HIGH_MAX = 128, 16_384
"""A time has six bytes when its milliseconds >> 27 lie between these."""


def reading_tables() -> tuple[list[int], list[int], list[int]]:
    """What two bytes of a six-byte number add to a time: the first, second and third two. By their value in ``<H``."""
    low, middle, high = ([NO_TIME] * 65_536 for _ in range(3))
    for first, second in product(range(128), repeat=2):
        pair, more = first | second << 7, (first | 0x80) | second << 8
        if first % 2 == 0:  # odd: a negative number
            low[more | 0x8000] = pair >> 1
        middle[more | 0x8000] = pair << 13
        if second:  # else the number is longer than it needs
            high[more] = pair << 27
    return low, middle, high


def writing_tables() -> tuple[list[int], list[int], list[int | None]]:
    """The other way: by ``ms & 8191``, ``ms >> 13 & 16383`` and ``ms >> 27``.

    The last holds None for what takes other than six bytes. It is twice as long as times are, and so holds None at what
    a negative time asks for, too; beyond it is an IndexError.
    """
    low = [_marked(part << 1) | 0x8000 for part in range(8_192)]
    middle = [_marked(part) | 0x8000 for part in range(16_384)]
    high = [_marked(part) if part >= _HIGH_MIN else None for part in range(_HIGH_MAX)]
    return low, middle, [*high, *[None] * _HIGH_MAX]


def varint(number: int) -> bytes:
    """A number >= 0 of any size, seven bits a byte; zigzag is the caller's."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _marked(pair: int) -> int:
    """Fourteen bits as ``<H`` has them, the first byte marked."""
    return (pair & 0x7F | 0x80) | pair >> 7 << 8
