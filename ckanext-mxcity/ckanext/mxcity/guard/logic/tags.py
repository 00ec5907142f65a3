"""Hardened tags: a tag that only private datasets carry is not told.

CKAN keeps one list of free tags for public and private datasets alike. Here the actions that list
them leave out those that no public dataset has, except for system administrators.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Action, Context, DataDict


@tk.chained_action
@tk.side_effect_free
def tag_list(original: Action, context: Context, data_dict: DataDict) -> list[Any]:
    """Return the tags of public datasets."""
    tags: list[Any] = original(context, data_dict)
    if _sees_all(context) or data_dict.get("vocabulary_id"):
        return tags
    public = _public_tags(tag["name"] if isinstance(tag, dict) else tag for tag in tags)
    return [tag for tag in tags if (tag["name"] if isinstance(tag, dict) else tag) in public]


@tk.chained_action
@tk.side_effect_free
def tag_autocomplete(original: Action, context: Context, data_dict: DataDict) -> list[str]:
    """Return the tags of public datasets that hold the text asked for."""
    tags: list[str] = original(context, data_dict)
    if _sees_all(context) or data_dict.get("vocabulary_id"):
        return tags
    public = _public_tags(tags)
    return [tag for tag in tags if tag in public]


@tk.chained_action
@tk.side_effect_free
def tag_search(original: Action, context: Context, data_dict: DataDict) -> DataDict:
    """Return the tags of public datasets that hold the text asked for, and how many are here."""
    found: DataDict = original(context, data_dict)
    if _sees_all(context) or data_dict.get("vocabulary_id"):
        return found
    public = _public_tags(tag["name"] for tag in found["results"])
    results = [tag for tag in found["results"] if tag["name"] in public]
    hidden = len(found["results"]) - len(results)
    return {**found, "results": results, "count": found["count"] - hidden}


@tk.chained_action
@tk.side_effect_free
def tag_show(original: Action, context: Context, data_dict: DataDict) -> DataDict:
    """Return a tag of public datasets.

    Raises:
        ObjectNotFound: no public dataset has it.

    """
    tag: DataDict = original(context, data_dict)
    if _sees_all(context) or tag.get("vocabulary_id") or _public_tags([tag["name"]]):
        return tag
    raise tk.ObjectNotFound(tk._("Tag not found"))


def _sees_all(context: Context) -> bool:
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user") or "")


def _public_tags(names: Iterable[str]) -> set[str]:
    """Return those of the free tags ``names`` that a public dataset has, with one query."""
    wanted = list(names)
    if not wanted:
        return set()
    rows = (
        model.Session.query(model.Tag.name)
        .join(model.PackageTag, model.PackageTag.tag_id == model.Tag.id)
        .join(model.Package, model.Package.id == model.PackageTag.package_id)
        .filter(
            model.Tag.vocabulary_id.is_(None),
            model.Tag.name.in_(wanted),
            model.PackageTag.state == model.State.ACTIVE,
            model.Package.private.is_(False),
            model.Package.state == model.State.ACTIVE,
        )
        .distinct()
    )
    return {row[0] for row in rows}
