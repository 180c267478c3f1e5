"""What clients are told of brokers that want TLS or a user, whichever library they are of."""

import pytest
from pydantic import SecretStr

from relocation.exits import Failure
from relocation.settings import kafka_of, load_settings
from streams.kafka.access import Access, access_to


@pytest.mark.parametrize(
    ("access", "protocol"),
    [
        (access_to("one:9092"), "PLAINTEXT"),
        (Access("one:9092", tls=True), "SSL"),
        (Access("one:9092", user="made-up"), "SASL_PLAINTEXT"),
        (Access("one:9092", tls=True, user="made-up"), "SASL_SSL"),
    ],
)
def test_every_library_is_told_the_same(access, protocol):
    told, of_python = access.for_librdkafka(), access.for_aiokafka()
    assert told["security.protocol"] == of_python["security_protocol"] == protocol
    assert told.get("sasl.mechanisms") == of_python.get("sasl_mechanism")
    assert (of_python["ssl_context"] is not None) == access.tls


def test_a_password_is_never_shown():
    access = kafka_of(load_settings(kafka="one:9092", kafka_user="made-up", kafka_password=SecretStr("made-up-secret")))
    assert access.for_librdkafka()["sasl.password"] == "made-up-secret"
    assert "made-up-secret" not in repr(access)


@pytest.mark.parametrize(
    "half", [{"kafka_user": "made-up"}, {"kafka_password": SecretStr("made-up")}, {"kafka_certificate": __file__},
             {"kafka_ca": __file__}],
)  # fmt: skip
def test_what_belongs_together_is_asked_for_together(half):
    with pytest.raises(Failure, match="RELOCATION_KAFKA"):
        kafka_of(load_settings(kafka="one:9092", **half))
