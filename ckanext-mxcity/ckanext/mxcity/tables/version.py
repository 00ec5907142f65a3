"""Which state of a table somebody has seen: a text that changes with the rows.

A file that is loaded anew has another ``last_modified``. Rows that are changed through the
DataStore's API leave it as it is: so a change of rows is noted in Redis, beside what is kept of the
rows there. Whoever loses the note loses what was kept, too.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: Seconds for which anything may be kept that is asked by a version.
KEPT_SECONDS = 24 * 3600


def version_of(resource: Mapping[str, Any]) -> str:
    """Return the version of the table of a resource, as ``resource_show`` gives it."""
    loaded = str(resource.get("last_modified") or resource.get("metadata_modified") or "")
    try:
        noted: Any = connect_to_redis().get(_key(str(resource["id"])))
    except RedisError:
        return loaded
    return f"{loaded} {noted.decode()}" if noted else loaded


def changed(resource_id: str) -> None:
    """Note that rows of a table have changed, after they were committed."""
    try:
        # What was kept before the note is gone when the note is.
        connect_to_redis().set(_key(resource_id), secrets.token_hex(8), ex=2 * KEPT_SECONDS)
    except RedisError as error:
        log.warning("A change of the table %s was not noted: %s", resource_id, error)


def _key(resource_id: str) -> str:
    return f"mxcity:table-version:{resource_id}"
