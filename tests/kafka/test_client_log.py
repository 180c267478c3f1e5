"""What the client's library says by itself in our logs."""

import logging

import pytest

from infra.kafka.ports import free_ports
from streams.kafka.client_log import LOG, SaidOnce
from streams.kafka.clients import Brokers, Unreachable


def said_by(client: str, words: str) -> logging.LogRecord:
    return logging.LogRecord("made-up", logging.ERROR, "", 0, "%s [%s] %s", ("FAIL", client, words), None)


def test_the_same_is_said_once_whichever_client_says_it_and_however_long_it_tried() -> None:
    once = SaidOnce()
    assert once.filter(said_by("rdkafka#producer-1", "refused (after 0ms in state CONNECT)"))
    assert not once.filter(said_by("rdkafka#consumer-7", "refused (after 3ms in state CONNECT)"))
    assert once.filter(said_by("rdkafka#producer-1", "timed out (after 0ms in state CONNECT)"))


def test_after_a_while_it_is_said_again() -> None:
    always = SaidOnce(quiet_s=0)
    assert all(always.filter(said_by("rdkafka#producer-1", "refused")) for _ in range(3))


class Hearing(logging.Handler):
    """Keeps what is said, whatever others do with the loggers above."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


def test_brokers_that_are_away_do_not_flood_the_log() -> None:
    [port] = free_ports(1)
    hearing = Hearing()
    LOG.addHandler(hearing)
    try:
        with pytest.raises(Unreachable):
            Brokers(f"127.0.0.1:{port}", timeout_s=3).partitions()
    finally:
        LOG.removeHandler(hearing)
    refused = [told for told in hearing.heard if f"127.0.0.1:{port}" in told and "refused" in told]
    assert len(refused) == 1, (LOG.disabled, hearing.heard)
