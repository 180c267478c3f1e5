"""A cluster and an engine for each test of the sink's process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_cluster import Cluster, Engine, engine_in


@pytest.fixture
def cluster(kafka_broker: object) -> Cluster:
    return Cluster(kafka_broker.bootstrap)  # type: ignore[attr-defined]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with engine_in(tmp_path / "engine") as engine:
        yield engine
