"""Check a harvest source before it is saved, and translate ckanext-harvest's refusals."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import has_request_context, request

from ckanext.mxcity.ground.errors import HarvestError
from ckanext.mxcity.ground.messages import N_, Message, filled
from ckanext.mxcity.net import checked_url
from ckanext.mxcity.net.transport import judged_addresses, system_resolver
from ckanext.sniegharvest import config as options
from ckanext.sniegharvest.sources import source_config
from ckanext.sniegharvest.sources.source_config import SourceConfigError

log = logging.getLogger(__name__)

#: Seconds that the name of a source may take to be resolved while its form waits.
NAME_WAIT = 3.0
UNRESOLVED = N_(
    "The name {host} leads nowhere at the moment. The source is saved; make sure that its address "
    "is right before it is harvested."
)

#: What ckanext-harvest says in English alone, and the sentence that takes its place.
_SAID = (
    (
        r"Unknown harvester type: (?P<kind>.*?)\. Registered types: .*",
        N_('Unknown harvester type "{kind}". Choose one of the list.'),
    ),
    (
        r"There already is a Harvest Source for this URL .*",
        N_("There already is a Harvest Source for this URL, with these settings."),
    ),
    (
        r"Error parsing the configuration options: (?P<reason>.*)",
        N_("Error parsing the configuration options: {reason}"),
    ),
    (
        r"Frequency (?P<value>.*) not recognised",
        N_("Frequency {value} not recognised. Choose one of the list."),
    ),
    (r"Harvest Source with id .* does not exist\.", N_("Harvest source not found")),
    (r"extras must be a dict(?: of strings)?", N_("The extra fields have to be texts.")),
)
_PATTERNS = [(re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in _SAID]


def check(
    context: Context, data_dict: dict[str, Any], before: Mapping[str, Any], is_sysadmin: bool
) -> None:
    """Refuse an address or settings that could not be used.

    Args:
        context: of the action.
        data_dict: the source as it was sent.
        before: the source as it is, empty for a new one.
        is_sysadmin: whether the settings of administrators may be changed.

    Raises:
        ckan.plugins.toolkit.ValidationError: with ``url`` or ``config``.

    """
    errors: dict[str, list[str]] = {}
    try:
        _check_address(context, str(data_dict.get("url") or ""), str(before.get("url") or ""))
    except HarvestError as error:
        errors["url"] = [_translated(error.message)]
    try:
        source_config.parse(data_dict.get("config"))
    except SourceConfigError as error:
        errors["config"] = [_translated(error.message)]
    else:
        settings = json.loads(data_dict.get("config") or "{}")
        known = _settings(before.get("config"))
        changed = [key for key in source_config.PRIVILEGED if settings.get(key) != known.get(key)]
        if settings.get("enabled", True) and not known.get("enabled", True):
            # Whoever may change a source may switch it off, and only administrators on again.
            changed.append("enabled")
        if changed and not is_sysadmin:
            errors["config"] = [
                tk._("Only administrators may set {keys}.").format(keys=", ".join(changed))
            ]
    if errors:
        raise tk.ValidationError({**errors})


def _check_address(context: Context, url: str, before: str) -> None:
    """Raise HarvestError where an address cannot be fetched, or its name leads inside.

    A name that leads nowhere just now is told to a person and saved: the run judges it again. One
    that was saved before is not looked up: a source whose name has moved can still be switched off.
    """
    # The operator's own command line may name this machine; a request from outside may not.
    operator = bool(context.get("ignore_auth"))
    policy = options.network_policy(allow_loopback=operator)
    parts = checked_url(url, policy)
    if operator or url == before:
        return
    host = (parts.host or "").strip("[]")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        judged_addresses(policy, system_resolver, host, port, NAME_WAIT)
    except (OSError, UnicodeError):
        log.info("The name of a source does not resolve: %s", host)
        if has_request_context() and not request.path.startswith("/api/"):
            tk.h.flash_notice(tk._(UNRESOLVED).format(host=host))


@contextmanager
def said_in_the_readers_language() -> Iterator[None]:
    """Say what ckanext-harvest refuses inside the block in the reader's language."""
    try:
        yield
    except tk.ValidationError as error:
        said: Any = {
            field: [_said(text) for text in texts] if isinstance(texts, list) else texts
            for field, texts in error.error_dict.items()
        }
        raise tk.ValidationError(said) from error


def _said(text: Any) -> Any:
    for pattern, sentence in _PATTERNS:
        found = pattern.fullmatch(text) if isinstance(text, str) else None
        if found:
            return filled(sentence, found.groupdict(), tk._)
    return text


def _settings(text: str | None) -> dict[str, Any]:
    """Return the settings as stored; those of another plugin's type may be anything."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _translated(message: Message) -> str:
    return filled(message.template, message.params, tk._)
