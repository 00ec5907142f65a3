"""What the page should say about how its search was answered, kept for one request."""

from __future__ import annotations

from typing import Any

import flask

_KEY = "mxcity_search_notice"


def keep(answer: dict[str, Any]) -> None:
    """Remember how the search of this request was answered; without a request, do nothing."""
    if flask.has_request_context():
        setattr(flask.g, _KEY, answer)


def kept() -> dict[str, Any] | None:
    """Return what was remembered in this request."""
    return getattr(flask.g, _KEY, None) if flask.has_request_context() else None
