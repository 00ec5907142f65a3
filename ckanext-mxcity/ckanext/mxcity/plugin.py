"""The main plugin of MX City."""

from __future__ import annotations

import ckan.plugins as p


class MxcityPlugin(p.SingletonPlugin):
    """What every MX City portal has in common."""
