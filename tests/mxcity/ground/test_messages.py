"""The sentences of a refused action."""

from __future__ import annotations

import pytest
from ckanext.mxcity.ground.messages import error_texts


@pytest.mark.parametrize(
    ("errors", "texts"),
    [
        ({"on": ["There is no such column."]}, ["There is no such column."]),
        ({"a": ["one", "two"], "b": ["three"]}, ["one", "two", "three"]),
        ({"message": "The query is not valid."}, ["The query is not valid."]),
        ({"resources": [{}, {"url": ["Missing value"]}]}, ["Missing value"]),
        ({"tags": [{"name": ["Too short"]}], "count": 3}, ["Too short", "3"]),
        ("The table is not there.", ["The table is not there."]),
        ({}, []),
        (None, []),
    ],
)
def test_error_texts(errors: object, texts: list[str]):
    """Every sentence is given whole, whatever the shape in which CKAN keeps the errors."""
    assert error_texts(errors) == texts
