"""Hardened against stolen and planted sessions: kept by the server, renewed, and ended for good.

The cookie holds a random name only. Signing in gives a new one, an unknown one is never adopted,
signing out deletes what the server holds, and a session ends some hours after the sign-in. Without
Redis, visitors read on as anonymous.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any, cast

from ckan.config.middleware.common_middleware import CKANRedisSessionInterface
from ckan.config.middleware.flask_app import CKANJsonSessionSerializer
from ckan.types import CKANApp
from flask import Flask, Request, session
from flask_login import user_logged_in, user_logged_out
from flask_session.base import ServerSideSession
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_BORN = "_mxcity_signed_in_at"
_REMEMBER_KEYS = ("_remember", "_remember_seconds")


class GuardedSessionInterface(CKANRedisSessionInterface):
    """Redis sessions that adopt no foreign name, end on time, and survive an absent Redis."""

    def open_session(self, app: Flask, request: Request) -> ServerSideSession:
        """Return the visitor's session; a new one under a new name if it is unknown or over."""
        opened = super().open_session(app, request)
        if not opened:
            opened.sid = self._generate_sid(self.sid_length)
            return opened
        born = opened.get(_BORN)
        if born is not None and time.time() - born > app.permanent_session_lifetime.total_seconds():
            self._delete_session(self._get_store_id(opened.sid))
            sid = self._generate_sid(self.sid_length)
            return self.session_class(sid=sid, permanent=self.permanent)
        return opened

    def regenerate(self, session: ServerSideSession) -> None:
        """Give ``session`` a new name, empty or not."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(self.sid_length)
        session.modified = True

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        try:
            kept: dict[str, Any] | None = super()._retrieve_session_data(store_id)
        except RedisError as error:
            log.warning("Sessions are not available, the visitor is anonymous: %s", error)
            return None
        return kept

    def _delete_session(self, store_id: str) -> None:
        try:
            super()._delete_session(store_id)
        except RedisError as error:
            log.warning("A session was not deleted: %s", error)

    def _upsert_session(
        self, session_lifetime: timedelta, session: ServerSideSession, store_id: str
    ) -> None:
        try:
            super()._upsert_session(session_lifetime, session, store_id)
        except RedisError as error:
            log.warning("A session was not kept: %s", error)


def install(app: Flask) -> None:
    """Give ``app`` the guarded sessions, where it keeps them in Redis."""
    if app.config.get("SESSION_TYPE") != "redis":
        return
    interface = GuardedSessionInterface(cast("CKANApp", app))
    interface.serializer = CKANJsonSessionSerializer()
    app.session_interface = interface
    # CKAN copies this configuration into its own, which must stay plain values.
    app.config.pop("SESSION_REDIS", None)
    user_logged_in.connect(_on_sign_in, app)
    user_logged_out.connect(_on_sign_out, app)


def _on_sign_in(_sender: Flask, **_: Any) -> None:
    """Start the session's life; no cookie outlives it ("remember me" is the session itself)."""
    for key in _REMEMBER_KEYS:
        session.pop(key, None)
    session[_BORN] = time.time()


def _on_sign_out(sender: Flask, **_: Any) -> None:
    """Delete what the server holds, so that a copied cookie opens nothing."""
    session.clear()
    interface = sender.session_interface
    if isinstance(interface, GuardedSessionInterface):
        interface.regenerate(session)
