"""Who reads the page of a ministry, and how much of its records that reader sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.datahub import rights

#: The most rows of a list.
ROWS = 50


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the page of one ministry."""

    context: Context
    organization_id: str
    #: The page of the list of assets.
    page: int = 1
    #: Whether the reader sees every record of the ministry.
    everything: bool = field(init=False)

    def __post_init__(self) -> None:
        """Ask once for the right to see every record."""
        sees = self.context.get("ignore_auth") or rights.sees_all(
            self.context, self.organization_id
        )
        object.__setattr__(self, "everything", bool(sees))

    def select(self, table: Any) -> sa.Select[Any]:
        """Select the records of a kind that the reader sees."""
        query = sa.select(table).where(table.organization_id == self.organization_id)
        return query if self.everything else query.where(rights.visible(table, self.context))

    def shown(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        """Return records as the reader sees them, never more than ``ROWS``."""
        found = model.Session.scalars(query.limit(ROWS))
        return [rights.shown(record, self.everything) for record in found]
