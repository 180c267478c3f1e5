"""How brokers start: on ports that others do not have, with the settings asked for, and why they did not."""

import socket
from contextlib import contextmanager

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient, ConfigResource
from confluent_kafka.cimpl import NewTopic

from infra.kafka.broker import CHOICE, in_a_container
from infra.kafka.cluster import running_cluster, started_cluster
from infra.kafka.ports import FIRST, LAST, free_ports, is_free
from infra.kafka.servers import NotStarted

pytestmark = pytest.mark.usefixtures("servers_from_jars")
DEADLINE_S = 60
SOON_LOST = {"broker.heartbeat.interval.ms": "500", "broker.session.timeout.ms": "1500"}
"""A broker that was killed is taken in again only when its session has run out."""


@contextmanager
def a_taken_port():
    [port] = free_ports(1)
    with socket.create_server(("127.0.0.1", port)):
        yield port


def setting(bootstrap, name):
    resource = ConfigResource(ConfigResource.Type.BROKER, "1")
    admin = AdminClient({"bootstrap.servers": bootstrap})
    return admin.describe_configs([resource])[resource].result(DEADLINE_S)[name].value


def test_free_ports_are_as_many_as_asked_for_and_no_outgoing_connection_gets_them():
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(FIRST <= port <= LAST for port in ports)


def test_a_port_that_somebody_listens_on_is_not_free():
    with a_taken_port() as port:
        assert not is_free(port)
    assert is_free(port)


def test_a_broker_whose_port_was_taken_meanwhile_starts_on_another():
    with a_taken_port() as taken:
        chosen = iter([[taken, *free_ports(1)], free_ports(2)])
        servers, cluster = started_cluster(1, settings={}, ports=lambda count: next(chosen))
        with servers:
            assert topics_of(cluster.bootstrap) == set()
            assert not cluster.bootstrap.endswith(f":{taken}")


def test_settings_of_kafka_win_over_those_that_tests_like():
    with running_cluster(1, settings={"message.max.bytes": "12345", "log.cleaner.backoff.ms": "77"}) as cluster:
        assert setting(cluster.bootstrap, "message.max.bytes") == "12345"
        assert setting(cluster.bootstrap, "log.cleaner.backoff.ms") == "77"
        assert setting(cluster.bootstrap, "auto.create.topics.enable") == "false"


def test_a_setting_that_kafka_refuses_is_told_in_its_words():
    with pytest.raises(NotStarted, match=r"num\.io\.threads"), running_cluster(1, settings={"num.io.threads": "none"}):
        """It does not get here."""


def topics_of(bootstrap):
    return set(AdminClient({"bootstrap.servers": bootstrap}).list_topics(timeout=DEADLINE_S).topics)


def test_a_broker_killed_and_started_again_has_what_it_had():
    with running_cluster(1, settings=SOON_LOST) as cluster:
        admin = AdminClient({"bootstrap.servers": cluster.bootstrap})
        admin.create_topics([NewTopic("made-up", 1)])["made-up"].result(DEADLINE_S)
        cluster.kill(1)
        cluster.start(1)
        assert topics_of(cluster.bootstrap) == {"made-up"}


def test_a_frozen_broker_answers_nobody_until_it_is_thawed():
    with running_cluster(1) as cluster:
        client = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "made-up"})
        try:
            assert client.list_topics(timeout=DEADLINE_S).brokers
            cluster.freeze(1)
            with pytest.raises(Exception, match=r"[Tt]imed out"):
                client.list_topics(timeout=1)
            cluster.thaw(1)
            assert client.list_topics(timeout=DEADLINE_S).brokers
        finally:
            client.close()


@pytest.mark.parametrize(("choice", "contained"), [("docker", True), ("jars", False)])
def test_the_environment_decides_between_docker_and_jars(choice, contained, monkeypatch):
    monkeypatch.setenv(CHOICE, choice)
    assert in_a_container() is contained


def test_another_word_for_it_is_refused(monkeypatch):
    monkeypatch.setenv(CHOICE, "made-up")
    with pytest.raises(ValueError, match="jars"):
        in_a_container()
