"""CKAN's validators that ask the database, answered from what a batch has fetched already.

They take the place of CKAN's by name, as any plugin's validators may, and are CKAN's own wherever
a validation is not part of a batch.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.logic import validators as core

from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched

#: Where the context of a validation in a batch has its :class:`Prefetched`.
PREFETCHED = "mxcity_prefetched"


def package_id_does_not_exist(value: Any, context: Any) -> Any:
    """Refuse an id that a dataset has."""
    shelf: Prefetched | None = context.get(PREFETCHED)
    if shelf is None or not shelf.has_asked_for(value):
        return core.package_id_does_not_exist(value, context)
    if value in shelf.packages:
        raise tk.Invalid(tk._("Dataset id already exists"))
    return value


def package_name_validator(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse a name that another dataset has; its length is CKAN's to judge."""
    shelf: Prefetched | None = context.get(PREFETCHED)
    if shelf is None or not shelf.has_asked_for_name(data[key]):
        core.package_name_validator(key, data, errors, context)
        return
    package = context.get("package")
    own = package.id if package else data.get((*key[:-1], "id"))
    if shelf.name_taken(data[key], own if own is not tk.missing else None):
        errors[key].append(tk._("That URL is already in use."))
    length = len(data[key])
    if not core.PACKAGE_NAME_MIN_LENGTH <= length <= core.PACKAGE_NAME_MAX_LENGTH:
        core.package_name_validator(key, data, errors, context)  # it knows the words


def resource_id_does_not_exist(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse a resource id that belongs to another dataset."""
    shelf: Prefetched | None = context.get(PREFETCHED)
    if shelf is None or data[key] is tk.missing or not shelf.has_asked_for(data[key]):
        core.resource_id_does_not_exist(key, data, errors, context)
        return
    parent = shelf.parent_of(data[key])
    if parent is not None and parent != data.get(("id",)):
        errors[key].append(tk._("Resource id already exists."))


def duplicate_extras_key(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse two extras of one name; CKAN's own puts the whole dataset together to see them."""
    extras = [data[path] for path in data if len(path) == 3 and path[0] == "extras"
              and path[2] == "key"]  # fmt: skip
    if len(set(extras)) < len(extras):
        core.duplicate_extras_key(key, data, errors, context)


def owner_org_validator(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse an organisation that does not exist; the run itself may write to any."""
    shelf: Prefetched | None = context.get(PREFETCHED)
    value = data.get(key)
    group = shelf.group(value) if shelf is not None and isinstance(value, str) else None
    if group is None or not context.get("ignore_auth") or _collaborators():
        core.owner_org_validator(key, data, errors, context)
        return
    data[key] = group.id


def _collaborators() -> bool:
    return bool(authz.check_config_permission("allow_dataset_collaborators"))
