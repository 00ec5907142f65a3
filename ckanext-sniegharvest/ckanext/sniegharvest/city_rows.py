"""Cuts a national table to the rows of the areas that its source names (C03).

A source with ``{"city_rows": ["19039"]}`` brings tables of the whole country; once the loader has
one in the DataStore, the rows of elsewhere leave it. The file stays as it came.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.mxcity.areas import MUNICIPALITY_DIGITS, STATE_DIGITS
from ckanext.mxcity.tables.downloads.pages import Column, columns_of
from ckanext.mxcity.tables.joins import keys
from ckanext.mxcity.tables.joins.levels import AREA_LEVELS
from ckanext.mxcity.tables.types import is_key
from ckanext.sniegharvest import source_config
from ckanext.sniegharvest.source_config import NATION, SourceConfigError

log = logging.getLogger(__name__)

STATE = "state"
#: A municipality within its state, as INEGI's tables have it beside the state: "039".
WITHIN_STATE = rf"\d{{{MUNICIPALITY_DIGITS - STATE_DIGITS}}}"


class CityRowsMixin:
    """IXloader: called by the loader when a table is in the DataStore."""

    def after_upload(
        self, context: Any, resource_dict: dict[str, Any], dataset_dict: dict[str, Any]
    ) -> None:
        """Cut the table of a harvested dataset, if its source asks for it."""
        areas = areas_of(dataset_dict["id"])
        if not areas:
            return
        try:
            left_out = cut(resource_dict["id"], areas)
        except (SQLAlchemyError, tk.ObjectNotFound) as error:
            log.warning("The table %s stays whole: %s", resource_dict["id"], error)
            return
        log.info("%s rows of other areas left the table %s", left_out, resource_dict["id"])
        if left_out and p.plugin_loaded("mxcity_tables"):
            from ckanext.mxcity.tables.hooks import learn_keys

            learn_keys(resource_dict["id"])


def areas_of(package_id: str) -> list[str]:
    """Return the codes of the areas to which the tables of a dataset are cut; none of others."""
    found = model.Session.scalar(
        sa.select(HarvestSource.config)
        .join(HarvestObject, HarvestObject.harvest_source_id == HarvestSource.id)
        .where(HarvestObject.package_id == package_id, HarvestObject.current.is_(True))
        .limit(1)
    )
    try:
        settings = source_config.parse(found)
    except SourceConfigError:
        return []
    return [] if NATION in settings.city_rows else list(settings.city_rows)


def cut(resource_id: str, areas: Sequence[str]) -> int:
    """Delete the rows of other areas from a table; gives how many.

    A table without a key of municipalities stays whole, and so does one without a row of the areas:
    it speaks of something else. One transaction; readers see all rows or those that stay.

    Raises:
        ObjectNotFound: the resource has no table.
        SQLAlchemyError: the database does not do it.

    """
    from ckanext.xloader import loader

    table = sa.table(resource_id)
    columns = columns_of(resource_id, ignore_auth=True)
    with get_write_engine().begin() as connection:
        code = _code(connection, resource_id, columns)
        if code is None:
            return 0
        here = sa.or_(*(code.startswith(area, autoescape=True) for area in areas))
        if not connection.scalar(sa.select(sa.exists().select_from(table).where(here))):
            return 0
        gone = connection.execute(sa.delete(table).where(here.is_not(True))).rowcount
    loader.calculate_record_count(resource_id, log)
    return int(gone)


def _code(connection: sa.Connection, resource_id: str, columns: Sequence[Column]) -> Any:
    """Return the expression of a row's area: a column, or the state's and the municipality's."""
    known = keys.find(resource_id, columns)
    levels = {name: level for name, (level, _) in known.items() if level in AREA_LEVELS}
    finer = [name for name, level in levels.items() if level != STATE]
    if finer:
        return sa.cast(sa.column(finer[0]), sa.Text)
    states = [name for name, level in levels.items() if level == STATE]
    names = [column.name for column in columns]
    within = [name for name in names if is_key(name) and "mun" in name.lower()]
    for name in within if states else []:
        text: Any = sa.cast(sa.column(name), sa.Text)
        every = sa.select(sa.func.bool_and(text.regexp_match(f"^{WITHIN_STATE}$")))
        if connection.scalar(every.select_from(sa.table(resource_id))):
            return sa.cast(sa.column(states[0]), sa.Text) + text
    return None
