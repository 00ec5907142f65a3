"""Hardened against guessing: a dataset that one may not see is not found, as if it were not there.

Each permission chains CKAN's own. Where that refuses and the dataset is hidden from who asks, the
answer is the one for a dataset that does not exist; a refusal about a visible dataset stays one.
"""

from __future__ import annotations

from collections.abc import Callable

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import get_permission_labels
from ckan.types import AuthFunction, AuthResult, ChainedAuthFunction, Context, DataDict

Find = Callable[[Context, DataDict], "model.Package | None"]

#: Permissions about one dataset, with the argument that names it.
DATASETS = {
    "package_show": "id",
    "package_update": "id",
    "package_delete": "id",
    "package_patch": "id",
    "package_collaborator_create": "id",
    "package_collaborator_delete": "id",
    "package_relationships_list": "id",
    "dataset_purge": "id",
    "resource_create": "package_id",
}
#: What CKAN says of a dataset that does not exist, where it says more than that.
SAID = {
    "package_update": "Package was not found.",
    "package_relationships_list": "First package named in request was not found.",
    "dataset_purge": "Dataset was not found",
}
#: Permissions about one file.
FILES = ("resource_show", "resource_update", "resource_delete", "resource_patch")


def chained() -> dict[str, ChainedAuthFunction]:
    """Return the chained permissions, by name."""
    of_datasets = {name: _chain(name, _dataset(argument)) for name, argument in DATASETS.items()}
    return {**of_datasets, **{name: _chain(name, _dataset_of_file) for name in FILES}}


def _chain(name: str, find: Find) -> ChainedAuthFunction:
    """Return a permission that knows no hidden dataset; ``find`` gives the dataset asked for."""

    @tk.auth_allow_anonymous_access
    @tk.chained_auth_function
    def check(original: AuthFunction, context: Context, data_dict: DataDict | None) -> AuthResult:
        data_dict = data_dict or {}
        said = [tk._(SAID[name])] if name in SAID else []
        refused: AuthResult = {"success": False, "msg": tk._("Log in to do this")}
        named = context.get("auth_user_obj") or getattr(
            original, "auth_allow_anonymous_access", False
        )
        try:
            result = original(context, data_dict) if named else refused
        except tk.ObjectNotFound:
            # Another of these permissions said so, in its own words.
            raise tk.ObjectNotFound(*said) from None
        if not result["success"]:
            package = find(context, data_dict)
            if package is None or not _may_see(context, package):
                raise tk.ObjectNotFound(*said)
        return result

    return check


def _dataset(argument: str) -> Find:
    def find(context: Context, data_dict: DataDict) -> model.Package | None:
        name = data_dict.get(argument) or data_dict.get("name")
        return context.get("package") or (model.Package.get(name) if name else None)

    return find


def _dataset_of_file(context: Context, data_dict: DataDict) -> model.Package | None:
    file = context.get("resource") or model.Resource.get(data_dict.get("id") or "")
    return model.Package.get(file.package_id) if file and file.package_id else None


def _may_see(context: Context, package: model.Package) -> bool:
    labels = get_permission_labels()
    seen = labels.get_user_dataset_labels(context.get("auth_user_obj"))
    return any(label in seen for label in labels.get_dataset_labels(package))
