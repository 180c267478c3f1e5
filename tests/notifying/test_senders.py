"""How long a channel may take, whatever it does with its time."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from receivers import taking_webhooks

from alerts.notifying.channels import Channel, Way
from alerts.notifying.not_sent import NotSent
from alerts.notifying.outbox import Delivery
from alerts.notifying.senders import send
from tests.certificates import a_certificate

PATIENCE_S = 0.5
FOREVER_S = 30


@contextmanager
def answering(*pieces):
    """A web server that answers with these, and then drips on until who asked hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            try:
                asked, _ = listening.accept()
                with asked:
                    asked.recv(65536)
                    for piece in pieces:
                        asked.sendall(piece)
                    until = time.monotonic() + FOREVER_S
                    while time.monotonic() < until:
                        asked.sendall(b"x")
                        time.sleep(0.02)
            except OSError:
                """Who asked hung up."""

        listening.settimeout(FOREVER_S)
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        thread.join(FOREVER_S)


def sent_to(url, ca="", patience_s=PATIENCE_S):
    delivery = Delivery(1, "duty", "a-key", ({"alert_id": "made-up"},), attempts=1, formed_at=0)
    send(Channel("duty", Way.WEBHOOK, url=url, ca=ca), delivery, patience_s)


def test_an_answer_that_drips_is_given_up_in_time():
    with answering(b"HTTP/1.1 204 No ") as url:
        began = time.monotonic()
        with pytest.raises(NotSent):
            sent_to(url)
        assert time.monotonic() - began < FOREVER_S / 2


def test_what_is_said_after_the_status_is_not_waited_for():
    with answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") as url:
        began = time.monotonic()
        sent_to(url)
        assert time.monotonic() - began < FOREVER_S / 2


def test_a_status_that_is_no_success_is_not_sent():
    with answering(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n") as url, pytest.raises(NotSent, match="302"):
        sent_to(url)


def test_a_webhook_is_told_nothing_until_who_vouches_for_it_is_trusted(tmp_path):
    ca, shown = a_certificate(tmp_path)
    with taking_webhooks(shown) as hooks:
        with pytest.raises(NotSent, match="certificate_not_trusted"):
            sent_to(hooks.url, patience_s=FOREVER_S)
        assert hooks.came == []
        sent_to(hooks.url, str(ca), FOREVER_S)
    assert len(hooks.came) == 1
