"""Where the figures of a chart are from, as it is kept with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.tables.quotes.record import Source


def source_of(resource: Mapping[str, Any], package: Mapping[str, Any]) -> Source:
    """Return the source of the figures of a file, as its metadata say it now."""
    dates = (
        *(resource.get("modified"), package.get("modified")),
        *(resource.get("last_modified"), resource.get("created")),
    )
    publisher = (package.get("organization") or {}).get("title") or ""
    return Source(
        dataset=str(package.get("title") or package["name"]),
        publisher=str(publisher),
        file=str(tk.h.resource_display_name(resource)),
        date=str(next((date for date in dates if date), ""))[:10],
        licence=str(package.get("license_title") or package.get("license_id") or ""),
        licence_url=str(package.get("license_url") or ""),
        portal=str(tk.config.get("ckan.site_title") or ""),
        demonstration=package.get("synthetic") in (True, "true", "True"),
    )
