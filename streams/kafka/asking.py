"""Asks DESK and RELOCATION for what coordinators want, through the log, and waits for what they answer."""

import time
from collections.abc import Sequence

from schemas.decisions import ActionAnswer
from schemas.views import Unavailable
from streams.kafka.hearing import Awaited, Hearing
from streams.kafka.records import Out
from streams.kafka.sending import Sender

ANSWERED_S = 10.0
"""A request that is not answered for so long may be sent again: the same id is answered the same."""


class Asking:
    """Calls block and are safe from many threads."""

    def __init__(self, sender: Sender, answers: Hearing[ActionAnswer], *, answered_s: float = ANSWERED_S) -> None:
        """``answers`` hears ``action-answers``, by action_id."""
        self._sender = sender
        self._answers = answers
        self.answered_s = answered_s
        """For so long is waited for what was asked together."""

    def ask(self, requests: Sequence[tuple[str, Out]]) -> list[ActionAnswer]:
        """What was decided of each request (action_id, record), in order.

        Raises Unavailable when not all were answered; any of them may have been done.
        """
        deadline = time.monotonic() + self.answered_s
        expected = [self._answers.expect(action_id) for action_id, _ in requests]
        sent = self._sender.send([out for _, out in requests])
        sent.wait(self.answered_s)
        if None in sent.offsets:
            raise Unavailable("the log takes no requests now")
        return [_answer(one, deadline) for one in expected]


def _answer(expected: Awaited[ActionAnswer], deadline: float) -> ActionAnswer:
    expected.heard.wait(max(0.0, deadline - time.monotonic()))
    if expected.told is None:
        raise Unavailable("the request is not answered yet")
    return expected.told
