"""How a worker ends when it must not go on: at once, without writing anything more."""

import logging
import os
import sys
from typing import NoReturn

LOG = logging.getLogger("relocation.worker")

FAILED = 1
UNUSABLE = 2
FENCED = 6
"""It stood still, or was left out of its group, for so long that somebody else may do its work."""
STUCK = 7
"""There was work and no progress."""


class Unworkable(Exception):
    """The work cannot go on; the words are ours and name nothing of what was read."""


def end(code: int, event: str, **told: object) -> NoReturn:
    """Say why and end the process now, whatever its other threads do. A supervisor starts it again."""
    LOG.critical(event, extra=told, exc_info=sys.exc_info())
    os._exit(code)
