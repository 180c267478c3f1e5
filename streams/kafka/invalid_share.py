"""How much of what a partition holds is invalid: a bad release must stop, not drain into dead letters."""

from collections import deque

IN_A_ROW_MAX = 500
LAST = 1_000
"""The share is that of so many events."""
OF_LAST_MAX = LAST * 5 // 100


class InvalidShare:
    """Counts the events of one partition, in their order."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=LAST)
        self._invalid, self._in_a_row = 0, 0

    def is_too_much(self, *, is_invalid: bool) -> bool:
        """The next event: whether with it more than 500 in a row are invalid, or more than 5 % of the last 1,000."""
        if len(self._last) == LAST:
            self._invalid -= self._last[0]
        self._last.append(is_invalid)
        self._invalid += is_invalid
        self._in_a_row = self._in_a_row + 1 if is_invalid else 0
        return self._in_a_row > IN_A_ROW_MAX or (len(self._last) == LAST and self._invalid > OF_LAST_MAX)
