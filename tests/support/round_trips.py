"""How many tables are made up at random: 300 in each run, 10,000 where a night is given to it.

Half of them are text and half are workbooks.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: Names the profile: "round-trips" or "nightly".
VARIABLE = "MXCITY_ROUND_TRIPS"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "round-trips", max_examples=150, deadline=None, suppress_health_check=SLOW
)
settings.register_profile("nightly", settings.get_profile("round-trips"), max_examples=5_000)

#: What the tests of round trips run with.
TRIPS = settings.get_profile(os.environ.get(VARIABLE, "round-trips"))
NIGHTLY = TRIPS.max_examples > settings.get_profile("round-trips").max_examples
