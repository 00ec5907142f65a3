"""The guarded way out: every request of the portal to the outside is made here.

``GuardedClient`` for our own code; ``guarded_sockets`` around other people's code that opens
sockets by itself. Neither imports CKAN.
"""

from __future__ import annotations

from ckanext.mxcity.net.client import GuardedClient
from ckanext.mxcity.net.limits import Limits
from ckanext.mxcity.net.policy import NetworkPolicy, checked_url
from ckanext.mxcity.net.process_guard import guarded, guarded_sockets
from ckanext.mxcity.net.response import Response

__all__ = [
    "GuardedClient",
    "Limits",
    "NetworkPolicy",
    "Response",
    "checked_url",
    "guarded",
    "guarded_sockets",
]
