"""Brokers that let only those in whom they know, over TLS: every client of ours gets in, others are told why not."""

import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest
from commanded import Platform, a_control
from made_up_topics import until

from infra.kafka.cluster import running_cluster
from infra.kafka.configuration import CLIENTS, CONTROLLERS
from relocation.client import Client, Kafka
from streams.kafka.access import Access
from streams.topics import RECEIPTS
from tests.certificates import a_certificate

PASSWORD = "made-up-password"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
USERS = {"broker": "made-up-too", "platform": PASSWORD}
WRONG = [
    ({"RELOCATION_KAFKA_PASSWORD": "wrong"}, "RELOCATION_KAFKA_USER"),
    ({"RELOCATION_KAFKA_CA": ""}, "RELOCATION_KAFKA_CA"),
    ({"RELOCATION_KAFKA_TLS": "false", "RELOCATION_KAFKA_CA": ""}, "RELOCATION_KAFKA_TLS"),
]
"""What a client is told wrongly, and which setting the refusal names."""


def guarding(certificate, own):
    known = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
    listener = f"listener.name.{CLIENTS.lower()}"
    return {
        "listener.security.protocol.map": f"{CLIENTS}:SASL_SSL,{CONTROLLERS}:PLAINTEXT",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        f"{listener}.sasl.enabled.mechanisms": "PLAIN",
        f"{listener}.plain.sasl.jaas.config": (
            f'{PLAIN} required username="broker" password="{USERS["broker"]}" {known};'
        ),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(own),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificate),
    }


@pytest.fixture(scope="module")
def guarded(servers_from_jars, tmp_path_factory):
    """A broker, and how it lets the platform in."""
    certificate, own = a_certificate(tmp_path_factory.mktemp("certificates"))
    with running_cluster(1, settings=guarding(certificate, own)) as brokers:
        yield Access(brokers.bootstrap, True, str(certificate), None, None, "platform", PASSWORD, "PLAIN")


@pytest.fixture
def platform(guarded, tmp_path):
    platform = Platform(
        guarded,
        tmp_path,
        RELOCATION_KAFKA_TLS="true",
        RELOCATION_KAFKA_CA=guarded.ca,
        RELOCATION_KAFKA_USER=guarded.user,
        RELOCATION_KAFKA_PASSWORD=PASSWORD,
        RELOCATION_KAFKA_MECHANISM=guarded.mechanism,
    )
    yield platform
    platform.end()


def test_who_is_known_works_and_who_is_not_is_told_what_to_look_at(guarded, platform):
    with ThreadPoolExecutor(len(WRONG)) as asking:
        made = platform.done("topics", "create", "--partitions", "2")
        assert made.returncode in (0, 1), made.stderr
        # Each is tried for ten seconds, while the others work.
        refusals = [(asking.submit(platform.done, "topics", "check", **wrong), words) for wrong, words in WRONG]
        roles = [platform.worker(role, "--role", role) for role in ("intake", "register")]
        publish(platform, guarded)
        until(lambda: len(platform.told(RECEIPTS)) == 2, "receipts")
        assert [receipt.became for receipt in platform.told(RECEIPTS)] == ["applied", "applied"]
        assert [role.ready().stopped() for role in roles] == [0, 0]

        for refusal, words in refusals:
            refused = refusal.result()
            assert (refused.returncode, words in refused.stderr) == (3, True), refused.stderr
            assert PASSWORD not in refused.stderr


def publish(platform, access):
    """As an integration in Python does."""
    of_kafka_python = {
        "security_protocol": "SASL_SSL",
        "ssl_context": ssl.create_default_context(cafile=access.ca),
        "sasl_mechanism": access.mechanism,
        "sasl_plain_username": access.user,
        "sasl_plain_password": access.password,
    }
    with Client(kafka=Kafka(access.servers, platform.prefix, of_kafka_python)) as client:
        answers = client.publish_many([a_control(1, "GM0363", 9), a_control(2, "GM0344", 2)])
    assert [answer.status for answer in answers] == ["sent", "sent"]
