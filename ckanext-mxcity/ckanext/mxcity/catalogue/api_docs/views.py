"""``/api/docs`` for people, ``/api/openapi.json`` for programs."""

from __future__ import annotations

import json
from importlib import metadata
from urllib.parse import urlencode

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.mxcity.catalogue.api_docs.document import openapi
from ckanext.mxcity.catalogue.api_docs.operations import (
    Group,
    Operation,
    Text,
    load,
    operation_of,
)
from ckanext.mxcity.interfaces import IApiOperations

blueprint = Blueprint("mxcity_api", __name__)


@blueprint.route("/api/openapi.json")
def document() -> Response:
    """Answer the description of the API in OpenAPI 3.1, in the language of the address."""
    groups, operations = _described()
    described = openapi(
        groups,
        operations,
        _text,
        title=tk._("API of {portal}").format(portal=tk.config["ckan.site_title"]),
        description=tk._("Reading needs no account. Publishing needs a token of one's account."),
        server=str(tk.config["ckan.site_url"]).rstrip("/"),
        version=metadata.version("mxcity"),
    )
    response = Response(json.dumps(described, ensure_ascii=False), mimetype="application/json")
    response.access_control_allow_origin = "*"
    return response


@blueprint.route("/api/docs")
def page() -> str:
    """Show the same to people, with an example of each that can be tried."""
    groups, operations = _described()
    sections = [
        (group, [operation for operation in operations if operation.group == group.id])
        for group in groups
    ]
    return tk.render(
        "mxcity/api/docs.html",
        {"sections": sections, "text": _text, "example": _example, "address": _address},
    )


def _described() -> tuple[tuple[Group, ...], tuple[Operation, ...]]:
    """Return the groups and the operations; in each group those that plugins add come first."""
    groups, operations = load()
    added = [
        operation_of(entry)
        for plugin in p.PluginImplementations(IApiOperations)
        for entry in plugin.api_operations()
    ]
    return groups, (*added, *operations)


def _text(text: Text) -> str:
    """Return a text in the language of the page, in English where it has no other."""
    return text.get(str(tk.h.lang()), text["en"])


def _address(operation: Operation) -> str:
    """Return the address of an example, for a program elsewhere."""
    query = urlencode(operation.examples("query"))
    path = operation.example_path() + (f"?{query}" if query else "")
    return str(tk.config["ckan.site_url"]).rstrip("/") + path


def _example(operation: Operation) -> str:
    """Return the example as a command."""
    parts = ["curl"]
    if operation.who != "anybody":
        parts.append('-H "Authorization: $TOKEN"')
    body = operation.examples("body")
    if body:
        text = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        parts += ['-H "Content-Type: application/json"', f"-d '{text}'"]
    parts.append(f"'{_address(operation)}'")
    return " ".join(parts)
