"""Hardened against what people may not write: addresses, shapes, and fields that are the portal's.

Every way to write a dataset or a file (forms, API, ``patch`` and ``revise``) ends in
``package_create`` or ``package_update``, which are chained here. What the portal itself writes
(with ``ignore_auth``) passes; the harvest looks at addresses where it reads them.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import Action, ChainedAction, Context, DataDict

from ckanext.mxcity.ground import links
from ckanext.mxcity.guard.logic import protected, shapes

Errors = dict[str, Any]

#: Actions that write something with an address in it, and the plugin that they come with.
WITH_ADDRESSES = {
    **dict.fromkeys(
        (
            "organization_create", "organization_update", "group_create", "group_update",
            "user_create", "user_update", "resource_view_create", "resource_view_update",
        ),
        "mxcity_guard",
    ),
    **dict.fromkeys(("harvest_source_create", "harvest_source_update"), "harvest"),
}  # fmt: skip
#: Actions of the DataStore that write fields of the portal for people who asked for its tables.
FOR_PEOPLE = ("datastore_create", "datastore_delete")

#: Where the DataStore lists its tables, those of private datasets too.
LIST_OF_TABLES = "_table_metadata"

_portal_writes: ContextVar[bool] = ContextVar("mxcity_portal_writes", default=False)


def chained() -> dict[str, ChainedAction]:
    """Return the chained actions, by name."""
    actions: dict[str, ChainedAction] = {
        "package_create": package_create,
        "package_update": package_update,
    }
    for name, plugin in WITH_ADDRESSES.items():
        if p.plugin_loaded(plugin):
            actions[name] = _with_addresses(name)
    if p.plugin_loaded("datastore"):
        actions |= {name: _for_people(name) for name in FOR_PEOPLE}
        actions |= {"datastore_search": datastore_search, "datastore_info": datastore_info}
    return actions


@tk.chained_action
def package_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Create a dataset from what people may write."""
    if not context.get("ignore_auth"):
        _look(context, data_dict)
    return original(context, data_dict)


@tk.chained_action
def package_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Update a dataset with what people may write."""
    if not context.get("ignore_auth"):
        _look(context, data_dict)
    return original(context, data_dict)


@tk.chained_action
@tk.side_effect_free
def datastore_search(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Search a table as CKAN does; the list of all tables is for administrators."""
    wanted = data_dict.get("resource_id") or data_dict.get("id")
    asks = wanted == LIST_OF_TABLES and not context.get("ignore_auth")
    if asks and not authz.is_sysadmin(context.get("user") or ""):
        raise tk.ObjectNotFound(tk._("Resource was not found."))
    return _found_or_not(original, context, data_dict)


@tk.chained_action
@tk.side_effect_free
def datastore_info(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Describe a table as CKAN does."""
    return _found_or_not(original, context, data_dict)


def _found_or_not(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Do as CKAN does, with one sentence for what is not there and what one may not see."""
    try:
        return original(context, data_dict)
    except tk.ObjectNotFound:
        raise tk.ObjectNotFound(tk._("Resource was not found.")) from None


def _look(context: Context, data_dict: DataDict) -> None:
    """Give fields their shape, put back what is the portal's, and refuse the rest.

    Raises:
        ValidationError: a field has another shape, or an address is no link.

    """
    resources = data_dict.get("resources")
    errors = shapes.mend_dataset(data_dict)
    errors |= address_errors({**data_dict, "resources": None})
    if not isinstance(resources, list) or not all(isinstance(file, dict) for file in resources):
        if resources is not None:
            errors["resources"] = [{"url": [tk._("Must be a list of objects.")]}]
    else:
        found = [{**shapes.mend_resource(file), **address_errors(file)} for file in resources]
        if any(found):
            errors["resources"] = found
    if errors:
        raise tk.ValidationError(errors)
    if isinstance(resources, list) and not _may_write_all(context):
        protected.put_back(str(data_dict.get("id") or data_dict.get("name") or ""), resources)


def address_errors(data: DataDict) -> Errors:
    """Return the error of each address in ``data`` that is no link."""
    return {
        name: [
            tk._('"{value}" is not an address of the web. It has to begin with https://').format(
                value=value[:100]
            )
        ]
        for name, value in links.refused_in(data)
    }


def _may_write_all(context: Context) -> bool:
    return _portal_writes.get() or authz.is_sysadmin(context.get("user") or "")


def _with_addresses(name: str) -> ChainedAction:
    def check(original: Action, context: Context, data_dict: DataDict) -> Any:
        """Write as CKAN does, if each address is one of the web."""
        errors = {} if context.get("ignore_auth") else address_errors(data_dict)
        if errors:
            raise tk.ValidationError(errors)
        return original(context, data_dict)

    check.__name__ = name
    return tk.chained_action(check)


def _for_people(name: str) -> ChainedAction:
    def write(original: Action, context: Context, data_dict: DataDict) -> Any:
        """Write as CKAN does, fields of the portal too; names of tables are the portal's."""
        named = data_dict.get("aliases") and not context.get("ignore_auth")
        if named and not authz.is_sysadmin(context.get("user") or ""):
            raise tk.ValidationError(
                {"aliases": [tk._("Only administrators give tables further names.")]}
            )
        resource = data_dict.get("resource")
        if isinstance(resource, dict) and not context.get("ignore_auth"):
            protected.put_back("", [resource])
        mark = _portal_writes.set(True)
        try:
            return original(context, data_dict)
        finally:
            _portal_writes.reset(mark)

    write.__name__ = name
    return tk.chained_action(write)
