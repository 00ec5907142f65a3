"""Hardened against visitors who ask for much at once: whole tables and catalogues take turns.

Few of them are made at a time, in all and for one visitor. Questions in SQL have places of their
own: who writes endless ones keeps nobody from files and catalogues. The count is in Redis, so that
all processes share it; a place that a killed process held is free again after a while.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from flask import Flask, Response, g, jsonify, make_response, request
from redis.exceptions import RedisError

from ckanext.mxcity.ground.messages import N_
from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard import errors

log = logging.getLogger(__name__)

#: Endpoints that answer a whole table, and the blueprints of which every address goes through a
#: table, or answers a catalogue.
TABLES = frozenset({"datastore.dump", "mxcity_tables.download", "mxcity_tables.join_file"})
WHOLE = frozenset({"mxcity_exports", "mxcity_grouping"})
#: The blueprint of which every address answers questions in SQL.
QUESTIONS = "mxcity_sql"
RETRY_SECONDS = 10
_PREFIX = "mxcity:guard:heavy:"
#: Seconds that a request waits for a place, and how often it looks.
_PATIENCE, _PAUSE = 5.0, 0.2
#: Seconds after which a place is free again, whatever became of its holder.
_LEASE = 300
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
for place, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if redis.call('ZCARD', key) >= tonumber(ARGV[place + 2]) then return 0 end
end
for _, key in ipairs(KEYS) do
    redis.call('ZADD', key, now + tonumber(ARGV[2]), ARGV[1])
    redis.call('EXPIRE', key, ARGV[2])
end
return 1
"""


@dataclass(frozen=True)
class Pool:
    """Places that are shared: how many there are in all, and for one visitor.

    Few wait for one in a process: the others are refused at once, so that there is always a thread
    to say so.
    """

    prefix: str
    in_all: Callable[[], int]
    for_one: Callable[[], int]
    #: What is said to whom it has no place.
    full: str
    waiting: threading.BoundedSemaphore = field(compare=False)


FILES = Pool(
    _PREFIX,
    options.heavy_in_all,
    options.heavy_for_one,
    N_("Many whole tables and catalogues are being asked for. Wait a few seconds and try again."),
    threading.BoundedSemaphore(4),
)
SQL = Pool(
    f"{_PREFIX}sql:",
    options.sql_in_all,
    options.sql_for_one,
    N_("Many questions are being answered. Try again in a moment."),
    threading.BoundedSemaphore(2),
)


class Place:
    """A place among those who are served, until it is given back."""

    def __init__(self, visitor: str, pool: Pool = FILES) -> None:
        self.name = uuid.uuid4().hex
        self.pool = pool
        digest = hashlib.sha256(visitor.encode()).hexdigest()
        self.keys = [f"{pool.prefix}all", f"{pool.prefix}visitor:{digest}"]
        self.held = False

    def take(self) -> bool:
        """Take it; False if as many as may be are served already."""
        limits = [self.pool.in_all(), self.pool.for_one()]
        taken = connect_to_redis().eval(
            _TAKE, len(self.keys), *self.keys, self.name, _LEASE, *limits
        )
        self.held = bool(taken)
        return self.held

    def give_back(self) -> None:
        """Give it back; more than once does no harm."""
        if not self.held:
            return
        self.held = False
        try:
            pipe = connect_to_redis().pipeline()
            for key in self.keys:
                pipe.zrem(key, self.name)
            pipe.execute()
        except RedisError as error:
            log.warning("A place of a heavy request is given back by its time: %s", error)


def install(app: Flask) -> None:
    """Count the heavy requests of ``app``."""
    app.before_request(refuse_when_full)
    app.after_request(give_back_when_made)
    app.teardown_request(_give_back_of_failed)


def refuse_when_full() -> Response | None:
    """Return the answer 429 where too many are served and none ends soon."""
    pool = _pool()
    if pool is None:
        return None
    place = Place(request.remote_addr or "", pool)
    try:
        if not (place.take() or _wait_for(place)):
            return _refusal(pool)
    except RedisError as error:
        log.warning("Heavy requests are not counted: %s", error)
        return None
    g.mxcity_heavy_place = place
    return None


def _pool() -> Pool | None:
    """Return the places of which a request takes one; None if it asks for little."""
    if request.blueprint == QUESTIONS:
        return SQL
    return FILES if request.endpoint in TABLES or request.blueprint in WHOLE else None


def _wait_for(place: Place) -> bool:
    """Wait a little for a place, unless enough others do."""
    if not place.pool.waiting.acquire(blocking=False):
        return False
    try:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            time.sleep(_PAUSE)
            if place.take():
                return True
        return False
    finally:
        place.pool.waiting.release()


def give_back_when_made(response: Response) -> Response:
    """Give the place back as soon as the answer is made: after its last part, if it has parts."""
    place = g.pop("mxcity_heavy_place", None)
    if place is None:
        return response
    if response.is_streamed and not response.direct_passthrough:
        response.response = _until_the_end(response.iter_encoded(), place)
        response.call_on_close(place.give_back)
    else:
        place.give_back()
    return response


def _until_the_end(parts: Iterable[bytes], place: Place) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        place.give_back()


def _give_back_of_failed(_error: BaseException | None) -> None:
    place = g.pop("mxcity_heavy_place", None)
    if place is not None:
        place.give_back()


def _refusal(pool: Pool) -> Response:
    """Answer 429: a page for people, JSON for programs."""
    message = tk._(pool.full)
    if "text/html" in request.headers.get("Accept", ""):
        response = errors.answer(429, tk._("Too many requests"), message)
    else:
        response = make_response(jsonify({"success": False, "error": {"message": message}}), 429)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
