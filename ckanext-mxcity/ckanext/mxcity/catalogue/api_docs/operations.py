"""Read ``operations.yaml``, and what plugins add to it. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from ckanext.mxcity.ground.yaml import load_yaml

#: A text by language: ``{"en": …, "es_MX": …}``.
Text = dict[str, str]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation; ``where`` is path, query or body."""

    name: str
    where: str
    schema: dict[str, Any]
    required: bool
    about: Text
    example: Any = None


@dataclass(frozen=True)
class Operation:
    """Something that a program may ask: address, method, who may, and its parameters."""

    path: str
    group: str
    summary: Text
    method: str = "get"
    who: str = "anybody"
    answer: str = "action"
    about: Text = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the address, without braces: unique among the operations."""
        return self.path.removeprefix("/api/3/action/").strip("/").translate(_NAME)

    def examples(self, where: str) -> dict[str, Any]:
        """Return the example's value of each parameter in a place."""
        return {
            parameter.name: parameter.example
            for parameter in self.parameters
            if parameter.where == where and parameter.example is not None
        }

    def example_path(self) -> str:
        """Return the address with the example's values in it."""
        path = self.path
        for name, value in self.examples("path").items():
            path = path.replace(f"{{{name}}}", str(value))
        return path


@dataclass(frozen=True)
class Group:
    """A heading of the page."""

    id: str
    title: Text


_NAME = str.maketrans({"/": "_", ".": "_", "{": None, "}": None})


@lru_cache(maxsize=1)
def load() -> tuple[tuple[Group, ...], tuple[Operation, ...]]:
    """Return the groups and the operations, in the order of the file."""
    file = resources.files(__package__) / "operations.yaml"
    content = load_yaml(file.read_text(encoding="utf-8"))
    groups = tuple(Group(**group) for group in content["groups"])
    return groups, tuple(operation_of(entry) for entry in content["operations"])


def operation_of(entry: Mapping[str, Any]) -> Operation:
    """Return the operation that an entry of the file describes."""
    default = "body" if entry.get("method") == "post" else "query"
    parameters = tuple(_parameter(item, default) for item in entry["parameters"])
    return Operation(**{**entry, "parameters": parameters})


def _parameter(entry: Mapping[str, Any], default: str) -> Parameter:
    schema: dict[str, Any] = {key: entry[key] for key in ("type", "enum", "items") if key in entry}
    return Parameter(
        name=entry["name"],
        where=entry.get("in", default),
        schema=schema,
        required=bool(entry.get("required")),
        about=entry["about"],
        example=entry.get("example"),
    )
