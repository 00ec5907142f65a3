"""Read the options of the harvest; no other module reads them."""

from __future__ import annotations

import os

import ckan.plugins.toolkit as tk

from ckanext.mxcity.city.settings import city
from ckanext.mxcity.net import GuardedClient, Limits, NetworkPolicy
from ckanext.mxcity.net.limits import MIB

ALLOW_LOOPBACK = "ckanext.sniegharvest.allow_loopback"
ALLOWED_HOSTS = "ckanext.sniegharvest.allowed_hosts"
CONTACT = "ckanext.sniegharvest.contact"
AUTHORITY_ORDER = "ckanext.sniegharvest.authority_order"
CA_BUNDLE = "ckanext.sniegharvest.ca_bundle"
HOST_INTERVAL = "ckanext.sniegharvest.host_interval"
MAX_DOCUMENT = "ckanext.sniegharvest.max_document_mb"
BATCH_SIZE = "ckanext.sniegharvest.batch_size"
CHANGE_SHARE = "ckanext.sniegharvest.change_share"
VANISH_SHARE = "ckanext.sniegharvest.vanish_share"
GRACE_RUNS = "ckanext.sniegharvest.grace_runs"
GRACE_DAYS = "ckanext.sniegharvest.grace_days"
PLANS_KEPT = "ckanext.sniegharvest.plans_kept"
INEGI_TOKEN = "ckanext.sniegharvest.inegi_token"  # noqa: S105 - the name of an option
INEGI_ADDRESS = "ckanext.sniegharvest.inegi_address"
QUARANTINE = "ckanext.sniegharvest.quarantine_"
READ_DEADLINE = "ckanext.sniegharvest.read_deadline"
WRITERS = "ckanext.sniegharvest.writers"
WRITE_DEADLINE = "ckanext.sniegharvest.write_deadline"


def network_policy(
    allow_loopback: bool = False, robots_exempt: frozenset[str] = frozenset()
) -> NetworkPolicy:
    """Return the addresses that the engine may connect to, beyond public ones."""
    return NetworkPolicy(
        allow_loopback=allow_loopback or bool(tk.config[ALLOW_LOOPBACK]),
        allowed_hosts=frozenset(tk.config[ALLOWED_HOSTS]),
        robots_exempt_hosts=robots_exempt,
    )


def client(policy: NetworkPolicy) -> GuardedClient:
    """Return the HTTP client of one run; its user agent names the portal and a contact."""
    about = "; ".join(filter(None, [str(tk.config["ckan.site_url"]), contact()]))
    limits = Limits(
        max_bytes=max(1, int(tk.config[MAX_DOCUMENT])) * MIB,
        min_interval=max(0.0, float(tk.config[HOST_INTERVAL])),
    )
    bundle = str(tk.config[CA_BUNDLE] or "").strip() or None
    return GuardedClient(policy, limits, f"MXCity/0.1 (+{about})", ca_bundle=bundle)


def contact() -> str:
    """Return the contact for harvested sites: the option, else the first office of the profile."""
    told = str(tk.config[CONTACT] or "").strip()
    own = None if told else city()
    office = own.organizations[0].contact if own is not None and own.organizations else None
    return told or (office and (office.email or office.website)) or ""


def change_share() -> float:
    """Return the share of a source's datasets that may change in one run, 0 to 1."""
    return min(1.0, max(0.0, float(tk.config[CHANGE_SHARE])))


def authority_order() -> list[str]:
    """Return names or ids of sources, the nearest to the producers first."""
    return list(tk.config[AUTHORITY_ORDER])


def batch_size() -> int:
    """Return how many datasets a transaction writes, at least one."""
    return max(1, int(tk.config[BATCH_SIZE]))


def vanish_share() -> float:
    """Return the share of a source's datasets that may vanish in one run, 0 to 1."""
    return min(1.0, max(0.0, float(tk.config[VANISH_SHARE])))


def grace(own_runs: int | None, own_days: int | None) -> tuple[int, float]:
    """Return for how many runs and days a dataset is missing before it is archived.

    Args:
        own_runs: what the source itself asks for, None where it asks for nothing.
        own_days: the same.

    """
    runs = tk.config[GRACE_RUNS] if own_runs is None else own_runs
    days = tk.config[GRACE_DAYS] if own_days is None else own_days
    return max(1, int(runs)), max(0.0, float(days))


def plans_kept() -> int:
    """Return how many plans of each source are kept, at least one."""
    return max(1, int(tk.config[PLANS_KEPT]))


def quarantine() -> dict[str, int]:
    """Return the values of ``quarantine.Limits``: past these a record waits for a person."""
    names = ("bytes", "resources", "tags", "extras", "title")
    return {name: int(tk.config[QUARANTINE + name]) for name in names}


def read_deadline() -> float:
    """Return the seconds that reading a source may take."""
    return float(tk.config[READ_DEADLINE])


def write_deadline() -> float:
    """Return the seconds that writing the changes of a run may take."""
    return float(tk.config[WRITE_DEADLINE])


def writers() -> int:
    """Return how many processes write a run: the option, else one a core, at most four."""
    told = int(tk.config[WRITERS])
    return told if told > 0 else min(4, len(os.sched_getaffinity(0)))


def inegi_token() -> str:
    """Return INEGI's token: the option, else ``INEGI_TOKEN`` of the environment."""
    return str(tk.config[INEGI_TOKEN] or os.environ.get("INEGI_TOKEN", "")).strip()


def inegi_address() -> str:
    """Return the address of INEGI's indicator service, the only one that gets the token."""
    return str(tk.config[INEGI_ADDRESS]).rstrip("/")


def site_url() -> str:
    """Return the address of this portal, without a slash at its end."""
    return str(tk.config["ckan.site_url"]).rstrip("/")
