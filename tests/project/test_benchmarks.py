"""The benchmarks that documents name are there and work in small, those on Kafka where there is a night for it."""

import re
import subprocess
import sys

import pytest
from project_tree import ROOT

from benchmarks import heart, intake, resolve

TOLD = (ROOT / "docs/performance.md").read_text("utf-8")
SMALL = {
    "throughput": ["--events", "4000", "--subjects", "400", "--runs", "1", "--only", "relocation worker"],
    "roles": ["--events", "2000", "--subjects", "500"],
    "latency": ["--subjects", "1000", "--rate", "50", "--seconds", "4"],
    "recovery": ["--subjects", "2000", "--sightings", "3"],
    "followed": ["--vehicles", "3"],
}
"""A few seconds of work each, and the starting of a broker and of processes."""
IN_MEMORY = {
    heart: {"SIGHTINGS": 400, "SUBJECTS": 40, "HOT": 20, "RUNS": 1},
    intake: {"INPUTS": 20, "RUNS": 1},
    resolve: {"INPUTS": 20, "RUNS": 1},
}
"""What ``make bench`` runs, with less to do."""


def test_every_benchmark_that_a_document_names_is_there():
    named = set(re.findall(r"`python -m benchmarks\.(\w+)`", TOLD))
    assert named >= SMALL.keys()
    assert [name for name in sorted(named) if not (ROOT / f"benchmarks/{name}.py").exists()] == []


@pytest.mark.parametrize("benchmark_", IN_MEMORY, ids=lambda module: module.__name__)
def test_a_benchmark_in_memory_works_in_small(benchmark_, monkeypatch, capsys):
    for name, value in IN_MEMORY[benchmark_].items():
        assert hasattr(benchmark_, name)
        monkeypatch.setattr(benchmark_, name, value)
    monkeypatch.setattr(heart, "expect_long_lives", lambda: None)  # of this process others use the collector, too
    benchmark_.main()
    assert "┃" in capsys.readouterr().out


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_on_kafka_works_in_small_and_believes_what_it_measures(name, servers_from_jars):
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *SMALL[name]],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "share this machine's" in done.stdout
