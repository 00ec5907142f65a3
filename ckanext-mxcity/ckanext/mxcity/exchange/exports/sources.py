"""The sources that this portal harvests, as the exports see them: which are its own, which not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa

from ckanext.mxcity.city import settings

#: The demo's catalogue, which a portal harvests from itself.
DEMO_PATH = "/demo/catalog.ttl"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")


@dataclass(frozen=True)
class Source:
    """A harvest source: its id, its name and title, and the host that it is read from."""

    id: str
    name: str
    title: str
    host: str
    path: str = ""

    def is_called(self, text: str) -> bool:
        """Return whether ``text`` may mean this source: its id, name, title or host."""
        folded = text.strip().casefold()
        names = {self.id, self.name, self.title.casefold()}
        return folded in names or bare(folded) == bare(self.host)


def harvest_sources() -> list[Source]:
    """Return every source, the inactive ones too; there are few."""
    if not p.plugin_loaded("harvest"):
        return []
    from ckanext.harvest.model import HarvestSource

    rows = model.Session.execute(
        sa.select(
            HarvestSource.id,
            model.Package.name,
            sa.func.coalesce(HarvestSource.title, ""),
            HarvestSource.url,
        ).outerjoin(model.Package, model.Package.id == HarvestSource.id)
    )
    found = []
    for identifier, name, title, address in rows:
        host, path = _place(address or "")
        found.append(Source(identifier, name or "", title, host, path))
    return found


def own_sources(sources: list[Source]) -> list[Source]:
    """Return the sources whose datasets are the city's own.

    They are those named in the configuration, and the demo, which the portal made itself.
    """
    named = set(settings.own_sources())
    demo = p.plugin_loaded("mxcity_demo")
    return [
        source for source in sources if source.name in named or (demo and source.path == DEMO_PATH)
    ]


def host_of(text: str) -> str | None:
    """Return the host in an address or a bare host name, None if it is neither."""
    host = _place(text)[0] if "//" in text else text.strip().casefold()
    return host if _HOST.fullmatch(host) and ("." in host or ":" in host) else None


def bare(host: str) -> str:
    """Return a host without the ``www.`` that many sites answer to as well."""
    return host.removeprefix("www.")


def _place(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "", ""
    return parts.netloc.rpartition("@")[2].casefold(), parts.path
