"""What all processes of a platform must share lies in ``control``: the first process writes it, the others compare.

The first value of a name counts, until one that was forced: so two processes that begin at once come to the same end.
Compaction would keep the last one; whoever reads a log whose last value is not the one that counts writes that again.
"""

import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import NamedTuple

from schemas.decisions import Agreement
from schemas.undecodable import Undecodable
from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers, Unreachable
from streams.kafka.headers import headers_for
from streams.kafka.records import Out, Record
from streams.kafka.stretches import Stretches
from streams.kafka.wire import Wire
from streams.kafka.writer import NotWritten, Writer
from streams.topic import named
from streams.topics import CONTROL

FORCED = ("relocation_forced", b"1")
_PATIENCE_S = 30.0


class Differing(NamedTuple):
    """A setting that is not what was agreed. The values tell it apart and give nothing away."""

    name: str
    agreed: str
    own: str


class Disagreed(Exception):
    """This process has other settings than the platform agreed on."""

    def __init__(self, differing: list[Differing]) -> None:
        super().__init__(", ".join(one.name for one in differing))
        self.differing = differing


def agree(bootstrap: Bootstrap, own: Mapping[str, str], *, prefix: str = "", wire: Wire | None = None) -> None:
    """Compare what this process has with what was agreed, by name; what nobody agreed on yet is so from now on.

    Raises Disagreed, and Unreachable where brokers do not answer or ``control`` is not there.
    """
    control = _Control(bootstrap, prefix, wire or Wire())
    told = control.read()
    missing = {name: value for name, value in own.items() if name not in told.agreed}
    if missing:
        control.write(missing)
        told = control.read()
    control.write({name: told.agreed[name] for name in told.stale}, forced=told.stale)
    differing = [
        Differing(name, told.agreed.get(name, ""), value)
        for name, value in own.items()
        if told.agreed.get(name) != value
    ]
    if differing:
        raise Disagreed(differing)


def agreed(bootstrap: Bootstrap, *, prefix: str = "") -> dict[str, str]:
    """What was agreed, by name. Raises Unreachable."""
    return _Control(bootstrap, prefix, Wire()).read().agreed


def force(bootstrap: Bootstrap, own: Mapping[str, str], *, prefix: str = "") -> None:
    """From now on this is what was agreed. Processes that run go on with what they have. Raises Unreachable."""
    _Control(bootstrap, prefix, Wire()).write(own, forced=own)


class _Told(NamedTuple):
    agreed: dict[str, str]
    stale: frozenset[str]
    """Names whose last record is not what was agreed."""


class _Control:
    def __init__(self, bootstrap: Bootstrap, prefix: str, wire: Wire) -> None:
        self._bootstrap = bootstrap
        self._at = (named(prefix, CONTROL), 0)
        self._wire = wire

    def read(self) -> _Told:
        """To its end, as it is when this is called. Records that cannot be read are none."""
        agreed: dict[str, str] = {}
        last: dict[str, str] = {}
        for record in self._records():
            told = self._decoded(record)
            if told is not None:
                last[told.name] = told.value
                if told.name not in agreed or record.headers.get(FORCED[0]) == FORCED[1]:
                    agreed[told.name] = told.value
        return _Told(agreed, frozenset(name for name in agreed if last[name] != agreed[name]))

    def write(self, values: Mapping[str, str], forced: Iterable[str] = ()) -> None:
        if not values:
            return
        encode, headers, at = self._wire.encoder(CONTROL), headers_for(CONTROL.kind, "control"), self._at
        outs = []
        for name, value in values.items():
            told = Agreement(name, value)
            more = [FORCED] if name in forced else []
            outs.append(Out(*at, name.encode(), encode(told), [*headers(told), *more], time.time_ns() // 1_000_000))
        try:
            Writer(self._bootstrap, patience_s=_PATIENCE_S).write(outs)
        except NotWritten as failed:
            raise Unreachable(f"{at[0]} cannot be written: {failed}") from None

    def _records(self) -> Iterable[Record]:
        brokers = Brokers(self._bootstrap)
        if self._at[0] not in brokers.partitions():
            raise Unreachable(f"there is no topic {self._at[0]}: run `relocation topics create`")
        extent = brokers.extents([self._at])[self._at]
        with closing(Stretches(self._bootstrap, brokers, patience_s=_PATIENCE_S)) as stretches:
            yield from stretches.records(self._at, extent)

    def _decoded(self, record: Record) -> Agreement | None:
        try:
            told = None if record.value is None else self._wire.decode(CONTROL, record.value)
        except Undecodable:
            return None
        return told if isinstance(told, Agreement) else None
