"""Health for operators: ``/salud/vivo`` (the process) and ``/salud/listo`` (all it needs).

They answer before anything else of the portal runs, so that they work when the rest does not, and
they say neither versions nor addresses: 200 or 503, and which part is missing.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from flask import Flask, Response

from ckanext.mxcity import room
from ckanext.mxcity.guard.index import compare

log = logging.getLogger(__name__)

ALIVE = "/salud/vivo"
READY = "/salud/listo"
#: Free space under which uploads would soon fail, in bytes.
LEAST_FREE = 100 * 1024 * 1024
#: Seconds for which an answer holds, so that asking often costs nothing.
_FRESH = 1.0


def database_answers() -> bool:
    """Tell whether PostgreSQL answers."""
    with model.ensure_engine().connect() as connection:
        return connection.execute(sa.text("select 1")).scalar() == 1


#: What is said of an index in which something is wanting.
INDEX_TEXTS = {
    compare.AWAY: "El buscador no responde.",
    compare.ABSENT: "El índice del buscador no existe; se hace de nuevo solo.",
    compare.FOREIGN: "El índice del buscador es de otro portal; se hace de nuevo solo.",
    compare.EMPTY: "El índice del buscador está vacío; se llena de nuevo solo.",
    compare.MISSING: "Al índice del buscador le faltan conjuntos de datos; se completa solo.",
    compare.SURPLUS: "Al índice del buscador le sobran conjuntos de datos; se limpia solo.",
    compare.STALE: "El índice del buscador no está al día; se pone al día solo.",
    compare.UNFIT: "El índice del buscador tiene otro esquema; se hace de nuevo solo.",
    compare.LOST: "El índice del buscador perdió sus archivos; se hace de nuevo solo.",
}


class IndexLook:
    """What was wanting in the index when it was looked at last; None if nothing was."""

    def __init__(self) -> None:
        self.wanting: str | None = None

    def look(self) -> None:
        """Look again; without PostgreSQL there is nothing to compare with."""
        try:
            self.wanting = compare.look(self.wanting)
        except sa.exc.SQLAlchemyError:
            self.wanting = None
            raise

    def answers(self) -> bool:
        """Tell whether Solr answers for the portal's index."""
        self.look()
        return self.wanting not in (compare.AWAY, compare.ABSENT)

    def holds(self) -> bool:
        """Tell whether the index held what PostgreSQL does."""
        return self.wanting is None


def redis_answers() -> bool:
    """Tell whether Redis answers."""
    return bool(connect_to_redis().ping())


def storage_accepts() -> bool:
    """Tell whether files can be stored: the folder can be written, and has room."""
    folder = tk.config.get("ckan.storage_path")
    if not folder:
        return False
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > LEAST_FREE


_index = IndexLook()
#: Each part by its name on the page; the index is looked at by the first of its two.
PARTS: dict[str, Callable[[], bool]] = {
    "base_de_datos": database_answers,
    "buscador": _index.answers,
    "indice": _index.holds,
    "redis": redis_answers,
    "almacenamiento": storage_accepts,
}


def check_parts() -> dict[str, bool]:
    """Return each part with whether it works; the reason of a failure goes to the log."""
    return {name: _works(name, check) for name, check in PARTS.items()}


def _works(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  whatever fails, the part is not ready
        log.warning("Health: %s does not answer: %s", name, error)
        return False


class HealthMiddleware:
    """Answer the two health addresses, and pass on everything else."""

    def __init__(self, app: WSGIApplication, flask_app: Flask) -> None:
        self.app = app
        self.flask_app = flask_app
        self._lock = threading.Lock()
        self._checked_at = 0.0
        self._parts: dict[str, bool] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a health address, or pass the request on."""
        path = environ.get("PATH_INFO")
        if path == ALIVE:
            return self._answer({"estado": "vivo"}, True)(environ, start_response)
        if path == READY:
            parts = self._fresh_parts()
            ready = all(parts.values())
            body: dict[str, object] = {"estado": "listo" if ready else "no listo", "partes": parts}
            if _index.wanting:
                body["indice"] = INDEX_TEXTS[_index.wanting]
            body["sala_de_lectura"] = "completa" if room.standing().whole else "reducida"
            return self._answer(body, ready)(environ, start_response)
        return self.app(environ, start_response)

    def _fresh_parts(self) -> dict[str, bool]:
        with self._lock:
            if not self._parts or time.monotonic() - self._checked_at > _FRESH:
                with self.flask_app.app_context():
                    self._parts = check_parts()
                self._checked_at = time.monotonic()
            return self._parts

    @staticmethod
    def _answer(body: Mapping[str, object], ready: bool) -> Response:
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        response = Response(json.dumps(body), status, content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response
