"""Profiles for the laws (few examples while working, thousands in CI, the rest at night), and no silent skips in CI."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from infra.kafka.containers import docker_answers

pytest_plugins = ["tests.real_servers"]

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
"""Without explaining: it traces every line, and a law that fails would run out of time before it shows its example."""
for profile, examples in (("dev", 100), ("ci", 600), ("nightly", 20_000)):
    settings.register_profile(
        profile, max_examples=examples, deadline=None, suppress_health_check=SLOW_IS_FINE, phases=PHASES
    )
settings.register_profile(
    "mutants", max_examples=40, deadline=None, suppress_health_check=SLOW_IS_FINE, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
settings.load_profile(PROFILE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Most mutants die of a plain test, which takes a moment; the laws are for the rest."""
    if PROFILE == "mutants":
        items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)
        for item in items:
            # mutmut 3.7 asks for what pytest 9.2 no longer has; a later mutmut wants a click that Faust does not
            item._nodeid = item.nodeid


def pytest_report_header():
    """What stands for a server that only Docker can give; it is no test that was skipped."""
    if docker_answers():
        return "ClickHouse: the embedded engine, also behind HTTP, and a server in a container"
    return "ClickHouse: the embedded engine, also behind HTTP; no server, since Docker does not answer"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """A test that cannot run says why; in CI that is a failure, so that nothing essential goes unchecked."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"did not run in CI: {why}"
    return report
