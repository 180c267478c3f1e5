"""What is done to a platform while events come in. Each returns what it did, in words, for the line of the cycle.

A fault may last beyond its call only through ``Faults.afterwards``: when the cycle settles, everything runs.
"""

import threading

POINTS = (
    "amid_produce", "after_produce", "before_commit", "after_commit", "mid_restore", "after_restore",
    "at_revocation",
)  # fmt: skip
WORKERS = ("intake", "register", "relocation", "desk")
ZOMBIE_S = 1.5
"""How much longer than its session a process stands still."""


class Faults:
    """Does what its names say, at random moments of a cycle, each from the cycle's own draw."""

    def __init__(self, stack):
        self._stack = stack
        self._session_s = stack.session_s
        self._resting = threading.Event()
        self.afterwards = []
        """What is to be done when the cycle's events are all published."""
        self.kills = 0

    def strike(self, name, draw):
        """Do one of NAMES after a moment."""
        self._rest(draw.uniform(0, 0.8))
        kind, _, what = name.partition(":")
        return getattr(self, f"_{kind.replace('-', '_')}")(draw, what)

    def mend(self):
        """Everything runs again."""
        while self.afterwards:
            self.afterwards.pop()()

    def _kill(self, draw, role):
        name = draw.choice(self._stack.named(role or draw.choice(WORKERS)))
        self._kill_9(name)
        return f"kill -9 {name}"

    def _kills(self, draw, _):
        """Several at once: the gaps between them are where things meet."""
        names = draw.sample(sorted(set(self._stack.commands) - {"clickhouse"}), 3)
        for name in names:
            self._kill_9(name)
            self._rest(draw.uniform(0, 0.3))
        return f"kill -9 {', '.join(names)}"

    def _point(self, draw, told):
        """Kill it, so that its next life ends at a named point."""
        role, _, point = told.partition(":")
        role, point = role or draw.choice(WORKERS), point or draw.choice(POINTS)
        nth = draw.choice((1, 1, 2, 3))
        name = draw.choice(self._stack.named(role))
        self._stack.supervisor.next_start[name] = {
            "RELOCATION_CRASH": f"{role}:{point}:{nth}", "RELOCATION_TESTING": "1",
        }  # fmt: skip
        self._kill_9(name)
        self.kills += 1
        return f"{name} dies at {point} for the {nth}. time"

    def _zombie(self, draw, role):
        """It stands still for longer than its session, others take over, and then it goes on as if nothing were."""
        role = role or draw.choice([each for each in WORKERS if len(self._stack.named(each)) > 1])
        name = draw.choice(self._stack.named(role))
        self._stack.freeze(name)
        self._rest(self._session_s + ZOMBIE_S)
        self._stack.thaw(name)
        return f"{name} stood still for {self._session_s + ZOMBIE_S:.1f} s"

    def _storm(self, draw, role):
        """Processes come and go: killed, stopped, frozen for a moment."""
        role = role or draw.choice([each for each in WORKERS if len(self._stack.named(each)) > 1])
        for _ in range(4):
            name = draw.choice(self._stack.named(role))
            if draw.random() < 0.5:
                self._kill_9(name)
            else:
                self._stack.stop(name)
            self._rest(draw.uniform(0.2, 1.0))
        return f"rebalances of {role}"

    def _broker(self, draw, _):
        """One of several brokers dies, and is back when the events are published."""
        number = draw.choice(list(self._stack.cluster.brokers))
        self._kill_broker(number)
        self.afterwards.append(lambda: self._broker_back([number]))
        return f"kill -9 broker {number}"

    def _brokers(self, draw, _):
        """All brokers die at once."""
        for number in self._stack.cluster.brokers:
            self._kill_broker(number)
        self._broker_back(self._stack.cluster.brokers)
        return "kill -9 every broker"

    def _clickhouse(self, draw, _):
        """It is away for a while."""
        self._stack.supervisor.rests.add("clickhouse")
        self._kill_9("clickhouse")
        self._rest(draw.uniform(0.5, 2))
        self._stack.supervisor.rests.discard("clickhouse")
        return "kill -9 clickhouse"

    def _lost_reply(self, draw, _):
        """The next insert is done, and whoever asked for it never hears."""
        (self._stack.engine_folder / "lose-reply").touch()
        return "the reply to an insert is lost"

    def _sink(self, draw, _):
        """The sink dies amid inserts that take a while."""
        slow = self._stack.engine_folder / "slow"
        slow.touch()
        self._rest(draw.uniform(0.5, 1.2))
        self._kill_9("sink")
        slow.unlink()
        return "kill -9 sink amid an insert"

    def _gateway(self, draw, _):
        self._kill_9("gateway")
        return "kill -9 gateway amid a body"

    def _console(self, draw, _):
        self._kill_9("console")
        return "kill -9 console"

    def _none(self, draw, _):
        return "nothing"

    def _kill_9(self, name):
        self._stack.kill(name)
        self.kills += 1

    def _kill_broker(self, number):
        self._stack.cluster.kill(number)
        self.kills += 1

    def _broker_back(self, numbers):
        for number in numbers:
            self._stack.cluster.launch(number)
        for number in numbers:
            self._stack.cluster.wait_until_ready(number)

    def _rest(self, for_s):
        self._resting.wait(for_s)


NAMES = (
    "kill", "kills", "point", "zombie", "storm", "broker", "brokers", "clickhouse", "lost-reply", "sink", "gateway",
    "console", "none",
)  # fmt: skip
WEIGHTS = {
    "kill:intake": 6, "kill:register": 8, "kill:relocation": 8, "kill:desk": 6, "kills": 20, "point": 24, "zombie": 3,
    "storm": 4, "broker": 3, "brokers": 0.4, "clickhouse": 4, "lost-reply": 3, "sink": 5, "gateway": 6, "console": 4,
}  # fmt: skip
"""How often each comes in a long run. All brokers at once take half a minute to be back."""


def drawn(draw, names):
    """Which fault a cycle gets; ``names`` narrows the choice, by name or by kind."""
    weights = WEIGHTS if not names else {name: WEIGHTS.get(name, 1) for name in names}
    return draw.choices(list(weights), list(weights.values()))[0]
