"""From the fields of a source to ours, by the files in ``schemas/mappings``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.reference_systems import epsg
from ckanext.mxcity.ground.vocabularies import vocabulary
from ckanext.mxcity.reading import assemble, values
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

#: From paths to the first value at any of them, None or "" if there is none.
First = Callable[[Sequence[str]], Any]
#: From paths to all values at them.
Every = Callable[[Sequence[str]], Sequence[Any]]


@dataclass(frozen=True)
class Rule:
    """One field of ours: where it comes from and how it is read."""

    field: str
    paths: tuple[str, ...]
    #: A key of ``_WAYS`` or ``_SEVERAL``, ``term``, ``terms`` or ``always``, or ``code`` where the
    #: reader does it itself.
    how: str
    vocabulary: str = ""
    #: What the field always is, where ``how`` is ``always``.
    value: str = ""


@dataclass(frozen=True)
class Rules:
    """A file of ``schemas/mappings``."""

    dataset: tuple[Rule, ...]
    resource: tuple[Rule, ...]
    #: Names of the source's fields that have a place or need none.
    known: frozenset[str]
    known_resource: frozenset[str]
    #: Those that a source may keep among its extras.
    extras_too: frozenset[str]


@schema_files.kept
def rules(name: str) -> Rules:
    """Return the rules of a type of source, e.g. ``ckan``.

    Raises:
        ValueError: a rule is read in a way that there is not.

    """
    loaded = mapping_file(name)
    dataset, resource = (_rules(loaded.get(part, {})) for part in ("dataset", "resource"))
    if "type" in loaded:
        dataset += (Rule("type", (), "always", value=loaded["type"]),)
    return Rules(
        dataset,
        resource,
        _names(dataset) | set(loaded.get("ignored", ())),
        _names(resource) | set(loaded.get("ignored_resource", ())),
        frozenset(loaded.get("extras_too", ())),
    )


def with_fields(found: Rules, further: Sequence[Rule], in_extras: Iterable[str]) -> Rules:
    """Return rules with those of further fields; a field that has a rule keeps it alone.

    Args:
        found: the rules of a file.
        further: rules of fields.
        in_extras: those of the fields that a source may keep among its extras.

    Raises:
        ValueError: a rule is read in a way that there is not.

    """
    ruled = {rule.field for rule in found.dataset}
    added = tuple(rule for rule in further if rule.field not in ruled)
    _check(added)
    names = {rule.field for rule in added} & set(in_extras)
    return replace(
        found,
        dataset=found.dataset + added,
        known=found.known | _names(added),
        extras_too=found.extras_too | _names([rule for rule in added if rule.field in names]),
    )


def fill(
    draft: Draft,
    owner: dict[str, Any],
    listed: Sequence[Rule],
    first: First,
    every: Every | None = None,
) -> None:
    """Set the fields of a dataset or resource that need no program.

    Args:
        draft: takes the warnings.
        owner: the dataset or the resource.
        listed: its rules.
        first: finds the value of a rule.
        every: finds all values of a rule, where a term may stand beside other things.

    """
    for rule in listed:
        if rule.how == "term":
            found = every(rule.paths) if every else [first(rule.paths)]
            terms = (values.term(rule.vocabulary, entry) for entry in found)
            owner[rule.field] = next((term for term in terms if term), "")
        elif rule.how == "terms":
            said = every(rule.paths) if every else values.texts(first(rule.paths))
            keys = {values.term(rule.vocabulary, entry) for entry in said}
            listed_keys = [key for key in vocabulary(rule.vocabulary).terms if key in keys]
            if listed_keys:
                owner[rule.field] = listed_keys
        elif rule.how == "always":
            owner[rule.field] = rule.value
        elif rule.how in _SEVERAL:
            said = every(rule.paths) if every else values.texts(first(rule.paths), "")
            texts = list(dict.fromkeys(found for found in map(values.text, said) if found))
            if texts:
                owner[rule.field] = _SEVERAL[rule.how](texts)
        elif rule.how != "code":
            value = first(rule.paths)
            if value not in (None, "", [], {}):
                _WAYS[rule.how](draft, owner, rule.field, value)


def first_of(raw: Mapping[str, Any]) -> First:
    """Find values in a flat record."""

    def first(paths: Sequence[str]) -> Any:
        found = (raw.get(path) for path in paths)
        return next((value for value in found if value not in (None, "", [], {})), None)

    return first


def _rules(given: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    made = tuple(
        Rule(field, tuple(rule["from"]), rule["as"], rule.get("vocabulary", ""))
        for field, rule in given.items()
    )
    _check(made)
    return made


def _check(made: Iterable[Rule]) -> None:
    for rule in made:
        if rule.how not in (*_WAYS, *_SEVERAL, "term", "terms", "code"):
            raise ValueError(f"{rule.field} is read as {rule.how}, and there is no such way")


def _names(listed: Sequence[Rule]) -> frozenset[str]:
    """Return the first step of every path: what the record itself is made of."""
    return frozenset(re.split(r"[./]", path)[0] for rule in listed for path in rule.paths)


def _text(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    owner[field] = values.text(value)


def _number(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    """Set a number; nothing for what is none."""
    try:
        number = float(values.text(value))
    except ValueError:
        return
    owner[field] = int(number) if number.is_integer() else number


def _positive(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    found: dict[str, Any] = {}
    _number(draft, found, field, value)
    if found.get(field, 0) > 0:
        owner |= found


def _system(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    owner[field] = epsg(values.text(value)) or ""


def _extent(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    assemble.set_extent(draft, value)


def _languages(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    owner[field] = values.languages(values.texts(value))


def _flag(draft: Draft, owner: dict[str, Any], field: str, value: Any) -> None:
    if value is True or values.text(value).lower() in ("true", "1"):
        owner[field] = True


_WAYS: Mapping[str, Callable[[Draft, dict[str, Any], str, Any], None]] = {
    "text": _text,
    "date": assemble.set_date,
    "address": assemble.set_address,
    "extent": _extent,
    "languages": _languages,
    "flag": _flag,
    "number": _number,
    "positive": _positive,
    "system": _system,
}

#: Ways that take all that is at the paths, not the first alone.
_SEVERAL: Mapping[str, Callable[[list[str]], Any]] = {"paragraphs": "\n\n".join, "list": list}
