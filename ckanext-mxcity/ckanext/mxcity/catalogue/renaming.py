"""CKAN's actions that change a name which datasets show: the search index follows them."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Action, ChainedAction, Context, DataDict

from ckanext.mxcity.catalogue import indexed_names


def _followed(name: str) -> ChainedAction:
    @tk.chained_action
    def action(original: Action, context: Context, data_dict: DataDict) -> Any:
        result = original(context, data_dict)
        if not context.get("defer_commit"):
            indexed_names.catch_up()
        return result

    action.__name__ = name
    action.__doc__ = f"Do what ``{name}`` does, then index datasets with new names."
    return action


# CKAN's forms and ``patch`` call these.
organization_create = _followed("organization_create")
organization_update = _followed("organization_update")
group_create = _followed("group_create")
group_update = _followed("group_update")


@tk.chained_action
def vocabulary_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Change a vocabulary of tags, then index the datasets that had tags of it."""
    vocabulary = model.Vocabulary.get(str(data_dict.get("id") or ""))
    datasets = indexed_names.with_tags_of(vocabulary.id) if vocabulary else []
    result = original(context, data_dict)
    if not context.get("defer_commit"):
        indexed_names.catch_up(datasets=datasets)
    return result


@tk.chained_action
def tag_delete(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Delete a tag; CKAN indexes its datasets, whose exports are others than before."""
    result = original(context, data_dict)
    indexed_names.tags_changed()
    return result
