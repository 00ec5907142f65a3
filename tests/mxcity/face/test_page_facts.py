"""Dates, citations and colours as pages show them."""

from __future__ import annotations

import pytest
from ckanext.mxcity.catalogue.page_facts import citation
from ckanext.mxcity.city import Colours
from ckanext.mxcity.city.clock import written_date
from ckanext.mxcity.city.style import city_style, mix, style_version


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2024-12-31", "31/12/2024"),
        ("2024-12-31T23:59:59.5", "31/12/2024"),
        ("2024-05", "05/2024"),
        ("2024", "2024"),
        ("", ""),
        (None, ""),
        ("enero de 2024", "enero de 2024"),
        ("20241", "20241"),
    ],
)
def test_date(value: object, shown: str) -> None:
    """A date is day, month and year, as far as they are known; other text stays."""
    assert written_date(value) == shown


def test_citation() -> None:
    """A citation says who, when, what and where."""
    package = {"title": "Luminarias", "modified": "2024-01-02", "organization": {"title": "SSP"}}
    assert citation(package, "Portal", "http://x/d") == "SSP (2024). Luminarias. Portal. http://x/d"
    assert citation({"name": "a"}, "Portal", "http://x/d") == "Portal. a. Portal. http://x/d"


def test_city_style() -> None:
    """The stylesheet has the city's colours, and its address changes with them."""
    one = Colours(primary="#7a1f3d", on_primary="#ffffff", accent="#9b2550")
    style = city_style(one)
    assert "--mx-primary: #7a1f3d;" in style
    assert "--mx-accent: #9b2550;" in style
    assert style_version(one) != style_version(None)
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
