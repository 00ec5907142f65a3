"""The sitemap that search engines read: every public dataset, in parts of a bounded size.

The format is that of sitemaps.org. The index asks for one count, and a part for its own rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from flask import Blueprint, Response

from ckanext.mxcity.catalogue.page_facts import is_public

#: Datasets of a part.
PART = 2_000
#: Seconds that an answer may be kept.
MAX_AGE = 3600
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Pages besides those of datasets.
_PAGES = ("home.index", "dataset.search", "organization.index", "home.about")

blueprint = Blueprint("mxcity_sitemap", __name__)


@blueprint.route("/sitemap.xml")
def index() -> Response:
    """Answer the addresses of the parts."""
    count = int(model.Session.scalar(sa.select(sa.func.count()).where(*is_public())) or 0)
    parts = range(1, max(1, -(-count // PART)) + 1)
    return _answer(
        "sitemapindex",
        (_entry("sitemap", _address("mxcity_sitemap.part", number=number)) for number in parts),
    )


@blueprint.route("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """Answer the addresses of a part; the first has the pages that are of no dataset, too."""
    query = (
        sa.select(model.Package.name, model.Package.type, model.Package.metadata_modified)
        .where(*is_public())
        .order_by(model.Package.id)
        .limit(PART)
        .offset(max(number - 1, 0) * PART)
    )
    rows = model.Session.execute(query).all() if number > 0 else []
    if not rows and number != 1:
        tk.abort(404, tk._("There is no such part of the sitemap."))
    pages = _PAGES if number == 1 else ()
    entries = [_entry("url", _address(page)) for page in pages]
    entries += [
        _entry("url", _address(f"{row.type}.read", id=row.name), row.metadata_modified)
        for row in rows
    ]
    return _answer("urlset", iter(entries))


def _address(endpoint: str, **parts: Any) -> str:
    return str(tk.url_for(endpoint, **parts, qualified=True, locale="default"))


def _entry(kind: str, address: str, changed: datetime | None = None) -> str:
    told = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%S}+00:00</lastmod>" if changed else ""
    return f"<{kind}><loc>{escape(address)}</loc>{told}</{kind}>"


def _answer(root: str, entries: Iterator[str]) -> Response:
    body = "\n".join(entries)
    text = f'<{root} xmlns="{_NAMESPACE}">\n{body}\n</{root}>\n'
    response = Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', mimetype="application/xml"
    )
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE
    return response
