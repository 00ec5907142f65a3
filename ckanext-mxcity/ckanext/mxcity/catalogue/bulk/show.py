"""Both dictionaries of each dataset of a batch, as ``package_show`` gives them, read in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ckan.model as model
import sqlalchemy as sa
from ckan.lib import plugins as lib_plugins
from ckan.lib.dictization import model_dictize
from ckan.logic import fresh_context
from ckan.logic.schema import default_show_package_schema
from ckan.types import Context

from ckanext.mxcity.catalogue.bulk import hooks
from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.catalogue.bulk.quick import bound
from ckanext.mxcity.catalogue.bulk.schemas import Schemas, copied
from ckanext.mxcity.catalogue.bulk.validators import PREFETCHED

Rows = dict[str, list[Any]]


class Shower:
    """Makes the dictionaries of packages that are in the session, and in the database."""

    def __init__(self, packages: Sequence[Any], schemas: Schemas, shelf: Prefetched) -> None:
        """Fetch what belongs to the packages: six queries, however many they are."""
        ids = [package.id for package in packages]
        owners = {package.owner_org for package in packages if package.owner_org}
        self._schemas = schemas
        self._shelf = shelf
        self._default = schemas.quickened(default_show_package_schema())
        self._rows = _related(ids, owners)
        self.readers = hooks.Readers()
        self._dictize = bound(
            model_dictize.package_dictize, _execute=self._read, select=_Unasked, model=_TABLES
        )
        self._dictize_related = bound(model_dictize.package_dictize, _execute=self._ask)
        self._package: Any = None
        files = {row.url for rows in self._rows["resources"].values() for row in rows}
        self.views = hooks.view_counts(ids, files)

    def both(
        self, package: model.Package, parent: Context
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the dataset by the default schema, and by its own with what plugins add.

        Args:
            package: the stored object.
            parent: the context of the action that wrote it.

        """
        context = fresh_context(
            parent,
            ignore_auth=True,
            use_cache=False,
            validate=False,
        )
        scope = cast("dict[str, Any]", context)  # with keys that CKAN's own type does not have
        scope.update({"model": model, "package": package})
        if self.views is not None:
            scope[hooks.VIEW_COUNTS] = self.views
        self._package = package
        related = package.id in self._rows["relations"]
        shown = (self._dictize_related if related else self._dictize)(package, context)
        self.readers.read(package, shown)
        known = cast("Context", {**scope, PREFETCHED: self._shelf})
        default, _ = self._schemas.validate(
            object(), known, shown, copied(self._default), "package_show"
        )
        plugin = lib_plugins.lookup_package_plugin(shown["type"])
        schema = self._schemas.of(plugin, "show")
        own = default
        if schema != self._default:
            own, _ = self._schemas.validate(plugin, known, shown, schema, "package_show")
        self.readers.shown(context, own)
        return default, own

    def _read(self, query: Any, table: _Unasked, context: Context) -> Any:
        """Return what ``package_dictize`` would have read, from what was read for all."""
        if table.rows == "relations":
            return []
        owner = table.rows == "owners"
        return self._rows[table.rows].get(
            self._package.owner_org if owner else self._package.id, []
        )

    def _ask(self, query: Any, table: Any, context: Context) -> Any:
        """Return the same of a dataset that has relations: the database is asked for them."""
        if table is model.package_relationship_table:
            return model.Session.execute(query)
        return self._read(query, _TABLES[table.name], context)


class _Unasked:
    """Stands for a table, its columns and the queries about it, which are built and not asked.

    Building them takes as long as all else that ``package_dictize`` does.
    """

    def __init__(self, *rows: Any) -> None:
        """Remember in ``rows`` where the rows of a table are."""
        self.rows = rows[0]
        self.c = self

    def __getitem__(self, column: str) -> _Unasked:
        return self

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__

    def where(self, *conditions: Any) -> _Unasked:
        """Go on with the query."""
        return self

    join = where


class _Tables(dict[str, _Unasked]):
    """Tables by name, and as CKAN's ``model`` has them."""

    def __getattr__(self, name: str) -> _Unasked:
        return self[name.removesuffix("_table")]


_TABLES = _Tables(
    resource=_Unasked("resources"),
    tag=_Unasked(""),
    package_tag=_Unasked("tags"),
    member=_Unasked("groups"),
    group=_Unasked("owners"),
    package_relationship=_Unasked("relations"),
)


def _related(ids: Sequence[str], owners: set[str]) -> Mapping[str, Any]:
    """Rows in the very shape in which ``package_dictize`` reads them, by dataset."""
    resource, tag, joined = model.resource_table, model.tag_table, model.package_tag_table
    group, member = model.group_table, model.member_table
    relation = model.package_relationship_table
    related = sa.union(
        sa.select(relation.c.subject_package_id).where(relation.c.subject_package_id.in_(ids)),
        sa.select(relation.c.object_package_id).where(relation.c.object_package_id.in_(ids)),
    )
    active_owners = model.Session.execute(
        sa.select(group).where(group.c.id.in_(owners), group.c.state == "active")
    )
    return {
        "resources": _by_package(sa.select(resource).where(resource.c.package_id.in_(ids))),
        "tags": _by_first(
            sa.select(joined.c.package_id, tag, joined.c.state)
            .join(joined, tag.c.id == joined.c.tag_id)
            .where(joined.c.package_id.in_(ids))
        ),
        "groups": _by_first(
            sa.select(member.c.table_id, group, member.c.capacity)
            .join(member, group.c.id == member.c.group_id)
            .where(
                member.c.table_id.in_(ids),
                member.c.state == "active",
                group.c.is_organization.is_(False),
            )
        ),
        "owners": {row.id: [row] for row in active_owners},
        "relations": set(model.Session.scalars(related)),
    }


def _by_package(query: Any) -> Rows:
    found: Rows = {}
    for row in model.Session.execute(query):
        found.setdefault(row.package_id, []).append(row)
    return found


def _by_first(query: Any) -> Rows:
    """Rows without their first column, in lists by that column."""
    frozen = model.Session.execute(query).freeze()
    width = len(query.selected_columns)
    found: Rows = {}
    pairs = zip(frozen().scalars(), frozen().columns(*range(1, width)), strict=True)
    for key, row in pairs:
        found.setdefault(key, []).append(row)
    return found
