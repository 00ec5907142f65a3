"""Template helpers of the DataHub."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.datahub import heirs
from ckanext.mxcity.datahub.fields import Kind, kinds
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.rights import DECIDE, EDIT, coordinates, has_permission
from ckanext.mxcity.facet_labels import current_language


def datahub_kind(name: str) -> Kind:
    """Return the definition of a kind of record."""
    return kinds()[name]


def datahub_language() -> str:
    """Return the language in which labels of the fields are shown."""
    return current_language()


def datahub_value(kind: str, name: str, value: Any) -> str:
    """Return a stored value as people read it."""
    return records.readable(kinds()[kind], name, value)


def datahub_number(value: int | float | None) -> str:
    """Return a number as Mexicans write it: 1,234.5; a dash of nothing."""
    if value is None:
        return "—"
    return f"{value:,.1f}" if isinstance(value, float) and value % 1 else f"{int(value):,}"


def datahub_late(days: int) -> str:
    """Return "1 día de retraso" of one day, and the like of more."""
    return str(tk.ungettext("{days} day late", "{days} days late", days)).format(days=f"{days:,}")


def datahub_may_edit(organization_id: str) -> bool:
    """Tell whether the reader may edit the DataHub of a ministry, to offer the buttons."""
    return has_permission({"user": tk.current_user.name}, organization_id, EDIT)


def datahub_coordinates() -> bool:
    """Tell whether the reader looks after the DataHub of the whole city."""
    return coordinates({"user": tk.current_user.name})


def datahub_former_titles(organization_id: str) -> list[str]:
    """Return what a ministry, and those that became part of it, were called before."""
    return heirs.heirs().former_titles(organization_id)


def datahub_may_decide(organization_id: str) -> bool:
    """Tell whether the reader decides for a ministry, to offer the buttons."""
    return has_permission({"user": tk.current_user.name}, organization_id, DECIDE)
