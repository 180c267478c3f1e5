"""What the client's library says by itself, in our logs: a broker that is away is said once, not ten times a second."""

import logging
import re
import time

LOG = logging.getLogger("relocation.kafka.client")
QUIET_S = 60.0
_MESSAGE = "%s [%s] %s"
"""How the library logs: what kind of thing, the client's name, the words."""
_VARYING = re.compile(r"\(after .*?\)|rdkafka#\w+-\d+")


class SaidOnce(logging.Filter):
    """Lets the same words through once in ``quiet_s``, whichever client says them and however long it had tried."""

    def __init__(self, quiet_s: float = QUIET_S) -> None:
        super().__init__()
        self._quiet_s = quiet_s
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is said."""
        now = time.monotonic()
        self._said = {words: at for words, at in self._said.items() if now - at < self._quiet_s}
        if record.msg == _MESSAGE and isinstance(record.args, tuple) and len(record.args) == 3:
            words = f"{record.args[0]} {_VARYING.sub('', str(record.args[2]))}"
        else:
            words = record.getMessage()
        if words in self._said:
            return False
        self._said[words] = now
        return True


LOG.addFilter(SaidOnce())
