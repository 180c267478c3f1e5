"""``relocation publish`` against a real server that breaks in every way a network breaks."""

import gzip
import json
import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from click.testing import CliRunner

from relocation.publish import publish


class Server:
    """Answers lines like the platform, after the misfortunes it was told; remembers what it was sent."""

    def __init__(self, misfortunes=()):
        self.misfortunes = list(misfortunes)
        self.lines = []
        self.requests = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.requests += 1
        misfortune = self.misfortunes.pop(0) if self.misfortunes else None
        if isinstance(misfortune, tuple):
            status, headers = misfortune
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"title":"Not now"}'})
            return
        lines = body.splitlines()
        if misfortune == "ends early":
            lines = lines[: len(lines) // 2]
        self.lines += lines
        answers = [
            {"line": n + 1, "status": "accepted"}
            if b"bad" not in line
            else {
                "line": n + 1,
                "status": "rejected",
                "errors": [{"code": "malformed", "message": "no", "hint": "mend it"}],
            }
            for n, line in enumerate(lines)
        ]
        told = "".join(json.dumps(answer) + "\n" for answer in answers).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if misfortune == "breaks":
            await send({"type": "http.response.body", "body": told[: len(told) // 2], "more_body": True})
            raise ConnectionError("on purpose")
        await send({"type": "http.response.body", "body": told})


@contextmanager
def serving(server):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(server, log_config=None, lifespan="off", ws="none")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()


def run(*arguments, stdin=None):
    return CliRunner().invoke(publish, [str(argument) for argument in arguments], input=stdin)


def events(count):
    return b"".join(b'{"n":%d}\n' % n for n in range(count))


def answers_in(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_line_gets_its_answer(tmp_path):
    (tmp_path / "f").write_bytes(b"\n" + events(2500))
    server = Server()
    with serving(server) as url:
        ended = run(tmp_path / "f", "--to", url, "--results", tmp_path / "out")

    assert ended.exit_code == 0
    assert [answer["line"] for answer in answers_in(tmp_path / "out")] == list(range(2, 2502))
    assert server.lines == events(2500).splitlines()
    assert "2500 accepted" in ended.stderr


@pytest.mark.parametrize(
    "misfortunes",
    [[(503, [(b"retry-after", b"0")])], [(429, [])], ["ends early", "ends early"], ["breaks", "breaks"], [(502, [])]],
    ids=str,
)
def test_what_cannot_be_answered_now_is_sent_again(tmp_path, misfortunes):
    (tmp_path / "f").write_bytes(events(40))
    server = Server(misfortunes)
    with serving(server) as url:
        ended = run(tmp_path / "f", "--to", url, "--results", tmp_path / "out")

    assert ended.exit_code == 0
    assert [answer["line"] for answer in answers_in(tmp_path / "out")] == list(range(1, 41))
    assert server.requests == len(misfortunes) + 1
    assert set(server.lines) == set(events(40).splitlines())


def test_a_server_that_refuses_is_said(tmp_path):
    (tmp_path / "f").write_bytes(events(3))
    with serving(Server([(403, [])])) as url:
        ended = run(tmp_path / "f", "--to", url)

    assert ended.exit_code == 1
    assert "403" in ended.stderr


def test_nobody_there_is_said_once_the_patience_is_over(tmp_path):
    (tmp_path / "f").write_bytes(events(3))
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        ended = run(tmp_path / "f", "--to", f"127.0.0.1:{unheard.getsockname()[1]}", "--patience", "0.3")

    assert ended.exit_code == 3
    assert "publish again later" in ended.stderr


def test_rejected_lines_are_answered_and_told(tmp_path):
    (tmp_path / "f").write_bytes(b'{"n":1}\n{"bad":2}\n')
    with serving(Server()) as url:
        ended = run(tmp_path / "f", "--to", url)

    assert ended.exit_code == 0
    assert "line 2: malformed: no (mend it)" in ended.stderr


def test_several_files_and_stdin_are_told_apart(tmp_path):
    (tmp_path / "f.gz").write_bytes(gzip.compress(events(2)))
    with serving(Server()) as url:
        ended = run(tmp_path / "f.gz", "-", "--to", url, "--results", tmp_path / "out", stdin=events(1))

    assert ended.exit_code == 0
    assert [(answer["file"][-4:], answer["line"]) for answer in answers_in(tmp_path / "out")] == [
        ("f.gz", 1),
        ("f.gz", 2),
        ("-", 1),
    ]


def test_an_empty_file_is_no_error_and_is_said(tmp_path):
    (tmp_path / "f").write_bytes(b"")
    with serving(Server()) as url:
        ended = run(tmp_path / "f", "--to", url)

    assert ended.exit_code == 0
    assert "empty" in ended.stderr


def test_a_file_that_is_no_lines_fails_and_the_others_are_published(tmp_path):
    (tmp_path / "a").write_bytes(b'[{"n":1}]')
    (tmp_path / "b").write_bytes(events(1))
    server = Server()
    with serving(server) as url:
        ended = run(tmp_path / "a", tmp_path / "b", "--to", url)

    assert ended.exit_code == 1
    assert "JSON array" in ended.stderr
    assert server.lines == [b'{"n":0}']


@pytest.mark.parametrize("url", ["ftp://example.nl", "http://", "://"])
def test_a_url_that_cannot_be_used_is_said(tmp_path, url):
    (tmp_path / "f").write_bytes(events(1))

    assert run(tmp_path / "f", "--to", url).exit_code == 2


def test_a_file_that_is_not_there_is_said_before_anything_is_sent(tmp_path):
    assert run(tmp_path / "f", "--to", "http://127.0.0.1:9").exit_code == 2
