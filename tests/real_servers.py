"""Fixtures for every test folder: real servers, which start when the first test asks and are gone after the run.

``kafka_broker`` and ``schema_registry`` are one each for the whole run, all its workers included: a test names its own
topics, groups and subjects. ``kafka_cluster`` is three brokers for one test, which may kill them.
"""

import pytest

from infra.kafka.broker import shared_broker
from infra.kafka.cluster import running_cluster
from infra.kafka.registry import shared_registry


def shared_by_the_run(config, tmp_path_factory):
    """A folder that all workers of this run have, and no other run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(config, "workerinput") else own


@pytest.fixture(scope="session")
def kafka_broker(pytestconfig, tmp_path_factory):
    with shared_broker(shared_by_the_run(pytestconfig, tmp_path_factory)) as broker:
        yield broker


@pytest.fixture(scope="session")
def schema_registry(pytestconfig, tmp_path_factory):
    with shared_registry(shared_by_the_run(pytestconfig, tmp_path_factory)) as registry:
        yield registry


@pytest.fixture
def kafka_cluster():
    with running_cluster() as cluster:
        yield cluster
