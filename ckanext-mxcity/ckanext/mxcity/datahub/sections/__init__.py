"""The sections of a ministry's page, in the order of the page: a list of data.

A section is one entry of ``SECTIONS``, one template ``mxcity_datahub/sections/NAME.html`` and, if
it lists something, one function. The page and ``datahub_ministry_show`` are made from the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.datahub.model import plain
from ckanext.mxcity.datahub.sections import catalogue, records
from ckanext.mxcity.datahub.sections.reader import Reader

__all__ = ["SECTIONS", "Reader", "Section", "shown"]


def _nothing(_reader: Reader) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Section:
    """One section of a ministry's page."""

    name: str
    #: The title among the links at the head of the page.
    title: Callable[[], str]
    #: The heading above the section.
    heading: Callable[[], str]
    #: Gives what the section lists, by name; figures are there anyway.
    lists: Callable[[Reader], dict[str, Any]] = _nothing


SECTIONS = (
    Section(
        "ministry",
        lambda: tk._("The ministry"),
        lambda: tk._("The ministry"),
        records.successions,
    ),
    Section(
        "diagnosis",
        lambda: tk._("Diagnosis"),
        lambda: tk._("Diagnosis: use and usefulness"),
        records.assets,
    ),
    Section(
        "standards",
        lambda: tk._("Standards"),
        lambda: tk._("Standards and maintenance"),
    ),
    Section("sharing", lambda: tk._("Sharing"), lambda: tk._("Sharing"), records.requests),
    Section(
        "published",
        lambda: tk._("Published data"),
        lambda: tk._("Published data"),
        catalogue.datasets,
    ),
    Section("allies", lambda: tk._("Allies"), lambda: tk._("Allies"), records.stakeholders),
    Section(
        "participation",
        lambda: tk._("Participation"),
        lambda: tk._("Participation and services"),
    ),
    Section("decisions", lambda: tk._("Decisions"), lambda: tk._("Decisions"), records.decisions),
    Section("plan", lambda: tk._("Plan"), lambda: tk._("Integration plan"), records.milestones),
    Section(
        "cities",
        lambda: tk._("Other cities"),
        lambda: tk._("The same unit in other cities"),
        catalogue.other_cities,
    ),
    Section(
        "sources",
        lambda: tk._("Synchronisation"),
        lambda: tk._("Synchronisation"),
        catalogue.sources,
    ),
)


def shown(reader: Reader) -> list[dict[str, Any]]:
    """Return every section with its letter, its titles and what it lists, as JSON has it."""
    return [
        {
            "name": section.name,
            "letter": chr(ord("A") + place),
            "title": section.title(),
            "heading": section.heading(),
            "lists": _as_json(section.lists(reader)),
        }
        for place, section in enumerate(SECTIONS)
    ]


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_json(part) for part in value]
    return plain(value)
