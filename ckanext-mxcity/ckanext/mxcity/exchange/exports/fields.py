"""What the JSON exports say in the same words: addresses, periods, licences, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk

from ckanext.mxcity.dataset import fields as declared
from ckanext.mxcity.dataset.fields import Field
from ckanext.mxcity.exchange.dcat.terms import licence_uri, texts
from ckanext.mxcity.ground.areas import area_name, find_area
from ckanext.mxcity.ground.vocabularies import vocabulary

_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s]+", re.IGNORECASE)
#: Formats of services and pages: their address leads to data and is not the file itself.
NOT_FILES = frozenset({"html", "wms", "wfs", "wcs", "wmts", "api", "esri rest", "sparql"})


#: What a key of a form of export is, from a dataset as ``package_show`` gives it.
Key = Callable[[dict[str, Any]], Any]


def entry(form: str, keys: Mapping[str, Key], values: dict[str, Any]) -> dict[str, Any]:
    """Return what a form of export says of a dataset: its own keys, then those of other fields.

    Args:
        form: one of ``FORMS``.
        keys: the keys that the form has of itself, in its order.
        values: the dataset.

    """
    said = {key: of(values) for key, of in keys.items()}
    further = {
        key: plain(field, values.get(field.name))
        for key, field in declared.exported(form)
        if key not in keys
    }
    return said | without_empty(further)


def plain(field: Field, value: Any) -> Any:
    """Return the value of a field as it is; the terms of a vocabulary by their names in Spanish."""
    if field.kind not in ("term", "terms"):
        return value
    known = vocabulary(field.vocabulary).terms
    names = [known[key].label("es") for key in texts(value) if key in known]
    return names if field.is_list else next(iter(names), None)


def site_url() -> str:
    """Return the portal's address without a final slash."""
    return str(tk.config["ckan.site_url"]).rstrip("/")


def dataset_uri(dataset: dict[str, Any]) -> str:
    """Return the address that names a dataset for ever, whatever its title becomes."""
    return f"{site_url()}/dataset/{dataset['id']}"


def dataset_page(dataset: dict[str, Any]) -> str:
    """Return the address of the page that people read."""
    return f"{site_url()}/dataset/{quote(str(dataset['name']))}"


def landing_page(dataset: dict[str, Any]) -> str:
    """Return the page that explains the data, else the dataset's own."""
    return address(dataset.get("url")) or dataset_page(dataset)


def address(value: Any) -> str | None:
    """Return a web address, None for anything else that was typed into its field."""
    text = str(value or "").strip()
    return text if _ADDRESS.fullmatch(text) else None


def topic_titles(dataset: dict[str, Any]) -> list[str]:
    """Return the topics in Spanish."""
    known = vocabulary("topics").terms
    return [known[key].label("es") for key in texts(dataset.get("topics")) if key in known]


def keywords(dataset: dict[str, Any]) -> list[str]:
    """Return the tags in order; without tags the topics, else the organisation."""
    tags = sorted(str(tag["name"]) for tag in dataset.get("tags") or [])
    return tags or topic_titles(dataset) or [organization(dataset)]


def organization(dataset: dict[str, Any]) -> str:
    """Return the title of the organisation that publishes it."""
    found = dataset.get("organization") or {}
    return str(found.get("title") or found.get("name") or tk.config.get("ckan.site_title") or "")


def contact(dataset: dict[str, Any]) -> tuple[str, str]:
    """Return name and e-mail of the first contact; either may be empty."""
    for entry in dataset.get("contact") or []:
        name, email = str(entry.get("name") or ""), str(entry.get("email") or "")
        if name or email:
            return name, email
    return "", ""


def period(dataset: dict[str, Any]) -> str | None:
    """Return the period covered as ``start/end``; of several the whole that they span."""
    periods = [entry for entry in dataset.get("temporal_coverage") or [] if entry]
    starts = sorted(str(entry["start"]) for entry in periods if entry.get("start"))
    ends = sorted(str(entry["end"]) for entry in periods if entry.get("end"))
    if not starts and not ends:
        return None
    return f"{starts[0] if starts else '..'}/{ends[-1] if ends else '..'}"


def places(dataset: dict[str, Any]) -> list[str]:
    """Return the names of the areas covered, or that of the level when no area is given."""
    names = [area_name(code) for code in texts(dataset.get("area_codes")) if find_area(code)]
    level = vocabulary("geographic_levels").terms.get(str(dataset.get("geographic_level")))
    return names or ([level.label("es")] if level else [])


def repetition(dataset: dict[str, Any]) -> str | None:
    """Return how often it is updated as an ISO 8601 repetition, None where there is none."""
    term = vocabulary("periodicity").terms.get(str(dataset.get("frequency")))
    if term is None:
        return None
    return "irregular" if term.key == "IRREG" else term.extra.get("iso8601")


def licence(dataset: dict[str, Any]) -> str | None:
    """Return the address of the licence."""
    return licence_uri(str(dataset.get("license_id") or ""))


def is_file(resource: dict[str, Any]) -> bool:
    """Return whether the address gives the file itself, rather than a page or a service."""
    return str(resource.get("format") or "").strip().casefold() not in NOT_FILES


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that say something."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
