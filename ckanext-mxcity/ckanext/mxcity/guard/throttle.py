"""Hardened against password guessing: failed sign-ins are counted, unknown names take as long.

Failures count by account and address, by address, and by account, in Redis, so that all workers
share them. Redis holds digests of names and addresses, for the length of the window.
"""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import signals
from ckan.lib.redis import connect_to_redis
from flask import Response, make_response, request
from flask_login import user_logged_in
from passlib.hash import pbkdf2_sha512
from redis.exceptions import RedisError

from ckanext.mxcity.guard import config as options

log = logging.getLogger(__name__)

_PREFIX = "mxcity:guard:login:"
#: How many times the limit of one account from one address an address, and an account, may fail.
_SHARES = {"pair": 1, "address": 3, "account": 10}


def refuse_when_guessing() -> Response | None:
    """Return the answer 429 to a sign-in that failed too often, None to let it through."""
    if request.method != "POST":
        return None
    try:
        wait = _seconds_to_wait(request.form.get("login", ""))
    except RedisError as error:
        log.warning("Failed sign-ins are not counted: %s", error)
        return None
    if not wait:
        return None
    log.warning("Sign-in refused after too many failures, from %s", request.remote_addr)
    tk.h.flash_error(
        tk._("Too many failed sign-ins. Wait {minutes} minutes and try again.").format(
            minutes=-(-wait // 60)
        )
    )
    response = make_response(tk.render("user/login.html", {}), 429)
    response.headers["Retry-After"] = str(wait)
    return response


def take_as_long(identity: dict[str, Any]) -> None:
    """Spend on an account that cannot sign in the time that checking a password takes.

    What was not sent is empty, for CKAN's own look at it that comes next.
    """
    for name in ("login", "password"):
        identity[name] = identity.get(name) or ""
    login, password = identity["login"], identity["password"]
    if not login or not password:
        return
    user = model.User.by_name(login) or model.User.by_email(login)
    if user is None or not user.is_active or not user.password:
        pbkdf2_sha512.verify(password, _nobodys_password())


def install() -> None:
    """Count the failures, and forget those of an account that signs in."""
    signals.failed_login.connect(_count_failure)
    user_logged_in.connect(_forget_failures)


def _count_failure(login: str, **_: Any) -> None:
    try:
        pipe = connect_to_redis().pipeline()
        for key in _keys(login):
            pipe.incr(key)
            pipe.expire(key, options.login_window(), nx=True)
        pipe.execute()
    except RedisError as error:
        log.warning("A failed sign-in was not counted: %s", error)


def _forget_failures(_sender: Any, **_: Any) -> None:
    try:
        connect_to_redis().delete(_keys(request.form.get("login", ""))[0])
    except RedisError as error:
        log.warning("Failed sign-ins were not forgotten: %s", error)


def _seconds_to_wait(login: str) -> int:
    redis, keys = connect_to_redis(), _keys(login)
    limits = [options.login_attempts() * share for share in _SHARES.values()]
    counts = [int(count or 0) for count in redis.mget(keys)]
    full = [key for key, count, limit in zip(keys, counts, limits, strict=True) if count >= limit]
    return max((max(redis.ttl(key), 1) for key in full), default=0)


def _keys(login: str) -> list[str]:
    """Return the counters of one try, in the order of ``_SHARES``."""
    account, address = (login or "").strip().lower(), request.remote_addr or ""
    parts = {"pair": f"{account}\0{address}", "address": address, "account": account}
    return [
        f"{_PREFIX}{kind}:{hashlib.sha256(parts[kind].encode()).hexdigest()}" for kind in _SHARES
    ]


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    result: str = pbkdf2_sha512.hash("nobody signs in with this")
    return result
