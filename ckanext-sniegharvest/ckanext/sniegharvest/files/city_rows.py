"""Cut a national table to the rows of the areas that its source names.

A source with ``{"city_rows": ["19039"]}`` brings tables of the whole country; once the loader has
one in the DataStore, the rows of elsewhere leave it. The file stays as it came.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context
from sqlalchemy.exc import SQLAlchemyError

from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine
from ckanext.harvest.model import HarvestObject, HarvestSource
from ckanext.mxcity.ground.areas import MUNICIPALITY_DIGITS, STATE_DIGITS, areas
from ckanext.mxcity.ground.columns import is_key
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.source_config import NATION, SourceConfigError

log = logging.getLogger(__name__)

#: Digits of the codes of blocks, AGEB, localities, municipalities and states.
CODES = (16, 13, 9, MUNICIPALITY_DIGITS, STATE_DIGITS)
#: Different areas of a table that are looked at: more than the country has municipalities.
MOST_AREAS = 5_000
#: A municipality within its state, as INEGI's tables have it beside the state: "039", or 39.
WITHIN_STATE = rf"^\d{{1,{MUNICIPALITY_DIGITS - STATE_DIGITS}}}$"
#: What in a column's name says that it is of areas within a state, or of areas.
_WITHIN = re.compile("mun|loc|ageb|mza|manzana", re.IGNORECASE)
_OF_AREAS = re.compile("geo|ent|edo|estado|mun|loc|ageb|mza|manzana|inegi|area", re.IGNORECASE)


class CityRowsMixin:
    """IXloader: called by the loader when a table is in the DataStore."""

    def after_upload(
        self, context: Context, resource_dict: dict[str, Any], dataset_dict: dict[str, Any]
    ) -> None:
        """Cut the table of a harvested dataset, if its source asks for it."""
        wanted = areas_of(dataset_dict["id"])
        if not wanted:
            return
        try:
            left_out = cut(resource_dict["id"], wanted)
        except (SQLAlchemyError, tk.ObjectNotFound) as error:
            log.warning("The table %s stays whole: %s", resource_dict["id"], error)
            return
        log.info("%s rows of other areas left the table %s", left_out, resource_dict["id"])
        if left_out and p.plugin_loaded("mxcity_tables"):
            site: Context = {"ignore_auth": True}
            tk.get_action("mxcity_table_refresh")(site, {"id": resource_dict["id"]})


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


def cut(resource_id: str, wanted: Sequence[str]) -> int:
    """Delete the rows of other areas from a table; gives how many.

    A table without a key of municipalities stays whole, and so does one without a row of the areas:
    it speaks of something else. One transaction; readers see all rows or those that stay.

    Raises:
        ObjectNotFound: the resource has no table.
        SQLAlchemyError: the database does not do it.

    """
    table = sa.table(resource_id)
    columns = _columns(resource_id)
    with get_write_engine().begin() as connection:
        code = _code(connection, resource_id, columns)
        if code is None:
            return 0
        here = sa.or_(*(code.startswith(area, autoescape=True) for area in wanted))
        if not connection.scalar(sa.select(sa.exists().select_from(table).where(here))):
            return 0
        gone = connection.execute(sa.delete(table).where(here.is_not(True))).rowcount
        # What the DataStore tells of the number of rows is counted anew.
        quoted = connection.dialect.identifier_preparer.quote_identifier(resource_id)
        connection.exec_driver_sql(f"ANALYZE {quoted}")
    DatastoreBackend.get_active_backend().clear_table_stats(resource_id)
    return int(gone)


def _columns(resource_id: str) -> list[str]:
    """Return the names of the columns of a table, CKAN's row number left out."""
    asked = {"resource_id": resource_id, "limit": 0, "include_total": False}
    site: Context = {"ignore_auth": True}
    found = tk.get_action("datastore_search")(site, asked)
    return [field["id"] for field in found["fields"] if not field["id"].startswith("_")]


def _code(connection: sa.Connection, resource_id: str, columns: Sequence[str]) -> Any:
    """Return the expression of a row's area: a column, or the state's and the municipality's."""
    table = sa.table(resource_id)
    names = [name for name in columns if is_key(name)]
    found = [known for name in names if (known := _area_column(connection, table, name))]
    for digits, code in found:
        if digits >= MUNICIPALITY_DIGITS:
            return code
    if not found:
        return None
    _, state = found[0]
    for name in (name for name in names if "mun" in name.lower()):
        text = _text(name)
        every = sa.select(sa.func.bool_and(text.regexp_match(WITHIN_STATE))).select_from(table)
        if connection.scalar(every):
            return state + _padded(text, MUNICIPALITY_DIGITS - STATE_DIGITS)
    return None


def _area_column(connection: sa.Connection, table: Any, name: str) -> tuple[int, Any] | None:
    """Return what a column holds codes of, by their digits, and the expression of such a code.

    Codes of the first nine states lose their zero in spreadsheets, and tables have rows of totals
    ("00", "19000"): both are understood where the column's name says that it is one of areas.
    """
    text, named = _text(name), bool(_OF_AREAS.search(name))
    for digits in CODES:
        if digits == STATE_DIGITS and _WITHIN.search(name):
            return None  # the number of a municipality looks like that of a state
        shortest = digits - 2 if named else digits - 1
        pattern = rf"^\d{{{shortest},{digits - 1}}}[0-9A-Z]$"
        fits = sa.select(sa.func.bool_and(text.regexp_match(pattern))).where(text != "")
        if not connection.scalar(fits.select_from(table)):
            continue
        code = _padded(text, digits)
        area = sa.func.left(code, min(digits, MUNICIPALITY_DIGITS))
        listed = sa.select(area).where(text != "").distinct().limit(MOST_AREAS + 1)
        found = connection.scalars(listed.select_from(table)).all()
        if len(found) <= MOST_AREAS and all(_is_area(entry, totals=named) for entry in found):
            return digits, code
    return None


def _is_area(code: str, *, totals: bool) -> bool:
    if code in areas() or (totals and code == NATION):
        return True
    state, rest = code[:STATE_DIGITS], code[STATE_DIGITS:]
    return totals and rest == "000" and (state == NATION or state in areas())


def _text(name: str) -> Any:
    return sa.func.btrim(sa.cast(sa.column(name), sa.Text), type_=sa.Text)


def _padded(text: Any, digits: int) -> Any:
    return sa.func.lpad(text, digits, "0", type_=sa.Text)
