"""Where dead letters lie, and who tries them again: the port to the runtimes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from relocation.letters.lying import Lying
from relocation.settings import Settings
from schemas.dead_letters import DeadLetter
from schemas.views import Answer

Try = Callable[[Sequence[DeadLetter]], list[Answer]]
"""Tries letters that hold something, an answer each, in order. Raises Unavailable: then do all of it again."""


class Letters(Protocol):
    """The letters of one log. Calls block and raise Failure."""

    def lying(self) -> Iterator[Lying]:
        """All of them, in the order of the log."""
        ...

    def redriving(self, *, for_real: bool) -> AbstractContextManager[Try]:
        """What tries them again. Not ``for_real``: it tells what would be answered, but for duplicates."""
        ...


def letters_of(settings: Settings) -> Letters:
    """Those of the platform that the settings name. Raises Failure."""
    if settings.kafka is not None:
        from relocation.letters.of_topics import TopicLetters  # one machine has no client of Kafka

        return TopicLetters(settings)
    from relocation.letters.of_folder import FolderLetters

    return FolderLetters(settings)
