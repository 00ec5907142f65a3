"""API actions about how far datasets follow SNIEG's metadata norm."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset import conformance
from ckanext.mxcity.ground.vocabularies import Term


@tk.side_effect_free
def mxcity_conformance_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return which elements of SNIEG's metadata norm a dataset has.

    Whoever may see the dataset may call it: ``ckanapi action mxcity_conformance_show id=NAME``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, id or name of a dataset.

    Returns:
        ``norm``, ``published`` (its date), ``dataset`` (``id``, ``name``, ``title``), ``counts``
        (``present``, ``absent``, ``not_applicable``), ``elements`` (each ``id``, ``label``,
        ``block``, ``state``, and ``fields`` of ours that hold it) and ``verdict``, always null:
        which elements are obligatory is said in an annex of the norm.

    Raises:
        ObjectNotFound: no such dataset, or none that one may see.

    """
    tk.check_access("mxcity_conformance_show", context, data_dict)
    id_ = tk.get_or_bust(data_dict, "id")
    dataset = tk.get_action("package_show")({"user": context.get("user", "")}, {"id": id_})
    counts = dict.fromkeys(conformance.STATES, 0)
    shown = []
    for element, state in conformance.of_dataset(dataset):
        counts[state] += 1
        shown.append({**_element(element), "state": state})
    return {
        **conformance.NORM,
        "dataset": {key: dataset[key] for key in ("id", "name", "title")},
        "counts": counts,
        "elements": shown,
        "verdict": None,
    }


@tk.side_effect_free
def mxcity_organization_conformance_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return in how many of an organisation's public datasets each element of SNIEG's norm is.

    Anybody may call it: ``ckanapi action mxcity_organization_conformance_show id=NAME``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, id or name of an organisation.

    Returns:
        ``norm``, ``published``, ``organization`` (``id``, ``name``, ``title``), ``datasets`` (how
        many), ``elements`` (each ``id``, ``label``, ``block``, ``fields``, and how many datasets
        are ``present``, ``absent`` and ``not_applicable``) and ``verdict``, always null.

    Raises:
        ObjectNotFound: no such organisation.

    """
    tk.check_access("mxcity_organization_conformance_show", context, data_dict)
    found = model.Group.get(tk.get_or_bust(data_dict, "id"))
    if found is None or not found.is_organization or found.state != model.State.ACTIVE:
        raise tk.ObjectNotFound(tk._("Organization was not found."))
    row = model.Session.execute(conformance.of_organization(found.id)).mappings().one()
    shown = []
    for element in conformance.elements():
        counts = {state: row.get(f"{element.key} {state}", 0) for state in conformance.STATES}
        counts["absent"] = row["datasets"] - counts["present"] - counts["not_applicable"]
        shown.append({**_element(element), **counts})
    return {
        **conformance.NORM,
        "organization": {key: getattr(found, key) for key in ("id", "name", "title")},
        "datasets": row["datasets"],
        "elements": shown,
        "verdict": None,
    }


def _element(element: Term) -> dict[str, Any]:
    return {
        "id": element.key,
        "label": element.label(current_language()),
        "block": element.extra["block"],
        "fields": list(conformance.fields_of(element)),
    }
