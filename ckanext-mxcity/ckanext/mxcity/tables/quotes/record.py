"""What is kept of a chart that is quoted, and what is worked out from it. No CKAN import.

The address of a quoted chart is made of all that it shows: another figure, title or source has
another address, and the same chart is the same address whoever quotes it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from dataclasses import asdict, dataclass
from typing import Any

from ckanext.mxcity.tables.chart.spec import Chart, Groups
from ckanext.mxcity.tables.downloads.columns import Column

#: Characters of an address: 80 bits, which nobody finds by trying.
CODE = 16


@dataclass(frozen=True)
class Source:
    """Where the figures are from, as it was said when they were quoted."""

    dataset: str
    publisher: str
    file: str
    #: The date of the data, ISO 8601 or as the dataset says it; "" if nobody says.
    date: str
    licence: str
    licence_url: str
    portal: str
    #: Whether the figures were made up to show how the portal works.
    demonstration: bool = False


@dataclass(frozen=True)
class Quote:
    """A chart with its figures, titles and source."""

    resource_id: str
    chart: Chart
    #: The titles of the columns that the chart names.
    titles: dict[str, str]
    #: PostgreSQL's type of the column along which the groups go.
    x_type: str
    groups: Groups
    source: Source

    @property
    def content(self) -> str:
        """All of it as JSON, in one way only."""
        told = plain(self)
        if not self.source.demonstration:
            # Charts that were kept before there was such a mark stay at their addresses.
            del told["source"]["demonstration"]
        return json.dumps(
            told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )

    @property
    def code(self) -> str:
        """The last part of its address."""
        digest = hashlib.sha256(self.content.encode()).digest()
        return base64.b32encode(digest).decode().lower()[:CODE]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file of figures, in hexadecimal digits."""
        return hashlib.sha256(self.csv).hexdigest()

    @property
    def csv(self) -> bytes:
        """The figures as CSV (RFC 4180, UTF-8): nothing is rounded, what is missing is empty."""
        out = io.StringIO()
        writer = csv.writer(out)
        chart = self.chart
        writer.writerow([chart.x, f"{chart.measure}_{chart.y}" if chart.y else chart.measure])
        writer.writerows(
            [label, "" if value is None else _number(value)] for label, value in self.groups.rows
        )
        return out.getvalue().encode()

    @property
    def column(self) -> Column:
        """The column along which the groups go."""
        return Column(self.chart.x, self.x_type, self.titles.get(self.chart.x, self.chart.x))


def _number(value: float) -> str:
    """Return a figure in as few digits as tell it exactly; a whole one without a fraction."""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def plain(quote: Quote) -> dict[str, Any]:
    """Return a quoted chart as dictionaries and lists."""
    return asdict(quote)


def read(content: str) -> Quote:
    """Return what was kept as ``Quote.content``."""
    told: dict[str, Any] = json.loads(content)
    groups = dict(told["groups"])
    rows = tuple((label, value) for label, value in groups.pop("rows"))
    return Quote(
        resource_id=told["resource_id"],
        chart=Chart(**told["chart"]),
        titles=told["titles"],
        x_type=told["x_type"],
        groups=Groups(rows, **groups),
        source=Source(**told["source"]),
    )
