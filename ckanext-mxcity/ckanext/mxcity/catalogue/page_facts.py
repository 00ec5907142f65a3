"""Small facts that pages show: the newest datasets, how many files, how to cite a dataset."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.catalogue.index import NEWEST_FIRST
from ckanext.mxcity.dataset.types import FILTER, TYPES
from ckanext.mxcity.ground.timed_cache import TimedCache

#: Datasets on the home page.
NEWEST = 6
#: How old a count of files may be, in seconds.
MAX_AGE = 60.0


@lru_cache(maxsize=4096)
def excerpt(text: str, length: int) -> str:
    """Return the beginning of a text in Markdown, ``length`` characters of it, without markup.

    Kept, since the same descriptions stand in the answers to most searches.
    """
    return str(tk.h.markdown_extract(text, extract_length=length))


def newest_datasets() -> list[dict[str, Any]]:
    """Return the public datasets whose data changed last, the newest first."""
    query = {
        "q": "*:*",
        "fq": FILTER,
        "sort": NEWEST_FIRST,
        "rows": NEWEST,
        "facet": "false",
    }
    context: Any = {"user": "", "auth_user_obj": None}
    results: list[dict[str, Any]] = tk.get_action("package_search")(context, query)["results"]
    return results


def file_count() -> int:
    """Return how many files public datasets have, at most a minute old."""
    return _file_count.get()


def _count_files() -> int:
    files = (
        sa.select(sa.func.count(model.Resource.id))
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(model.Resource.state == "active", *is_public())
    )
    return int(model.Session.scalar(files) or 0)


_file_count = TimedCache(_count_files, MAX_AGE)


def is_public() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions under which anybody may see a row of CKAN's table of datasets."""
    return (
        model.Package.state == "active",
        model.Package.private.is_(False),
        model.Package.type.in_(TYPES),
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
