"""The addresses of the exports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState

from ckanext.mxcity.catalogue import indexed_names
from ckanext.mxcity.exchange.exports import rdf, read, stream
from ckanext.mxcity.exchange.exports.forms import FORMS
from ckanext.mxcity.exchange.exports.publisher import (
    Publisher,
    city_publisher,
    organization_publisher,
)
from ckanext.mxcity.exchange.exports.select import SelectionError, select
from ckanext.mxcity.ground.messages import error_texts

blueprint = Blueprint("mxcity_exports", __name__)


@blueprint.record
def add_addresses(state: BlueprintSetupState) -> None:
    """Give each form its address, and its address of an organisation."""
    for form in FORMS.values():
        state.add_url_rule(
            f"/{form.file}", form.endpoint, city_document, defaults={"name": form.file}
        )
    names = ", ".join(repr(name) for name in FORMS)
    state.add_url_rule(
        f"/organization/<organization>/<any({names}):name>",
        "organization_document",
        organization_document,
    )


def city_document(name: str) -> Response:
    """Answer the public catalogue of the city."""
    return _document(name, None, city_publisher)


def organization_document(organization: str, name: str) -> Response:
    """Answer the public catalogue of one organisation; one without datasets has an empty list."""
    _organization(organization, "")  # before anything else is looked at
    return _document(name, organization, partial(_organization, organization))


def _organization(name: str, modified: str) -> Publisher:
    """Return an organisation as publisher; 404 where there is none."""
    found = organization_publisher(name, modified)
    return found or tk.abort(404, tk._("There is no organization of that name."))


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
        etag = stream.tag(request.full_path, head, str(count), modified, indexed_names.version())
        unchanged = stream.not_modified(etag)
        if unchanged:
            return unchanged
        output = tk.get_action("dcat_catalog_show")({"user": ""}, data_dict)
    except (tk.ValidationError, RDFProfileException) as error:
        tk.abort(400, _told(error))
    response = Response(output, content_type=f"{CONTENT_TYPES[_format]}; charset=utf-8")
    return stream.marked(response, etag, modified)


def _document(
    name: str, organization: str | None, publisher: Callable[[str], Publisher]
) -> Response:
    form = FORMS[name]
    try:
        selection = select(request.args, organization)
    except SelectionError as error:
        tk.abort(400, str(error))
    count, modified = read.state(selection)
    who = publisher(modified)
    address = tk.url_for(request.endpoint, **(request.view_args or {}), _external=True)
    head = form.head(who, address)
    names = indexed_names.version()
    etag = stream.tag(name, str(head), str(selection), str(count), modified, names)
    unchanged = stream.not_modified(etag)
    if unchanged:
        return unchanged
    body = form.write(head, read.chunks(selection), form.entry)
    return stream.marked(stream.streamed(body, form.media_type), etag, modified)


def _told(error: Exception) -> str:
    if isinstance(error, tk.ValidationError):
        return " ".join(error_texts(error.error_dict))
    return str(error)
