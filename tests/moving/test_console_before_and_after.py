"""What coordinators see on a console of Kafka is what they saw on that of one machine."""

import uuid

import httpx
import pytest
from moved import an_environment, fill, make_topics, relocation
from stack import served

pytestmark = pytest.mark.timeout(400)


def listed(url, **asked):
    """Every alert that the API lists, by id."""
    items, cursor = {}, None
    while True:
        page = httpx.get(
            f"{url}/api/v1/alerts", params=asked | ({"cursor": cursor} if cursor else {}), timeout=60
        ).json()
        items |= {item["alert_id"]: without_position(item) for item in page["items"]}
        cursor = page["next"]
        if cursor is None:
            return items


def without_position(item):
    """Where it lies is another matter on each side."""
    return {name: value for name, value in item.items() if name != "position"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A filled folder."""
    return fill(tmp_path_factory.mktemp("consoles") / "data", events=120)


@pytest.fixture(scope="module")
def before(folder):
    """What was listed on one machine: all alerts, those that are active, those that were taken."""
    environment = an_environment("", "")
    with served(environment, "up", "--data", str(folder), "--http", "127.0.0.1:0") as url:
        return [listed(url, **asked) for asked in ASKED]


ASKED = ({}, {"status": "active"}, {"status": "taken"}, {"status": "closed"})


def test_alerts_and_their_handling_are_listed_as_before(kafka_broker, folder, before):
    kafka, prefix = kafka_broker.bootstrap, f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(kafka, prefix)
    moved = relocation(kafka, prefix, "migrate", "--data", folder)
    assert moved.returncode == 0, moved.stderr
    environment = an_environment(kafka, prefix)
    with served(environment, "worker"), served(environment, "console", "--http", "127.0.0.1:0") as url:
        for asked, expected in zip(ASKED, before, strict=True):
            assert expected
            assert listed(url, **asked) == expected
