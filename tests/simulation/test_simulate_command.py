"""``relocation simulate`` from the outside."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import ClassVar

from click.testing import CliRunner
from made_up_world import KEY_TEXT

from relocation.simulation.command import simulate as command

SMALL = ("--days", "5", "--subjects", "40")


def simulate(*arguments, key=KEY_TEXT, cwd=None):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    environment |= {"RELOCATION_TOKEN_KEY": key} if key else {}
    shell = [sys.executable, "-m", "relocation.command", "simulate", *arguments]
    return subprocess.run(shell, capture_output=True, env=environment, cwd=cwd, timeout=60, check=False)


def test_it_writes_events_and_truth(tmp_path):
    ended = simulate(*SMALL, "--out", str(tmp_path / "e"), "--truth", str(tmp_path / "t"))
    assert ended.returncode == 0
    events = [json.loads(line) for line in (tmp_path / "e").read_bytes().splitlines()]
    truth = [json.loads(line) for line in (tmp_path / "t").read_bytes().splitlines()]
    assert {event["type"] for event in events} == {"control", "bvh_mutation", "ad", "vehicle"}
    assert truth
    assert b"physical moves" in ended.stderr


def test_events_go_to_stdout_on_request_and_need_no_key():
    ended = simulate(*SMALL, "--out", "-", key=None)
    assert ended.returncode == 0
    assert all(json.loads(line) for line in ended.stdout.splitlines())


def test_the_truth_needs_the_key_of_the_platform(tmp_path):
    ended = simulate(*SMALL, "--truth", str(tmp_path / "t"), key=None, cwd=tmp_path)
    assert ended.returncode == 2
    assert b"RELOCATION_TOKEN_KEY" in ended.stderr
    assert not (tmp_path / "t").exists()


def test_unusable_arguments_end_with_exit_2(tmp_path):
    for arguments in (
        (),
        ("--noise", "fog", "--out", "-"),
        ("--days", "0", "--out", "-"),
        ("--start", "yesterday", "--out", "-"),
        ("--start", "9999-01-01", "--out", "-"),
        ("--out", str(tmp_path / "no" / "such" / "folder")),
        ("--to", "http://127.0.0.1:1", "--out", "-"),
        ("--to", "ftp://x"),
    ):
        assert CliRunner().invoke(command, arguments).exit_code == 2, arguments


def test_it_never_loads_the_heart_that_it_tests():
    told = (
        "import sys; from relocation.simulation import command, live, naive, scoring, stream\n"
        "stream.Atlas.load()\n"
        "sys.exit(any(name.split('.')[0] == 'processors' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", told], timeout=60, check=False).returncode == 0


class Gateway(http.server.BaseHTTPRequestHandler):
    """Answers the first request with 503, the second with 429, and every line of the others."""

    bodies: ClassVar[list[bytes]] = []
    requests = 0
    enough = threading.Event()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).requests += 1
        if self.requests <= 2:
            self.send_response(503 if self.requests == 1 else 429)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.bodies.append(body)
        count = len(body.splitlines())
        answer = b"".join(b'{"line":%d,"status":"accepted"}\n' % (line + 1) for line in range(count))
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        if len(self.bodies) >= 5:
            self.enough.set()

    def log_message(self, *_):
        pass


@contextmanager
def a_gateway():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_live_publishing_retries_goes_on_until_sigterm_and_ends_0():
    with a_gateway() as url:
        shell = [sys.executable, "-m", "relocation.command", "simulate"]
        shell += ["--subjects", "40", "--rate", "200", "--to", url]
        with subprocess.Popen(shell, stderr=subprocess.PIPE) as process:
            assert Gateway.enough.wait(40)
            process.send_signal(signal.SIGTERM)
            _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert b"stopped: " in told
    assert b"accepted" in told
    events = [json.loads(line) for body in Gateway.bodies for line in body.splitlines()]
    first_sent = {}
    for event in events:
        first_sent.setdefault((event["event_id"], event.get("revision")), event["recorded_at"])
    assert len(first_sent) > 100
    assert list(first_sent.values()) == sorted(first_sent.values())


def test_a_platform_that_is_not_there_ends_with_exit_3():
    ended = simulate("--subjects", "20", "--to", "http://127.0.0.1:9", "--patience", "0")
    assert ended.returncode == 3
    assert b"publish again later" in ended.stderr
