"""The main plugin of MX City."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultTranslation


@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators
class MxcityPlugin(DefaultTranslation, p.SingletonPlugin):
    """What every MX City portal has in common."""

    p.implements(p.ITranslation)
