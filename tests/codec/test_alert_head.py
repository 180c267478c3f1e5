"""Whose an alert is, which and which message of it, read without the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import avro
from schemas.avro import Kind
from schemas.avro_alerts import alert_head
from schemas.undecodable import Undecodable
from tests.codec.messages import ANY, BARE, FULL


def head(alert):
    return alert.subject, alert.alert_id, alert.revision


@given(ANY[Kind.ALERT])
def test_the_head_of_an_alert_says_what_the_alert_says(alert):
    assert alert_head(avro.encode(alert)) == head(alert)


@pytest.mark.parametrize("messages", [FULL, BARE])
def test_the_head_of_a_full_and_of_a_bare_alert_is_read(messages):
    assert alert_head(avro.encode(messages[Kind.ALERT])) == head(messages[Kind.ALERT])


@given(ANY[Kind.ALERT], st.integers(0, 140), st.integers(0, 255))
def test_a_damaged_head_is_undecodable_or_says_what_the_damaged_alert_says(alert, at, byte):
    body = avro.encode(alert)
    broken = body[:at] + bytes([byte]) + body[at + 1 :]
    try:
        whole = avro.decode(Kind.ALERT, broken)
    except Undecodable:
        try:
            alert_head(broken)
        except Undecodable:
            return
    else:
        assert alert_head(broken) == head(whole)


@pytest.mark.parametrize(
    "body", [b"", b"\x48", b"\x01", b"\x02\xff", b"\x02a\x02\x02b\x02c\x02d\x80", b"\x02a\x02\x00"]
)
def test_what_has_no_head_is_undecodable(body):
    with pytest.raises(Undecodable):
        alert_head(body)
