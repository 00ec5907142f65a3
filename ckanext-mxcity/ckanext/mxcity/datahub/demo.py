"""An inventory for each ministry of a demonstration, made from what it publishes.

It goes in as a table, like any other: a ministry's datasets as assets, and some that it has not
published yet, each with a diagnosis, a class and a step of the plan. Everything is made up.
"""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.city.clock import today
from ckanext.mxcity.datahub import sql
from ckanext.mxcity.datahub.tables.columns import columns
from ckanext.mxcity.datahub.tables.writer import Line, as_csv
from ckanext.mxcity.dataset.types import TYPES
from ckanext.mxcity.ground.yaml import load_yaml

FILE = "demo.yaml"
#: The mark of an asset that the demonstration made up.
KEYWORD = "demostración"
#: Datasets of a ministry that are put into its inventory.
DATASETS = 40

Values = dict[str, Any]


def seed() -> Iterator[tuple[str, int]]:
    """Fill the inventory of every ministry that has none, and yield its name and its assets."""
    package: Any = model.Package
    for ministry in model.Session.execute(sql.ministries()).all():
        if _call("datahub_asset_list", organization_id=ministry.id, limit=1):
            continue
        identifier = sql.extra_text("identifier")
        query = (
            sa.select(package.title, package.notes, identifier.label("identifier"))
            .where(
                package.owner_org == ministry.id,
                package.type.in_(TYPES),
                package.state == "active",
                identifier.isnot(None),
            )
            .order_by(package.title)
            .limit(DATASETS)
        )
        published = model.Session.execute(query).all()
        assets = [_published(row) for row in published] + list(_unpublished(ministry.name))
        _bring(ministry.id, "inventory", assets)
        keys = [row["inv_id"] for row in assets]
        _bring(ministry.id, "plan", [_step(key, place) for place, key in enumerate(keys)])
        yield ministry.name, len(assets)


def _call(action: str, **data: Any) -> Any:
    context: Context = {"ignore_auth": True, "user": ""}
    return tk.get_action(action)(context, data)


def _bring(organization_id: str, table: str, rows: list[Values]) -> None:
    """Bring rows in as a CSV file.

    Raises:
        ValidationError: a row is refused; the demonstration is wrong then.

    """
    names = {column.name: column for column in columns(table)}
    lines: list[Line] = [{names[name]: value for name, value in row.items()} for row in rows]
    content = base64.b64encode(as_csv(columns(table), lines)).decode("ascii")
    answer = _call(
        "datahub_table_import", organization_id=organization_id, table=table, content=content
    )
    wrong = {str(row["row"]): row["errors"] for row in answer["rows"] if row["errors"]}
    if wrong:
        raise tk.ValidationError(wrong)


def _document() -> dict[str, Any]:
    text = (resources.files(__package__ or "") / FILE).read_text(encoding="utf-8")
    document: dict[str, Any] = load_yaml(text)
    return document


def _published(row: Any) -> Values:
    law = _document()["fractions"]
    notes = str(row.notes or row.title).split(". ")[0]
    return {
        **_document()["published"],
        "inv_id": row.identifier,
        "title": row.title,
        "description": notes[:500],
        "keywords": KEYWORD,
        "lgtaip_fraction": next((key for words, key in law.items() if words in row.title), None),
        **_diagnosis(row.identifier, ("si", "si", "si", "en_parte")),
    }


def _unpublished(name: str) -> Iterator[Values]:
    """Yield four of the assets that offices of any city have and do not publish yet."""
    listed = _document()["unpublished"]
    start = zlib.crc32(name.encode()) % len(listed)
    for place in range(4):
        found = listed[(start + place) % len(listed)]
        key = f"INV-{place + 1:04d}"
        yield {
            **_document()["common"],
            **found,
            "inv_id": key,
            "keywords": KEYWORD,
            **_diagnosis(name + key, ("en_parte", "no", "si")),
        }


def _diagnosis(seed_text: str, usable: tuple[str, ...]) -> Values:
    number = zlib.crc32(seed_text.encode())
    chosen = usable[number % len(usable)]
    obstacles = ("formato", "sin_clave", "desactualizado", "sin_responsable")
    return {
        "kind": "registro",
        "collected_how": "Captura en ventanilla",
        "usable": chosen,
        "obstacle": None if chosen == "si" else obstacles[number // 7 % len(obstacles)],
    }


def _step(key: str, place: int) -> Values:
    """Return a step of the plan: some are done, one in ten is late."""
    due = today() + dt.timedelta(days=(place * 37) % 400 - 40)
    late = due < today() and place % 10 == 0
    return {
        "asset_id": key,
        "title": "Revisar el diccionario de datos" if place % 2 else "Completar la cobertura",
        "owner_role": "Jefatura de Datos",
        "due": due,
        "done": due if due < today() and not late else None,
    }
