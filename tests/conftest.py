"""Profiles for the laws: few examples while working, thousands in CI, the rest at night."""

import os

from hypothesis import HealthCheck, settings

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("dev", max_examples=100, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("ci", max_examples=600, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("nightly", max_examples=20_000, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
