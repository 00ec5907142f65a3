"""The schemas of tables: what their columns are, and templates to fill.

Those of the portal are open to everybody, that of a file to whoever may see the file.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, send_file

from ckanext.mxcity.checks.descriptor import kept_by
from ckanext.mxcity.checks.table_schemas import list_table_schemas, load_table_schema
from ckanext.mxcity.checks.templates import write_csv, write_workbook
from ckanext.mxcity.publishing.access import context

mxcity_table_schemas = Blueprint("mxcity_table_schemas", __name__, url_prefix="/esquemas-de-tablas")
_WRITERS = {
    "csv": (write_csv, "text/csv"),
    "xlsx": (
        write_workbook,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@mxcity_table_schemas.route("", strict_slashes=False)
def index() -> str:
    """Show every schema with its columns and templates."""
    schemas = {name: load_table_schema(name) for name in list_table_schemas()}
    return tk.render("mxcity_publishing/table_schemas.html", {"schemas": schemas})


@mxcity_table_schemas.route("/<name>.<suffix>")
def file(name: str, suffix: str) -> Response:
    """Answer the template of a schema as CSV or Excel, or the schema itself as JSON.

    ``name`` is that of one of the portal's schemas, or the id of a file that has its own.
    """
    schema = load_table_schema(name) if name in list_table_schemas() else _of_file(name)
    if suffix not in (*_WRITERS, "json"):
        tk.abort(404, tk._("There is no such schema."))
    if suffix == "json":
        return Response(json.dumps(schema, ensure_ascii=False), mimetype="application/json")
    write, mimetype = _WRITERS[suffix]
    with TemporaryDirectory(prefix="mxcity-") as folder:
        path = Path(folder) / f"{name}.{suffix}"
        write(schema, path)
        content = BytesIO(path.read_bytes())
    return send_file(
        content, mimetype=mimetype, as_attachment=True, download_name=f"{name}.{suffix}"
    )


def _of_file(resource_id: str) -> dict[str, Any]:
    """Return the schema of its own that a file has; 404 where there is none to be seen."""
    try:
        resource = tk.get_action("resource_show")(context(), {"id": resource_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        resource = {}
    schema: Any = kept_by(resource)
    if not isinstance(schema, dict):
        tk.abort(404, tk._("There is no such schema."))
    found: dict[str, Any] = schema
    return found
