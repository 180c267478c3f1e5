"""What a keeper says, as records of its topics."""

from collections.abc import Iterator

from processors.keeper_steps import NOTHING, KeeperStep, StateTold, Told
from schemas.decisions import ActionAnswer
from schemas.following import Destroyed, Followed
from schemas.keys import event_key, sighting_key
from schemas.sightings import Evidence, SubjectSighting
from streams.kafka.headers import CAUSE, EPOCH, SETTLED, SUCCESSOR, headers_for
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import Topic, named
from streams.topics import ACTION_ANSWERS, ALERTS, DESTROYED, FOLLOWED, SIGHTINGS, SUBJECT_STATES

ROLE = "relocation"


class RelocationOuts:
    """Makes the records of one keeper, whose subjects all lie in partition ``number``."""

    def __init__(self, wire: Wire, prefix: str, partitions: int, number: int, epoch: str) -> None:
        self._prefix, self._partitions, self._number = prefix, partitions, number
        self._epoch = (EPOCH, epoch.encode())
        topics = (*SIGHTINGS.values(), ALERTS, FOLLOWED, DESTROYED, SUBJECT_STATES, ACTION_ANSWERS)
        self._names = {topic.name: named(prefix, topic) for topic in topics}
        self._encode = {topic.name: wire.encoder(topic) for topic in topics}
        self._headers = {topic.name: headers_for(topic.kind, ROLE) for topic in topics}

    def of_step(self, step: KeeperStep, now: int) -> Iterator[Out]:
        """The records of one step; facts and orders before what is said of them. ``now`` is UTC ms."""
        usual = map(self._alert, step.alerts)
        return usual if step[1:] == NOTHING[1:] else self._every(usual, step, now)

    def _every(self, alerts: Iterator[Out], step: KeeperStep, now: int) -> Iterator[Out]:
        yield from map(self._sighting, step.sightings)
        yield from alerts
        for followed in step.followed:
            yield self._followed(followed, now)
        yield from map(self._destroyed, step.destroyed)
        for key in step.tombstones:
            passage = SIGHTINGS[Evidence.PASSAGE].name
            yield Out(self._names[passage], self._number, key.encode(), None, (), now)
        yield from map(self._state, step.states)
        yield from map(self._answer, step.answers)

    def _sighting(self, told: SubjectSighting) -> Out:
        topic = SIGHTINGS[Evidence(told.sighting.evidence)]
        number = partition_of(told.subject, self._partitions)
        return self._out(topic, number, sighting_key(told), told, told.dated)

    def _alert(self, told: Told) -> Out:
        alert, successor, settled = told
        headers = [*self._headers[ALERTS.name](alert), self._epoch]
        if settled is not None:
            headers.append((SETTLED, b"1" if settled else b"0"))
        if successor is not None:
            headers.append((SUCCESSOR, successor.encode()))
        name, encode = self._names[ALERTS.name], self._encode[ALERTS.name]
        return Out(name, self._number, alert.alert_id.encode(), encode(alert), headers, alert.known_at)

    def _followed(self, followed: Followed, now: int) -> Out:
        out = self._out(FOLLOWED, self._number, followed.token, followed, now)
        return out._replace(headers=[*out.headers, self._epoch])

    def _destroyed(self, order: Destroyed) -> Out:
        number = partition_of(order.event.event_id, self._partitions)
        return self._out(DESTROYED, number, event_key(order.event), order, order.at)

    def _state(self, told: StateTold) -> Out:
        action = told.state.action
        out = self._out(SUBJECT_STATES, self._number, action.subject, told.state, action.at)
        return out._replace(headers=[*out.headers, self._epoch, (CAUSE, b"%d" % told.offset)])

    def _answer(self, answer: ActionAnswer) -> Out:
        return self._out(ACTION_ANSWERS, self._number, answer.action_id, answer, answer.at)

    def _out(self, topic: Topic, number: int, key: str, message: object, at: int) -> Out:
        return Out(
            self._names[topic.name],
            number,
            key.encode(),
            self._encode[topic.name](message),
            self._headers[topic.name](message),
            at,
        )
