"""The options of the guard; nobody else reads them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

_PREFIX = "ckanext.mxcity.guard."
_MEGABYTE = 1024 * 1024
#: What a form holds beside its file.
_FORM_MARGIN_MB = 10


def allowed() -> frozenset[str]:
    """Return the options that the operator opened knowingly."""
    return frozenset(tk.config.get(_PREFIX + "allow") or [])


def session_seconds() -> int:
    """Return the life of a session, in seconds."""
    return _number("session_hours", 12) * 3600


def token_seconds() -> int:
    """Return the longest life of an API token, in seconds."""
    return _number("token_days", 90) * 86400


def login_attempts() -> int:
    """Return how many sign-ins may fail before one has to wait."""
    return _number("login_attempts", 10)


def login_window() -> int:
    """Return the seconds for which a failed sign-in counts."""
    return _number("login_window", 900)


def trusted_proxies() -> int:
    """Return how many proxies of the operator stand before the portal."""
    return _number("trusted_proxies", 0)


def own_proxy() -> bool:
    """Return whether the portal's own nginx passes every request on, besides those proxies."""
    return bool(tk.config.get(_PREFIX + "own_proxy", False))


def heavy_in_all() -> int:
    """Return how many whole tables and catalogues are made at a time."""
    return _number("heavy_in_all", 3)


def heavy_for_one() -> int:
    """Return how many of them are made at a time for one visitor."""
    return _number("heavy_for_one", 2)


def sql_in_all() -> int:
    """Return how many questions in SQL are answered at a time."""
    return _number("sql_in_all", 2)


def sql_for_one() -> int:
    """Return how many of them are answered at a time for one visitor."""
    return _number("sql_for_one", 1)


def max_body_bytes() -> int:
    """Return the largest request body, in bytes."""
    megabytes = _number("max_body_mb", 0)
    if not megabytes:
        sizes = (tk.config.get("ckan.max_resource_size"), tk.config.get("ckan.max_image_size"))
        megabytes = max(int(size or 0) for size in sizes) + _FORM_MARGIN_MB
    return megabytes * _MEGABYTE


def judges_connections() -> bool:
    """Return whether every connection of the portal is judged."""
    return bool(tk.config.get(_PREFIX + "connections", True))


def services() -> frozenset[str]:
    """Return the operator's own servers that plugins connect to."""
    return frozenset(tk.config.get(_PREFIX + "services") or [])


def csp_sources() -> list[str]:
    """Return the further hosts of images and data."""
    return list(tk.config.get(_PREFIX + "csp_sources") or [])


def hsts_seconds() -> int:
    """Return the life of Strict-Transport-Security, 0 when the site is not on https."""
    return _number("hsts_seconds", 31536000) if is_https() else 0


def is_https() -> bool:
    """Return whether the public address of the portal is https."""
    return str(tk.config.get("ckan.site_url") or "").startswith("https://")


def _number(name: str, default: int) -> int:
    value = tk.config.get(_PREFIX + name)
    return default if value is None or value == "" else int(value)
