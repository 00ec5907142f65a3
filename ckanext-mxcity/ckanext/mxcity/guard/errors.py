"""Hardened against faults around the portal: visitors read what happened and what to do.

Without the search engine, search pages answer 503 in plain words and everything that the database
holds goes on.
"""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SearchQueryError, SolrConnectionError
from flask import Flask, Response, jsonify, make_response, request
from pysolr import SolrError
from rdflib.plugin import PluginException
from sqlalchemy.exc import DataError, InterfaceError, OperationalError

log = logging.getLogger(__name__)

RETRY_SECONDS = 30


def install(app: Flask) -> None:
    """Register the handlers of ``app``."""
    for fault in (SolrConnectionError, SearchError, SolrError):
        app.register_error_handler(fault, search_is_down)
    app.register_error_handler(SearchQueryError, bad_request)
    app.register_error_handler(DataError, bad_request)
    app.register_error_handler(tk.ValidationError, bad_request)
    app.register_error_handler(tk.NotAuthorized, not_authorized)
    app.register_error_handler(tk.ObjectNotFound, not_found)
    app.register_error_handler(PluginException, not_found)
    app.register_error_handler(RecursionError, bad_request)
    for away in (OperationalError, InterfaceError):
        app.register_error_handler(away, database_is_down)


def search_is_down(error: Exception) -> Response:
    """Answer 503: the search engine does not answer, try again soon."""
    log.error("The search engine does not answer: %s", error)
    message = tk._("Search is not available right now. Try again in a minute.")
    return _away(tk._("Search not available"), message)


def database_is_down(error: Exception) -> Response:
    """Answer 503: the database does not answer, try again soon."""
    log.error("The database does not answer: %s", error)
    message = tk._("The portal cannot answer right now. Try again in a minute.")
    return _away(tk._("Service unavailable"), message)


def _away(name: str, message: str) -> Response:
    response = answer(503, name, message)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(error: Exception) -> Response:
    """Answer 400: the request asks for something that cannot be."""
    log.info("A request could not be understood: %s", type(error).__name__)
    return answer(400, tk._("Bad request"), tk._("The address has a value that is not valid."))


def not_authorized(_error: Exception) -> Response:
    """Answer 403 where a page did not say so by itself."""
    return answer(403, tk._("Forbidden"), tk._("Not authorized to see this page"))


def not_found(_error: Exception) -> Response:
    """Answer 404 where a page did not say so by itself, or for a format that is not offered."""
    return answer(404, tk._("Not Found"), tk._("Page not found"))


def answer(code: int, name: str, message: str) -> Response:
    """Return a refusal in plain words: a page, or what the API answers."""
    if request.path.startswith("/api/"):
        body: dict[str, Any] = {"success": False, "error": {"message": message}}
        return make_response(jsonify(body), code)
    try:
        page = tk.render(
            "error_document_template.html",
            {"code": code, "name": name, "content": message, "show_login_redirect_link": False},
        )
    except Exception as fault:  # noqa: BLE001  the page of an error must not fail
        log.warning("The page of an error could not be shown: %s", fault)
        page = f"<!doctype html><meta charset=utf-8><title>{name}</title><p>{message}</p>"
    return make_response(page, code)
