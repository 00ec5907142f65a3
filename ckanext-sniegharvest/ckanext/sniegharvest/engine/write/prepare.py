"""Map rows of the plan to the datasets that are to be written."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ckan.lib.munge import munge_title_to_name

from ckanext.mxcity.ground import clock
from ckanext.mxcity.reading.records import Record
from ckanext.sniegharvest.engine.identity import harvested, identifiers, provenance
from ckanext.sniegharvest.engine.place.boxes import boxes
from ckanext.sniegharvest.engine.records import Change, Planned
from ckanext.sniegharvest.engine.write.mapping import SourceFacts, to_package
from ckanext.sniegharvest.sources.source_config import SourceConfig


def facts(source_id: str, title: str, url: str, settings: SourceConfig) -> SourceFacts:
    """Return what all records of a source share; read once a run."""
    return SourceFacts(
        id=source_id,
        title=title,
        url=url,
        organization=harvested.owner_of(source_id),
        defaults=settings.defaults,
        publishers=harvested.organizations() if settings.publisher_organizations else {},
        boxes=boxes(),
        harvested_at=clock.utc_now().isoformat(timespec="seconds") + "+00:00",
    )


def changes(
    pages: Iterable[Sequence[Planned]], source: SourceFacts, unwritten: int
) -> Iterator[Change]:
    """Yield the datasets of a plan, mapped; a few queries a page.

    Args:
        pages: of the plan.
        source: what its records share.
        unwritten: how many of those that were yielded may not be in the database yet.

    """
    given: deque[str] = deque(maxlen=unwritten)  # names the database may not know yet
    for page in pages:
        yield from _page(page, source, given)


def _page(page: Sequence[Planned], source: SourceFacts, given: deque[str]) -> Iterator[Change]:
    wanted: list[tuple[Record, str]] = [
        (row.record, row.package_id or identifiers.package_id(source.id, row.guid))
        for row in page
        if row.record is not None
    ]
    existing = harvested.existing(id_ for _, id_ in wanted)
    nearer = [row.package_id for row in page if row.detail.get("reason") == "nearer"]
    ways = provenance.ways(existing, nearer, source.id)
    further = {row.guid for row in page if row.detail.get("reason") == "further"}
    names = {id_: munge_title_to_name(record.title) for record, id_ in wanted}
    taken = set(given) | harvested.taken_names(
        name[: identifiers.NAME_LENGTH].strip("-_") for name in names.values()
    )
    for record, id_ in wanted:
        seal = {"record_sha256": record.content_hash}
        if record.identifier in further and id_ in existing:
            way = provenance.entry(source.id, source.title, source.url, record, source.harvested_at)
            yield Change("update", record, id_, way, further=True)
        elif id_ in existing:  # also where the history of the source was cleared
            name, private = existing[id_]
            package = to_package(record, source, id_, name, private=private)
            package |= {**seal, provenance.FIELD: provenance.text(ways.get(id_))}
            yield Change("update", record, id_, package)
        else:
            name = identifiers.free_name(names[id_], id_, taken)
            taken.add(name)
            given.append(name)
            package = to_package(record, source, id_, name)
            yield Change("create", record, id_, {**package, **seal})
