"""The addresses of the maps: the base map's file, and what the filter's form is sent to."""

from __future__ import annotations

from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from flask import Blueprint, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from ckanext.mxcity.maps.basemap import store
from ckanext.mxcity.maps.boxes import SIDES, BoxError, box_of, box_text, read_box

__all__ = ["mxcity_maps"]

mxcity_maps = Blueprint("mxcity_maps", __name__)

#: Fields of the form that are not the search's.
OWN_FIELDS = frozenset({*SIDES, "zone", "return_to", "ext_bbox", "page"})
#: Seconds for which a browser keeps a base map: its address changes with it.
KEPT = 365 * 24 * 3600
#: The kind of a file of tiles, which no registry has yet.
PMTILES = "application/vnd.pmtiles"
#: Chosen when the four edges count.
EDGES = "edges"


@mxcity_maps.route("/mapa-base/<version>.pmtiles")
def base_map(version: str) -> Response:
    """Send the base map, or the part of it that is asked for with ``Range``."""
    found = store.base_map()
    if found is None or found.version != version:
        tk.abort(404, tk._("There is no base map of that address."))
    try:
        response: Response = send_file(
            found.path, mimetype=PMTILES, conditional=True, etag=version, max_age=KEPT
        )
    except RequestedRangeNotSatisfiable:
        # A page of ours would tell a browser nothing: what there is, is in the header.
        told = {"Content-Range": f"bytes */{found.path.stat().st_size}"}
        return Response(status=416, headers=told)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@mxcity_maps.route("/map-filter")
def filter_by_map() -> Response:
    """Turn the form into the search's parameter and go back to the search."""
    args = request.args
    kept = [(name, value) for name, value in args.items(multi=True) if name not in OWN_FIELDS]
    zone = args.get("zone", EDGES)
    try:
        box = box_of(args.to_dict()) if zone == EDGES else read_box(zone)
    except BoxError as error:
        tk.h.flash_error(_message(error.side))
    else:
        kept.append(("ext_bbox", box_text(box)))
    query = urlencode(kept)
    return tk.redirect_to(_return_path(args.get("return_to", "")) + (f"?{query}" if query else ""))


def _return_path(path: str) -> str:
    """Return the page of the search that the form came from, never one of another site."""
    local = path.startswith("/") and not path.startswith(("//", "/\\")) and tk.h.url_is_local(path)
    return path if local and "?" not in path else str(tk.h.url_for("dataset.search"))


def _message(side: str | None) -> str:
    if side is None:
        return tk._(
            "The area was not used: west must be less than east and south less than north, "
            "e.g. -100.43 and -100.18."
        )
    names = {
        "west": tk._("West"),
        "south": tk._("South"),
        "east": tk._("East"),
        "north": tk._("North"),
    }
    return tk._("{edge} must be a number of degrees, e.g. 25.67.").format(edge=names[side])
