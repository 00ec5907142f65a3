"""The plugin of tables: what people see and take of the DataStore."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig


@tk.blanket.blueprints
@tk.blanket.config_declarations
@tk.blanket.helpers
class TablesPlugin(p.SingletonPlugin):
    """Downloads, joins and previews of the tables in the DataStore."""

    p.implements(p.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates."""
        tk.add_template_directory(config, "templates")
