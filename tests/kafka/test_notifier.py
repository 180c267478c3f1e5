"""The notifier on Kafka: it tells of what comes, goes on where it was, and its command says what it lacks."""

import os
import subprocess
import sys

from made_up_topics import until
from platforms_on_kafka import a_cluster, a_console, writing
from prometheus_client import CollectorRegistry

from alerts.notifying.channels import Channel, Channels, Way
from alerts.notifying.notifier import Notifier, Surroundings
from alerts.notifying.outbox import Outbox
from relocation.clock import now_ms
from relocation.parts import gazetteer
from streams.topics import ALERTS
from tests.console.told import a_token, an_alert, an_id


def made_up(number):
    told = {"alert_id": an_id(f"alert {number}"), "subject": a_token(f"woman {number}"), "known_at": now_ms()}
    return an_alert(**told)


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


def test_without_a_file_that_says_who_is_told_it_ends_at_once():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELOCATION_")}
    given = {"RELOCATION_KAFKA": "127.0.0.1:1", "RELOCATION_TOKEN_KEY": "5e" * 32}
    command = [sys.executable, "-m", "relocation.command", "notifier"]
    ended = subprocess.run(command, env=environment | given, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "RELOCATION_NOTIFY" in ended.stderr
