"""Hardened against requests that lead inside: every connection of the portal is judged.

Whatever plugin or library opens it, it goes to a public address, or to one of the servers that the
configuration names. Features that fetch what a stranger writes (the table loader, the resource
proxy) are held to less: not even those servers.
"""

from __future__ import annotations

from types import SimpleNamespace

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import requests

from ckanext.mxcity.guard import config
from ckanext.mxcity.net.policy import NetworkPolicy, host_of
from ckanext.mxcity.net.process_guard import guard_process, guarded

_MAIL_PORT = 25
#: Options with the addresses of the portal's own servers.
_SERVERS = ("ckan.site_url", "ckanext.xloader.site_url", "solr_url", "ckan.redis.url")
_OWN_SITE = _SERVERS[:2]


def install() -> None:
    """Judge the connections of this process, and hold the resource proxy to public addresses."""
    if config.judges_connections():
        guard_process(portal_policy)
    if p.plugin_loaded("resource_proxy"):
        from ckanext.resourceproxy import blueprint

        # Its requests alone: to know the resource, it asks Solr.
        blueprint.requests = SimpleNamespace(  # type: ignore[assignment]
            head=guarded(requests.head, own_site_policy),
            get=guarded(requests.get, own_site_policy),
            exceptions=requests.exceptions,
        )


def portal_policy() -> NetworkPolicy:
    """Return the policy of the whole portal: public addresses, and the portal's own servers."""
    named = {host_of(str(tk.config.get(option) or "")) for option in _SERVERS}
    mail = str(tk.config.get("smtp.server") or "")
    if mail:
        named.add(mail if ":" in mail else f"{mail}:{_MAIL_PORT}")
    return NetworkPolicy(allowed_hosts=frozenset(named - {""}) | config.services())


def own_site_policy() -> NetworkPolicy:
    """Return the policy that allows public addresses, and the portal's own with its port."""
    named = {host_of(str(tk.config.get(option) or "")) for option in _OWN_SITE}
    return NetworkPolicy(allowed_hosts=frozenset(named - {""}))
