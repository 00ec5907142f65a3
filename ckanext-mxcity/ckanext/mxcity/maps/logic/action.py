"""Actions of the maps."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.mxcity.maps import points, tables
from ckanext.mxcity.maps.boxes import BoxError, read_box

__all__ = ["mxcity_map_points"]

#: Single rows of which an answer tells everything.
_TOLD = points.FEW


@tk.side_effect_free
def mxcity_map_points(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return the points of a table within a rectangle, those that lie together as one.

    Of a table of readings, each place has one point: its last reading. Who may read the table may
    call it: ``ckanapi action mxcity_map_points id=… bbox=-100.5,25.5,-100.1,25.8 zoom=12``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, the file of the table; ``bbox``, west, south, east and north in degrees;
            ``zoom``, that of the map, 0 to 22 (10 if left out).

    Returns:
        ``points``, a list, the largest first, of ``longitude``, ``latitude``, ``count`` and, where
        the count is 1, ``row`` with the values of the row; ``placed``, how many rows of the table
        have a usable place, of ``rows``; ``readings``, whether only the last row of each place is
        here, and then ``places``, how many there are (else 0).

    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("mxcity_map_points", context, data_dict)
    zoom = whole_argument(data_dict, "zoom", 10, points.NEAREST_ZOOM)
    try:
        box = read_box(str(tk.get_or_bust(data_dict, "bbox")))
    except BoxError as error:
        message = tk._("Write west, south, east and north in degrees: -100.43,25.56,-100.18,25.80.")
        raise tk.ValidationError({"bbox": [message]}) from error
    resource = tk.get_action("resource_show")({}, {"id": resource_id})
    place = tables.place_of(resource)
    if place.points is None:
        raise tk.ValidationError({"id": [tk._("The table has no columns of coordinates.")]})
    facts = points.facts_of(place.points, tables.version_of(resource))
    last = bool(facts and facts.readings)
    found = points.clusters(place.points, box, zoom, last=last)
    if found is None or facts is None:
        message = tk._(
            "The table is too large to be drawn at once. Take a smaller part of the map."
        )
        raise tk.ValidationError({"bbox": [message]})
    single = [one.row for one in found if one.count == 1][:_TOLD]
    rows = tables.rows_of(resource_id, single)
    return {
        "points": [
            {
                "longitude": round(one.longitude, 6),
                "latitude": round(one.latitude, 6),
                "count": one.count,
                **({"row": rows[one.row]} if one.count == 1 and one.row in rows else {}),
            }
            for one in found
        ],
        "placed": facts.placed,
        "rows": facts.rows,
        "places": facts.places,
        "readings": facts.readings,
    }
