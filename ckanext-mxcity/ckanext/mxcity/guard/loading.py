"""Hardened against resources that point inside: the DataStore loads from public addresses only.

The loader's downloads go through the guarded sockets of ``ckanext.sniegharvest``. The portal's
own address is allowed, since uploaded files are loaded from there.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.sniegharvest.http.policy import NetworkPolicy
from ckanext.sniegharvest.http.process_guard import guarded

_PORTS = {"http": 80, "https": 443}
_OWN_ADDRESSES = ("ckan.site_url", "ckanext.xloader.site_url")


def install() -> None:
    """Guard the download step of xloader, once, where xloader is loaded."""
    if not p.plugin_loaded("xloader"):
        return
    from ckanext.xloader import jobs

    if not hasattr(jobs._download_resource_data, "__wrapped__"):
        jobs._download_resource_data = guarded(jobs._download_resource_data, own_site_policy)


def own_site_policy() -> NetworkPolicy:
    """Return the policy that allows public addresses, and the portal's own with its port."""
    hosts = set()
    for option in _OWN_ADDRESSES:
        parts = urlsplit(str(tk.config.get(option) or ""))
        if parts.hostname:
            hosts.add(f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 80)}")
    return NetworkPolicy(allowed_hosts=frozenset(hosts))
