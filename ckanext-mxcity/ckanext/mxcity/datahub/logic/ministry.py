"""What the page of a ministry shows, for the API as well."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.datahub import sections
from ckanext.mxcity.datahub.logic.verbs import organization_of

#: The last page of assets that may be asked for.
MOST_PAGES = 1_000_000


@tk.side_effect_free
def datahub_ministry_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what the page of a ministry shows: its figures, and the lists of each section.

    Anybody may call it, and gets what the page shows to that person:
    ``ckanapi action datahub_ministry_show organization_id=mty-siga``.

    Args:
        context: CKAN's context.
        data_dict: ``organization_id``, the id or name of the ministry; ``page`` of the list of
            assets, from 1.

    Returns:
        As ``datahub_summary_show``, with ``everything`` (whether the caller sees every record of
        the ministry) and ``sections``: each ``name``, ``letter``, ``title``, ``heading`` and
        ``lists``: by name, never more than 50 rows each.

    """
    tk.check_access("datahub_ministry_show", context, data_dict)
    schema = {
        "page": [
            tk.get_validator("ignore_missing"),
            tk.get_validator("is_positive_integer"),
        ]
    }
    asked, errors = tk.navl_validate({"page": data_dict.get("page", 1)}, schema, context)
    if errors:
        raise tk.ValidationError(errors)
    organization_id = organization_of(data_dict)
    figures = tk.get_action("datahub_summary_show")(context, {"organization_id": organization_id})
    page = min(asked.get("page", 1), MOST_PAGES)
    reader = sections.Reader(context, organization_id, page)
    return {**figures, "everything": reader.everything, "sections": sections.shown(reader)}
