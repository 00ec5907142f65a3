"""The values of harvested INEGI indicators as CSV files, at ``/indicadores/<identifier>.csv``.

INEGI's service has no file that could be linked: its addresses hold a token. The values came with
the last harvest, and are given from there.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.sniegharvest.readers.inegi import FILES

COLUMNS = ("clave_area", "periodo", "valor", "estado")

blueprint = Blueprint("sniegharvest_indicators", __name__)


@blueprint.route(f"{FILES}/<identifier>.csv")
def values(identifier: str) -> Response:
    """Return the values of an indicator, by area and period, to who may see the dataset."""
    found = (
        model.Session.query(HarvestObject.package_id, HarvestObject.content)
        .join(HarvestSource, HarvestSource.id == HarvestObject.harvest_source_id)
        .filter(
            HarvestSource.type == "inegi_indicators",
            HarvestObject.guid == identifier,
            HarvestObject.current.is_(True),
        )
        .first()
    )
    if found is None:
        return tk.abort(404, tk._("There is no such indicator."))
    try:
        tk.check_access("package_show", {"user": tk.g.user}, {"id": found.package_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such indicator."))
    response = Response(as_csv(json.loads(found.content)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{identifier}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def as_csv(content: Mapping[str, Any]) -> str:
    """Write the rows of a harvested indicator; they are numbers and codes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(content.get("rows", ()))
    return text.getvalue()
