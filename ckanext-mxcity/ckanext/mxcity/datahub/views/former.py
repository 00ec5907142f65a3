"""Addresses that a ministry had before it was renamed, merged or closed lead to it today."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import redirect

from ckanext.mxcity.datahub import heirs
from ckanext.mxcity.datahub.views.blueprint import datahub

#: Endpoints whose address has a ministry's name in it, and under which argument.
NAMED = {"organization.": "id", "feeds.organization": "id", "datahub.": "name"}


@datahub.before_app_request
def lead_on() -> Any:
    """Send a reader of a former address to today's, for good; other addresses pass."""
    endpoint = tk.request.endpoint or ""
    argument = next((arg for start, arg in NAMED.items() if endpoint.startswith(start)), None)
    values = tk.request.view_args or {}
    if argument is None or argument not in values or tk.request.method not in ("GET", "HEAD"):
        return None
    heir = heirs.address_today(str(values[argument]))
    if heir is None:
        return None
    told = {**tk.request.args.to_dict(flat=True), **values, argument: heir}
    return redirect(tk.url_for(endpoint, **told), 301)
