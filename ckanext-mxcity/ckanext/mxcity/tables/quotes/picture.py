"""A quoted chart as a picture: SVG of our own drawing, and PNG made of it on the server."""

from __future__ import annotations

import textwrap
from typing import Any

import ckan.plugins.toolkit as tk
import font_source_sans_pro
import resvg_py

from ckanext.mxcity.city import settings
from ckanext.mxcity.city.style import NEUTRAL
from ckanext.mxcity.ground.text import xml_text
from ckanext.mxcity.tables.chart.kinds.registry import KINDS
from ckanext.mxcity.tables.chart.table import shown, words
from ckanext.mxcity.tables.quotes.record import Quote

#: Width of the PNG, in pixels: twice that of the drawing, for sharp print.
PIXELS = 1_440
#: The typeface comes with a package, so that a picture is the same on every server.
FONT = "Source Sans Pro"
_FONTS = [font_source_sans_pro.font_files_ttf[f"SourceSansPro{cut}"] for cut in ("", "Semibold")]
#: Characters of a line of the title and of the source, and lines of either at most.
_TITLE, _SOURCE, _LINES = 62, 104, 3


def svg(quote: Quote, notes: list[str]) -> str:
    """Return a chart as SVG that needs nothing else: title, drawing, notes and source.

    Args:
        quote: the chart.
        notes: what has to be said of the figures, and where they are from; that they were made up
            is said first.

    """
    kind = KINDS[quote.chart.kind]
    groups = shown(quote.groups, quote.column)
    picture = kind.picture(groups)
    said = words(quote.chart, quote.titles, quote.groups)
    title = _lines(said.caption, _TITLE)
    lines = [line for note in notes for line in _lines(note, _SOURCE)]
    city = settings.city()
    told: dict[str, Any] = {
        "kind": kind, "drawn": picture.drawn, "width": picture.width, "inner": picture.height,
        "title": title, "top": 24 + 26 * len(title), "lines": lines, "caption": said.caption,
        "figures": [(label, tk.h.mxcity_figure(value)) for label, value in groups.rows],
        "measured": said.measured, "colour": (city.colours if city else NEUTRAL).primary,
        "font": FONT, "notes": notes,
        "made_up": quote.source.demonstration,
    }  # fmt: skip
    told["height"] = told["top"] + picture.height + 18 * len(lines) + 22
    return xml_text(str(tk.render("mxcity_tables/quotes/picture.svg", told)).strip())


def png(drawing: str) -> bytes:
    """Return our own SVG as PNG; no other document, file or font is read."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            width=PIXELS,
            skip_system_fonts=True,
            font_files=_FONTS,
            font_family=FONT,
            sans_serif_family=FONT,
        )
    )


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, max_lines=_LINES, placeholder=" …")
