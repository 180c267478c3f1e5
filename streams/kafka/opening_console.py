"""Puts a console together on a cluster: what it hears of its topics, and how it writes to it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from processors.geography import Distances
from processors.rules import Rules
from schemas.actions import AlertAction, AlertState
from schemas.alerts import Alert
from schemas.decisions import ActionAnswer
from schemas.views import Position
from streams.kafka.asking import ANSWERED_S, Asking
from streams.kafka.clients import Brokers, Unreachable
from streams.kafka.cluster import Cluster
from streams.kafka.console import Console, ConsoleParts, News
from streams.kafka.dossiers import Past, SubjectParts, Subjects
from streams.kafka.followed import hear_followed
from streams.kafka.headers import ACTION, SETTLED
from streams.kafka.hearing import Hearing
from streams.kafka.listening import hear_topics, wait_for
from streams.kafka.opening_gateway import FaceParts
from streams.kafka.outbox import Outbox
from streams.kafka.records import Record
from streams.kafka.sending import Sender
from streams.kafka.tail import Tail
from streams.lists.projection import Heard, Projection
from streams.topics import ACTION_ANSWERS, ALERT_ACTIONS, ALERT_STATES, ALERTS

BEHIND_S_MAX = 30.0
"""A console that may have missed something for so long says that it is not ready."""
GATHERED_S = 0.02
"""What comes within so long is put into the list, and told to those who wait, together: with a hundred alerts a second
each by itself took a quarter of a core.
"""
SENT_S = 10.0
"""A request that the brokers do not acknowledge for so long is given up; it may be sent again."""


@dataclass(frozen=True, slots=True)
class ConsoleOnly:
    """What the console is given besides."""

    rules: Rules
    distances: Distances
    region_of: Callable[[str], str]
    """The police unit of a place, abroad its country code."""
    past: Past | None
    """None: there is no history here."""
    answered_s: float = ANSWERED_S
    """For how long who asks for something waits for DESK and RELOCATION."""


def open_console(stack: ExitStack, cluster: Cluster, parts: FaceParts, only: ConsoleOnly) -> Console:
    """A console that has read alerts and their handling to their end; ``stack`` ends it. Raises Unavailable."""
    projection = Projection(cluster.partitions, only.region_of, repeat_ms=only.rules.repeat_ms)
    stack.callback(projection.close)
    news = News()
    tail = _project(stack, cluster, projection, news)
    followed, followed_tail = hear_followed(stack, cluster)
    answers: Hearing[ActionAnswer] = Hearing(only.answered_s)
    sender = Sender(cluster.bootstrap, patience_s=SENT_S)
    stack.callback(sender.close)

    def hear_answer(record: Record, answer: ActionAnswer | None) -> None:
        del record
        if answer is not None:
            answers.tell(answer.action_id, answer)

    answers_tail = hear_topics(stack, cluster, {ACTION_ANSWERS: hear_answer}, from_end=True)
    for waited, what in ((tail, "alerts"), (followed_tail, "followed"), (answers_tail, "action-answers")):
        wait_for(waited, what)

    def is_followed(token: str) -> bool:
        now = parts.now()
        return followed.is_followed(token, now, now)

    return Console(
        ConsoleParts(
            projection=projection,
            news=news,
            requests=Outbox(cluster.wire, role="console", partitions=cluster.partitions, prefix=cluster.prefix),
            asking=Asking(sender, answers, answered_s=only.answered_s),
            subjects=Subjects(SubjectParts(only.past, is_followed, only.rules, only.distances)),
            intake=parts.intake,
            ends=lambda: _ends(cluster),
            failing=lambda: "the log is not heard" if tail.behind_s() > BEHIND_S_MAX else None,
            hashes=parts.hashes,
        )
    )


def _project(stack: ExitStack, cluster: Cluster, projection: Projection, news: News) -> Tail:
    """Every message of alerts, of their handling and of what was asked goes into the projection."""

    def hear_alert(record: Record, alert: Alert | None) -> None:
        if alert is not None:
            settled = record.headers.get(SETTLED)
            projection.hear_alert(_at(record), alert, settled=None if settled is None else settled == b"1")

    def hear_state(record: Record, state: AlertState | None) -> None:
        if state is not None:
            asked = record.headers.get(ACTION)
            projection.hear_state(_at(record), state, None if asked is None else asked.decode("utf-8", "replace"))

    def hear_action(record: Record, action: AlertAction | AlertState | None) -> None:
        del record
        if isinstance(action, AlertAction):  # else a state that is handed down, for DESK
            projection.hear_action(action)

    def folded() -> None:
        projection.commit()
        news.tell(projection.news())

    return hear_topics(
        stack,
        cluster,
        {ALERTS: hear_alert, ALERT_STATES: hear_state, ALERT_ACTIONS: hear_action},
        folded=folded,
        gather_s=GATHERED_S,
    )


def _at(record: Record) -> Heard:
    return Heard(record.partition, record.offset)


def _ends(cluster: Cluster) -> Position | None:
    try:
        ends = Brokers(cluster.bootstrap).ends(cluster.numbered(ALERTS))
    except Unreachable:
        return None
    return tuple(ends[partition] for partition in cluster.numbered(ALERTS))
