"""Check datasets with the validators of their schema, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import ckan.lib.plugins as lib_plugins
import ckan.lib.uploader as uploader
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.catalogue.bulk.schemas import Schemas
from ckanext.mxcity.catalogue.bulk.validators import PREFETCHED
from ckanext.mxcity.dataset.types import PLAIN
from ckanext.sniegharvest.engine.records import Change


@dataclass
class Checked:
    """A dataset that passed, ready to be saved."""

    change: Change
    #: What the validators made of it.
    data: dict[str, Any]
    #: As the action got it, for those who listen to actions.
    given: dict[str, Any]
    context: Context
    uploads: list[tuple[int, Any]] = field(default_factory=list)


def check(change: Change, shelf: Prefetched, schemas: Schemas, user: str) -> Checked:
    """Validate the dataset of a change.

    Raises:
        ckan.plugins.toolkit.ValidationError: CKAN would refuse it.
        ckan.plugins.toolkit.ObjectNotFound: it is to be updated and is not there.

    """
    given = _copied(change.package)
    context = _context(shelf, user)
    kind = given.get("type") or PLAIN
    uploads: list[tuple[int, Any]] = []
    if change.action == "update":
        package = shelf.packages.get(change.package_id)
        if package is None:
            raise tk.ObjectNotFound("Package was not found.")
        context["package"] = package
        given["id"], given["type"] = package.id, package.type
        kind = package.type
        uploads = _uploads(given.get("resources") or [])
    plugin = lib_plugins.lookup_package_plugin(kind)
    action = f"package_{change.action}"
    data, errors = schemas.validate(
        plugin,
        cast("Context", {**context, PREFETCHED: shelf}),
        dict(given),
        schemas.of(plugin, change.action),
        action,
    )
    if errors:
        raise tk.ValidationError(errors)
    if change.action == "create" and shelf.user is not None:
        data["creator_user_id"] = shelf.user.id
    shelf.promise({"id": change.package_id, "name": given["name"], **data})
    return Checked(change, data, given, context, uploads)


def _uploads(resources: list[dict[str, Any]]) -> list[tuple[int, Any]]:
    """Let the uploader complete the resources, as it does for those of an update."""
    found = []
    for number, resource in enumerate(resources):
        upload: Any = uploader.get_resource_uploader(resource)
        if "mimetype" not in resource and hasattr(upload, "mimetype"):
            resource["mimetype"] = upload.mimetype
        if "url_type" in resource and hasattr(upload, "filesize"):
            resource["size"] = upload.filesize
        found.append((number, upload))
    return found


def _context(shelf: Prefetched, user: str) -> Context:
    # Plugins still look for the models in it.
    return cast(
        "Context",
        {
            "model": model,
            "session": model.Session,
            "user": user,
            "auth_user_obj": shelf.user,
            "__auth_user_obj_checked": True,
            "__auth_audit": [],
            "ignore_auth": True,
        },
    )


def _copied(package: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that may be changed, its resources included."""
    copied = dict(package)
    if "resources" in copied:
        copied["resources"] = [dict(resource) for resource in copied["resources"] or []]
    return copied
