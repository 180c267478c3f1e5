"""A register with its log: reports are kept as bytes of a kind, and read back."""

import pickle

from processors.registrar import Registrar, ReportReader


class Reader:
    """Reads pickled reports, and notes which it read whole."""

    def __init__(self):
        self.read = []

    def whole(self, body):
        self.read.append(body)
        return pickle.loads(body)

    def head(self, body):
        return pickle.loads(body)


READER = Reader()


class Register:
    """A registrar, the log it reads, and what was tombstoned there."""

    def __init__(self, term_ms=None, log=()):
        self.term_ms = term_ms
        self.log = list(log)
        self.registrar = Registrar(ReportReader(READER.whole, READER.head), lambda _report: term_ms)

    def apply(self, report):
        body = pickle.dumps(report)
        self.log.append(body)
        return self.registrar.apply(report, len(self.log) - 1, body)

    def tombstone(self, key):
        self.log.append(key)
        self.registrar.forget(key)

    def destroy(self, order):
        return self.registrar.destroy(order)

    def tick(self, now):
        return self.registrar.tick(now)

    def again(self):
        """After a restart: from the log."""
        other = Register(self.term_ms, self.log)
        for body in self.log:
            if isinstance(body, str):
                other.registrar.forget(body)
            else:
                other.registrar.restore(body)
        return other
