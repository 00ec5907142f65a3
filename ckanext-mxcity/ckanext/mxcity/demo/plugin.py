"""The demonstration plugin."""

from __future__ import annotations

import ckan.plugins as p


class DemoPlugin(p.SingletonPlugin):
    """The demonstration catalogue."""
