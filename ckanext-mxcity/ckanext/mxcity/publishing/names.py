"""Addresses in the portal."""

from __future__ import annotations

import itertools
import uuid

import ckan.model as model
import sqlalchemy as sa
from ckan.lib.munge import munge_title_to_name
from ckan.model import PACKAGE_NAME_MAX_LENGTH


def free_name(title: str) -> str:
    """Return an address in the portal for a title; a number tells it from those taken."""
    start = munge_title_to_name(title)[: PACKAGE_NAME_MAX_LENGTH - 5].strip("-_") or "conjunto"
    query = sa.select(model.Package.name).where(model.Package.name.startswith(start))
    taken = set(model.Session.scalars(query))
    numbered = (f"{start}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([start], numbered) if name not in taken)


def own_id(upload_id: str, table: str = "") -> str:
    """Return the id of what is made from an upload: its dataset, or the file of a table.

    It is known before the thing is made, and the same at each try: a second finds what the first
    made, whenever that ended. From the id nobody learns that of the upload.
    """
    return str(uuid.uuid5(uuid.UUID(upload_id), table))
