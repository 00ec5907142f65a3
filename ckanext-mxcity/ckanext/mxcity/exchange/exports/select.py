"""Which datasets an export holds: public ones, and none that goes back to where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ckan.plugins.toolkit as tk

from ckanext.mxcity.dataset.types import FILTER
from ckanext.mxcity.exchange.exports.sources import (
    Source,
    bare,
    harvest_sources,
    host_of,
    own_sources,
)

#: Always: active, public, and a dataset of ours (not a harvest source).
PUBLIC = (FILTER, "+state:active", "+capacity:public")
HARVESTED = ("harvest_source_id", "source_url")
#: How many consumers one request may name.
MAX_NAMED = 10
INCLUDE = ("harvested",)


class SelectionError(Exception):
    """The request asks for something that there is not; the text says what."""


@dataclass(frozen=True)
class Selection:
    """The datasets of an export, as filter queries of Solr, and the arguments that said so."""

    filters: tuple[str, ...]
    #: The arguments to repeat in the address of another page.
    arguments: tuple[tuple[str, str], ...] = ()


def select(arguments: Mapping[str, str], organization: str | None = None) -> Selection:
    """Work out the selection of a request.

    Args:
        arguments: ``include=harvested`` asks for what was harvested as well; ``for`` names, with
            commas between, the consumers (a source's id, name, title or host): what came from
            them is left out, and everything else given.
        organization: the name of an organisation, if only its datasets are asked for.

    Raises:
        SelectionError: an unknown value, with the known ones in the text.

    """
    filters = list(PUBLIC)
    if organization is not None:
        filters.append(f"+organization:{quoted(organization)}")
    include = arguments.get("include", "").strip()
    if include and include not in INCLUDE:
        raise SelectionError(
            tk._("include={value} is not known. There is: {known}.").format(
                value=include[:80], known=", ".join(INCLUDE)
            )
        )
    named = [name.strip() for name in arguments.get("for", "").split(",") if name.strip()]
    if len(named) > MAX_NAMED:
        raise SelectionError(tk._("At most {n} names fit into for=.").format(n=MAX_NAMED))
    sources = harvest_sources()
    own = own_sources(sources)
    if named:
        for name in named:
            filters += _not_from(name, [source for source in sources if source not in own])
    elif not include:
        filters.append(_own_only(own))
    kept = [("include", include)] if include else []
    kept += [("for", ",".join(named))] if named else []
    return Selection(tuple(filters), tuple(kept))


def quoted(text: str) -> str:
    """Return a text as a phrase of Solr's query language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _own_only(own: list[Source]) -> str:
    local = "(*:* " + " ".join(f"-{field}:[* TO *]" for field in HARVESTED) + ")"
    if not own:
        return f"+{local}"
    return f"+({local} OR harvest_source_id:({_any_of([source.id for source in own])}))"


def _not_from(name: str, sources: list[Source]) -> list[str]:
    """Return the filters that leave out what came from a consumer, by whichever source."""
    meant = [source for source in sources if source.is_called(name)]
    host = host_of(name)
    if not meant and host is None:
        raise SelectionError(
            tk._(
                "No source of this portal is called {name}. Give its name or its host, "
                "e.g. for=www.datos.gob.mx."
            ).format(name=name[:80])
        )
    hosts = {bare(source.host) for source in meant if source.host}
    hosts |= {bare(host)} if host else set()
    filters = []
    if meant:
        ids = _any_of([source.id for source in meant])
        filters = [f"-harvest_source_id:({ids})", f"-vocab_other_sources:({ids})"]
    for place in sorted(hosts):
        starts = [
            f"source_url:{_escaped(f'{scheme}://{prefix}{place}')}*"
            for scheme in ("http", "https")
            for prefix in ("", "www.")
        ]
        starts.append(f"vocab_other_hosts:{quoted(place)}")
        filters.append(f"-({' OR '.join(starts)})")
    return filters


def _any_of(values: list[str]) -> str:
    return " OR ".join(quoted(value) for value in values)


def _escaped(text: str) -> str:
    return "".join(char if char.isalnum() else f"\\{char}" for char in text)
