"""A document of YAML says each key once."""

from __future__ import annotations

import pytest
import yaml
from ckanext.mxcity.ground.yaml import load_yaml


@pytest.mark.parametrize(
    "text", ["a: 1\nb: 2\na: 3", "x:\n  y: 1\n  y: 1", "- {k: 1, k: 2}", "1: a\n1: b"]
)
def test_a_key_that_is_there_twice_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r"is there twice[\s\S]*line \d"):
        load_yaml(text)


def test_other_documents_are_read_as_ever() -> None:
    text = 'base: &base {a: 1, b: 2}\none: {<<: *base, b: 3}\n1: number\n"1": text'
    assert load_yaml(text) == {
        "base": {"a": 1, "b": 2}, "one": {"a": 1, "b": 3}, 1: "number", "1": "text"
    }  # fmt: skip
