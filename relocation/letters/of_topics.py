"""Dead letters of the topics."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from relocation.agreeing import unreachable
from relocation.clock import now_ms
from relocation.clusters import cluster_of, looked_at
from relocation.exits import UNREACHABLE, Failure
from relocation.letters.lying import Lying
from relocation.letters.source import Try
from relocation.letters.trying import trying
from relocation.parts import intake_of
from relocation.settings import Settings
from streams.kafka.clients import Unreachable
from streams.kafka.letters import letters_in
from streams.kafka.redriving import open_redriving
from streams.kafka.wire import Unresolved


class TopicLetters:
    """See ``Letters``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def lying(self) -> Iterator[Lying]:
        """As they are now; needs no token key."""
        with _failures_told():
            for record, letter in letters_in(looked_at(self._settings)):
                yield Lying(f"{record.partition}/{record.offset}", letter)

    @contextmanager
    def redriving(self, *, for_real: bool) -> Iterator[Try]:
        """Beside all that runs, which must have the same token key, rules and policy."""
        with _failures_told(), ExitStack() as stack:
            cluster, intake = cluster_of(self._settings), intake_of(self._settings)
            if for_real:
                yield open_redriving(stack, cluster, intake, now_ms).redrive
            else:
                yield trying(intake, now_ms)


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except Unreachable as away:
        raise unreachable(away) from None
    except Unresolved as why:
        raise Failure(f"RELOCATION_SCHEMA_REGISTRY is needed: {why}", UNREACHABLE) from None
