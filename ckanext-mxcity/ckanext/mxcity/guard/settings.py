"""Hardened against unsafe settings: safe values are set, dangerous ones refuse to start.

Some defaults of CKAN suit a laboratory more than a city: those are set to the safe value. An
option whose default is safe, and which somebody opened, stops the start with its name. The
operator keeps the last word: an option named in ``ckanext.mxcity.guard.allow`` is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

from ckan.exceptions import CkanConfigurationException

from ckanext.mxcity.guard import config as options
from ckanext.mxcity.guard import secrets

log = logging.getLogger(__name__)

ALLOW = "ckanext.mxcity.guard.allow"

#: Options set to a safe value, whatever the file says.
SAFE_VALUES: dict[str, Any] = {
    "SESSION_TYPE": "redis",
    "SESSION_PERMANENT": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": "Lax",
    "ckan.auth.user_create_organizations": False,
    "ckan.auth.user_create_groups": False,
    "ckan.auth.public_user_details": False,
    "ckan.gravatar_default": "disabled",
    "ckan.hide_version": True,
}

#: Options that are safe by default; any other value stops the start.
REQUIRED_VALUES: dict[str, tuple[bool, str]] = {
    "debug": (False, "the debugger gives visitors a console"),
    "WTF_CSRF_ENABLED": (True, "forms would accept requests made by other sites"),
    "WTF_CSRF_CHECK_DEFAULT": (True, "forms would accept requests made by other sites"),
    "ckan.auth.anon_create_dataset": (False, "anybody could publish"),
    "ckan.auth.create_user_via_api": (False, "anybody could create accounts by program"),
    "ckan.datastore.sqlsearch.enabled": (False, "one query can hold the database for minutes"),
}

#: Plugins that a portal does not load.
REFUSED_PLUGINS = {
    "resource_proxy": "it lets visitors fetch addresses through the portal's own server",
}

#: Plugins that a portal needs.
NEEDED_PLUGINS = {"expire_api_token": "API tokens would never expire"}


def enforce(config: MutableMapping[str, Any]) -> None:
    """Set the safe values in ``config``.

    Raises:
        CkanConfigurationException: an option is dangerous; all of them are named.

    """
    allowed = options.allowed()
    for option, value in safe_values().items():
        if option not in allowed:
            config[option] = value
    _shorten_tokens(config, allowed)
    found = problems(config, allowed)
    if not found:
        return
    message = "\n".join(["The portal does not start with these settings:", *found])
    if config.get("testing") and not secrets.problems(config, allowed):
        log.warning(message)
        return
    raise CkanConfigurationException(message)


def safe_values() -> dict[str, Any]:
    """Return the values to set: the fixed ones, the session's life, and what https allows."""
    life = options.session_seconds()
    values = {
        **SAFE_VALUES,
        "PERMANENT_SESSION_LIFETIME": life,
        "REMEMBER_COOKIE_DURATION": life,
        "WTF_CSRF_TIME_LIMIT": life,
        "SESSION_COOKIE_SECURE": options.is_https(),
        "REMEMBER_COOKIE_SECURE": options.is_https(),
    }
    if options.is_https():
        values["SESSION_COOKIE_NAME"] = "__Host-ckan"
    return values


def problems(config: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """Return one line for each dangerous setting: the option, why, and what to do."""
    found = [
        f"- {option} = {str(config.get(option)).lower()}: {reason}. Set it to {str(safe).lower()},"
        f" or name it in {ALLOW}."
        for option, (safe, reason) in REQUIRED_VALUES.items()
        if option not in allowed and config.get(option) not in (safe, None, "")
    ]
    plugins = config.get("ckan.plugins") or []
    names = set(plugins.split() if isinstance(plugins, str) else plugins)
    found += [
        f"- ckan.plugins has {name}: {reason}. Remove it, or name plugin:{name} in {ALLOW}."
        for name, reason in REFUSED_PLUGINS.items()
        if name in names and f"plugin:{name}" not in allowed
    ]
    found += [
        f"- ckan.plugins lacks {name}: {reason}. Add it, or name plugin:{name} in {ALLOW}."
        for name, reason in NEEDED_PLUGINS.items()
        if name not in names and f"plugin:{name}" not in allowed
    ]
    return found + secrets.problems(config, allowed)


def _shorten_tokens(config: MutableMapping[str, Any], allowed: Collection[str]) -> None:
    option, longest = "expire_api_token.default_lifetime", options.token_seconds()
    if option not in allowed and int(config.get(option) or longest + 1) > longest:
        config[option] = longest
