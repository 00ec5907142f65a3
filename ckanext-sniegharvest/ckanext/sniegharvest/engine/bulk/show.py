"""Both dictionaries of each dataset of a batch, as ``package_show`` gives them, read in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.lib import plugins as lib_plugins
from ckan.lib.dictization import model_dictize
from ckan.logic import apply_after_dataset_show_plugins, fresh_context
from ckan.logic.schema import default_show_package_schema

from ckanext.sniegharvest.engine.bulk import hooks
from ckanext.sniegharvest.engine.bulk.schemas import Schemas, bound, copied
from ckanext.sniegharvest.engine.bulk.shelf import Shelf
from ckanext.sniegharvest.engine.bulk.validators import SHELF

Rows = dict[str, list[Any]]


class Shower:
    """Makes the dictionaries of packages that are in the session, and in the database."""

    def __init__(self, packages: Sequence[Any], schemas: Schemas, shelf: Shelf) -> None:
        """Fetch what belongs to the packages: six queries, however many they are."""
        ids = [package.id for package in packages]
        owners = {package.owner_org for package in packages if package.owner_org}
        self._schemas = schemas
        self._shelf = shelf
        self._default = default_show_package_schema()
        self._rows = _related(ids, owners)
        self._dictize = bound(model_dictize.package_dictize, _execute=self._execute)
        self._package: Any = None
        files = {row.url for rows in self._rows["resources"].values() for row in rows}
        self.views = hooks.view_counts(ids, files)

    def both(self, package: Any, parent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The dataset by the default schema, and by its own with what plugins add.

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
        context.update({"model": model, "package": package})
        if self.views is not None:
            context[hooks.VIEW_COUNTS] = self.views
        self._package = package
        shown = self._dictize(package, context)
        announce_read(package, shown)
        scope = {**context, SHELF: self._shelf}
        default, _ = self._schemas.validate(
            object(), scope, shown, copied(self._default), "package_show"
        )
        plugin = lib_plugins.lookup_package_plugin(shown["type"])
        schema = self._schemas.of(plugin, "show")
        own = default
        if schema != self._default:
            own, _ = self._schemas.validate(plugin, scope, shown, schema, "package_show")
        apply_after_dataset_show_plugins(context, own)
        return default, own

    def _execute(self, query: Any, table: Any, context: Any) -> Any:
        """What ``package_dictize`` would have read, from what was read for all."""
        id_ = self._package.id
        if table is model.package_relationship_table:
            return model.Session.execute(query) if id_ in self._rows["relations"] else []
        if table is model.group_table:
            return self._rows["owners"].get(self._package.owner_org, [])
        names = {
            model.resource_table: "resources",
            model.package_tag_table: "tags",
            model.member_table: "groups",
        }
        return self._rows[names[table]].get(id_, [])


def announce_read(package: Any, shown: dict[str, Any]) -> None:
    """Tell the plugins that a dataset is being shown, as ``package_show`` does."""
    for item in p.PluginImplementations(p.IPackageController):
        item.read(package)
    for controller in p.PluginImplementations(p.IResourceController):
        for resource in shown["resources"]:
            controller.before_resource_show(resource)


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
