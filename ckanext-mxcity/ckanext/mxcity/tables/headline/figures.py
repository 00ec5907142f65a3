"""The figures of a table by periods, asked of the database at once and kept for a day."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.tables import answer_cache
from ckanext.mxcity.tables.chart.spec import MOMENTS, Chart
from ckanext.mxcity.tables.database import reading
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.headline.periods import Bucket, Period

log = logging.getLogger(__name__)

#: Milliseconds that the database may take; a page that opens waits for it.
TIMEOUT = 2_500
#: Periods that are asked for, the last of the table.
MOST = 121
#: Rows whose texts are looked at, and columns and different texts of each that are read.
_LOOKED_AT, _COLUMNS, _TEXTS = 20_000, 12, 60
_KEPT_SECONDS, _FAILED_SECONDS = 24 * 3600, 600
#: A row with such a text brings other rows together: with them it would count twice.
_TOTALS = frozenset(
    (
        *("total", "totales", "total general", "gran total", "suma", "subtotal", "todos", "todas"),
        *("ambos", "ambos sexos", "general", "nacional", "total nacional", "total estatal"),
        *("total municipal", "todo el municipio", "toda la ciudad", "all"),
    )
)
#: Columns that say what the figure of a row is: of several kinds nothing is brought together.
_KINDS = frozenset(
    (
        *("unidad", "unidades", "unidad_medida", "indicador", "variable", "concepto", "medida"),
        *("definicion", "metrica", "contaminante", "parametro", "tipo_dato", "serie"),
        *("producto", "productos", "articulo", "bien", "clave_indicador", "nombre_indicador"),
    )
)
#: Parts of the names of days that a thing has (its installation, its last inspection): what there
#: is of a day is not what happened along days.
_OF_THINGS = ("ultim", "instala", "inspecc", "mantenimiento")


@dataclass(frozen=True)
class Figures:
    """What a table says by periods."""

    buckets: tuple[Bucket, ...]
    #: Whether rows count what other rows count too, or things that are not the same.
    mixed: bool = False


def figures_of(table: str, version: str, chart: Chart, columns: Sequence[Column]) -> Figures | None:
    """Return the figures of a chart by periods; by months where it goes along days.

    The caller has made sure that the user may read the table, and that the chart names columns
    of it.

    Args:
        table: the table in the DataStore.
        version: changes with the content of the table.
        chart: what is measured, and along which column of time.
        columns: those of the table.

    Returns:
        The figures, kept for a day as long as the table has this version; None if the database
        did not answer in time.

    """
    key = _key(table, version, chart)
    kept = answer_cache.read(key)
    if kept is not None:
        return _read(kept)
    try:
        found = _ask(table, chart, columns)
    except (sa.exc.OperationalError, sa.exc.DataError) as error:
        log.info("No figures of %s: %s", table, type(error).__name__)
        answer_cache.write(key, {"failed": True}, _FAILED_SECONDS)
        return None
    answer_cache.write(key, found, _KEPT_SECONDS)
    return _read(found)


def _ask(table: str, chart: Chart, columns: Sequence[Column]) -> dict[str, Any]:
    along = next(column for column in columns if column.name == chart.x)
    query = _by_periods(table, chart, along.type in MOMENTS)
    texts = [c.name for c in columns if c.type == "text" and c.name != chart.x][:_COLUMNS]
    with reading(TIMEOUT) as connection:
        rows = connection.execute(query).all()
        found = connection.execute(_texts(table, texts)).one() if texts else ()
    return {
        "rows": [
            [
                *(str(row.label), _figure(row.value), row.rows, row.present, row.first, row.last),
                *(_figure(row.low), _figure(row.high)),
            ]
            for row in reversed(rows)
        ],
        "mixed": any(_mixes(name, values or []) for name, values in zip(texts, found, strict=True)),
    }


def _by_periods(table: str, chart: Chart, is_moment: bool) -> sa.Select[Any]:
    x: sa.ColumnClause[Any] = sa.column(chart.x)
    y: sa.ColumnClause[Any] = sa.column(chart.y)
    month = sa.func.to_char(x, "YYYY-MM")
    label = (month if is_moment else sa.cast(x, sa.Text)).label("label")
    counted = chart.measure == "count"
    value = sa.func.count() if counted else getattr(sa.func, chart.measure)(y)
    day = sa.cast(x, sa.Date) if is_moment else sa.null()
    return (
        sa.select(
            label,
            sa.cast(value, sa.Float).label("value"),
            sa.func.count().label("rows"),
            (sa.func.count() if counted else sa.func.count(y)).label("present"),
            sa.cast(sa.null() if counted else sa.func.min(y), sa.Float).label("low"),
            sa.cast(sa.null() if counted else sa.func.max(y), sa.Float).label("high"),
            sa.cast(sa.func.min(day), sa.Text).label("first"),
            sa.cast(sa.func.max(day), sa.Text).label("last"),
        )
        .select_from(sa.table(table))
        .where(x.is_not(None), sa.func.isfinite(x) if is_moment else sa.true())
        .group_by(label)
        .order_by(sa.desc("label"))
        .limit(MOST)
    )


def _texts(table: str, names: Sequence[str]) -> sa.Select[Any]:
    """Ask for the texts of columns, as far as they are few, among the last rows' first many."""
    some = sa.select(*map(sa.column, names)).select_from(sa.table(table)).limit(_LOOKED_AT).cte()
    return sa.select(
        *(
            sa.func.array(
                sa.select(some.c[name])
                .where(some.c[name].is_not(None))
                .distinct()
                .limit(_TEXTS)
                .scalar_subquery()
            )
            for name in names
        )
    )


def is_of_a_thing(column: Column) -> bool:
    """Tell whether a column has a day of each thing, by its name: it is no time to go along."""
    words = folded(f"{column.name} {column.heading}")
    return column.type in MOMENTS and any(part in words for part in _OF_THINGS)


def _mixes(name: str, values: Sequence[str]) -> bool:
    texts = {folded(str(value)) for value in values}
    return bool(texts & _TOTALS) or (folded(name) in _KINDS and len(texts) > 1)


def _figure(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _read(found: dict[str, Any]) -> Figures | None:
    if found.get("failed"):
        return None
    buckets = []
    for label, value, rows, present, first, last, low, high in found["rows"]:
        period = Period.read(label)
        if period is None:
            return Figures((), mixed=True)  # moments of which nothing is known
        days = (_day(first), _day(last))
        buckets.append(Bucket(period, value, rows, present, *days, low, high))
    if len({bucket.period.parts for bucket in buckets}) > 1:
        return Figures((), mixed=True)
    return Figures(tuple(sorted(buckets, key=lambda b: b.period)), bool(found["mixed"]))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _key(table: str, version: str, chart: Chart) -> str:
    asked = json.dumps([table, version, chart.x, chart.y, chart.measure])
    return f"mxcity:headline:{hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()}"
