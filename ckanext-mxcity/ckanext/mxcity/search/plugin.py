"""The search plugin."""

from __future__ import annotations

import ckan.plugins as p


class SearchPlugin(p.SingletonPlugin):
    """Search in Spanish."""
