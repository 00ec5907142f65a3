"""Actions of charts that are quoted: they are kept, shown and deleted."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.mxcity.tables.chart.table import TableChart, table_chart
from ckanext.mxcity.tables.chart.view import OPTIONS
from ckanext.mxcity.tables.quotes import keep, record
from ckanext.mxcity.tables.quotes.model import ChartQuote
from ckanext.mxcity.tables.quotes.sources import source_of


def mxcity_chart_quote(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Keep a chart of a table with its figures as they are now, under an address for good.

    Who may read the table may call it: ``ckanapi action mxcity_chart_quote resource_id=…
    kind=line x=fecha measure=count``. The same chart of the same figures is kept once.

    Args:
        context: CKAN's context.
        data_dict: ``resource_id``; ``kind``, ``x``, ``y`` and ``measure`` as in the address of the
            chart, each the usual one if left out.

    Returns:
        See ``mxcity_chart_quote_show``.

    Raises:
        ValidationError: the table has no such chart, it has no figures, or it is one too many.

    """
    resource_id = str(data_dict.get("resource_id") or "").strip()
    if not resource_id or not resource_id.isprintable():
        message = tk._("Say which file the chart is of: its identifier is missing or is none.")
        raise tk.ValidationError({"resource_id": [message]})
    tk.check_access("mxcity_chart_quote", context, {"resource_id": resource_id})
    resource = tk.get_action("resource_show")({}, {"id": resource_id})
    package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    asked = {name: str(data_dict.get(name) or "") for name in OPTIONS}
    found = table_chart(resource, package, asked)
    quote = _quote(found, resource, package, asked)
    return _told(keep.keep(quote), quote)


@tk.side_effect_free
def mxcity_chart_quote_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return a quoted chart: its figures, titles and source as they were when it was quoted.

    Who may read the file may call it: ``ckanapi action mxcity_chart_quote_show id=…``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, the last part of the chart's address.

    Returns:
        ``id``, ``url``, ``sha256`` (of the file of figures), ``made`` (ISO 8601, UTC),
        ``resource_id``, ``chart``, ``titles``, ``x_type``, ``groups`` and ``source``.

    Raises:
        NotAuthorized, ObjectNotFound: its data are not public any more, or were deleted.

    """
    code = str(tk.get_or_bust(data_dict, "id"))
    tk.check_access("mxcity_chart_quote_show", context, {"id": code})
    found = keep.find(code)
    if found is None:
        raise tk.ObjectNotFound(tk._("No chart was quoted with that address."))
    # Of a deleted file nothing is shown.
    tk.get_action("resource_show")({}, {"id": found.resource_id})
    return _told(found, record.read(found.content))


def mxcity_chart_quote_delete(context: Context, data_dict: DataDict) -> None:
    """Delete a quoted chart, for figures that should not have been published.

    Who may change the file may call it: ``ckanapi action mxcity_chart_quote_delete id=…``.

    Args:
        context: CKAN's context.
        data_dict: ``id``, the last part of the chart's address.

    """
    code = str(tk.get_or_bust(data_dict, "id"))
    tk.check_access("mxcity_chart_quote_delete", context, {"id": code})
    found = keep.find(code)
    if found is not None:
        model.Session.delete(found)
        model.Session.commit()


def _quote(
    found: TableChart, resource: dict[str, Any], package: dict[str, Any], asked: dict[str, str]
) -> record.Quote:
    """Return what is kept of a chart, if it is the one that was asked for and has figures."""
    chart, groups = found.chart, found.groups
    for name in OPTIONS:
        if chart is None or asked[name] not in ("", getattr(chart, name)):
            message = tk._("The table has no chart of “{value}”.").format(value=asked[name][:60])
            raise tk.ValidationError({name: [message]})
    if groups is None:
        raise tk.ValidationError({"chart": [tk._("The table is too large to be charted at once.")]})
    if not groups.values or chart is None:
        raise tk.ValidationError({"chart": [tk._("The chart has no figures.")]})
    named = [name for name in (chart.x, chart.y, chart.last) if name]
    (along,) = (column for column in found.columns if column.name == chart.x)
    return record.Quote(
        resource_id=resource["id"],
        chart=chart,
        titles={name: found.titles[name] for name in named},
        x_type=along.type,
        groups=groups,
        source=source_of(resource, package),
    )


def _told(kept: ChartQuote, quote: record.Quote) -> dict[str, Any]:
    address = tk.h.url_for("mxcity_charts.show", code=kept.code, locale="default", qualified=True)
    return {
        "id": kept.code,
        "url": address,
        "sha256": quote.sha256,
        "made": kept.made.isoformat(),
        **record.plain(quote),
    }
