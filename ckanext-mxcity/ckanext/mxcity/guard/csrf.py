"""Hardened against requests forged by other sites: an exemption lasts one request only.

CKAN exempts requests without a session (anonymous, or with an API token) from the check. Here an
exemption given while a request runs belongs to that request, and a form posted by another site's
page is not exempt at all. ``tests/mxcity/guard/test_csrf.py`` says when CKAN itself does so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, has_request_context, request
from flask_wtf.csrf import CSRFProtect

View = str | Blueprint | Callable[..., Any]


class RequestScopedCSRF(CSRFProtect):
    """CSRF protection whose exemptions, given during a request, end with it."""

    def exempt(self, view: View) -> View:
        """Exempt ``view``: for good at start, and for the current request while one runs."""
        if not has_request_context():
            result: View = super().exempt(view)
            return result
        g.mxcity_csrf_exempt = view
        return view

    def _is_exempt(self) -> bool:
        if super()._is_exempt():
            return True
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None:
            return False
        names = (view, f"{view.__module__}.{view.__name__}")
        return g.get("mxcity_csrf_exempt", "") in names and not _is_foreign_form()


def _is_foreign_form() -> bool:
    """Tell whether a browser says that another site's page made this request, API apart."""
    if (request.blueprint or "").startswith("api"):
        return False
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def install() -> None:
    """Put the protection in place of CKAN's, keeping what was exempted at import."""
    from ckan.config.middleware.flask_app import csrf

    csrf.__class__ = RequestScopedCSRF
