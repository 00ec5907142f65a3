"""The maps plugin."""

from __future__ import annotations

import ckan.plugins as p


class MapsPlugin(p.SingletonPlugin):
    """Map filter and map previews."""
