"""Names and ids of what is published."""

from __future__ import annotations

import itertools
import uuid

import ckan.model as model
import sqlalchemy as sa
from ckan.lib.munge import munge_title_to_name
from ckan.model import PACKAGE_NAME_MAX_LENGTH


def free_name(title: str) -> str:
    """Return a free name of a dataset, made from its title; a number follows a name in use."""
    start = munge_title_to_name(title)[: PACKAGE_NAME_MAX_LENGTH - 5].strip("-_") or "conjunto"
    query = sa.select(model.Package.name).where(model.Package.name.startswith(start))
    taken = set(model.Session.scalars(query))
    numbered = (f"{start}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain([start], numbered) if name not in taken)


def own_id(upload_id: str) -> str:
    """Return the id of the dataset that is made from an upload.

    The id is known before the dataset is made, and is the same at each try: the second try finds
    what the first made, wherever the first ended. The id does not tell the id of the upload.
    """
    return str(uuid.uuid5(uuid.UUID(upload_id), ""))
