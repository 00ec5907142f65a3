"""Actions of joins: which tables share keys, and what they give together."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict
from sqlalchemy.exc import OperationalError

from ckanext.mxcity.dataset.arguments import whole_argument
from ckanext.mxcity.tables import version
from ckanext.mxcity.tables.downloads.columns import columns_of
from ckanext.mxcity.tables.hooks import learn_keys
from ckanext.mxcity.tables.joins import join, suggest

#: Rows and suggestions of one call at most.
MAX_ROWS, MAX_SUGGESTIONS = 1_000, 50


@tk.side_effect_free
def mxcity_table_join_suggest(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the tables that can be joined with one: those that hold the same areas.

    Who may read the table may call it: ``ckanapi action mxcity_table_join_suggest id=…``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, the file of the table; ``limit`` (10 if left out, 50 at most).

    Returns:
        A list, the most shared areas first, of ``resource_id``, ``resource_name``,
        ``dataset_name``, ``dataset_title``, ``organization_title``, ``level`` (state, municipality,
        locality, ageb or block), the columns ``left`` and ``right``, ``shared``, how many areas
        both hold, ``period`` (year, month or day; empty if they share none), and ``on``, all the
        pairs as ``mxcity_table_join`` takes them.

    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("mxcity_table_join_suggest", context, data_dict)
    limit = whole_argument(data_dict, "limit", 10, MAX_SUGGESTIONS)
    return [found.as_dict() for found in suggest.suggest(resource_id, limit)]


def mxcity_table_refresh(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Find the keys of a table anew, after its rows were changed past the DataStore's actions.

    Who may change the file may call it: ``ckanapi action mxcity_table_refresh id=…``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, the file of the table.

    Returns:
        What each key column holds codes of: state, municipality, locality, ageb or block, or
        year, month or day.

    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("mxcity_table_refresh", context, data_dict)
    version.changed(resource_id)
    return {column: level for column, (level, _) in learn_keys(resource_id).items()}


@tk.side_effect_free
def mxcity_table_join(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return rows of two tables joined by columns whose values are the same.

    Who may read both tables may call it:
    ``ckanapi action mxcity_table_join left=… right=… on=cve_mun:cvegeo``.

    Args:
        context: CKAN's context.
        data_dict: ``left`` and ``right``, the files of the tables; ``on``, a pair of columns
            ``left:right``, or several with commas between; ``limit`` (100 if left out, 1,000 at
            most).

    Returns:
        ``fields`` (each ``id``, ``type`` and ``title``), and ``records``, a list of lists.

    Raises:
        ValidationError: a column that a table has not, or a join that takes too long.

    """
    joined = joined_tables(context, data_dict)
    limit = whole_argument(data_dict, "limit", 100, MAX_ROWS)
    try:
        records = [row for batch in join.rows(joined, limit, join.PAGE_TIMEOUT) for row in batch]
    except OperationalError:
        message = tk._("The tables are too large to be joined at once; the file may take longer.")
        raise tk.ValidationError({"on": [message]}) from None
    fields = [
        {"id": column.name, "type": column.type, "title": column.title}
        for column in joined.columns()
    ]
    return {"fields": fields, "records": records}


def joined_tables(context: Context, data_dict: DataDict) -> join.Join:
    """Return the join that is asked for, after making sure that it may be read.

    NotAuthorized, ObjectNotFound and ValidationError as of ``mxcity_table_join``.
    """
    left, right, on = tk.get_or_bust(data_dict, ["left", "right", "on"])
    tk.check_access("mxcity_table_join", context, data_dict)
    sides = [join.Side(table, tuple(columns_of(table))) for table in (left, right)]
    names = [{column.name for column in side.columns} for side in sides]
    pairs = []
    for pair in str(on).split(","):
        mine, _, other = pair.partition(":")
        for name, known in ((mine, names[0]), (other, names[1])):
            if name not in known:
                message = tk._("“{given}” is not a column. The columns are: {names}.").format(
                    given=name, names=", ".join(sorted(known))
                )
                raise tk.ValidationError({"on": [message]})
        pairs.append((mine, other))
    return join.Join(sides[0], sides[1], tuple(pairs))
