"""Hands a delivery to a mail server: in the security that is asked for, or not at all."""

import logging
import smtplib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage

from alerts.notifying.channels import Channel, Relay, Security
from alerts.notifying.letters import KEY_HEADER, body_of, subject_of
from alerts.notifying.not_sent import NotSent
from alerts.notifying.outbox import Delivery
from alerts.notifying.tls import trusting, word_of
from schemas.times import SECOND_MS

CONVERSATION_S = 30.0
"""For all that is said to one server: what comes after it waits, and so does who ends the notifier."""
FOR_NOW, PERMANENTLY = 400, 500
"""From the second of these codes of a mail server on, it is no use to try again."""
_READY = 220
_AGAIN_S = 0.2
_LOG = logging.getLogger("relocation.notifying")
_MECHANISMS = ("PLAIN", "LOGIN")
_REFUSED = {
    smtplib.SMTPAuthenticationError: "sign_in_refused",
    smtplib.SMTPSenderRefused: "sender_refused",
    smtplib.SMTPDataError: "mail_refused",
}


def mail(channel: Channel, delivery: Delivery, timeout_s: float, conversation_s: float = CONVERSATION_S) -> None:
    """To each mailbox until its server took it; who is refused for good while others are not, is left out."""
    to = [mailbox for mailbox in delivery.left or channel.to if mailbox in channel.to and mailbox not in delivery.held]
    if not to:  # whoever was left is not in the file any more, or is told later
        return
    assert channel.relay is not None
    with _in_words(), _speaking_with(channel.relay, timeout_s, conversation_s) as server:
        refused = _refused(server, channel, delivery, to)
    left = tuple(mailbox for mailbox in to if refused.get(mailbox, PERMANENTLY) < PERMANENTLY)
    if len(left) < len(refused):
        why = f"{len(refused) - len(left)} mailboxes are refused for good"
        _LOG.warning("mailbox_refused", extra={"channel": channel.name, "why": why})
    if left:
        raise NotSent(f"{len(left)} mailboxes are refused for now", left)


def _refused(server: smtplib.SMTP, channel: Channel, delivery: Delivery, to: Sequence[str]) -> dict[str, int]:
    """The mailboxes that the server refused, with its codes. Raises NotSent where nobody of the channel has it yet."""
    try:
        refused = server.send_message(_message(channel, delivery), to_addrs=to)
    except smtplib.SMTPRecipientsRefused as nobody:
        if not delivery.left and not delivery.held:
            raise NotSent("refused") from None
        return {mailbox: nobody.recipients.get(mailbox, (FOR_NOW, b""))[0] for mailbox in to}
    with suppress(smtplib.SMTPException, OSError):  # it was taken: how they part says nothing of it
        server.quit()
    return {mailbox: code for mailbox, (code, _) in refused.items()}


def _message(channel: Channel, delivery: Delivery) -> EmailMessage:
    """The key makes the Message-ID too, so that mail programs show what came twice once."""
    message = EmailMessage()
    message["From"], message["To"] = channel.sender, ", ".join(channel.to)
    message["Date"] = datetime.fromtimestamp(delivery.formed_at / SECOND_MS, UTC)
    message["Subject"] = subject_of(delivery.items, channel)
    message["Message-ID"] = f"<{delivery.key.replace(':', '.')}@{channel.sender.rpartition('@')[2]}>"
    message[KEY_HEADER] = delivery.key
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body_of(delivery.items, channel))
    return message


@contextmanager
def _in_words() -> Iterator[None]:
    """What a server refuses, and why it is not trusted, in words of ours and its code."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"{_REFUSED.get(type(error), 'server_refuses')} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        # Of a connection that ended the library says only that; why it ended is what it came from.
        ended = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else None
        raise NotSent(word_of(error) or type(ended or error).__name__) from None


@contextmanager
def _speaking_with(relay: Relay, timeout_s: float, conversation_s: float) -> Iterator[smtplib.SMTP]:
    """The server, ready to take mail; whatever it says and however slowly, it is hung up on in time."""
    server = _not_yet_connected(relay, timeout_s)
    with _hung_up_after(conversation_s, server):
        code, _ = server.connect(relay.server.host, relay.server.port)
        if code != _READY:
            raise NotSent(f"server_refuses {code}")
        if relay.security is Security.STARTTLS:
            _secure(server, relay)
        if relay.user:
            _sign_in(server, relay)
        yield server


def _not_yet_connected(relay: Relay, timeout_s: float) -> smtplib.SMTP:
    if relay.security is not Security.TLS:
        server = smtplib.SMTP(timeout=timeout_s)
    else:
        server = smtplib.SMTP_SSL(timeout=timeout_s, context=trusting(relay.ca))
    # The name that the certificate has to bear. Told to the constructor it would connect at once, unwatched.
    server._host = relay.server.host  # type: ignore[attr-defined]  # noqa: SLF001
    return server


@contextmanager
def _hung_up_after(conversation_s: float, server: smtplib.SMTP) -> Iterator[None]:
    over, time_is_up = threading.Event(), threading.Event()
    watching = threading.Thread(target=_watch, args=(server, conversation_s, over, time_is_up), daemon=True)
    watching.start()
    try:
        yield
    except (smtplib.SMTPException, OSError):
        if time_is_up.is_set():
            raise NotSent("TimeoutError") from None
        raise
    finally:
        over.set()
        watching.join()
        server.close()


def _watch(server: smtplib.SMTP, conversation_s: float, over: threading.Event, time_is_up: threading.Event) -> None:
    """Again and again, for a socket that is just being made, or put into TLS, is not there to be shut yet."""
    wait_s = conversation_s
    while not over.wait(wait_s):
        time_is_up.set()
        wait_s = _AGAIN_S
        if server.sock is not None:
            with suppress(OSError):
                # Not the TLS socket's own way: that lets go of TLS first, and what is just being told would be clear.
                socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


def _secure(server: smtplib.SMTP, relay: Relay) -> None:
    """From here on in TLS. Raises NotSent: a server, or who stands before it, that offers none is told nothing."""
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("starttls"):
        raise NotSent("starttls_not_offered")
    server.starttls(context=trusting(relay.ca))


def _sign_in(server: smtplib.SMTP, relay: Relay) -> None:
    """Once, and not again by other means: a wrong password is soon a locked user. Raises NotSent."""
    server.ehlo_or_helo_if_needed()
    offered = server.esmtp_features.get("auth", "").upper().split()
    mechanism = next((one for one in _MECHANISMS if one in offered), None)
    if mechanism is None:
        raise NotSent("sign_in_not_offered")
    server.user, server.password = relay.user, relay.password
    is_plain = mechanism == "PLAIN"
    server.auth(mechanism, server.auth_plain if is_plain else server.auth_login, initial_response_ok=is_plain)
