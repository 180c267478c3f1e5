"""How mail is handed to its server: in TLS and signed in where that is asked for, and else not at all."""

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from receivers import taking_mails

from alerts.addresses import Address
from alerts.notifying.channels import Channel, Relay, Security, Way
from alerts.notifying.mail import mail
from alerts.notifying.not_sent import NotSent
from alerts.notifying.outbox import Delivery
from tests.certificates import a_certificate

WHO, PASSWORD = "made-up", "made-up-secret"
USERS = {WHO: PASSWORD}
TIMEOUT_S = 20
FOREVER_S = 30
STARTTLS, TLS, NONE = Security.STARTTLS, Security.TLS, Security.NONE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Who vouches for a server of ours, and what the server shows."""
    return a_certificate(tmp_path_factory.mktemp("certificates"))


def send(relay, conversation_s=FOREVER_S, timeout_s=TIMEOUT_S):
    item = {"headline": "Made-up headline", "text": "Made-up text.", "url": "https://alerts.example/alerts/made-up"}
    delivery = Delivery(1, "unit", "made-up:1:unit", (item,), attempts=0, formed_at=0)
    channel = Channel("unit", Way.EMAIL, to=("made-up@police.example",), sender="alerts@police.example", relay=relay)
    mail(channel, delivery, timeout_s, conversation_s)


def why_not(relay, **more):
    with pytest.raises(NotSent) as why:
        send(relay, **more)
    return str(why.value)


def signing_in(box, certificate, security, **more):
    return replace(
        box.relay, **{"security": security, "ca": str(certificate[0]), "user": WHO, "password": PASSWORD} | more
    )


@pytest.mark.parametrize(
    ("security", "mechanisms"), [(STARTTLS, ["PLAIN", "LOGIN"]), (TLS, ["PLAIN"]), (STARTTLS, ["LOGIN"])]
)
def test_mail_arrives_in_tls_from_who_signed_in(certificate, security, mechanisms):
    with taking_mails(security, certificate[1], USERS, mechanisms) as box:
        send(signing_in(box, certificate, security))
    assert [message["Subject"] for message in box.came] == ["Made-up headline"]
    assert (box.signed_in, box.began) == ([(WHO, True)], [("alerts@police.example", True)])


def test_a_wrong_password_is_tried_once_and_nothing_is_sent(certificate):
    with taking_mails(STARTTLS, certificate[1], {WHO: "another"}) as box:
        assert why_not(signing_in(box, certificate, STARTTLS)) == "sign_in_refused 535"
    assert (box.signed_in, box.began) == ([(WHO, True)], [])


def test_where_no_starttls_is_offered_nothing_is_said_in_the_clear(certificate):
    with taking_mails(users=USERS) as box:
        assert why_not(signing_in(box, certificate, STARTTLS)) == "starttls_not_offered"
    assert (box.signed_in, box.began) == ([], [])


@pytest.mark.parametrize("security", [STARTTLS, TLS])
@pytest.mark.parametrize(
    ("host", "ca", "why"),
    [("127.0.0.1", {"ca": ""}, "certificate_not_trusted"), ("localhost", {}, "certificate_of_another_name")],
)
def test_a_server_with_another_certificate_is_told_nothing(certificate, security, host, ca, why):
    with taking_mails(security, certificate[1], USERS) as box:
        relay = signing_in(box, certificate, security, **ca)
        assert why_not(replace(relay, server=Address(host, box.relay.server.port))) == why
    assert (box.signed_in, box.began) == ([], [])


def test_a_server_that_speaks_no_tls_is_told_nothing(certificate):
    with taking_mails(users=USERS) as box:
        assert why_not(signing_in(box, certificate, TLS)) == "tls_failed"
    assert (box.signed_in, box.began) == ([], [])


def test_a_server_at_which_nobody_can_sign_in_is_sent_nothing(certificate):
    with taking_mails(STARTTLS, certificate[1], mechanisms=[]) as box:
        assert why_not(signing_in(box, certificate, STARTTLS)) == "sign_in_not_offered"
    assert box.began == []


def test_a_server_that_wants_sign_in_says_so_by_its_code():
    with taking_mails(users=USERS) as box:
        assert why_not(box.relay) == "sender_refused 530"
    assert box.came == []


@contextmanager
def saying(*answers, then=b""):
    """A server that says these, each but the first when it was told a line, and then this until it is hung up on."""
    told = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            try:
                asked, _ = listening.accept()
                with asked, asked.makefile("rb") as lines:
                    for index, one in enumerate(answers):
                        if index:
                            told.append(lines.readline().split()[0])
                        asked.sendall(one)
                    until = time.monotonic() + FOREVER_S
                    while then and time.monotonic() < until:
                        asked.sendall(then)
                        time.sleep(0.02)
            except OSError:
                """Who asked hung up."""

        listening.settimeout(FOREVER_S)
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield Relay(Address(*listening.getsockname()), STARTTLS), told
        thread.join(FOREVER_S)


def test_starttls_that_is_offered_and_then_refused_ends_it():
    with saying(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 not now\r\n") as (relay, told):
        assert why_not(relay) == "server_refuses 454"
    assert told == [b"ehlo", b"STARTTLS"]


def test_what_was_said_in_the_clear_before_tls_does_not_count():
    pretended = b"220 go on\r\n250-hi\r\n250 AUTH PLAIN\r\n"
    with saying(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", pretended) as (relay, told):
        why_not(relay)
    assert told == [b"ehlo", b"STARTTLS"]


def test_a_server_that_does_not_want_to_speak_is_taken_at_its_word():
    with saying(b"554 nobody is served\r\n") as (relay, told):
        assert why_not(relay) == "server_refuses 554"
    assert told == []


@pytest.mark.parametrize(
    ("answers", "then"), [([b"220-hi\r\n"], b"220-and\r\n"), ([b"220 hi\r\n", b"250-hi\r\n"], b"250-and\r\n")]
)
def test_a_server_that_goes_on_for_ever_is_hung_up_on_in_time(answers, then):
    with saying(*answers, then=then) as (relay, _):
        began = time.monotonic()
        assert why_not(relay, conversation_s=0.5) == "TimeoutError"
        assert time.monotonic() - began < FOREVER_S / 2


def test_a_server_that_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay = Relay(Address(*listening.getsockname()), STARTTLS)
        assert why_not(relay, timeout_s=0.2) == "TimeoutError"


def test_a_password_does_not_show_itself():
    assert PASSWORD not in repr(Relay(Address("mail.example", 587), STARTTLS, user=WHO, password=PASSWORD))
