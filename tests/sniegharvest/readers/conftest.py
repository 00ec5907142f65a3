"""Property tests here are quick, and leave nothing behind in the working folder."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "readers",
    max_examples=60,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("readers")
