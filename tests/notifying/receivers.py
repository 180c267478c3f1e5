"""Real receivers on this machine: a web server that takes webhooks, a mail server that takes mails."""

import email
import json
import socket
import threading
from contextlib import contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


class Webhooks:
    """What came, and with which statuses it was answered; ``answers`` are used up first, then it is 204."""

    def __init__(self):
        self.came = []
        self.answers = []
        self.url = ""


@contextmanager
def taking_webhooks():
    hooks = Webhooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.came.append((self.headers["Idempotency-Key"], json.loads(body)))
            self.send_response(hooks.answers.pop(0) if hooks.answers else 204)
            self.end_headers()

        def log_message(self, *_):
            """Tests say enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hooks.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hooks
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Mailbox:
    """What came, and to whom; ``refusing`` has what the server says of a mailbox, one answer after the other."""

    def __init__(self):
        self.came = []
        self.to = []
        self.refusing = {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's
        if self.refusing.get(address):
            return self.refusing[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        self.came.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.to.append(list(envelope.rcpt_tos))
        return "250 taken"


@contextmanager
def taking_mails():
    box = _Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    # The library looks whether it answers on the port it was given, and 0 is none: begin on one that is free.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    box.server = f"127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()
