"""``relocation reconcile`` in this process: the same proof, without the start of a process every time."""

from contextlib import ExitStack, closing, suppress

from relocation.reconciling.command import _Prover
from relocation.settings import load_settings
from relocation.sinking.joining import server_of
from sinks.shared_log import LogFailed
from sinks.store import StoreFailed
from tests.chaos.stack import KEY


class Proof:
    """Proves as often as it is asked; it joins brokers and ClickHouse when first asked."""

    def __init__(self, stack):
        self._settings = load_settings(
            kafka=stack.cluster.bootstrap, clickhouse=stack.clickhouse_url, token_key=KEY, data=stack.servers.folder
        )
        self._stack = ExitStack()
        self._prover = None

    def prove(self, *, only_new):
        """What is missing."""
        with suppress(StoreFailed, LogFailed):  # a connection of before a fault; the second try is made anew
            return self._joined().prove(only_new=only_new).findings
        self.close()
        return self._joined().prove(only_new=only_new).findings

    def close(self):
        self._stack.close()
        self._stack, self._prover = ExitStack(), None

    def _joined(self):
        if self._prover is None:
            store = self._stack.enter_context(closing(server_of(self._settings)))
            self._prover = _Prover(self._stack, self._settings, store)
        return self._prover
