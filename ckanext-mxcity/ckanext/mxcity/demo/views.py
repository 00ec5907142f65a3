"""Serve the demonstration catalogue from its folder."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

from ckanext.mxcity.demo.build import CATALOG, FILES
from ckanext.mxcity.demo.config import demo_folder
from ckanext.mxcity.demo.writers import FORMATS

__all__ = ["mxcity_demo"]

mxcity_demo = Blueprint("mxcity_demo", __name__, url_prefix="/demo")

#: Media types by extension; a file of another kind is not served.
MEDIA_TYPES = {f".{form.extension}": form.media_type for form in FORMATS.values()}


@mxcity_demo.route(f"/{CATALOG}")
def catalog() -> Response:
    """Send the catalogue in Turtle."""
    return _send(_folder(), CATALOG, "text/turtle")


@mxcity_demo.route("/files/<path:name>")
def file(name: str) -> Response:
    """Send a file of the catalogue, to be saved and not shown."""
    media_type = MEDIA_TYPES.get(Path(name).suffix)
    if media_type is None:
        abort(404)
    return _send(_folder() / FILES, name, media_type, attachment=True)


def _folder() -> Path:
    folder = demo_folder()
    if folder is None or not folder.is_dir():
        abort(404)
    return folder


def _send(folder: Path, name: str, media_type: str, *, attachment: bool = False) -> Response:
    """Send a file below a folder and nothing outside it; unchanged files answer 304."""
    response = send_from_directory(
        folder, name, mimetype=media_type, as_attachment=attachment, conditional=True
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
