"""The guard plugin."""

from __future__ import annotations

import ckan.plugins as p


class GuardPlugin(p.SingletonPlugin):
    """Safe settings and small hardenings."""
