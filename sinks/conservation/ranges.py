"""Sets of offsets as ranges: how what is missing is kept and told, however much it is."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Range(NamedTuple):
    """Offsets from ``first`` up to and including ``last``."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many offsets they are."""
        return self.last - self.first + 1


class Ranges:
    """Offsets of one partition, added in ascending order; what lies side by side is one range."""

    def __init__(self, offsets: Iterable[int] = ()) -> None:
        self._ranges: list[Range] = []
        for offset in offsets:
            self.add(offset)

    def add(self, first: int, last: int | None = None) -> None:
        """From ``first`` up to and including ``last``; without it that one."""
        last = first if last is None else last
        if self._ranges and self._ranges[-1].last >= first - 1:
            self._ranges[-1] = Range(self._ranges[-1].first, max(last, self._ranges[-1].last))
        else:
            self._ranges.append(Range(first, last))

    def __iter__(self) -> Iterator[Range]:
        return iter(self._ranges)

    def __len__(self) -> int:
        """How many offsets they are."""
        return sum(one.size for one in self._ranges)

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and self._ranges == other._ranges

    __hash__ = None  # type: ignore[assignment]  # it changes

    def offsets(self) -> Iterator[int]:
        """One by one."""
        for one in self._ranges:
            yield from range(one.first, one.last + 1)

    def told(self, most: int = 20) -> str:
        """In words, at most so many ranges: ``3, 7-9 and 2 more ranges``."""
        shown = [str(one.first) if one.size == 1 else f"{one.first}-{one.last}" for one in self._ranges[:most]]
        more = len(self._ranges) - most
        return ", ".join(shown) + (f" and {more} more ranges" if more > 0 else "")
