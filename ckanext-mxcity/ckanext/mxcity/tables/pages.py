"""What pages about a table have in common."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.tables.downloads.columns import Column, columns_of


def page_of_table(resource_id: str) -> tuple[list[Column], dict[str, Any]]:
    """Return the columns of a table, and its ``resource`` and ``package`` for a template.

    Answers 404 alike where there is no table and where the user may not read it.
    """
    try:
        columns = columns_of(resource_id)
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
        package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        tk.abort(404, tk._("There is no table of that address."))
    return columns, {"resource": resource, "package": package}
