"""A made-up room of the desk with its logs: it dies anywhere, does its batches again, and its zombies write on."""

from processors.deskroom import DeskRoom


class Logs:
    """What the desk reads and writes, one partition of each."""

    def __init__(self):
        self.alerts, self.actions, self.states, self.answers = [], [], [], []
        self.asked = []
        """Of subjects."""
        self.committed = {"alerts": 0, "actions": 0}
        self.epochs = 0

    def readers(self):
        """What who read all of ``alert-states`` keeps: the first message of a version, unless a higher one came."""
        kept = {}
        for told, _ in self.states:
            if told.state.alert_id not in kept or told.state.version > kept[told.state.alert_id].version:
                kept[told.state.alert_id] = told.state
        return kept

    def asked_of_subjects(self):
        """What the states that readers keep, or kept, ask of subjects: action_ids by alert, in order."""
        kept, asked = {}, {}
        for told, _ in self.states:
            alert_id = told.state.alert_id
            if told.state.version > kept.get(alert_id, 0):
                kept[alert_id] = told.state.version
                if told.asked is not None:
                    asked.setdefault(alert_id, []).append(told.asked.action_id)
        return asked

    def last_messages(self):
        return {told.state.alert_id: told.state for told, _ in self.states}


class RoomTask:
    """A room with its positions; what follows from a batch is pending until it is written."""

    def __init__(self, logs, now):
        self.logs, self.now = logs, now
        logs.epochs += 1
        self.epoch = logs.epochs
        self.positions = dict(logs.committed)
        self.tail = len(logs.states)
        self.pending = []
        self.room = DeskRoom()
        for told, _ in logs.states:
            self.room.restore_state(told.state, told.subject, told.heard, told.cause, told.asked)
        for answer in logs.answers:
            self.room.restore_answer(answer)
        for alert, successor in logs.alerts[: self.positions["alerts"]]:
            self.room.restore_alert(alert, successor)
        for offset, (kind, asked) in enumerate(logs.actions[: self.positions["actions"]]):
            if kind == "inheritance":
                self.room.restore_inheritance(asked.state, asked.successor, asked.cause, offset)
        answered = {asked.action_id for asked in logs.asked[: len(logs.asked) // 2]}
        self.say(self.room.restored(answered, now()))

    def has_input(self):
        at = self.positions
        return at["alerts"] < len(self.logs.alerts) or at["actions"] < len(self.logs.actions) or self.hears()

    def hears(self):
        return self.tail < len(self.logs.states)

    def batch(self, random, size_max=4):
        for _ in range(random.randint(1, size_max)):
            draw = random.random()
            if draw < 0.34 and self.positions["alerts"] < len(self.logs.alerts):
                self.say(self.room.hear(*self.logs.alerts[self.positions["alerts"]]))
                self.positions["alerts"] += 1
            elif draw < 0.67 and self.positions["actions"] < len(self.logs.actions):
                self.ask(self.positions["actions"])
                self.positions["actions"] += 1
            elif self.hears():
                told, epoch = self.logs.states[self.tail]
                self.tail += 1
                ours = epoch == self.epoch
                self.say(self.room.hear_state(told.state, told.heard, told.cause, told.asked, ours=ours))

    def ask(self, offset):
        kind, asked = self.logs.actions[offset]
        if kind == "inheritance":
            self.say(self.room.inherit(asked.state, asked.successor, asked.cause, offset))
        else:
            self.say(self.room.decide(asked, self.now(), offset))

    def tick(self):
        self.say(self.room.tick(self.now()))

    def say(self, step):
        self.pending.extend(("states", told) for told in step.states)
        self.pending.extend(("answers", answer) for answer in step.answers)
        self.pending.extend(("actions", handed) for handed in step.inheritances)
        self.pending.extend(("asked", asked) for asked in step.asked)

    def write(self, random, share=1.0):
        """Write some of what is pending: topics in any order, but answers when these are written."""
        first = random.sample(["states", "actions", "asked"], 3)
        for topic in (*first, "answers"):
            if topic == "answers" and any(other != "answers" for other, _ in self.pending):
                return
            mine = [message for message in self.pending if message[0] == topic]
            for message in mine[: round(len(mine) * share)]:
                self.pending.remove(message)
                self._append(*message)

    def _append(self, topic, message):
        if topic == "states":
            self.logs.states.append((message, self.epoch))
        elif topic == "answers":
            self.logs.answers.append(message)
        elif topic == "asked":
            self.logs.asked.append(message)
        else:
            self.logs.actions.append(("inheritance", message))

    def commit(self):
        self.logs.committed = dict(self.positions)
