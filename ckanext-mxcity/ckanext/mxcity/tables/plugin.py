"""The plugin of tables: what people see and take of the DataStore."""

from __future__ import annotations

import ckan.plugins as p


class TablesPlugin(p.SingletonPlugin):
    """Downloads, joins and previews of the tables in the DataStore."""
