"""The sentence that a dataset's page opens with: what was counted, when, and what before."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from babel import localedata
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.tables.downloads.columns import Column
from ckanext.mxcity.tables.headline.periods import Bucket, Latest, Period

#: Kinds of figures of which a part of a hundred says how much they changed.
_IN_PARTS = frozenset(("rate", "duration", "stock", "amount", "count"))
#: Of fewer than so many things no part of a hundred is told.
_FEW = 30
#: How the name of a column of counts may begin before what is counted.
_NUMBER_OF = re.compile(r"(?:n[uú]mero|total|cantidad|conteo)\s+de\s+", re.IGNORECASE)
#: A title or a sentence of a dictionary is said within a sentence up to this many characters.
_MOST = 60


@dataclass(frozen=True)
class Said:
    """What a sentence is made of."""

    latest: Latest
    #: The column that is measured; None where rows are counted.
    column: Column | None
    #: ``sum``, ``avg`` or ``count``.
    way: str


def sentence(said: Said) -> Markup:
    """Return the sentence, with the figure marked as strong."""
    now = said.latest.now
    text = _base(said)
    strong = Markup("<strong>{}</strong>").format(_figure(now.value or 0.0) + _unit(said.column))
    words = {
        "period": _period(now.period, None),
        "value": strong,
        "things": _things(said.column),
        "figure": _capital(figure_name(said.column)),
    }
    before = said.latest.before
    end = _compared(said, now, before) if before else ""
    return escape(text).format(**words) + end + "."


def figure_name(column: Column | None) -> str:
    """Return what a column's figures are called within a sentence."""
    if column is None:
        return str(tk._("rows"))
    if column.title != column.name:
        return column.title if len(column.title) <= _MOST else column.title[:_MOST] + "…"
    first = column.notes.partition(".")[0].split(";")[0].strip()
    if first and len(first) <= _MOST:
        return first
    return column.name.replace("_", " ")


def period_name(period: Period) -> str:
    """Return what a period is called: "junio de 2026", "el segundo trimestre de 2026", "2026"."""
    return _period(period, None)


def _base(said: Said) -> str:
    counted = said.way == "count" or (
        said.way == "sum" and said.column is not None and said.column.measure == "count"
    )
    if counted and _things(said.column) and (said.latest.now.value or 0) != 1:
        return str(tk._("In {period} there were {value} {things}"))
    if said.way == "avg" and said.latest.now.rows > 1:
        return str(tk._("{figure}, in {period}: {value} on average"))
    return str(tk._("{figure}, in {period}: {value}"))


def _things(column: Column | None) -> str:
    """Return what is counted, if its name is the plural of something; else ""."""
    if column is None:
        return str(tk._("rows"))
    name = _NUMBER_OF.sub("", figure_name(column), count=1).strip()
    word = name.partition(" ")[0]
    if len(word) <= len("mes") or not word.isalpha() or not folded(word).endswith("s"):
        return ""
    return name if word[1].isupper() else name[0].lower() + name[1:]


def _compared(said: Said, now: Bucket, before: Bucket) -> str:
    """Return how much more or less than in the period before, with a comma before it."""
    value, other = now.value or 0.0, before.value or 0.0
    words = {"before": _period(before.period, now.period)}
    if value == other:
        return str(tk._(", the same as in {before}")).format(**words)
    more = value > other
    kind = said.column.measure if said.column is not None else "count"
    if kind in _IN_PARTS:
        if other <= 0 or value < 0:
            return ""
        few = kind in ("count", "stock") and other < _FEW
        part = _part(abs(value - other) / other * 100) + " %"
        words["change"] = _figure(abs(value - other)) if few else part
    elif kind == "percentage":
        words["change"] = str(tk._("{n} points")).format(n=_figure(abs(value - other)))
    else:
        words["change"] = _figure(abs(value - other))
    if not re.search("[1-9]", words["change"]):
        return str(tk._(", almost the same as in {before}")).format(**words)
    text = (
        tk._(", {change} more than in {before}")
        if more
        else tk._(", {change} less than in {before}")
    )
    return str(text).format(**words)


def _unit(column: Column | None) -> str:
    return " %" if column is not None and column.measure == "percentage" else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _part(value: float) -> str:
    return format_decimal(value, "#,##0" if value >= 10 else "#,##0.#", locale=_locale())


def _figure(value: float) -> str:
    return format_decimal(value, "#,##0.##", locale=_locale())


def _period(period: Period, of: Period | None) -> str:
    """Return the name of a period, without its year where another has said the same."""
    same = of is not None and of.year == period.year
    if period.parts == 1:
        return str(period.year)
    if period.parts == 12:
        if same:
            return format_date(period.first, "LLLL", locale=_locale())
        return format_skeleton("yMMMM", period.first, locale=_locale())
    names = {
        6: tk._("the {nth} two-month period"),
        4: tk._("the {nth} quarter"),
        2: tk._("the {nth} half"),
    }
    nth = (
        *(tk._("first"), tk._("second"), tk._("third")),
        *(tk._("fourth"), tk._("fifth"), tk._("sixth")),
    )[period.number - 1]
    name = str(names[period.parts]).format(nth=nth)
    return name if same else str(tk._("{period} of {year}")).format(period=name, year=period.year)


def _locale() -> str:
    language = str(tk.h.lang())
    return language if localedata.exists(language) else "es_MX"
