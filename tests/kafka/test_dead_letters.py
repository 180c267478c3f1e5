"""``relocation dead-letters`` on Kafka: what is redriven goes the way of what was accepted, and once."""

import json
import uuid
from dataclasses import replace

import pytest
from commanded import KEY, PARTITIONS, Platform
from made_up_events import a_control, line_of
from made_up_topics import now_ms

from processors.intake import Intake
from processors.policy_file import default_policy_text, parse_policy
from relocation.parts import gazetteer, signals_of, tokeniser_of
from relocation.settings import load_settings
from schemas.dead_letters import DeadLetter, Fault
from schemas.positions import LogPosition
from schemas.times import DAY_MS
from streams.kafka.headers import ORIGIN
from streams.kafka.records import Out
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.topics import DEAD_LETTERS, EVENTS, RECEIPTS

SWITCHED_OFF = default_policy_text() + '[[source]]\npattern = "*-made-up"\nadmit = false\n'


@pytest.fixture
def platform(kafka_broker, tmp_path):
    platform = Platform(kafka_broker.bootstrap, tmp_path)
    assert platform.done("topics", "create", "--partitions", str(PARTITIONS)).returncode in (0, 1)
    yield platform
    platform.end()


def switched_off(at):
    """The letter of a control that lay at ``at`` of a source that was switched off then."""
    settings = load_settings(token_key=KEY)
    policy = parse_policy(SWITCHED_OFF, window_ms=180 * DAY_MS)
    intake = Intake(gazetteer(), tokeniser_of(settings), policy, signals_of(settings))
    refusal = intake.judge(line_of(a_control(day=50)), known_at=now_ms(), is_followed=lambda *_: False)
    return refusal.as_dead_letter("intake", now_ms(), position=at)


def put(platform, letters):
    """As INTAKE leaves them, on the first partition."""
    wire, writer = Wire(prefix=platform.prefix), Writer(platform.bootstrap, patience_s=60)
    topic = platform.prefix + DEAD_LETTERS.name
    for letter in letters:
        key = str(uuid.uuid4()) if letter.position is None else "/".join(map(str, letter.position))
        value = wire.encode(DEAD_LETTERS, letter)
        writer.write([Out(topic, 0, key.encode(), value, [(ORIGIN, key.encode())], now_ms())])


def asked(platform, *words):
    done = platform.done("dead-letters", *words, "--json")
    return done.returncode, json.loads(done.stdout)


def statuses(told):
    return [one["status"] for one in told["items"]]


def test_what_is_redriven_goes_to_register_once_and_has_its_receipt(platform):
    lay = [LogPosition(f"{platform.prefix}intake.control", 1, 40 + number) for number in range(3)]
    held = [switched_off(at) for at in lay]
    unread = DeadLetter(Fault.UNDECODABLE, "intake", now_ms(), "control", position=lay[0]._replace(offset=39))
    put(platform, [unread, *held, held[0], replace(held[0], known_at=now_ms() - 31 * DAY_MS, position=None)])

    code, listed = asked(platform, "list")
    assert (code, listed["count"]) == (0, 5), "a letter that was written twice is one"
    remedies = {one["letter"]: one["remedy"] for one in listed["items"]}
    assert remedies == {"0/0": "resend", "0/1": "redrive", "0/2": "redrive", "0/3": "redrive", "0/5": "correct"}
    assert "held" not in listed["items"][0]
    _, found = asked(platform, "list", "--code", "not_authorised", "--topic", "intake.control", "--source", "bvh")
    assert found["items"] == []

    assert asked(platform, "redrive", "--all", "--dry-run")[1]["counts"] == {"accepted": 3}
    register = platform.worker("register", "--role", "register").ready()
    code, told = asked(platform, "redrive", "0/1")
    assert (code, statuses(told)) == (0, ["accepted"])
    code, told = asked(platform, "redrive", "--topic", "intake.control")
    assert (code, sorted(statuses(told))) == (0, ["accepted", "accepted", "duplicate"])
    code, told = asked(platform, "redrive", "0/0", "0/2")
    assert (code, statuses(told)) == (1, ["duplicate"])
    register.stopped()

    events = platform.told(EVENTS["control"])
    assert sorted(event.event_id for event in events) == sorted(letter.event_id for letter in held)
    assert {event.rank.revision for event in events} == {1}, "the refused revision was 0"
    receipts = platform.told(RECEIPTS)
    assert sorted(receipt.became for receipt in receipts) == ["applied"] * 3 + ["duplicate"] * 2
    assert {receipt.position for receipt in receipts} == set(lay)
