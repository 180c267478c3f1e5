"""The room of the desk says what the embedded desk says, and whatever dies, each request has its effect once."""

from dataclasses import replace
from itertools import count
from random import Random

import pytest
from crowds import SMALL, crowded_reports
from desk_network import Logs, RoomTask
from ledger import Ledger
from made_up import MadeUpGeography

from processors.cards import Cards
from processors.deskroom import DeskRoom
from processors.requests import CHOICES
from schemas.actions import Action, AlertAction, Outcome
from schemas.decisions import Decided
from schemas.times import DAY_MS
from schemas.views import Conflict, Refused
from streams.embedded.alert_desk import AlertDesk
from streams.embedded.log import Log
from streams.embedded.tables import create
from streams.lists.board import Board

START = 1_772_000_000_000


def steps_of(seed):
    """The alert messages of a crowd, step by step, each with the subject of its successor."""
    ledger = Ledger(SMALL, MadeUpGeography())
    for report in crowded_reports(seed, 30):
        if report.type == "vehicle":
            continue
        alerts = ledger.apply(report).alerts
        if alerts:
            yield [(alert, _successor(ledger, alert)) for alert in alerts]


def _successor(ledger, alert):
    return None if alert.superseded_by is None else ledger.said[alert.superseded_by].subject


def a_request(random, number, states):
    """Somebody asks something of some alert; mostly having seen how it is."""
    state = random.choice(states)
    action = random.choice([*Action, Action.COMMENT, Action.TAKE, *[Action.CLOSE] * 3, Action.REOPEN, Action.SNOOZE])
    return AlertAction(
        action_id=f"request-{number}",
        alert_id=state.alert_id,
        action=action,
        expected=state.version - (random.random() < 0.1),
        by=random.choice(["anna", "bram"]),
        at=START,
        unit=random.choice(["limburg", "zeeland"]) if action in (Action.OFFER, Action.ASSIGN) else None,
        outcome=random.choice([*CHOICES, *[Outcome.WRONG_SUBJECT] * len(CHOICES)]) if action is Action.CLOSE else None,
        comment=f"said in request-{number}" if action is Action.COMMENT or random.random() < 0.3 else None,
        until=START + 3 * DAY_MS if action is Action.SNOOZE else None,
    )


class Embedded:
    """The embedded desk over a log on disk."""

    def __init__(self, folder):
        create(folder / "log.sqlite")
        self.board = Board(Cards(SMALL.repeat_ms))
        self.desk = AlertDesk(Log(folder / "log.sqlite"), self.board, lambda _place: "unit")
        self.asked = []

    def decide(self, action, now):
        try:
            state, asked = self.desk.decide(action, now)
        except Conflict as conflict:
            return Decided.CONFLICT, conflict.current
        except Refused:
            return Decided.REFUSED, None
        self.asked += [] if asked is None else [asked]
        return Decided.DONE, state


def handling(state):
    """What is so of an alert, but for when it became so."""
    return replace(state, changed_at=0)


@pytest.mark.parametrize("block", range(4))
def test_a_room_says_what_the_embedded_desk_says(block, tmp_path):
    for seed in range(block * 10, (block + 1) * 10):
        random, folder = Random(seed), tmp_path / str(seed)
        folder.mkdir()
        embedded, room, offsets, asked = Embedded(folder), DeskRoom(), count(), []
        of_subjects = []
        for step in steps_of(seed):
            now = START + random.randint(0, 5) * DAY_MS
            embedded.desk.hear(tuple(alert for alert, _ in step))
            for alert, heir in step:
                for each in room.hear(alert, heir).inheritances:
                    room.inherit(each.state, each.successor, each.cause, next(offsets))
            for _ in range(random.randint(0, 3)):
                states = [head.state for head in embedded.board._heads.values()]
                is_again = asked and random.random() < 0.1
                action = random.choice(asked) if is_again else a_request(random, len(asked), states)
                asked.append(action)
                said = room.decide(action, now, next(offsets))
                (answer,) = said.answers
                of_subjects += [told.asked for told in said.states if told.asked is not None]
                decided, state = embedded.decide(action, now)
                assert answer.decided is decided
                assert (answer.state is None) == (state is None)
                assert answer.state is None or handling(answer.state) == handling(state)
            if random.random() < 0.2:
                embedded.desk.run_clocks(now)
                room.tick(now)
            for alert_id, head in embedded.board._heads.items():
                assert handling(room.state_of(alert_id)) == handling(head.state)
        assert [replace(one, at=0) for one in of_subjects] == [replace(one, at=0) for one in embedded.asked]


def drained(logs, task, random):
    while task.has_input() or task.pending:
        task.batch(random, 20)
        task.write(random)
        task.commit()


@pytest.mark.parametrize("block", range(8))
@pytest.mark.parametrize("haunted", [False, True])
def test_however_a_room_dies_readers_hear_what_the_owner_holds_and_each_request_has_its_effect_once(block, haunted):
    for seed in range(block * 10, (block + 1) * 10):
        random, logs, number, zombies = Random(seed), Logs(), 0, []
        task = RoomTask(logs, lambda: START)
        for step in steps_of(seed):
            logs.alerts.extend(step)
            for _ in range(random.randint(0, 6)):
                states = list(logs.readers().values())
                if states and random.random() < 0.5:
                    logs.actions.append(("request", a_request(random, number, states)))
                    number += 1
                task.batch(random)
                if random.random() < 0.1:
                    task.tick()
                if random.random() < 0.7:
                    task.write(random)
                    task.commit()
                    continue
                task.write(random, random.random())
                if haunted:
                    zombies.append(task)
                task = RoomTask(logs, lambda: START)
            for zombie in zombies:
                zombie.batch(random)
                zombie.write(random, random.random())
            zombies = [zombie for zombie in zombies if random.random() < 0.7]
        drained(logs, task, random)
        task.tick()
        drained(logs, task, random)
        check(logs, task, is_haunted=haunted)


def check(logs, task, *, is_haunted):
    readers, last = logs.readers(), logs.last_messages()
    for alert_id, state in readers.items():
        assert task.room.state_of(alert_id) == state == last[alert_id]
        texts = [text for _, _, text in state.comments]
        assert len(texts) == len(set(texts))
    in_order, counting = dict.fromkeys(one.action_id for one in logs.asked), logs.asked_of_subjects()
    for of_alert in counting.values():
        assert [one for one in in_order if one in of_alert] == of_alert
    assert set(in_order) == {one for of_alert in counting.values() for one in of_alert}
    done = {answer.action_id: answer for answer in reversed(logs.answers) if answer.decided is Decided.DONE}
    for kind, action in logs.actions:
        if kind == "request" and action.comment is not None and not is_haunted:
            held = action.comment in [text for _, _, text in readers[action.alert_id].comments]
            assert held == (action.action_id in done)
