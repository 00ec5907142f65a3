"""The schemas of tables: what their columns are, and templates to fill. Open to everybody."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, send_file

from ckanext.mxcity.checks.templates import write_csv, write_workbook
from ckanext.mxcity.table_schemas import list_table_schemas, load_table_schema

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
    """Answer the template of a schema as CSV or Excel, or the schema itself as JSON."""
    # A name only: the command line takes the path of a file, a portal does not.
    if name not in list_table_schemas() or suffix not in (*_WRITERS, "json"):
        tk.abort(404, tk._("There is no such schema."))
    schema = load_table_schema(name)
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
