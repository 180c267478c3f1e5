"""Which messages of a log follow from what is committed, and which a batch said that has to be done again."""

from collections.abc import Mapping
from typing import Any


class Marks:
    """Of one partition of ``alerts``, for commit metadata. Offsets; an epoch names one task.

    What was said below ``until`` was compared with what followed. Of what each epoch said itself, that below its own
    mark followed from what it committed.
    """

    def __init__(self, epoch: str, until: int = 0, own: Mapping[str, int] | None = None) -> None:
        self._epoch, self._until, self._own = epoch, until, dict(own or {})
        self._is_open = True
        """What the tasks before this one left open was not compared yet."""

    @classmethod
    def of(cls, epoch: str, committed: Any) -> "Marks":
        """Those that ``as_json`` gave to the last commit, read by a task with an epoch of its own; None: no commit."""
        return cls(epoch) if committed is None else cls(epoch, committed[0], committed[1])

    def is_later(self, offset: int, epoch: str) -> bool:
        """Whether a message need not follow from what is committed."""
        return offset >= max(self._until, self._own.get(epoch, 0))

    def wrote(self, offset: int) -> None:
        """A message of this task lies there."""
        self._own[self._epoch] = offset + 1

    def compared(self) -> None:
        """What was left open has been compared with what follows (``Keeper.review``)."""
        self._is_open = False

    def heard(self, until: int) -> None:
        """Messages below ``until`` were read, and heard."""
        if not self._is_open:
            self._until = max(self._until, until)
            own = self._own.get(self._epoch, 0)
            self._own = {self._epoch: own} if own > self._until else {}

    def as_json(self) -> list[Any]:
        """For the metadata of a commit."""
        return [self._until, self._own]
