"""What is done when a task fails at a record: it begins anew, then record by record, then without that one."""

import logging
from typing import TYPE_CHECKING

from streams.kafka.ending import Unworkable
from streams.kafka.numbered import Numbered

if TYPE_CHECKING:
    from streams.kafka.records import Partition

LOG = logging.getLogger("relocation.worker")
POISON_MAX = 20
"""More records at which tasks fail are no accident."""


class TooMuchPoison(Unworkable):
    """So many records made tasks fail that it is not the records."""


class Stumbles:
    """What is remembered of them, as long as the process runs."""

    def __init__(self) -> None:
        self.poison: set[tuple[Partition, int]] = set()
        """Records that are left out, and counted as failed."""
        self.careful: set[int] = set()
        """Numbers whose records are taken one at a time, so that it is known which one it was."""

    def note(self, numbered: Numbered, error: str) -> None:
        """The task of this number failed; its memory may be half done. Raises TooMuchPoison."""
        LOG.error("a task failed", extra={"number": numbered.number, "reason": error})
        if numbered.careful and numbered.at is not None:
            (topic, number), offset = numbered.at
            LOG.error("left out", extra={"topic": topic, "partition": number, "offset": offset})
            self.poison.add(numbered.at)
            if len(self.poison) > POISON_MAX:
                raise TooMuchPoison(f"{len(self.poison)} records made tasks fail")
        self.careful.add(numbered.number)
