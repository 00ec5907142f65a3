"""The dataset that an upload goes into: it is a draft until its tables are published."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import lookup_package_plugin
from ckan.types import Context
from sqlalchemy.exc import IntegrityError

from ckanext.mxcity.dataset.types import PLAIN
from ckanext.mxcity.publishing import draft, proposal
from ckanext.mxcity.publishing.access import fresh
from ckanext.mxcity.publishing.identifiers import free_name, own_id
from ckanext.mxcity.publishing.upload_files import UploadError
from ckanext.mxcity.publishing.uploads import Upload

Result = dict[str, Any]
#: How often a name for a new dataset is looked for, while other requests take those found.
_NAMES_TRIED = 5


def write(context: Context, upload: Upload, state: draft.Draft, told: Result) -> Result:
    """Create or change the dataset that an upload goes into, and return it."""
    own: Context = {**fresh(context), "allow_state_change": True}
    if state.into:
        # What a dataset says that was there before is not replaced by a proposal.
        patched: Result = tk.get_action("package_patch")(own, {**told, "id": state.dataset_id})
        return patched
    values = {**proposal.metadata(state.file()), **told}
    dataset_id = state.dataset_id or own_id(upload.id)
    there = model.Package.get(dataset_id) is not None
    if there and _of_other_type(context, dataset_id, told):
        # CKAN does not change types: the draft of the earlier try, which has no file, makes way.
        tk.get_action("dataset_purge")({**own, "ignore_auth": True}, {"id": dataset_id})
        there = False
    if there:
        patched = tk.get_action("package_patch")(own, {**values, "id": dataset_id})
        return patched  # noqa: RET504
    own["schema"] = _schema_with_id(values.setdefault("type", PLAIN))
    for _ in range(_NAMES_TRIED):
        name = values.get("name") or free_name(str(values.get("title") or ""))
        created = {**values, "name": name, "id": own_id(upload.id), "state": "draft"}
        try:
            dataset: Result = tk.get_action("package_create")(own.copy(), created)
        except IntegrityError:  # another request has taken the name meanwhile
            model.Session.rollback()
        else:
            return dataset
    raise UploadError("busy", 409)


def _schema_with_id(kind: str) -> Any:
    """Return CKAN's schema of a new dataset that is told its id; only administrators choose one."""
    schema = lookup_package_plugin(kind).create_package_schema()
    names = ("ignore_missing", "unicode_safe", "package_id_does_not_exist")
    return {**schema, "id": [tk.get_validator(name) for name in names]}


def _of_other_type(context: Context, dataset_id: str, told: Result) -> bool:
    """Return whether the draft of an earlier try has another type than the new metadata."""
    stored = tk.get_action("package_show")(fresh(context), {"id": dataset_id})
    if not told.get("type") or told["type"] == stored["type"]:
        return False
    if stored["resources"] or stored["state"] != "draft":
        raise tk.ValidationError({"type": [tk._("The kind of a published dataset cannot change.")]})
    return True


def remove_draft(context: Context, state: draft.Draft) -> None:
    """Remove the dataset that was begun for an upload and never became public.

    One that was published, or holds what others put into it, is left alone whatever its state is.
    """
    if state.into or state.step == "published" or not state.dataset_id:
        return
    found = model.Package.get(state.dataset_id)
    if found is None or found.state != "draft":
        return
    if {resource.id for resource in found.resources} <= set(state.resources.values()):
        own: Context = {**fresh(context), "ignore_auth": True}
        tk.get_action("dataset_purge")(own, {"id": found.id})
        state.dataset_id = ""
