"""One platform on real servers: brokers, ClickHouse, a process per role; each killed, frozen and restarted at will.

What dies is started again by ``Supervisor``, as systemd would. Everything dies with the run, however that ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from confluent_kafka.admin import AdminClient

from infra.kafka.cluster import started_cluster
from infra.kafka.ports import free_ports
from relocation.reconciling.log import TOPICS
from streams.kafka.clients import Brokers, Unreachable

TREE = Path(__file__).parents[2]
KEY = "5a" * 32
PARTITIONS = 2
READY_WITHIN_S = 120
SETTINGS = {
    "group.min.session.timeout.ms": "500",
    "group.max.session.timeout.ms": "60000",
    # On a busy machine two brokers that are left have to agree on a leader before the next vote begins.
    "controller.quorum.election.timeout.ms": "5000",
    "controller.quorum.fetch.timeout.ms": "10000",
}
WORKERS = {"intake": 1, "register": 2, "relocation": 2, "desk": 1}
"""How many processes of each role."""
SESSION_S = 3.0
"""How long a group waits for a member that says nothing; production waits for longer."""
LOOK_EVERY_S = 0.1
BACK_OFF_S = 0.2


def relocation(*arguments):
    return [sys.executable, "-m", "relocation.command", *map(str, arguments)]


class Stack:
    """``with Stack() as stack``: it is ready when the block begins."""

    def __init__(self, *, brokers=3, partitions=PARTITIONS, workers=None, environment=None):
        self.partitions = partitions
        self._brokers = brokers
        self._workers = workers or WORKERS
        self._more = environment or {}
        self.session_s = SESSION_S
        self._closing = ExitStack()
        self.down = set()
        """Brokers that were killed and are not back."""

    def __enter__(self):
        self.servers, self.cluster = started_cluster(self._brokers, settings=SETTINGS)
        self._closing.push(self.servers)
        clickhouse, gateway, console = free_ports(3)
        self.gateway_url, self.console_url = f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{console}"
        self.clickhouse_url = f"http://127.0.0.1:{clickhouse}/default"
        self.engine_folder = self.servers.folder / "clickhouse"
        self.environment = {
            "PYTHONPATH": str(TREE),
            "RELOCATION_KAFKA": self.cluster.bootstrap,
            "RELOCATION_CLICKHOUSE": self.clickhouse_url,
            "RELOCATION_TOKEN_KEY": KEY,
            **self._more,
        }
        self.admin = AdminClient({"bootstrap.servers": self.cluster.bootstrap, "log_level": 0})
        self.brokers = Brokers(self.cluster.bootstrap)
        self.run("topics", "create", "--partitions", self.partitions, "--replication", min(3, self._brokers))
        self.commands = {
            "clickhouse": ([sys.executable, "-m", "tests.chaos.engine", self.engine_folder, clickhouse], {})
        }
        for role, count in self._workers.items():
            for number in range(count):
                self.commands[f"{role}-{number}"] = worker(role, number)
        self.commands["sink"] = (relocation("sink", "--instance", "sink-0"), {})
        self.commands["gateway"] = (relocation("gateway"), {"RELOCATION_HTTP": f"127.0.0.1:{gateway}"})
        self.commands["console"] = (relocation("console"), {"RELOCATION_HTTP": f"127.0.0.1:{console}"})
        self.supervisor = Supervisor(self)
        self._closing.callback(self.supervisor.close)
        self.supervisor.start()
        return self

    def __exit__(self, *_):
        self._closing.close()

    # Processes

    def named(self, what):
        """The processes of a role, or the one of that name."""
        return [name for name in self.commands if name == what or name.rpartition("-")[0] == what]

    def start(self, name, **more):
        command, own = self.commands[name]
        self.servers.start(name, command, self.environment | own | more)

    def kill(self, name):
        """Kill -9; the supervisor starts it again."""
        self.servers.signal(name, signal.SIGKILL)

    def freeze(self, name):
        self.servers.signal(name, signal.SIGSTOP)

    def thaw(self, name):
        self.servers.signal(name, signal.SIGCONT)

    def stop(self, name):
        """SIGTERM; the supervisor starts it again."""
        self.servers.signal(name, signal.SIGTERM)

    def run(self, *arguments, check=True, timeout=180):
        """A command of the platform, to its end."""
        return subprocess.run(
            relocation(*arguments), env=os.environ | self.environment, cwd=self.servers.folder, check=check,
            capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip

    def wait_until_ready(self):
        """Gateway and console answer that they are ready."""
        deadline = time.monotonic() + READY_WITHIN_S
        for url in (self.gateway_url, self.console_url):
            while not _is_ready(url):
                if time.monotonic() > deadline:
                    raise AssertionError(f"{url} did not get ready:\n{self.said()}")
                time.sleep(0.1)

    def said(self, lines=15):
        """The last lines of every process."""
        return "\n".join(f"== {name}\n" + "\n".join(self._log_of(name)[-lines:]) for name in self.commands)

    def _log_of(self, name):
        log = self.servers.log(name)
        return log.read_text("utf-8", "replace").splitlines() if log.exists() else []

    def keep_evidence(self, folder):
        """Copy what everything wrote, and the logs of the brokers, before they go."""
        folder.mkdir(parents=True, exist_ok=True)
        for log in self.servers.folder.glob("*.log"):
            shutil.copy(log, folder)
        for data in self.servers.folder.glob("broker-*-data"):
            unneeded = shutil.ignore_patterns(
                "*.index", "*.timeindex", "*.snapshot", "*.checkpoint"
            )  # large and sparse
            shutil.copytree(data, folder / data.name, dirs_exist_ok=True, ignore=unneeded)

    # Logs

    def ends(self):
        """The next offset of every partition of every topic of ours."""
        counted = {name: count for name, count in self.brokers.partitions().items() if not name.startswith("__")}
        return self.brokers.ends((name, number) for name, count in counted.items() for number in range(count))

    def committed(self, group, of):
        """How far a group is in these (topic, partition); what it has not begun is left out.

        Not through librdkafka's own question: its AdminClient crashes when a coordinator is none any more.
        """
        return {at: one.offset for at, one in self.brokers.committed(group, of).items()}


def worker(role, number):
    """The command of one process of a role, and its environment."""
    return relocation("worker", "--role", role, "--instance", f"{role}-{number}", "--session", SESSION_S), {}


def _is_ready(url):
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


class Supervisor:
    """Starts everything, and starts again what ended, until it is closed. ``rests`` names what it lets be."""

    def __init__(self, stack):
        self._stack = stack
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self.rests = set()
        self.restarts = {}
        """Name -> how often it was started again."""
        self.next_start = {}
        """Name -> environment of its next start only: the named point at which it is to crash."""

    def start(self):
        for name in self._stack.commands:
            self._stack.start(name)
        self._thread.start()

    def close(self):
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self):
        since = {}
        while not self._ending.wait(LOOK_EVERY_S):
            for name in self._stack.commands:
                if name in self.rests or self._stack.servers.exit_code(name) is None:
                    since.pop(name, None)
                elif time.monotonic() - since.setdefault(name, time.monotonic()) >= BACK_OFF_S:
                    self.restarts[name] = self.restarts.get(name, 0) + 1
                    self._stack.start(name, **self.next_start.pop(name, {}))


class NeverSettled(AssertionError):
    """Something was not processed for far longer than it should take."""


def wait_until_settled(stack, within_s=240):
    """Every group is at the end of what it reads, and nothing came meanwhile; the ends."""
    deadline = time.monotonic() + within_s
    behind = before = None
    while time.monotonic() < deadline:
        try:
            ends = stack.ends()
            behind = _behind(stack, ends, behind)
            if not behind and ends == before:
                return ends
            before = ends if not behind else None
        except Unreachable as away:
            behind = away
        time.sleep(LOOK_EVERY_S)
    raise NeverSettled(f"after {within_s} s still behind: {behind}\n{stack.said()}")


def _behind(stack, ends, before):
    """Who is behind, and where: of whoever was so before it is asked first, of the others when that is over."""
    for reader in sorted(TOPICS.readers, key=lambda one: not (isinstance(before, dict) and one.group in before)):
        read = {at: end for at, end in ends.items() if at[0] in reader.topics}
        committed = stack.committed(reader.group, read)
        late = {at: (committed.get(at), end) for at, end in read.items() if committed.get(at, 0) < end}
        if late:
            return {reader.group: late}
    return {}
