"""Fixtures for every test folder: real servers, which start when the first test asks and are gone after the run.

``kafka_broker`` and ``schema_registry`` are one each for the whole run, all its workers included: a test names its own
topics, groups and subjects. ``kafka_cluster`` is three brokers for one test, which may kill them. A test that starts
servers itself uses ``servers_from_jars``: without Java or the jars it is skipped, and says what to install.
"""

import pytest

from infra.kafka.broker import in_a_container, shared_broker
from infra.kafka.cluster import running_cluster
from infra.kafka.fetching import Unavailable, kafka_jars, registry_folder
from infra.kafka.java import java
from infra.kafka.registry import shared_registry
from infra.kafka.warden import die_with_parent


def pytest_configure(config):
    """A worker of a run that was killed would go on for a while, and hold the servers of the run."""
    if hasattr(config, "workerinput"):
        die_with_parent()


def shared_by_the_run(config, tmp_path_factory):
    """A folder that all workers of this run have, and no other run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(config, "workerinput") else own


@pytest.fixture(scope="session")
def servers_from_jars():
    try:
        java(1), kafka_jars(), registry_folder()
    except Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def kafka_broker(request, pytestconfig, tmp_path_factory):
    if not in_a_container():
        request.getfixturevalue("servers_from_jars")
    with shared_broker(shared_by_the_run(pytestconfig, tmp_path_factory)) as broker:
        yield broker


@pytest.fixture(scope="session")
def schema_registry(servers_from_jars, pytestconfig, tmp_path_factory):
    with shared_registry(shared_by_the_run(pytestconfig, tmp_path_factory)) as registry:
        yield registry


@pytest.fixture
def kafka_cluster(servers_from_jars):
    with running_cluster() as cluster:
        yield cluster
