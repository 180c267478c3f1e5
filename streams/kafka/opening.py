"""Where the logs of a partition number stand when a worker takes it over."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Brokers, Extent, Unreachable
from streams.kafka.committed import Committed
from streams.kafka.orders import Orders
from streams.kafka.task import Reading

LOG = logging.getLogger("relocation.worker")
ASK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Opening:
    """Asked of the brokers while nobody else may commit."""

    number: int
    committed: Mapping[str, Committed]
    """By input; of one that was never committed nothing."""
    extents: Mapping[str, Extent]
    """By topic."""


def look_up(brokers: Brokers, group: str, reading: Reading, numbers: Iterable[int]) -> list[Opening]:
    """Where these numbers stand. May block; raises Unreachable."""
    wanted = sorted(numbers)
    committed = brokers.committed(group, [(topic, number) for number in wanted for topic in reading.inputs])
    topics = (*reading.inputs, *reading.to_end)
    extents = brokers.extents([(topic, number) for number in wanted for topic in topics])
    return [
        Opening(
            number,
            {topic: committed[topic, number] for topic in reading.inputs if (topic, number) in committed},
            {topic: extents[topic, number] for topic in topics},
        )
        for number in wanted
    ]


class Asking:
    """Asks where numbers stand in threads of its own, for as long as it takes: the plane goes on meanwhile."""

    def __init__(self, bootstrap: Bootstrap, group: str, reading: Reading, orders: Orders) -> None:
        self._bootstrap, self._group, self._reading, self._orders = bootstrap, group, reading, orders
        self.turn = 0
        """Grows whenever what was asked for counts no more."""

    def ask(self, numbers: list[int], then: Callable[[list[Opening]], None]) -> None:
        """``then`` is done between rounds, if it still counts."""
        threading.Thread(target=self._ask, args=(self.turn, numbers, then), name="opening", daemon=True).start()

    def _ask(self, turn: int, numbers: list[int], then: Callable[[list[Opening]], None]) -> None:
        brokers = Brokers(self._bootstrap)
        while turn == self.turn:
            try:
                openings = look_up(brokers, self._group, self._reading, numbers)
            except Unreachable as why:
                LOG.warning("the brokers do not answer", extra={"reason": str(why)})
                time.sleep(ASK_AGAIN_S)
            else:
                self._orders.give(partial(self._go_on, turn, openings, then))
                return

    def _go_on(self, turn: int, openings: list[Opening], then: Callable[[list[Opening]], None]) -> None:
        if turn == self.turn:
            then(openings)
