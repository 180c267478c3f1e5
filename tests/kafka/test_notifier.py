"""The notifier on Kafka: it tells of what comes, goes on where it was, and its command says what it lacks."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest
from made_up_events import KEY
from made_up_topics import DEADLINE_S, until
from platforms_on_kafka import a_cluster, a_console, an_out_of, writing
from prometheus_client import CollectorRegistry
from receivers import taking_webhooks
from workers import Running

from alerts.notifying.channels import Channel, Channels, Way
from alerts.notifying.notifier import Notifier, Surroundings
from alerts.notifying.outbox import Outbox
from relocation.clock import now_ms
from relocation.parts import gazetteer
from schemas.alerts import AlertStatus, WithdrawnReason
from streams.kafka.writer import Writer
from streams.topics import ALERTS
from tests.console.told import a_token, an_alert, an_id

ENDS_WITHIN_S = 10


def made_up(number, **more):
    told = {"alert_id": an_id(f"alert {number}"), "subject": a_token(f"woman {number}"), "known_at": now_ms()}
    return an_alert(**told, **more)


def tell(cluster, *alerts):
    """As RELOCATION does, all of them at once."""
    outs = [an_out_of(cluster, ALERTS, one, key=one.alert_id, by=one.subject) for one in alerts]
    Writer(cluster.bootstrap, patience_s=DEADLINE_S).write(outs)


def test_what_comes_while_it_is_away_is_told_when_it_is_back_and_nothing_twice(kafka_broker, tmp_path):
    cluster, sent = a_cluster(kafka_broker.bootstrap), []
    channels = Channels((Channel("duty", Way.WEBHOOK, url="http://made.up/hook", group_s=0),), "https://alerts.example")

    def turned(*alerts):
        """A notifier of its own process would do this: begin, then take a turn until all of these are told."""
        with a_console(cluster) as console:
            around = Surroundings(console, gazetteer(), now_ms, lambda channel, delivery: sent.append(delivery.key))
            notifier = Notifier(channels, Outbox(tmp_path / "notified.sqlite"), around, CollectorRegistry())
            notifier.turn()
            for alert in alerts:
                writing(cluster, ALERTS, alert, key=alert.alert_id, by=alert.subject)

            def is_told():
                notifier.turn()
                return all(any(alert.alert_id in key for key in sent) for alert in alerts)

            until(is_told, "notifications")
            notifier.close()

    first, while_away, last = made_up(1), made_up(2), made_up(3)
    turned(first)
    writing(cluster, ALERTS, while_away, key=while_away.alert_id, by=while_away.subject)
    turned(last)
    assert sorted(sent) == sorted(f"{alert.alert_id}:1:duty" for alert in (first, while_away, last))


@pytest.fixture
def hooks():
    with taking_webhooks() as hooks:
        yield hooks


@pytest.fixture
def notifier(tmp_path, hooks):
    """Starts the command over a cluster, each time over the same folder; what still runs in the end is killed."""
    notify = tmp_path / "notify.toml"
    channels = [
        f'[[channel]]\nname = "{name}"\nway = "webhook"\nurl = "{hooks.url}"\ngroup_seconds = 0\n'
        for name in ("duty", "north")
    ]
    notify.write_text("\n".join(['console = "https://alerts.example"', *channels]))
    command = [sys.executable, "-m", "relocation.command", "notifier", "--data", "data", "--notify", str(notify)]
    with ExitStack() as stack:

        def start(cluster):
            environment = {
                "RELOCATION_KAFKA": cluster.bootstrap,
                "RELOCATION_KAFKA_PREFIX": cluster.prefix,
                "RELOCATION_TOKEN_KEY": KEY,
            }
            running = Running(command, tmp_path, "notifier", environment)
            stack.callback(running.kill)
            return running.ready()

        yield start


def keys_told(hooks):
    return {item["key"] for _, body in hooks.came for item in body["alerts"]}


def test_a_notifier_that_is_killed_tells_all_the_same_under_the_same_keys(kafka_broker, hooks, notifier):
    cluster = a_cluster(kafka_broker.bootstrap)
    before, first, second, while_away = (made_up(number) for number in range(4))
    quiet = [made_up(5, repeat=True), made_up(6, attention="file"), made_up(7, historical=True)]
    withdrawn = made_up(1, revision=2, status=AlertStatus.WITHDRAWN, reason=WithdrawnReason.CORRECTED)
    expected = {
        f"{one.alert_id}:{one.revision}:{name}"
        for one in (first, second, while_away, withdrawn)
        for name in ("duty", "north")
    }
    tell(cluster, before)
    hooks.answers = [503] * 1_000
    running = notifier(cluster)
    tell(cluster, *quiet, first)
    until(lambda: {body["channel"] for _, body in hooks.came} == {"duty", "north"}, "both channels refused it")
    tell(cluster, second)
    running.kill()

    refused = dict(hooks.came)
    tell(cluster, first, withdrawn, while_away)
    hooks.answers.clear()
    running = notifier(cluster)
    until(lambda: keys_told(hooks) >= expected, "all of it")
    running.signal(signal.SIGTERM)
    assert running.ended(ENDS_WITHIN_S) == 0

    assert keys_told(hooks) == expected
    accepted = dict(hooks.came)
    assert refused.items() <= accepted.items()
    assert all(key == body["key"] == body["alerts"][0]["key"] for key, body in hooks.came)
    said = f"{hooks.came} {running.out} {running.log}"
    assert not [one.subject for one in (before, first, second, while_away, *quiet) if one.subject in said]
    assert "notification_failed" in running.log
    assert hooks.url not in running.log


def test_without_a_file_that_says_who_is_told_it_ends_at_once():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    given = {"RELOCATION_KAFKA": "127.0.0.1:1", "RELOCATION_TOKEN_KEY": "5e" * 32}
    command = [sys.executable, "-m", "relocation.command", "notifier"]
    ended = subprocess.run(command, env=environment | given, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "RELOCATION_NOTIFY" in ended.stderr
