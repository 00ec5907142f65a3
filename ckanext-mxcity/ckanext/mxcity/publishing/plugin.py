"""The publishing plugin."""

from __future__ import annotations

import ckan.plugins as p


class PublishingPlugin(p.SingletonPlugin):
    """The way from a file to a published dataset: upload, reading, checks, pages."""
