"""The main plugin of sniegharvest."""

from __future__ import annotations

import ckan.plugins as p


class SniegHarvestPlugin(p.SingletonPlugin):
    """The harvest engine's common parts."""
