"""Which elements of SNIEG's metadata norm a dataset, or a ministry's datasets, have.

Present, absent or not applicable; no verdict, because which elements are obligatory is said in an
annex of the norm that is not part of this portal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.dataset import fields
from ckanext.mxcity.dataset.types import TYPES
from ckanext.mxcity.ground import schema_files
from ckanext.mxcity.ground.vocabularies import Term, vocabulary

NORM = {"norm": "NT-METADATOS-SNIEG-2025", "published": "2025-09-17"}
VOCABULARY = "snieg_elements"
#: The field whose entries hold what has no field of its own.
OTHERS = "process_metadata"
STATES = ("present", "absent", "not_applicable")
#: Fields that are columns of the dataset, not extras.
COLUMNS = ("notes", "owner_org", "url", "metadata_modified")

Package: Any = model.Package


def elements() -> Sequence[Term]:
    """Return the elements of the norm, in its order."""
    return tuple(vocabulary(VOCABULARY).terms.values())


def fields_of(element: Term) -> tuple[str, ...]:
    """Return the fields that hold an element: those that the list names, else that name it."""
    listed = element.extra.get("fields")
    return tuple(listed) if listed is not None else _declared().get(element.key, ())


@schema_files.kept
def _declared() -> Mapping[str, tuple[str, ...]]:
    """Return the fields that declare each element as the one that they come from."""
    known = vocabulary(VOCABULARY)
    found: dict[str, tuple[str, ...]] = {}
    for field in fields.every().values():
        element = known.find(field.snieg) if field.snieg else None
        if element:
            found[element.key] = (*found.get(element.key, ()), field.name)
    return found


def of_dataset(dataset: Mapping[str, Any]) -> Iterator[tuple[Term, str]]:
    """Yield each element with its state in a dataset, given as ``package_show`` gives it."""
    others = {
        entry.get("element")
        for entry in dataset.get(OTHERS) or []
        if str(entry.get("value") or "").strip()
    }
    for element in elements():
        applies = element.extra.get("applies", {})
        given = {field: dataset.get(field) for field in applies}
        if any(given[field] and given[field] not in applies[field] for field in applies):
            yield element, "not_applicable"
        elif element.key in others or any(dataset.get(field) for field in fields_of(element)):
            yield element, "present"
        else:
            yield element, "absent"


def of_organization(organization_id: str) -> sa.Select[Any]:
    """Count an organisation's public datasets by element and state, with one statement.

    Returns:
        One row: ``datasets``, and for each element ``KEY present`` and ``KEY not_applicable``.

    """
    columns: list[Any] = [sa.func.count().label("datasets")]
    for element in elements():
        strange = sa.or_(
            sa.false(),
            *(
                sa.and_(_text(field) != "", _text(field).notin_(values))
                for field, values in element.extra.get("applies", {}).items()
            ),
        )
        there = sa.or_(
            _text(OTHERS).contains(json.dumps({"element": element.key})[1:-1], autoescape=True),
            *(_has(field) for field in fields_of(element)),
        )
        counted = {"present": sa.and_(sa.not_(strange), there), "not_applicable": strange}
        columns += [
            sa.func.count().filter(condition).label(f"{element.key} {state}")
            for state, condition in counted.items()
        ]
    return sa.select(*columns).where(
        Package.owner_org == organization_id,
        Package.type.in_(TYPES),
        Package.state == "active",
        Package.private.is_(False),
    )


def _text(field: str) -> Any:
    return sa.func.coalesce(Package.extras[field].astext, "")


def _has(field: str) -> Any:
    if field == "tags":
        tag: Any = model.PackageTag
        return sa.exists().where(tag.package_id == Package.id, tag.state == "active")
    if field == "resources":
        resource: Any = model.Resource
        return sa.exists().where(resource.package_id == Package.id, resource.state == "active")
    if field in COLUMNS:
        return sa.func.coalesce(sa.cast(getattr(Package, field), sa.Text), "") != ""
    return _text(field).notin_(("", "[]"))
