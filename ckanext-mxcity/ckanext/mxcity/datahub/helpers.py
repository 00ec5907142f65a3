"""Template helpers of the DataHub."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.language import current_language
from ckanext.mxcity.city.rights import may
from ckanext.mxcity.datahub import successions
from ckanext.mxcity.datahub.fields import Kind, kinds
from ckanext.mxcity.datahub.logic import records
from ckanext.mxcity.datahub.rights import DECIDE, EDIT, UNITS


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
    """Return a number in the Mexican form (1,234.5), or a dash for None."""
    if value is None:
        return "—"
    return f"{value:,.1f}" if isinstance(value, float) and value % 1 else f"{int(value):,}"


def datahub_late(days: int) -> str:
    """Return how many days something is late: "1 día de retraso"."""
    return str(tk.ungettext("{days} day late", "{days} days late", days)).format(days=f"{days:,}")


def datahub_may_edit(organization_id: str) -> bool:
    """Tell whether the reader may edit the DataHub of a ministry, to offer the buttons."""
    return may({"user": tk.current_user.name}, EDIT, organization_id)


def datahub_coordinates() -> bool:
    """Tell whether the reader may rename, merge and close ministries, to offer the button."""
    return may({"user": tk.current_user.name}, UNITS)


def datahub_former_titles(organization_id: str) -> list[str]:
    """Return the former titles of a ministry and of the ministries that became part of it."""
    return successions.successions().former_titles(organization_id)


def datahub_may_decide(organization_id: str) -> bool:
    """Tell whether the reader decides for a ministry, to offer the buttons."""
    return may({"user": tk.current_user.name}, DECIDE, organization_id)
