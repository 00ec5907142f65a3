"""Sending a file in pieces over a bad line: the tus protocol, version 1.0.0.

Core and the extensions creation, termination and expiration; any client of tus can be used.
Source of the protocol: tus.io, "Resumable upload protocol 1.0.x".
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from contextlib import suppress
from email.utils import formatdate
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.mxcity.publishing import config
from ckanext.mxcity.publishing.access import context
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import Upload

VERSION = "1.0.0"
#: Bytes, as programs write them.
_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
PIECE = "application/offset+octet-stream"


def add_routes(blueprint: Blueprint) -> None:
    """Add the addresses of the protocol under ``/archivos``."""
    blueprint.add_url_rule("/archivos", "tus_create", create, methods=["POST"])
    blueprint.add_url_rule("/archivos", "tus_options", options, methods=["OPTIONS"])
    one = "/archivos/<upload_id>"
    blueprint.add_url_rule(one, "tus_show", show, methods=["HEAD"])
    blueprint.add_url_rule(one, "tus_append", append, methods=["PATCH"])
    blueprint.add_url_rule(one, "tus_delete", delete, methods=["DELETE"])


def options() -> Response:
    """Tell the version and the extensions of the protocol that are supported."""
    return _answer(
        204,
        **{
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,termination,expiration",
            "Tus-Max-Size": str(config.store().largest),
        },
    )


def create() -> Response:
    """Begin an upload; its address comes back."""
    _same_version()
    length = request.headers.get("Upload-Length", "")
    if not _WHOLE.fullmatch(length):
        return _answer(400, "Upload-Length")
    told = _metadata()
    aim = {"dataset_id": told.get("dataset"), "replaces": told.get("replaces")}
    wanted = {"name": told.get("filename"), "size": int(length), **aim}
    made = _act("mxcity_upload_create", wanted)
    address = tk.url_for("mxcity_publishing.tus_show", upload_id=made["id"])
    upload = _found(made["id"])
    return _answer(201, **{"Location": address, **_facts(upload)})


def show(upload_id: str) -> Response:
    """Say how many bytes have arrived."""
    _same_version()
    upload = _found(upload_id)
    return _answer(
        200,
        **{
            "Upload-Length": str(upload.size),
            "Cache-Control": "no-store",
            **_facts(upload),
        },
    )


def append(upload_id: str) -> Response:
    """Add the bytes of the request; what came before a line broke is kept."""
    _same_version()
    if request.mimetype != PIECE:
        return _answer(415, PIECE)
    offset = request.headers.get("Upload-Offset", "")
    if not _WHOLE.fullmatch(offset):
        return _answer(400, "Upload-Offset")
    upload = _found(upload_id).append(int(offset), request.stream)  # type: ignore[arg-type]
    return _answer(204, **_facts(upload))


def delete(upload_id: str) -> Response:
    """Remove an upload with the bytes that have arrived."""
    _same_version()
    _found(upload_id)
    _act("mxcity_upload_delete", {"id": upload_id})
    return _answer(204)


def _facts(upload: Upload) -> dict[str, str]:
    ends = time.time() + config.store().lifetime
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": formatdate(ends, usegmt=True)}


def _metadata() -> dict[str, str]:
    """Return the pairs of the header ``Upload-Metadata``; one that is not Base64 is left out."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        with suppress(binascii.Error, UnicodeDecodeError):
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
    return found


def _same_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UploadError("version", 412)


def _found(upload_id: str) -> Upload:
    return config.store().get(str(tk.current_user.id), upload_id)


def _act(name: str, told: dict[str, Any]) -> Any:
    """Call an action; a refusal of the store has the status that a client of tus looks at."""
    try:
        return tk.get_action(name)(context(), told)
    except tk.ValidationError as error:
        raise (error.__cause__ if isinstance(error.__cause__, UploadError) else error) from None


def _answer(status: int, text: str = "", **headers: str) -> Response:
    said: dict[str, Any] = {"Tus-Resumable": VERSION, **headers}
    return Response(text, status, headers=said, mimetype="text/plain")
