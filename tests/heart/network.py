"""A made-up network of registers and keepers: logs in memory, tasks that die anywhere, and zombies that write on.

Everything random comes from one ``Random``. Whatever happens, at rest the network must say what one ``Heart`` says.
"""

import pickle
from collections import defaultdict
from copy import deepcopy
from zlib import crc32

from processors.archive import KeeperReader
from processors.keeper import Keeper
from processors.marks import Marks
from processors.registrar import Registrar, ReportReader
from schemas.keys import report_key, sighting_key
from schemas.times import MINUTE_MS

TYPES = ("control", "bvh_mutation", "ad", "vehicle")
CLASSES = ("presence", "offer", "passage")
GAP = object()
KEEPER_READER = KeeperReader(
    sighting=lambda body: body,
    alert=lambda body: body,
    alert_head=lambda body: (body.subject, body.alert_id, body.revision),
)
REPORT_READER = ReportReader(whole=pickle.loads, head=pickle.loads)


class Log:
    """One partition of a topic. What compaction took is a gap: offsets stay."""

    def __init__(self):
        self.records = []

    def __len__(self):
        return len(self.records)

    def append(self, key, value):
        self.records.append((key, value))
        return len(self.records) - 1

    def read(self, start, end=None):
        for offset in range(start, len(self.records) if end is None else end):
            if self.records[offset] is not GAP:
                yield (offset, *self.records[offset])

    def compact(self, until):
        """As the broker does, up to an offset: the last record of every key stays, tombstones that are last go."""
        last = {key: offset for offset, key, _ in self.read(0, until)}
        for offset, key, value in list(self.read(0, until)):
            if last[key] != offset or value is None:
                self.records[offset] = GAP


class Task:
    """What registers and keepers have in common: inputs with positions, batches, and outputs still to be written."""

    def __init__(self, net, number, committed):
        self.net, self.number = net, number
        self.epoch = net.next_epoch()
        self.positions = dict(committed)
        self.tails = {}
        self.pending = []

    def inputs(self):
        """(name, log, position) of whatever has something to read."""
        for held in (self.positions, self.tails):
            for name, at in held.items():
                if at < len(self.net.logs[name]):
                    yield name, held

    def batch(self, random, size_max=4):
        """Read some records of some inputs; what follows is pending."""
        for _ in range(random.randint(1, 3)):
            ready = list(self.inputs())
            if not ready:
                return
            name, held = random.choice(ready)
            log = self.net.logs[name]
            until = min(len(log), held[name] + random.randint(1, size_max))
            for offset, key, value in log.read(held[name], until):
                self.take(name, offset, key, value)
            held[name] = until

    def write(self, count=None):
        """Write the next outputs to their logs."""
        count = len(self.pending) if count is None else count
        for name, key, value in self.pending[:count]:
            self.wrote(name, self.net.logs[name].append(key, value))
        del self.pending[:count]

    def wrote(self, name, offset):
        pass


class RegisterTask(Task):
    def __init__(self, net, number, committed):
        super().__init__(
            net, number, committed or {("reports", type_, number): 0 for type_ in TYPES} | {("destroyed", number): 0}
        )
        self.registrar = Registrar(REPORT_READER, net.term_of)
        for name, until in self.positions.items():
            if name[0] == "reports":
                for _, key, value in net.logs[name].read(0, until):
                    if value is None:
                        self.registrar.forget(key)
                    else:
                        self.registrar.restore(value)
        if net.now:
            self.tick(net.now)

    def take(self, name, offset, key, value):
        if name[0] == "destroyed":
            self.say(self.registrar.destroy(value))
        elif value is None:
            self.registrar.forget(key)
        else:
            self.say(self.registrar.apply(pickle.loads(value), offset, value))

    def tick(self, now):
        self.say(self.registrar.tick(now))

    def say(self, step):
        for record in step.sightings:
            self.pending.append(self.net.sighting(record))
        for order in step.destroyed:
            self.pending.append((("destroyed", self.number), None, order))
        for key in step.tombstones:
            self.pending.append((("reports", "vehicle", self.number), key, None))

    def commit(self):
        self.net.registers_committed[self.number] = dict(self.positions)


class KeeperTask(Task):
    def __init__(self, net, number, committed):
        positions, marks = committed or (
            {("sightings", class_, number): 0 for class_ in CLASSES} | {("actions", number): 0},
            {},
        )
        super().__init__(net, number, positions)
        self.marks = {"alerts": Marks.of(self.epoch, marks.get("alerts"))}
        self.keeper = Keeper(net.rules, net.geography, KEEPER_READER, acted_until=positions["actions", number])
        for name, until in positions.items():
            if name[0] == "sightings":
                for _, key, value in net.logs[name].read(0, until):
                    self.keeper.restore(key, value, 0 if value is None else value.sighting.occurred_at)
        for offset, _, (alert, settled, epoch) in self._tail("alerts"):
            is_later = self.marks["alerts"].is_later(offset, epoch)
            self.keeper.restore_alert(alert, settled=settled is True, is_later=is_later)
        for _, _, (state, cause, _) in self._tail("states"):
            self.keeper.restore_state(state, cause)
        for _, _, (followed, _) in self._tail("followed"):
            self.keeper.restore_followed(followed)
        self.is_reviewed = False
        if net.now:
            self.tick(net.now)

    def _tail(self, topic):
        log = self.net.logs[topic, self.number]
        self.tails[topic, self.number] = len(log)
        return log.read(0)

    def take(self, name, offset, key, value):
        if name[0] == "sightings":
            self.say(self.keeper.take_tombstone(key) if value is None else self.keeper.take(value, offset))
        elif name[0] == "actions":
            self.say(self.keeper.act(value, offset))
        elif name[0] == "alerts" and value[2] == self.epoch:
            self.keeper.hear_own_alert(value[0].alert_id, value[0].revision)
        elif name[0] == "alerts":
            self.say(self.keeper.hear_alert(value[0]))
        elif value[-1] != self.epoch:
            hear_state, hear_followed = self.keeper.hear_state, self.keeper.hear_followed
            self.say(hear_state(*value[:2]) if name[0] == "states" else hear_followed(value[0]))

    def tick(self, now):
        self.say(self.keeper.tick(now))

    def review(self, now):
        self.say(self.keeper.review(now))
        self.say(self.keeper.followed_now(now))
        self.is_reviewed = True
        for marks in self.marks.values():
            marks.compared()

    def say(self, step):
        number, out = self.number, self.pending
        out.extend(self.net.sighting(record) for record in step.sightings)
        out.extend(
            (("alerts", number), told.alert.alert_id, (told.alert, told.settled, self.epoch)) for told in step.alerts
        )
        out.extend((("followed", number), followed.token, (followed, self.epoch)) for followed in step.followed)
        out.extend((("destroyed", self.net.register_of(order.event.event_id)), None, order) for order in step.destroyed)
        out.extend((("sightings", "passage", number), key, None) for key in step.tombstones)
        out.extend((("states", number), None, (told.state, told.offset, self.epoch)) for told in step.states)
        out.extend((("answers", number), None, answer) for answer in step.answers)

    def wrote(self, name, offset):
        if name[0] in self.marks:
            self.marks[name[0]].wrote(offset)

    def commit(self):
        for topic, marks in self.marks.items():
            marks.heard(self.tails[topic, self.number])
        marks = {topic: deepcopy(marks.as_json()) for topic, marks in self.marks.items()}
        self.net.keepers_committed[self.number] = dict(self.positions), marks
        for name, until in (*self.positions.items(), *(self.tails.items() if self.is_reviewed else ())):
            self.net.history[name].append((until, len(self.net.logs[name])))


class Network:
    """So many registers and keepers, what is written, and who is alive."""

    def __init__(self, random, rules, geography, *, registers=2, keepers=2, term_of=lambda _report: None, calm=False):
        self.random, self.rules, self.geography, self.term_of, self.calm = random, rules, geography, term_of, calm
        self.logs = defaultdict(Log)
        self.now = 0
        self.epochs = 0
        self.registers_committed, self.keepers_committed = {}, {}
        self.registers = [RegisterTask(self, number, None) for number in range(registers)]
        self.keepers = [KeeperTask(self, number, None) for number in range(keepers)]
        self.zombies = []
        self.history = defaultdict(list)
        self.seen = set()

    def next_epoch(self):
        self.epochs += 1
        return self.epochs

    def register_of(self, event_id):
        return crc32(event_id.encode()) % len(self.registers)

    def keeper_of(self, token):
        return crc32(token.encode()) % len(self.keepers)

    def sighting(self, record):
        class_ = CLASSES[record.sighting.evidence]
        return ("sightings", class_, self.keeper_of(record.subject)), sighting_key(record), record

    # What comes in

    def publish(self, report):
        number = self.register_of(report.event_id)
        self.logs["reports", report.type, number].append(report_key(report), pickle.dumps(report))

    def ask(self, action):
        self.logs["actions", self.keeper_of(action.subject)].append(action.subject, action)

    # Life

    def live(self, steps):
        for _ in range(steps):
            self._live_once()

    def _live_once(self):
        draw = self.random.random()
        if self.zombies and draw < 0.3:
            self._haunt(self.random.choice(self.zombies))
        elif draw < 0.95 or self.calm:
            tasks = [task for task in (*self.registers, *self.keepers) if any(True for _ in task.inputs())]
            if tasks:
                self._work(self.random.choice(tasks))
        else:
            self.compact()

    def _work(self, task):
        task.batch(self.random)
        draw = 1.0 if self.calm else self.random.random()
        if draw > 0.25:
            task.write()
            task.commit()
            if isinstance(task, KeeperTask) and draw > 0.9:
                task.review(self.now)
                task.write()
                task.commit()
            return
        task.write(self.random.randint(0, len(task.pending)))
        if draw < 0.15:
            self.zombies.append(task)
            self.seen.add("zombie")
        self.seen.add("crash")
        self._replace(task)

    def _replace(self, task):
        tasks, kind, committed = (
            (self.registers, RegisterTask, self.registers_committed)
            if isinstance(task, RegisterTask)
            else (self.keepers, KeeperTask, self.keepers_committed)
        )
        tasks[task.number] = kind(self, task.number, committed.get(task.number))

    def _haunt(self, zombie):
        """It writes on, reads on, or ends."""
        draw = self.random.random()
        if draw < 0.5:
            zombie.write(self.random.randint(0, len(zombie.pending)))
        elif draw < 0.8:
            zombie.batch(self.random)
        else:
            zombie.write(self.random.randint(0, len(zombie.pending)))
            self.zombies.remove(zombie)

    def compact(self):
        """The broker compacts what all have read that keep it."""
        self.seen.add("compaction")
        for keeper in self.keepers:
            positions = self.keepers_committed.get(keeper.number, ({},))[0]
            for name, read in (*positions.items(), *keeper.tails.items()):
                if name[0] in ("sightings", "alerts", "followed"):
                    # A month later: whatever was told again of that is read too.
                    old = [until for until, size in self.history[name] if size <= read]
                    self.logs[name].compact(max(old, default=0))
        for register in self.registers:
            name = "reports", "vehicle", register.number
            self.logs[name].compact(self.registers_committed.get(register.number, {}).get(name, 0))

    # Rest

    def rest(self):
        """Until nothing moves any more: the dead have ended, and what waited has waited long enough."""
        while self.zombies:
            self._haunt(self.zombies[0])
        self.drain()
        for keeper in self.keepers:
            keeper.review(self.now)
        self.drain()

    def drain(self):
        tasks = [*self.registers, *self.keepers]
        while any(task.pending or any(True for _ in task.inputs()) for task in tasks):
            for task in tasks:
                task.batch(self.random, 50)
                task.write()
                task.commit()

    def tick(self, now):
        self.now = now
        for task in (*self.keepers, *self.registers):
            task.tick(now)
        self.drain()

    def wait(self):
        """A quarter of an hour and more."""
        for minutes in (1, 20):
            self.tick(self.now + minutes * MINUTE_MS)

    # What is so

    def keeper(self, subject):
        keeper = self.keepers[self.keeper_of(subject)].keeper
        kept, turn = keeper._keeping.turn(subject, 0)
        told = keeper._keeping.conclude(kept, turn)
        assert [told.alerts, told.followed, told.destroyed] == [[], [], []], "building said something at rest"
        return keeper

    def subjects(self):
        found = set()
        for task in self.keepers:
            found |= set(task.keeper._keeping.kept) | task.keeper._keeping.archive.subjects()
        return sorted(found)

    def sightings(self):
        given = {subject: self.keeper(subject).sightings_of(subject) for subject in self.subjects()}
        return {subject: sightings for subject, sightings in given.items() if sightings}

    def said(self):
        return {
            alert_id: alert
            for subject in self.subjects()
            for alert_id, alert in self.keeper(subject)._keeping.subjects.said_of(subject).items()
        }

    def active(self):
        return {
            alert_id: alert.finding
            for alert_id, alert in self.said().items()
            if self.keeper(alert.subject).is_active(alert_id, alert.subject)
        }

    def readers(self):
        """What who read all of ``alerts`` keeps: the first message of a revision, unless a higher one came before."""
        kept = {}
        for task in self.keepers:
            for _, alert_id, (alert, _, _) in self.logs["alerts", task.number].read(0):
                if alert_id not in kept or alert.revision > kept[alert_id].revision:
                    kept[alert_id] = alert
        return kept

    def last_messages(self):
        """What is left when everything is compacted: (alert, whether its last message says that it is settled)."""
        return {
            alert_id: (alert, settled is True)
            for task in self.keepers
            for _, alert_id, (alert, settled, _) in self.logs["alerts", task.number].read(0)
        }

    def followed(self):
        return {
            token: followed
            for task in self.keepers
            for _, token, (followed, _) in self.logs["followed", task.number].read(0)
        }

    def answers(self):
        """The first answer to each request: the one that who asked has heard."""
        first = {}
        for task in self.keepers:
            for _, _, answer in self.logs["answers", task.number].read(0):
                first.setdefault(answer.action_id, answer)
        return first
