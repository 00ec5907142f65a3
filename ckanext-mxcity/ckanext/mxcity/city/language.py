"""The language in which a page is read."""

from __future__ import annotations

import ckan.plugins.toolkit as tk


def current_language() -> str:
    """Return the locale of the request, or the portal's own outside a request."""
    try:
        language = tk.h.lang()
    except (RuntimeError, TypeError, AttributeError):  # no request
        language = None
    return str(language or tk.config.get("ckan.locale_default") or "es")
