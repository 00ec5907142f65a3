"""The demonstration plugin: serves a catalogue of made-up and historical data."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk


@tk.blanket.blueprints
@tk.blanket.config_declarations
class DemoPlugin(p.SingletonPlugin):
    """The demonstration catalogue at ``/demo``."""
