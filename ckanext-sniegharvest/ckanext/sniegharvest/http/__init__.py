"""The guarded way out: every request of the portal to the outside is made here.

``GuardedClient`` for our own code; ``guarded_sockets`` around other people's code that opens
sockets by itself. Neither imports CKAN.
"""

from __future__ import annotations

from ckanext.sniegharvest.http.client import GuardedClient
from ckanext.sniegharvest.http.limits import Limits
from ckanext.sniegharvest.http.policy import NetworkPolicy, checked_url
from ckanext.sniegharvest.http.process_guard import guarded, guarded_sockets
from ckanext.sniegharvest.http.response import Response

__all__ = [
    "GuardedClient",
    "Limits",
    "NetworkPolicy",
    "Response",
    "checked_url",
    "guarded",
    "guarded_sockets",
]
