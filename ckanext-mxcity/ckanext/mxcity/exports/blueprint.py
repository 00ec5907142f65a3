"""The addresses of the exports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.mxcity.exports import adela, dcat_us, rdf, read, stream
from ckanext.mxcity.exports.publisher import Publisher, city_publisher, organization_publisher
from ckanext.mxcity.exports.select import SelectionError, select

blueprint = Blueprint("mxcity_exports", __name__)

#: The forms in JSON, by file name.
FORMS: dict[str, ModuleType] = {"data.json": dcat_us, "catalogo.json": adela}


@blueprint.route("/data.json", defaults={"name": "data.json"}, endpoint="data_json")
@blueprint.route("/catalogo.json", defaults={"name": "catalogo.json"}, endpoint="catalogo_json")
def city_document(name: str) -> Response:
    """Answer the public catalogue of the city."""
    return _json(name, None, city_publisher)


@blueprint.route("/organization/<organization>/<any('data.json', 'catalogo.json'):name>")
def organization_document(organization: str, name: str) -> Response:
    """Answer the public catalogue of one organisation; one without datasets has an empty list."""
    if organization_publisher(organization, "") is None:
        tk.abort(404, tk._("There is no organization of that name."))
    return _json(name, organization, partial(organization_publisher, organization))


@blueprint.route("/catalog.<_format>")
def catalogue(_format: str) -> Response:
    """Answer a page of the public catalogue as DCAT; 304 when it has not changed."""
    from ckanext.dcat.exceptions import RDFProfileException
    from ckanext.dcat.utils import CONTENT_TYPES

    if _format not in rdf.FORMATS:
        tk.abort(404, tk._("The catalogue is given as: {}.").format(", ".join(rdf.FORMATS)))
    profiles = request.args.get("profiles")
    names = ("page", "modified_since", "include", "for")
    data_dict: dict[str, Any] = {name: request.args.get(name) for name in names}
    data_dict |= {"format": _format, "profiles": profiles.split(",") if profiles else None}
    try:
        count, modified = read.state(rdf.selection_of(data_dict))
        head = str(city_publisher(""))
        etag = stream.tag(request.full_path, head, str(count), modified)
        unchanged = stream.not_modified(etag)
        if unchanged:
            return unchanged
        output = tk.get_action("dcat_catalog_show")({"user": ""}, data_dict)
    except (tk.ValidationError, RDFProfileException) as error:
        tk.abort(400, _told(error))
    response = Response(output, content_type=f"{CONTENT_TYPES[_format]}; charset=utf-8")
    return stream.marked(response, etag, modified)


def _json(
    name: str, organization: str | None, publisher: Callable[[str], Publisher | None]
) -> Response:
    form = FORMS[name]
    try:
        selection = select(request.args, organization)
    except SelectionError as error:
        tk.abort(400, str(error))
    count, modified = read.state(selection)
    who = publisher(modified)
    address = tk.url_for(request.endpoint, **(request.view_args or {}), _external=True)
    head = form.catalogue(who, address)
    etag = stream.tag(name, str(head), str(selection), str(count), modified)
    unchanged = stream.not_modified(etag)
    if unchanged:
        return unchanged
    body = stream.json_document(head, read.chunks(selection), form.dataset)
    return stream.marked(stream.streamed(body, "application/json"), etag, modified)


def _told(error: Exception) -> str:
    if isinstance(error, tk.ValidationError):
        return " ".join(str(text) for texts in error.error_dict.values() for text in texts)
    return str(error)
