"""What a desk says, as records of its topics."""

from collections.abc import Collection, Iterator

from processors.desk_steps import DeskStep, Inheritance, StateTold
from schemas.actions import SubjectAction
from schemas.avro import Kind
from schemas.decisions import ActionAnswer
from streams.kafka.headers import ACTION, ASKED, EPOCH, HEARD, headers_for
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.partitions import partition_of
from streams.topic import named
from streams.topics import ACTION_ANSWERS, ALERT_ACTIONS, ALERT_STATES, SUBJECT_ACTIONS

ROLE = "desk"


class DeskOuts:
    """Makes the records of one desk, whose alerts all lie in partition ``number``."""

    def __init__(self, wire: Wire, prefix: str, partitions: int, number: int, epoch: str) -> None:
        self._partitions, self._number = partitions, number
        self._epoch = (EPOCH, epoch.encode())
        self._states, self._answers = named(prefix, ALERT_STATES), named(prefix, ACTION_ANSWERS)
        self._actions, self._of_subjects = named(prefix, ALERT_ACTIONS), named(prefix, SUBJECT_ACTIONS)
        self._encode_state = wire.encoder(ALERT_STATES)
        self._encode_answer = wire.encoder(ACTION_ANSWERS)
        self._encode_inheritance = wire.encoder(ALERT_ACTIONS, Kind.ALERT_STATE)
        self._encode_asked = wire.encoder(SUBJECT_ACTIONS)
        self._state_headers = headers_for(Kind.ALERT_STATE, ROLE)
        self._answer_headers = headers_for(Kind.ACTION_ANSWER, ROLE)
        self._asked_headers = headers_for(Kind.SUBJECT_ACTION, ROLE)

    def of_step(self, step: DeskStep, *, withheld: Collection[str | None]) -> Iterator[Out]:
        """The records of one step, but for the answers to requests that are ``withheld``."""
        yield from map(self._state, step.states)
        yield from map(self._inheritance, step.inheritances)
        yield from map(self._asked, step.asked)
        yield from (self.answer(answer) for answer in step.answers if answer.action_id not in withheld)

    def answer(self, answer: ActionAnswer) -> Out:
        """An answer."""
        key, value = answer.action_id.encode(), self._encode_answer(answer)
        return Out(self._answers, self._number, key, value, self._answer_headers(answer), answer.at)

    def _state(self, told: StateTold) -> Out:
        state = told.state
        heard = (HEARD, f"{told.heard.revision}/{told.heard.offset}".encode())
        headers = [*self._state_headers(state), self._epoch, heard]
        if told.cause is not None:
            headers.append((ACTION, told.cause.encode()))
        if told.asked is not None:
            headers.append((ASKED, self._encode_asked(told.asked)))
        value = self._encode_state(state)
        return Out(self._states, self._number, state.alert_id.encode(), value, headers, state.changed_at)

    def _inheritance(self, handed: Inheritance) -> Out:
        number = partition_of(handed.subject, self._partitions)
        headers = [*self._state_headers(handed.state), (ACTION, handed.cause.encode())]
        value = self._encode_inheritance(handed.state)
        return Out(self._actions, number, handed.successor.encode(), value, headers, handed.state.changed_at)

    def _asked(self, asked: SubjectAction) -> Out:
        number = partition_of(asked.subject, self._partitions)
        key, value = asked.subject.encode(), self._encode_asked(asked)
        return Out(self._of_subjects, number, key, value, self._asked_headers(asked), asked.at)
