"""Real receivers on this machine: a web server that takes webhooks, a mail server that takes mails."""

import email
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from alerts.addresses import Address
from alerts.notifying.channels import Relay, Security


class Webhooks:
    """What came, and with which statuses it was answered; ``answers`` are used up first, then it is 204."""

    def __init__(self):
        self.came = []
        self.answers = []
        self.url = ""


@contextmanager
def taking_webhooks(certificate=None):
    """A web server on this machine; it speaks TLS where it is given a certificate to show."""
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
    if certificate is not None:
        server.socket = _showing(certificate).wrap_socket(server.socket, server_side=True)
    hooks.url = f"http{'' if certificate is None else 's'}://127.0.0.1:{server.server_port}/hook"
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
        self.users = {}
        """Who may sign in, and with which password; nobody has to where it is empty."""
        self.signed_in = []
        """As whom it was tried, and whether in TLS."""
        self.began = []
        """From whom mail was begun to be told, and whether in TLS."""

    def authenticate(self, server, session, envelope, mechanism, told):
        self.signed_in.append((told.login.decode(), server.transport.get_extra_info("ssl_object") is not None))
        return AuthResult(success=self.users.get(told.login.decode()) == told.password.decode(), handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if self.users and not session.authenticated:
            return "530 sign in first"
        self.began.append((address, server.transport.get_extra_info("ssl_object") is not None))
        envelope.mail_from = address
        return "250 go on"

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
def taking_mails(security=Security.NONE, certificate=None, users=None, mechanisms=("PLAIN", "LOGIN")):
    """A mail server on this machine; it shows the certificate, and who has to sign in does so by these mechanisms."""
    box = _Mailbox()
    box.users = users or {}
    tls = None if certificate is None else _showing(certificate)
    controller = Controller(
        box, hostname="127.0.0.1", port=0, ssl_context=tls if security is Security.TLS else None,
        tls_context=tls if security is Security.STARTTLS else None, require_starttls=security is Security.STARTTLS,
        authenticator=box.authenticate, auth_require_tls=security is Security.STARTTLS,
        auth_exclude_mechanism={"PLAIN", "LOGIN"} - set(mechanisms),
    )  # fmt: skip
    # The library looks whether it answers on the port it was given, and 0 is none: begin on one that is free.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    box.server = f"127.0.0.1:{controller.port}"
    box.relay = Relay(Address.of(box.server), Security.NONE)
    try:
        yield box
    finally:
        controller.stop()


def _showing(certificate):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    return tls
