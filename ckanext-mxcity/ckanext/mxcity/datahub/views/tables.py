"""Tables in and out of a ministry: downloads, and the upload with its preview."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from flask import Response, request
from flask.typing import ResponseReturnValue

from ckanext.mxcity.datahub.tables.columns import TABLES
from ckanext.mxcity.datahub.tables.reader import MAX_BYTES
from ckanext.mxcity.datahub.views.blueprint import context, datahub, ministry

#: How long a file waits between its preview and the decision to write it, in seconds.
WAITS = 3600
#: Rows of a preview that the page shows; those in error come first.
SHOWN = 200


@datahub.route(
    "/<name>/<any(inventory, plan, stakeholders, decisions):table>.<any(csv, xlsx):form>"
)
def export(name: str, table: str, form: str) -> Response:
    """Send a table as a file."""
    group = ministry(name)
    told = {"organization_id": group.id, "table": table, "format": form}
    found = tk.get_action("datahub_table_export")(context(), told)
    response = Response(base64.b64decode(found["content"]), mimetype=found["mimetype"])
    response.headers["Content-Disposition"] = f'attachment; filename="{found["filename"]}"'
    return response


@datahub.route("/<name>/importar", methods=["GET", "POST"])
def bring(name: str) -> ResponseReturnValue:
    """Take a file, say what it would do, and write it once that was seen."""
    group = ministry(name)
    tk.check_access("datahub_table_import", context(), {"organization_id": group.id})
    page: dict[str, Any] = {"group": group, "tables": list(TABLES), "errors": {}, "table": ""}
    if request.method == "GET":
        return tk.render("mxcity_datahub/import.html", page)
    table = request.form.get("table", "inventory")
    token = request.form.get("token", "")
    content = _waiting(token) if token else _sent()
    told = {
        "organization_id": group.id,
        "table": table,
        "content": base64.b64encode(content).decode("ascii"),
        "preview": not token,
        "skip_errors": bool(request.form.get("skip_errors")),
    }
    try:
        answer = tk.get_action("datahub_table_import")(context(), told)
    except tk.ValidationError as error:
        return tk.render("mxcity_datahub/import.html", {**page, "errors": error.error_dict}), 422
    if answer["written"]:
        connect_to_redis().delete(_place(token))
        done = tk._("{create} records added, {update} changed, {unchanged} as they were.")
        tk.h.flash_success(done.format(**answer["counts"]))
        return tk.redirect_to("datahub.read", name=group.name)
    rows = sorted(answer["rows"], key=lambda row: row["what"] != "error")
    answer = {**answer, "rows": rows[:SHOWN], "left_out": max(0, len(rows) - SHOWN)}
    page.update(answer=answer, table=table, token=token or _keep(content))
    return tk.render("mxcity_datahub/import.html", page)


def _sent() -> bytes:
    upload = request.files.get("upload")
    return upload.read(MAX_BYTES + 1) if upload else b""


def _place(token: str) -> str:
    """Return where a file waits: it belongs to the user who sent it."""
    site = tk.config.get("ckan.site_id")
    return f"{site}:mxcity:datahub:{tk.current_user.id}:{token}"


def _keep(content: bytes) -> str:
    token = uuid.uuid4().hex
    connect_to_redis().set(_place(token), content, ex=WAITS)
    return token


def _waiting(token: str) -> bytes:
    found = connect_to_redis().get(_place(token))
    return found if isinstance(found, bytes) else b""
