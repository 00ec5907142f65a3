"""Load CKAN's plugins a thousand times without reading every installed package each time.

What is installed does not change while tests run; CKAN asks for it once a plugin and a load. For
each folder of templates it asks who calls, and gets the lines of source of all callers too, which
takes most of the time of loading. libyaml reads the same documents as the parser in Python, ten
times as fast.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator

import ckan.plugins.core as plugins_core
import pytest
import yaml


@pytest.fixture(scope="session", autouse=True)
def quick_loading() -> Iterator[None]:
    """Remember the entry points, read no lines of source, and read YAML with libyaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugins_core, "entry_points", functools.cache(plugins_core.entry_points))
        patch.setattr(inspect, "stack", functools.partial(inspect.stack, 0))
        patch.setattr(yaml, "SafeLoader", yaml.CSafeLoader)
        yield
