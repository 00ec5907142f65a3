"""What the database answered of a table, kept in Redis as JSON; without Redis it is asked anew."""

from __future__ import annotations

import json
import logging
from typing import Any

from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def read(key: str) -> Any:
    """Return what is kept under a key; None where nothing is, or Redis does not answer."""
    try:
        text: Any = connect_to_redis().get(key)
    except RedisError:
        return None
    return json.loads(text) if text else None


def write(key: str, found: Any, seconds: int) -> None:
    """Keep an answer for so many seconds, as far as Redis answers."""
    try:
        connect_to_redis().set(key, json.dumps(found), ex=seconds)
    except RedisError:
        log.warning("The answer %s was not kept: Redis does not answer", key)
