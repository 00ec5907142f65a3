"""Actions on what the city changed in harvested datasets, and how a change is noticed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.logic import fresh_context
from ckan.types import Action, Context

from ckanext.sniegharvest.engine.overlay import stored_overlays
from ckanext.sniegharvest.engine.overlay.edits import Kept, edits, give_back
from ckanext.sniegharvest.model import OVERLAY

#: Where the context of an update has the dataset as it was before.
BEFORE = "sniegharvest_before"


def notes(context: Context) -> dict[str, Any]:
    """Return a context as a dictionary: CKAN's type of it knows no key of an extension."""
    return cast("dict[str, Any]", context)


def package_update(original: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Update a dataset; what a person changes in a harvested one survives every later harvest."""
    package = _harvested(str(data_dict.get("id") or data_dict.get("name") or ""))
    if package is None or BEFORE in notes(context) or _is_machine(context):
        return original(context, data_dict)
    tk.check_access("package_update", context, {"id": package.id})
    # The row is locked from here on: a harvest that is under way waits, or is waited for.
    shown = tk.get_action("package_show")(
        fresh_context(context, ignore_auth=True, for_update=True, use_cache=False),
        {"id": package.id},
    )
    notes(context)[BEFORE] = deepcopy(shown)
    try:
        return original(context, data_dict)
    finally:
        notes(context).pop(BEFORE, None)


def keep(context: Context) -> None:
    """Record what an update changed, while its transaction is open (``after_dataset_update``)."""
    before = notes(context).get(BEFORE)
    if not before:
        return
    after = tk.get_action("package_show")(
        fresh_context(context, ignore_auth=True, use_cache=False), {"id": before["id"]}
    )
    found = edits(before, after)
    if found:
        stored_overlays.record(before["id"], _user_id(context), found, after)


@tk.side_effect_free
def sniegharvest_overlay_show(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the fields of a harvested dataset that the city changed.

    They survive every later harvest, until they are given back to the source.

    Args:
        id: id or name of the dataset.

    Returns:
        Dictionaries with ``path`` (``notes``, ``tags``, ``extras/KEY``, ``resources/ID/FIELD``;
        ``resources/ID`` is a whole resource that the city added or took away), ``value``,
        ``source_value`` (what the source said last) and ``changed`` (ISO 8601, UTC); to whoever
        may edit the dataset also ``author``, the id of the user.

    Example::

        ckanapi action sniegharvest_overlay_show id=calidad-del-aire

    """
    tk.check_access("sniegharvest_overlay_show", context, data_dict)
    package = _package(data_dict)
    rows = model.Session.execute(
        sa.select(OVERLAY).where(OVERLAY.c.package_id == package.id).order_by(OVERLAY.c.path)
    ).all()
    editor = bool(rows) and _may_edit(context, package.id)
    return [
        {
            "path": row.path,
            "value": row.value,
            "source_value": row.source_value,
            "changed": row.changed.isoformat(),
            **({"author": row.author} if editor else {}),
        }
        for row in rows
    ]


def sniegharvest_overlay_release(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a field of a harvested dataset back to its source.

    The dataset gets what the source said last, at once; later harvests change the field again.

    Args:
        id: id or name of the dataset.
        path: of the field, as ``sniegharvest_overlay_show`` gives it.

    Returns:
        The dataset, as ``package_show`` gives it.

    Example::

        ckanapi action sniegharvest_overlay_release id=calidad-del-aire path=notes

    """
    tk.check_access("sniegharvest_overlay_release", context, data_dict)
    package, path = _package(data_dict), str(tk.get_or_bust(data_dict, "path"))
    item = stored_overlays.fetch([package.id]).get(package.id, {}).get(path)
    if item is None:
        raise tk.ObjectNotFound(tk._("The city has not changed this field."))
    return _given_back(context, package.id, item)


def _given_back(context: Context, package_id: str, item: Kept) -> dict[str, Any]:
    shown = tk.get_action("package_show")(
        fresh_context(context, ignore_auth=True, for_update=True, use_cache=False),
        {"id": package_id},
    )
    stored_overlays.drop(package_id, [item.path])
    # An empty mark: this update is the source's word and nothing to be kept.
    quiet = fresh_context(context)
    notes(quiet)[BEFORE] = {}
    changed = give_back(deepcopy(shown), item)
    changed.pop("metadata_modified", None)
    try:
        found: dict[str, Any] = tk.get_action("package_update")(quiet, changed)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    model.Session.commit()  # where CKAN saw no difference, it has committed nothing
    return found


def _harvested(reference: str) -> Any:
    """Return the dataset if a harvest brought it, else None."""
    package = model.Package.get(reference) if reference else None
    if package is None or package.type == "harvest":
        return None
    return package if (package.extras or {}).get("source_identifier") else None


def _is_machine(context: Context) -> bool:
    """Return whether the portal itself is at work: the engine, or a program of its own."""
    user = str(context.get("user") or "")
    return not user or user == tk.config["ckan.site_id"] or model.User.get(user) is None


def _user_id(context: Context) -> str:
    user = model.User.get(str(context.get("user") or ""))
    return str(user.id) if user is not None else ""


def _package(data_dict: dict[str, Any]) -> Any:
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return package


def _may_edit(context: Context, package_id: str) -> bool:
    try:
        tk.check_access("package_update", fresh_context(context), {"id": package_id})
    except tk.NotAuthorized:
        return False
    return True
