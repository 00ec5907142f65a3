"""What the tests of the harvest share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest


@pytest.fixture(scope="session", autouse=True)
def short_rests() -> Iterator[None]:
    """Let runs try again almost at once: how long they rest has tests with a clock of their own."""
    from ckanext.sniegharvest import config

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "Limits", partial(config.Limits, backoff=0.01))
        yield
