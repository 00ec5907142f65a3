"""Save a checked dictionary as ``package_create`` and ``package_update`` do, without queries.

CKAN's own functions save the dataset's row, its resources and its tags; what they ask of the
session the shelf answers. Only what CKAN writes as queries of its own is written anew here.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

import ckan.lib.dictization as dictization
import ckan.model as model
from ckan.lib.dictization import model_save
from ckan.model.types import make_uuid
from ckan.types import AlchemySession, Context

from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.ground import clock


def save(data: dict[str, Any], shelf: Prefetched, context: Context) -> tuple[Any, bool]:
    """Put a dataset into the session; nothing is sent to the database yet.

    Args:
        data: as the validators left it; completed with the ids of its resources.
        shelf: what the batch fetched.
        context: of the action that is stood in for.

    Returns:
        The package, and whether anything of it is new or has changed.

    """
    context = {**context, "session": cast("AlchemySession", shelf)}
    data.pop("metadata_created", None)
    data.pop("plugin_data", None)
    extras = {extra["key"]: extra["value"] for extra in data.get("extras", [])}
    package, change = dictization.table_dict_save(dict(data, extras=extras), model.Package, context)
    package.id = package.id or str(uuid.uuid4())
    changed = bool(change)
    changed |= _resources(data.get("resources"), package, context)
    changed |= model_save.package_tag_list_save(data.get("tags"), package, context)
    changed |= _groups(data.get("groups"), package, shelf)
    if not changed:
        return package, False
    if not data.get("metadata_modified"):
        package.metadata_modified = clock.utc_now()
    _organization(package, shelf)
    data["id"] = package.id
    for given, resource in zip(data.get("resources") or [], package.resources, strict=False):
        given["id"] = resource.id
    return package, True


def _resources(
    given: list[dict[str, Any]] | None, package: model.Package, context: Context
) -> bool:
    """Make the resources those given, in their order; what is left out is marked as deleted."""
    if given is None:
        return False
    before = list(package.resources_all)
    old = [resource for resource in before if resource.state != "deleted"]
    gone = [resource for resource in before if resource.state == "deleted"]
    saved, changed = [], False
    for entry in given:
        entry["package_id"] = entry.get("package_id") or package.id
        resource, change = model_save.resource_dict_save(entry, context)
        saved.append(resource)
        changed |= bool(change)
    if old == saved:
        return changed
    package.resources_all[:] = saved
    kept = {id(resource) for resource in saved}
    for resource in gone:
        if id(resource) not in kept:
            resource.purge()  # deleted twice: CKAN lets it go for good
    for resource in old:
        if id(resource) not in kept:
            resource.state = "deleted"
            package.resources_all.append(resource)
    return True


def _groups(given: list[dict[str, Any]] | None, package: model.Package, shelf: Prefetched) -> bool:
    """Make the groups of a dataset those given."""
    if given is None:
        return False
    members = {
        member.group_id: member
        for member in shelf.members.get(package.id, [])
        if member.capacity != "organization"
    }
    wanted: dict[str, Any] = {}
    capacity = "public"
    for entry in given:
        capacity = entry.get("capacity", "public")
        group = shelf.group(entry.get("id") or entry.get("name") or "")
        if group is not None and capacity != "organization":
            wanted[group.id] = group
    changed = False
    for group_id, member in members.items():
        if group_id not in wanted and member.state != "deleted":
            member.capacity, member.state = capacity, "deleted"
            changed = True
    for group_id, group in wanted.items():
        member = members.get(group_id)
        if member is not None and member.state == "active":
            continue
        if member is not None:
            member.capacity, member.state = capacity, "active"
        else:
            _join(package, group, capacity, shelf)
        changed = True
    return changed


def _organization(package: model.Package, shelf: Prefetched) -> None:
    """Make the dataset a member of its organisation, and of no other."""
    owner = shelf.group(package.owner_org) if package.owner_org else None
    found = False
    for member in shelf.members.get(package.id, []):
        if member.capacity != "organization":
            continue
        if owner is not None and member.group_id == owner.id:
            found = True
        else:
            member.state = "deleted"
    if owner is not None and not found:
        _join(package, owner, "organization", shelf)


def _join(package: model.Package, group: model.Group, capacity: str, shelf: Prefetched) -> None:
    """Make the dataset a member of a group.

    Every membership that the session knows costs a query when the session is committed, which
    looks for the dataset to tell plugins of: one that has files or tags is told of anyway.
    """
    row = {
        "table_id": package.id,
        "table_name": "package",
        "group_id": group.id,
        "capacity": capacity,
        "state": "active",
    }
    if package.resources_all or package.package_tags:
        shelf.memberships.append({"id": make_uuid(), **row})
    else:
        model.Session.add(model.Member(group=group, **row))
