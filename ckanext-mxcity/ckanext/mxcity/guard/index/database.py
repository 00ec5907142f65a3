"""What a search without words finds, from PostgreSQL: the same datasets that the index has.

The documents are made by what makes those of the index, so that whoever reads them cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.mxcity.catalogue.bulk.reindex import documents_of
from ckanext.mxcity.catalogue.index import CHANGED
from ckanext.mxcity.guard.index import conditions, language
from ckanext.mxcity.guard.index.language import UnansweredError

Condition = sa.ColumnElement[bool]

_package: Any = model.Package
#: When the data changed, as ``catalogue.index`` works it out: a year or a month is its first day.
_changed = sa.func.coalesce(
    sa.func.nullif(sa.func.trim(_package.extras["modified"].astext), ""),
    sa.func.to_char(_package.metadata_modified, 'YYYY-MM-DD"T"HH24:MI:SS'),
)
_SORTS: dict[str, Any] = {
    CHANGED: sa.func.left(
        _changed.concat(sa.func.substr("1900-01-01T00:00:00", sa.func.length(_changed) + 1)), 19
    ).collate("C"),
    "id": _package.id.collate("C"),
    "name": _package.name.collate("C"),
    "title_string": _package.title.collate("C"),
    **conditions.DATES,
}
#: Orders that the index alone knows; they give way to the rest of what was asked.
_UNKNOWN = frozenset({"score", "view_recent", "views_recent", "views_total"})
#: Fields of a document that need no more than the dataset's own row.
_OF_THE_ROW: dict[str, Any] = {"id": _package.id, "name": _package.name, **conditions.DATES}
#: Parameters that are answered; the others weigh words, or ask for what only the index does.
_UNDERSTOOD = frozenset(
    {
        *("q", "fq", "fq_list", "rows", "start", "sort", "fl", "wt", "df"),
        *("facet", "facet.field", "facet.limit", "facet.mincount"),
    }
)
#: Most values of a facet, where no number is asked for.
_FACET_LIMIT = 50


class Answer:
    """What Solr would have answered: how many, the documents of the page, and counts by value."""

    def __init__(self, query: dict[str, Any], labels: Sequence[str] | None) -> None:
        """Work the question out; nothing is asked yet.

        Args:
            query: what ``PackageSearchQuery.run`` is given.
            labels: permission labels of who asks; None sees everything.

        Raises:
            UnansweredError: it asks for words, or for what only the index has.

        """
        self._query = query
        self._labels = labels
        unknown = query.keys() - _UNDERSTOOD
        if unknown:
            raise UnansweredError(", ".join(sorted(unknown)))
        filters = [_question(query.get("q")), str(query.get("fq") or "")]
        filters += [str(text) for text in query.get("fq_list") or ()]
        trees = [language.read(text) for text in filters]
        wanted = [conditions.of_tree(tree) for tree in trees]
        if not any("+state:" in text for text in filters[1:]):
            wanted.append(_package.state == model.State.ACTIVE)
        self._where = sa.and_(
            *wanted, _package.state != model.State.DELETED, conditions.seen_with(labels)
        )
        self._order = _order(str(query.get("sort") or ""))

    def count(self) -> int:
        """Return how many datasets there are."""
        query = sa.select(sa.func.count()).select_from(_package).where(self._where)
        return int(model.Session.scalar(query) or 0)

    def documents(self) -> list[dict[str, Any]]:
        """Return the documents of the page, with the fields that were asked for."""
        rows = int(self._query.get("rows", 10))
        if not rows:
            return []
        fields = str(self._query.get("fl") or "name").replace(",", " ").split()
        row_alone = set(fields) <= set(_OF_THE_ROW)
        columns = [_OF_THE_ROW[name].label(name) for name in fields] if row_alone else [_package.id]
        query = (
            sa.select(*columns)
            .where(self._where)
            .order_by(*self._order)
            .offset(int(self._query.get("start") or 0))
            .limit(rows)
        )
        found = model.Session.execute(query).all()
        if row_alone:
            return [_as_solr(row._asdict()) for row in found]
        made = {document["id"]: document for document in documents_of([row[0] for row in found])}
        whole = [made[row[0]] for row in found if row[0] in made]
        return [
            {name: document[name] for name in fields if name in document}
            for document in whole
            if self._may_see(document)
        ]

    def _may_see(self, document: dict[str, Any]) -> bool:
        """Look once more, by the labels that the index would have had."""
        return self._labels is None or bool(
            set(self._labels).intersection(document["permission_labels"])
        )

    def facets(self) -> dict[str, dict[str, int]]:
        """Return how many datasets there are by value, of each field that was asked for."""
        if str(self._query.get("facet", "true")) != "true":
            return {}
        fields = self._query.get("facet.field") or []
        fields = [fields] if isinstance(fields, str) else fields
        limit = int(self._query.get("facet.limit") or _FACET_LIMIT)
        return {field: self._facet(field, limit) for field in fields}

    def _facet(self, field: str, limit: int) -> dict[str, int]:
        count = _COUNTS.get(field)
        if count is None:
            return {}
        value, query = count()
        number = sa.func.count(sa.distinct(_package.id))
        grouped = query.add_columns(value.label("value"), number.label("number")).where(
            self._where, value.is_not(None), value != ""
        )
        grouped = grouped.group_by(value).order_by(number.desc(), value)
        if limit >= 0:
            grouped = grouped.limit(limit)
        return {row.value: row.number for row in model.Session.execute(grouped)}


def _question(q: Any) -> str:
    """Return the question as a filter."""
    text = str(q or "*:*")
    if text in ('""', "''"):
        return "*:*"
    if ":" not in text:
        raise UnansweredError(text)
    return text


def _order(text: str) -> list[Any]:
    """Return the order that was asked for, and by id where it leaves a choice."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, direction = part.partition(" ")
        if name in _UNKNOWN:
            continue
        if name not in _SORTS or direction.strip().lower() not in ("asc", "desc", ""):
            raise UnansweredError(part)
        column = _SORTS[name]
        found.append(column.desc() if direction.strip().lower() == "desc" else column.asc())
    return [*(found or [_package.metadata_modified.desc()]), _SORTS["id"]]


def _as_solr(row: dict[str, Any]) -> dict[str, Any]:
    """Dates as Solr writes them, to the millisecond and in UTC."""
    for name in conditions.DATES.keys() & row.keys():
        row[name] = f"{row[name].isoformat(timespec='milliseconds')}Z"
    return row


def _of_column(column: Any) -> Callable[[], tuple[Any, Any]]:
    return lambda: (column, sa.select().select_from(_package))


def _by_organization() -> tuple[Any, Any]:
    group: Any = model.Group
    return group.name, sa.select().select_from(_package).join(
        group, sa.and_(group.id == _package.owner_org, group.state == "active")
    )


def _by_group() -> tuple[Any, Any]:
    group, member = model.group_table, model.member_table
    query = sa.select().select_from(_package)
    query = query.join(member, member.c.table_id == _package.id)
    active = (member.c.state == "active", group.c.is_organization.is_(False))
    return group.c.name, query.join(group, sa.and_(group.c.id == member.c.group_id, *active))


def _by_format() -> tuple[Any, Any]:
    file: Any = model.Resource
    joined = sa.and_(file.package_id == _package.id, conditions.is_data(file))
    return file.format, sa.select().select_from(_package).join(file, joined)


def _by_topic() -> tuple[Any, Any]:
    text = _package.extras["topics"].astext
    # What is no list counts for nothing, instead of spoiling the rest.
    listed = sa.case((text.op("~")(r'^\["[\w, "-]*"\]$'), text), else_="[]")
    elements: Any = sa.func.jsonb_array_elements_text(sa.cast(listed, JSONB))
    topics = elements.table_valued("value").render_derived().lateral()
    return topics.c.value, sa.select().select_from(_package).join(topics, sa.true())


#: Fields that are counted: the value, and a query of datasets with a row for each of them.
_COUNTS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "organization": _by_organization,
    "groups": _by_group,
    "res_format": _by_format,
    "vocab_topics": _by_topic,
    **{name: _of_column(conditions.COLUMNS[name]) for name in ("owner_org", "license_id")},
    "dataset_type": _of_column(conditions.COLUMNS["dataset_type"]),
}
