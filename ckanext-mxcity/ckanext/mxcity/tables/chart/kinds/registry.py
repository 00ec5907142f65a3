"""The registry of the kinds of chart: everything that has to know them derives from here."""

from __future__ import annotations

from ckanext.mxcity.tables.chart.kinds import bars, line
from ckanext.mxcity.tables.chart.kinds.base import ChartKind

#: The kinds by name, in the order in which readers choose them.
KINDS: dict[str, ChartKind] = {kind.name: kind for kind in (bars.KIND, line.KIND)}
