"""Small facts that pages show: dates as Mexicans write them, the newest datasets, file counts."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.dataset_types import FILTER, TYPES

#: Datasets on the home page.
NEWEST = 6
#: How old a count of files may be, in seconds.
MAX_AGE = 60.0

_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")


def written_date(value: Any) -> str:
    """Return a date as dd/mm/yyyy.

    Args:
        value: ISO text or a date. "2024-05" gives 05/2024, "2024" stays; other text stays too.

    """
    text = value.isoformat() if hasattr(value, "isoformat") else str(value or "").strip()
    match = _ISO.match(text)
    return "/".join(part for part in reversed(match.groups()) if part) if match else text


@lru_cache(maxsize=4096)
def excerpt(text: str, length: int) -> str:
    """Return the beginning of a text in Markdown, ``length`` characters of it, without markup.

    Kept, since the same descriptions stand in the answers to most searches.
    """
    return str(tk.h.markdown_extract(text, extract_length=length))


def newest_datasets() -> list[dict[str, Any]]:
    """Return the public datasets that changed last, the newest first."""
    query = {
        "q": "*:*",
        "fq": FILTER,
        "sort": "metadata_modified desc",
        "rows": NEWEST,
        "facet": "false",
    }
    context: Any = {"user": "", "auth_user_obj": None}
    results: list[dict[str, Any]] = tk.get_action("package_search")(context, query)["results"]
    return results


class _FileCount:
    """The last count of files, with the moment it was taken."""

    def __init__(self) -> None:
        self.number = 0
        self.counted_at = -MAX_AGE

    def get(self) -> int:
        if time.monotonic() - self.counted_at >= MAX_AGE:
            self.number = int(model.Session.scalar(_count_query()) or 0)
            self.counted_at = time.monotonic()
        return self.number


_file_count = _FileCount()


def file_count() -> int:
    """Return how many files public datasets have, at most a minute old."""
    return _file_count.get()


def _count_query() -> sa.Select[tuple[int]]:
    return (
        sa.select(sa.func.count(model.Resource.id))
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(
            model.Resource.state == "active",
            model.Package.state == "active",
            model.Package.type.in_(TYPES),
            model.Package.private.is_(False),
        )
    )


def citation(package: dict[str, Any], site_title: str, address: str) -> str:
    """Return how to cite a dataset, as one line of text.

    Args:
        package: as package_show gives it.
        site_title: name of the portal.
        address: the dataset's full URL.

    """
    owner = (package.get("organization") or {}).get("title") or site_title
    changed = str(package.get("modified") or package.get("metadata_modified") or "")[:4]
    year = f" ({changed})" if changed.isdigit() else ""
    return f"{owner}{year}. {package.get('title') or package.get('name')}. {site_title}. {address}"
