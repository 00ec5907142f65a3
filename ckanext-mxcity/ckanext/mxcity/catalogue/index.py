"""What the search index holds of our fields, worked out without a query."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins as p

from ckanext.mxcity.catalogue import figures
from ckanext.mxcity.dataset import fields
from ckanext.mxcity.dataset.formats import is_dictionary
from ckanext.mxcity.ground.areas import area_name, find_area, with_ancestors
from ckanext.mxcity.ground.clock import read_moment
from ckanext.mxcity.ground.geometry import read_geometry, rectangle
from ckanext.mxcity.ground.vocabularies import vocabulary

#: When the data of a dataset changed, as far as they tell it, else when its record did.
CHANGED = "mxcity_changed_date"
#: The order that begins with the data that changed last.
NEWEST_FIRST = f"{CHANGED} desc, metadata_modified desc"

#: What completes a year or a month to a day.
_REST = "1900-01-01"

#: Solr refuses a text field of more bytes than this in one term.
MAX_TERM_BYTES = 32_000

#: Fields of the topics of a dataset.
TOPICS = frozenset({"vocab_topics", "vocab_topic_titles"})

#: Fields that the index cuts into words or does not search: they may be long.
LONG_FIELDS = frozenset({"data_dict", "validated_data_dict", "notes", "title"})

LONG_KINDS = ("extras_", "mxcity_")


class IndexMixin:
    """IPackageController: puts topics and areas where facets find them."""

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Add the fields that we filter by; a broken value leaves its field out."""
        topics = _list(pkg_dict.get("topics"))
        codes = _list(pkg_dict.get("area_codes"))
        known = vocabulary("topics").terms
        expanded = dict.fromkeys(wider for code in codes for wider in with_ancestors(code))
        for index, name in fields.indexed_lists().items():
            pkg_dict[index] = _list(pkg_dict.get(name))
        pkg_dict["vocab_topic_titles"] = [known[key].label("es") for key in topics if key in known]
        pkg_dict["vocab_area_codes"] = list(expanded)
        pkg_dict["vocab_area_names"] = _names(list(expanded))
        pkg_dict[CHANGED] = _changed(pkg_dict)
        others = _others(pkg_dict.pop("other_sources", None))
        pkg_dict["vocab_other_sources"] = [str(way.get("source_id") or "") for way in others]
        pkg_dict["vocab_other_hosts"] = sorted(_hosts(others))
        if p.plugin_loaded("mxcity_search"):
            pkg_dict["mxcity_terms"] = _terms(pkg_dict)
        pkg_dict.pop("extras_topics", None)  # their keys, which nobody searches
        if "res_format" in pkg_dict:
            pkg_dict["res_format"] = _data_formats(pkg_dict)
        for name in fields.single_values():
            if not pkg_dict.get(name):
                pkg_dict.pop(name, None)
        figures.forget()
        return _without_huge_terms(pkg_dict)


def _changed(pkg_dict: dict[str, Any]) -> str:
    """Return when the data changed, as Solr writes moments; a month is taken by its first day."""
    told = str(pkg_dict.get("modified") or "").strip()
    day = f"{told}{_REST[len(told) :]}" if told else ""
    for text in (day, str(pkg_dict["metadata_modified"])):
        try:
            return f"{read_moment(text).isoformat(timespec='seconds')}Z"
        except ValueError:
            continue
    return f"{_REST}T00:00:00Z"


def _terms(pkg_dict: dict[str, Any]) -> str:
    """Return the values of the lists that are searched, one a line: all of them but the topics.

    A topic says too little of one dataset: who asks for lamps would be shown each cemetery.
    """
    names = (name for name in pkg_dict if name.startswith("vocab_") and name not in TOPICS)
    return "\n".join(dict.fromkeys(term for name in names for term in _list(pkg_dict[name])))


def _data_formats(pkg_dict: dict[str, Any]) -> list[str]:
    """Return the formats of the files, in their order; "" for what describes another file."""
    told = zip(pkg_dict["res_name"], pkg_dict["res_format"], strict=True)
    return ["" if is_dictionary(name or "", found) else found for name, found in told]


def _others(value: Any) -> list[dict[str, Any]]:
    """Return the further sources of a harvested dataset."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return []
    return [way for way in found if isinstance(way, dict)] if isinstance(found, list) else []


def _hosts(ways: list[dict[str, Any]]) -> set[str]:
    """Return the hosts of the pages and of the addresses of further sources, without ``www.``."""
    found = set()
    for way in ways:
        for key in ("source_url", "source_address"):
            try:
                host = urlsplit(str(way.get(key) or "")).netloc.rpartition("@")[2].casefold()
            except ValueError:
                continue
            found |= {host.removeprefix("www.")} if host else set()
    return found


def _list(value: Any) -> list[str]:
    """Return the texts of a stored JSON list; an extra may also arrive as a list."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [str(item) for item in value] if isinstance(value, list) else []


def _names(codes: list[str]) -> list[str]:
    names: dict[str, None] = {}
    for code in codes:
        area = find_area(code)
        if area:
            names[area.name] = None
            names[area_name(code)] = None
    return list(names)


def _without_huge_terms(pkg_dict: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is too long for one term; of an outline the rectangle around it stays."""
    for name, value in list(pkg_dict.items()):
        if not isinstance(value, str) or name in LONG_FIELDS or name.startswith(LONG_KINDS):
            continue
        if len(value.encode()) > MAX_TERM_BYTES:
            geometry = read_geometry(value) if name == "spatial" else None
            if geometry:
                pkg_dict[name] = json.dumps(rectangle(geometry))
            else:
                del pkg_dict[name]
    # ckanext-spatial reads `spatial`, but only where CKAN has put the extra under this name too.
    pkg_dict.pop("extras_spatial", None)
    if pkg_dict.get("spatial"):
        pkg_dict["extras_spatial"] = pkg_dict["spatial"]
    return pkg_dict
