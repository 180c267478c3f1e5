"""Every test here runs over both runtimes: one process with a log on disk, and many on Kafka."""

import pytest

from tests.real_servers import shared_by_the_run
from tests.runtimes.running import distributed, embedded


@pytest.fixture(scope="session")
def one_process(pytestconfig, tmp_path_factory):
    with embedded(shared_by_the_run(pytestconfig, tmp_path_factory)) as runtime:
        yield runtime


@pytest.fixture(scope="session")
def on_kafka(kafka_broker, pytestconfig, tmp_path_factory):
    with distributed(shared_by_the_run(pytestconfig, tmp_path_factory), kafka_broker.bootstrap) as runtime:
        yield runtime


@pytest.fixture(params=["one_process", "on_kafka"])
def runtime(request):
    return request.getfixturevalue(request.param)
