"""The page that explains the fields of a dataset: what to write, and which norm it comes from."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.dataset.field_guide import sections
from ckanext.mxcity.ground.vocabularies import Vocabulary, localised, vocabulary

blueprint = Blueprint("mxcity_fields", __name__)


@blueprint.route("/campos")
def page() -> str:
    """Show every field, by section, and the values of the controlled lists."""
    language = current_language()
    groups = sections(language)
    names = dict.fromkeys(row.vocabulary for group in groups for row in group.rows)
    lists = [_shown(vocabulary(name), language) for name in (*filter(None, names), "licences")]
    return tk.render("mxcity/fields.html", {"sections": groups, "lists": lists})


def _shown(listed: Vocabulary, language: str) -> dict[str, object]:
    return {
        "name": listed.name,
        "title": localised(listed.title, language),
        "terms": [
            {
                "key": term.key,
                "label": term.label(language),
                "note": localised(term.notes, language),
                "retired": term.retired,
            }
            for term in listed.terms.values()
        ],
    }
