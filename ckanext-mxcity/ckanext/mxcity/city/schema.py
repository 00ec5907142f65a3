"""The JSON Schema of a profile, with its errors put in plain words.

The profiles name ``schema.json`` for editors, which mark mistakes by it as they are typed.
"""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from importlib import metadata, resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ckanext.mxcity.city.errors import Problem

#: Entry points by which a harvest tells which types of source it reads.
SOURCE_TYPES = "mxcity.source_types"


@lru_cache(maxsize=1)
def profile_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a city's profile."""
    text = (resources.files(__package__) / "schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_problems(document: Any) -> list[Problem]:
    """Return where a document breaks the schema, and what was expected there."""
    validator = Draft202012Validator(_schema_here())
    errors = sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.path)))
    return [problem for error in errors for problem in _problems(error)]


@lru_cache(maxsize=1)
def _schema_here() -> dict[str, Any]:
    """Return the schema with the types of source of the installed harvest, if there is one."""
    schema = copy.deepcopy(profile_schema())
    kinds = sorted(point.name for point in metadata.entry_points(group=SOURCE_TYPES))
    if kinds:
        source: dict[str, Any] = schema["$defs"]["source"]["properties"]
        source["type"] = {"description": f"One of {', '.join(kinds)}.", "enum": kinds}
    return schema


def _problems(error: ValidationError) -> list[Problem]:
    path = _path(error)
    instance: Any = error.instance
    if error.validator == "required":
        required: Any = error.validator_value
        missing = [name for name in required if name not in instance]
        name = next(name for name in missing if repr(name) in error.message)
        return [Problem(_join(path, name), f"expected {_what(error.schema, name)}; it is missing")]
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        known = schema.get("properties", {})
        allowed = ", ".join(sorted(known))
        extra = [name for name in instance if name not in known]
        return [Problem(_join(path, str(name)), f"expected one of: {allowed}") for name in extra]
    return [Problem(path, f"expected {_expected(error)}; found {_shown(error.instance)}")]


def _expected(error: ValidationError) -> str:
    schema, rule = error.schema, error.validator_value
    if isinstance(schema, dict) and schema.get("description"):
        return _lowered(schema["description"])
    sentences = {
        "type": f"a value of type {rule}",
        "enum": f"one of {', '.join(map(str, rule)) if isinstance(rule, list) else rule}",
        "minItems": f"at least {rule} entries",
        "maxItems": f"at most {rule} entries",
    }
    return sentences.get(str(error.validator), error.message)


def _what(schema: Any, name: str) -> str:
    described = schema.get("properties", {}).get(name, {}).get("description")
    return _lowered(described) if described else "a value"


def _lowered(sentence: str) -> str:
    text = sentence.rstrip(".")
    acronym = text.split(maxsplit=1)[0].isupper() and len(text.split(maxsplit=1)[0]) > 1
    return text if acronym else text[:1].lower() + text[1:]


def _path(error: ValidationError) -> str:
    path = ""
    for part in error.absolute_path:
        path = f"{path}[{part}]" if isinstance(part, int) else _join(path, str(part))
    return path


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
