"""Suggestions while typing, for the search box."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request

__all__ = ["mxcity_search"]

mxcity_search = Blueprint("mxcity_search", __name__)


@mxcity_search.get("/api/util/mxcity/sugerencias")
def suggestions() -> Response:
    """Answer ``{"suggestions": [{"type", "text", "url"}]}`` for the words in ``q``."""
    try:
        found = tk.get_action("mxcity_search_suggest")({}, {"q": request.args.get("q", "")})
    except tk.ValidationError:
        # The box works without suggestions; the search itself says what is wrong.
        found = []
    response = jsonify(suggestions=[{**item, "url": _url(item)} for item in found])
    # The answer is the same for everyone.
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _url(item: dict[str, str]) -> str:
    """Return the page that a suggestion leads to."""
    if item["type"] == "dataset":
        return tk.url_for("dataset.read", id=item["name"])
    return tk.url_for("dataset.search", q=item["text"])
