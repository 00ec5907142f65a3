"""What leads on from a dataset: others that are like it, and feeds that tell of changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SearchIndexError, SolrConnectionError

from ckanext.mxcity.dataset.types import FILTER
from ckanext.mxcity.ground.text import folded

#: How many are shown, and words that are looked for.
MOST, _WORDS = 4, 24
_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_SYNTAX = re.compile(r'["\\]')
#: Words that many titles have.
_COMMON = frozenset(
    ("datos", "sobre", "para", "como", "desde", "hasta", "entre", "ciudad", "municipio", "total")
)


def related_datasets(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return public datasets that are like one, the most alike first; one query of the index.

    Args:
        package: as ``package_show`` gives it.

    Returns:
        At most ``MOST``; none where the index does not answer.

    """
    like = [
        _any("tags", [str(tag.get("name") or "") for tag in package.get("tags") or ()], 3),
        _any("title", _words(str(package.get("title") or "")), 2),
        _any("vocab_topics", [str(topic) for topic in package.get("topics") or ()], 1),
    ]
    if not any(like):
        return []
    query = {
        "q": " OR ".join(filter(None, like)),
        "defType": "lucene",
        "fq": f'{FILTER} -id:"{package["id"]}"',
        "rows": MOST,
        "facet": "false",
    }
    context: Any = {"user": "", "auth_user_obj": None}
    try:
        found = tk.get_action("package_search")(context, query)
    except (SearchError, SearchIndexError, SolrConnectionError, tk.ValidationError):
        return []
    results: list[dict[str, Any]] = found["results"]
    return results


def feeds_of(package: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the feeds of what a visitor of a dataset may follow; none of a private one.

    Returns:
        ``title`` (of the feed), ``label`` (of the link) and ``url`` of each.

    """
    if package.get("private") or package.get("state", "active") != "active":
        return []
    title = str(package.get("title") or package.get("name"))
    feeds = [
        {
            "title": title,
            "label": tk._("This dataset"),
            "url": tk.url_for("feeds.custom", id=package["id"], qualified=True, locale="default"),
        }
    ]
    owner = package.get("organization")
    if owner:
        address = tk.url_for(
            "feeds.organization", id=owner["name"], qualified=True, locale="default"
        )
        name = str(owner.get("title") or owner["name"])
        feeds.append(
            {"title": name, "label": tk._("All of {name}").format(name=name), "url": address}
        )
    return feeds


def _any(field: str, values: list[str], weight: int) -> str:
    """Return the clause of Solr that any of the values is in a field."""
    quoted = [f'"{_NO_SYNTAX.sub(" ", value)}"' for value in values if value.strip()]
    return f"{field}:({' OR '.join(quoted)})^{weight}" if quoted else ""


def _words(title: str) -> list[str]:
    found = [word for word in _WORD.findall(title.lower()) if folded(word) not in _COMMON]
    return list(dict.fromkeys(found))[:_WORDS]
