"""Where pages report that they were seen, and that a file was downloaded."""

from __future__ import annotations

import hashlib

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState

from ckanext.mxcity.catalogue import view_counts

#: What is counted: pages seen, files downloaded.
KINDS = frozenset({"page", "resource"})
#: Characters of the longest address that is counted.
LONGEST = 2000

blueprint = Blueprint("mxcity_counts", __name__)


@blueprint.route("/_tracking", methods=["POST"])
def count() -> Response:
    """Count a view or a download and answer 204; 400 for what is not an address of either kind.

    Nothing is told and nothing but a counter changes, so no token is asked for. What another
    site's page sends is not counted.
    """
    if not p.plugin_loaded("tracking"):
        tk.abort(404)
    address, kind = request.form.get("url", ""), request.form.get("type", "")
    plain = address.isprintable() and 0 < len(address) <= LONGEST
    if kind not in KINDS or not plain:
        tk.abort(400, tk._("This is not the address of a page or of a file"))
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        view_counts.add_one(address, kind, _visitor())
    return Response(status=204)


def _visitor() -> str:
    """Return a name that tells visitors of a day apart and says nothing of them: CKAN's own."""
    headers = request.headers
    parts = (
        headers.get("User-Agent", ""),
        request.remote_addr or "",
        headers.get("Accept-Language", ""),
        headers.get("Accept-Encoding", ""),
    )
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


@blueprint.record_once
def exempt(_state: BlueprintSetupState) -> None:
    """Let counts come without a form's token, and so from pages that a cache keeps."""
    from ckan.config.middleware.flask_app import csrf

    csrf.exempt(count)
