"""Opening a data folder from a command: what is wrong with it becomes words and an exit code."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from relocation.exits import DAMAGED, HELD, UNUSABLE, Failure
from relocation.settings import UnusableSettings
from schemas.views import Unavailable
from streams.embedded.folder import FolderDamaged, FolderHeld, KeyMismatch


@contextmanager
def damage_told() -> Iterator[None]:
    """Turns what a folder or the settings refuse into a Failure."""
    try:
        yield
    except UnusableSettings as unusable:
        raise Failure(str(unusable), UNUSABLE) from None
    except KeyMismatch as mismatch:
        raise Failure(str(mismatch), UNUSABLE) from None
    except FolderHeld as held:
        raise Failure(str(held), HELD) from None
    except FolderDamaged as damaged:
        raise Failure(str(damaged), DAMAGED) from None
    except (sqlite3.Error, Unavailable) as error:
        told = str(FolderDamaged(f"the log in the data folder cannot be used ({error})"))
        raise Failure(told, DAMAGED) from None
