"""Redirect the former addresses of a ministry to its address today."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import redirect, request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.datahub import successions
from ckanext.mxcity.datahub.views.blueprint import datahub

#: Endpoints whose address has a ministry's name in it, and under which argument.
NAMED = {"organization.": "id", "feeds.organization": "id", "datahub.": "name"}


@datahub.before_app_request
def lead_on() -> ResponseReturnValue | None:
    """Redirect a former address for good; let every other address pass."""
    endpoint = request.endpoint or ""
    argument = next((arg for start, arg in NAMED.items() if endpoint.startswith(start)), None)
    values = request.view_args or {}
    if argument is None or argument not in values or request.method not in ("GET", "HEAD"):
        return None
    successor = successions.address_today(str(values[argument]))
    if successor is None:
        return None
    arguments = {**request.args.to_dict(flat=True), **values, argument: successor}
    return redirect(tk.url_for(endpoint, **arguments), 301)
