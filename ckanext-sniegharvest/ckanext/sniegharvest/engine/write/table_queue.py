"""Queue the tables of harvested datasets for the table loader.

ckanext-xloader listens to resources that are created one by one; ours come with their dataset.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.types import Context
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


def load(resources: Iterable[Mapping[str, Any]], user: str) -> int:
    """Queue the files that are tables; returns how many.

    A table that cannot be queued is logged and left: its dataset is harvested all the same, and
    the loader compares a file's hash, so that asking again for the same file costs little.
    """
    if not p.plugin_loaded("xloader"):
        return 0
    from ckanext.xloader.utils import XLoaderFormats

    queued = 0
    for resource in resources:
        if not XLoaderFormats.is_it_an_xloader_format(resource.get("format")):
            continue
        context: Context = {"ignore_auth": True, "user": user}
        try:
            queued += bool(
                tk.get_action("xloader_submit")(context, {"resource_id": resource["id"]})
            )
        except AttributeError:
            # ckanext-xloader 2.6 fails so on a file that waits in the queue already.
            log.debug("The table %s is queued already", resource.get("url"))
        except (tk.ValidationError, tk.ObjectNotFound, RedisError, SQLAlchemyError):
            model.Session.rollback()
            log.warning("The table %s could not be queued", resource.get("url"), exc_info=True)
    return queued
