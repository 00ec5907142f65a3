"""Reads the selected datasets from the index, as nobody in particular, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.exchange.exports.select import Selection, quoted

#: Datasets that are held in memory at once.
CHUNK = 200
#: What XML cannot hold, and no reader wants: control characters and non-characters.
_UNWANTED = {
    code: None
    for code in (*range(32), *range(127, 160), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
    if code not in (9, 10, 13)
}


def chunks(selection: Selection, size: int = CHUNK) -> Iterator[list[dict[str, Any]]]:
    """Yield every selected dataset once, by id, as ``package_show`` gives it.

    The place is kept by the last id and not by a number: what is added or deleted meanwhile
    neither repeats nor hides another dataset.
    """
    last = ""
    while True:
        after = [f"+id:{{{quoted(last)} TO *]"] if last else []
        found = _search(selection, sort="id asc", rows=size, more=after)["results"]
        if found:
            yield [cleaned(dataset) for dataset in found]
        if len(found) < size:
            return
        last = found[-1]["id"]


def page(selection: Selection, number: int, size: int) -> tuple[list[dict[str, Any]], int]:
    """Return one page of the selection, and how many datasets there are in all.

    Pages go by the time of creation, so that a new dataset joins at the end and moves no other.
    """
    order = "metadata_created asc, id asc"
    answer = _search(selection, sort=order, rows=size, start=size * (number - 1))
    return [cleaned(dataset) for dataset in answer["results"]], answer["count"]


def state(selection: Selection) -> tuple[int, str]:
    """Return how many datasets are selected, and when the last of them changed (ISO 8601, UTC)."""
    order = "metadata_modified desc"
    answer = _search(selection, sort=order, rows=1, fl="id,metadata_modified")
    latest = answer["results"][0]["metadata_modified"] if answer["results"] else ""
    return answer["count"], str(latest).removesuffix("Z")


def cleaned(value: Any) -> Any:
    """Return a copy without the characters that would spoil a whole document."""
    if isinstance(value, str):
        return value.translate(_UNWANTED)
    if isinstance(value, list):
        return [cleaned(entry) for entry in value]
    if isinstance(value, dict):
        return {key: cleaned(entry) for key, entry in value.items()}
    return value


def _search(selection: Selection, more: list[str] | None = None, **query: Any) -> dict[str, Any]:
    # An empty user: whoever asks gets what everybody may see, even a sysadmin.
    answer: dict[str, Any] = tk.get_action("package_search")(
        {"user": "", "auth_user_obj": None},
        {"q": "*:*", "facet": "false", "fq_list": [*selection.filters, *(more or [])], **query},
    )
    return answer
