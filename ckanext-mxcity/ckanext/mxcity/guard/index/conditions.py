"""Filters as conditions on CKAN's tables, field by field as the index has them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.lib.plugins import get_permission_labels

from ckanext.mxcity.dataset import fields
from ckanext.mxcity.dataset.formats import DICTIONARY, DICTIONARY_FORMAT
from ckanext.mxcity.guard.index import language
from ckanext.mxcity.guard.index.language import UnansweredError

Condition = sa.ColumnElement[bool]
Texts = Callable[[Any], Condition]

_package: Any = model.Package
#: Fields that are columns.
COLUMNS: dict[str, Any] = {
    "id": _package.id,
    "name": _package.name,
    "state": _package.state,
    "owner_org": sa.func.coalesce(_package.owner_org, ""),
    "creator_user_id": sa.func.coalesce(_package.creator_user_id, ""),
    "license_id": sa.func.coalesce(_package.license_id, ""),
    "dataset_type": sa.func.coalesce(_package.type, "dataset"),
    "capacity": sa.case((_package.private.is_(True), "private"), else_="public"),
    "entity_type": sa.literal("package"),
}
DATES = {
    "metadata_created": _package.metadata_created,
    "metadata_modified": _package.metadata_modified,
}


def of_tree(tree: language.Tree) -> Condition:
    """Return a filter as a condition, true or false and never null.

    Raises:
        UnansweredError: it is about something that only the index has.

    """
    if isinstance(tree, language.Everything):
        return sa.true()
    if isinstance(tree, language.Not):
        return sa.not_(of_tree(tree.part))
    if isinstance(tree, language.All):
        return sa.and_(*(of_tree(part) for part in tree.parts))
    if isinstance(tree, language.AnyOf):
        return sa.or_(*(of_tree(part) for part in tree.parts))
    if isinstance(tree, language.Between):
        return _between(tree)
    if isinstance(tree, language.Equals):
        value = tree.value
        return _of_field(tree.field, lambda text: text == value, value)
    if isinstance(tree, language.Begins):
        start = tree.start
        if tree.field in DATES and not start:
            result: Condition = DATES[tree.field].is_not(None)
            return result
        return _of_field(tree.field, lambda text: text.startswith(start, autoescape=True), None)
    raise UnansweredError(repr(tree))


def seen_with(labels: Sequence[str] | None) -> Condition:
    """Return the condition of the datasets that somebody with these labels may see.

    Labels are those of ``IPermissionLabels``. Of one that a plugin made for a single dataset, that
    dataset says whether it has it.

    Args:
        labels: None sees everything.

    """
    if labels is None:
        return sa.true()
    public = sa.and_(_package.state == model.State.ACTIVE, _package.private.is_(False))
    parts: list[Condition] = [public] if "public" in labels else []
    members = [label[7:] for label in labels if label.startswith("member-")]
    creators = [label[8:] for label in labels if label.startswith("creator-")]
    known = ("public", "member-", "creator-")
    others = {label for label in labels if not label.startswith(known)}
    owner = sa.func.coalesce(_package.owner_org, "")
    # What is public has no label but that, whoever owns it.
    hidden = sa.not_(public)
    parts.append(sa.and_(hidden, owner.in_(members), owner != ""))
    parts.append(sa.and_(hidden, owner == "", _package.creator_user_id.in_(creators)))
    parts.append(_package.id.in_(_labelled(others)))
    return sa.or_(*parts)


def _labelled(labels: set[str]) -> list[str]:
    """Return the datasets that have a label of their own among these, which ends in their id."""
    if not labels:
        return []
    ids = {label[-36:] for label in labels}
    found = model.Session.scalars(sa.select(_package).where(_package.id.in_(ids)))
    labelled = get_permission_labels().get_dataset_labels
    return [package.id for package in found if labels.intersection(labelled(package))]


def _of_field(field: str, says: Texts, value: str | None) -> Condition:
    """Return the condition that a field has a value of which ``says`` holds, or is ``value``."""
    if field in COLUMNS:
        return sa.and_(COLUMNS[field] != "", says(COLUMNS[field]))
    if field == "source_url" or field in fields.single_values():
        return sa.func.coalesce(says(sa.func.nullif(_extra(field), "")), sa.false())
    lists = fields.indexed_lists()
    if field in lists and value is not None:
        listed = _extra(lists[field]).contains(json.dumps(value), autoescape=True)
        return sa.func.coalesce(listed, sa.false())
    rows = _ROWS.get(field)
    if rows is not None:
        text, query = rows()
        result: Condition = query.where(says(text)).exists()
        return result
    if field in _OTHERS and value is not None:
        return _OTHERS[field](value)
    raise UnansweredError(field)


def _extra(name: str) -> Any:
    return _package.extras[name].astext


def _organization() -> tuple[Any, Any]:
    group: Any = model.Group
    query = sa.select(sa.literal(1)).where(
        group.id == _package.owner_org, group.state == "active", group.is_organization.is_(True)
    )
    return group.name, query.correlate(_package)


def _groups() -> tuple[Any, Any]:
    group, member = model.group_table, model.member_table
    query = sa.select(sa.literal(1)).where(
        member.c.table_id == _package.id,
        member.c.group_id == group.c.id,
        member.c.state == "active",
        group.c.is_organization.is_(False),
    )
    return group.c.name, query.correlate(_package)


def _tags() -> tuple[Any, Any]:
    tag, joined = model.tag_table, model.package_tag_table
    query = sa.select(sa.literal(1)).where(
        joined.c.package_id == _package.id,
        joined.c.tag_id == tag.c.id,
        joined.c.state == "active",
        tag.c.vocabulary_id.is_(None),
    )
    return tag.c.name, query.correlate(_package)


def _formats() -> tuple[Any, Any]:
    file: Any = model.Resource
    query = sa.select(sa.literal(1)).where(file.package_id == _package.id, is_data(file))
    return file.format, query.correlate(_package)


def is_data(file: Any) -> Condition:
    """Return the condition that a file is there, and is no dictionary of another."""
    dictionary = sa.and_(
        sa.func.coalesce(file.name, "").startswith(DICTIONARY), file.format == DICTIONARY_FORMAT
    )
    return sa.and_(file.state == "active", sa.not_(sa.func.coalesce(dictionary, sa.false())))


def _harvest_source() -> tuple[Any, Any]:
    if not p.plugin_loaded("harvest"):
        raise UnansweredError("harvest_source_id")
    from ckanext.harvest.model import HarvestObject

    found: Any = HarvestObject
    query = sa.select(sa.literal(1)).where(found.package_id == _package.id, found.current.is_(True))
    return found.harvest_source_id, query.correlate(_package)


#: Fields whose values are rows of other tables: the value, and the query of a dataset's rows.
_ROWS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "organization": _organization,
    "groups": _groups,
    "tags": _tags,
    "res_format": _formats,
    "harvest_source_id": _harvest_source,
}


def _further_source(value: str) -> Condition:
    listed = _extra("other_sources").contains(f'"source_id": {json.dumps(value)}', autoescape=True)
    return sa.func.coalesce(listed, sa.false())


def _further_host(value: str) -> Condition:
    host = "".join(char if char.isalnum() else f"\\{char}" for char in value)
    address = rf'"source_(url|address)": "[^"/?#]*//([^"/?#@]*@)*(www\.)?{host}["/?#]'
    return sa.func.coalesce(_extra("other_sources").op("~*")(address), sa.false())


_OTHERS: dict[str, Callable[[str], Condition]] = {
    "vocab_other_sources": _further_source,
    "vocab_other_hosts": _further_host,
}


def _between(tree: language.Between) -> Condition:
    """Return the condition of a range, of dates or of what is a column."""
    column = DATES.get(tree.field)
    low: Any = tree.low
    high: Any = tree.high
    if column is not None:
        low, high = (end if end is None else _moment(end) for end in (low, high))
    else:
        column = COLUMNS.get(tree.field)
        if column is None:
            raise UnansweredError(tree.field)
        column = column.collate("C")  # as Solr orders texts
    parts = [sa.true()]
    if low is not None:
        parts.append(column >= low if tree.with_low else column > low)
    if high is not None:
        parts.append(column <= high if tree.with_high else column < high)
    return sa.and_(*parts)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError as error:
        raise UnansweredError(text) from error
    if moment.tzinfo is not None:  # Solr knows UTC only
        raise UnansweredError(text)
    return moment
