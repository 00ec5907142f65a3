"""One batch: check, save, show, note, commit; then the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.mxcity.catalogue import data_words
from ckanext.mxcity.catalogue.bulk import hooks, index
from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.catalogue.bulk.schemas import Schemas
from ckanext.mxcity.catalogue.bulk.show import Shower
from ckanext.sniegharvest.engine.identity import provenance
from ckanext.sniegharvest.engine.overlay import stored_overlays
from ckanext.sniegharvest.engine.records import Change
from ckanext.sniegharvest.engine.write.bulk import activity, announce, objects
from ckanext.sniegharvest.engine.write.bulk.check import Checked, check
from ckanext.sniegharvest.engine.write.bulk.publisher import Publisher
from ckanext.sniegharvest.engine.write.bulk.save import save


@dataclass
class Batch:
    """Writes changes whole or not at all; what is refused in the checks stays out."""

    job_id: str
    source_id: str
    user: str
    schemas: Schemas = field(default_factory=Schemas)
    #: Changes that the validators refused, with what they said.
    refused: list[tuple[Change, Exception]] = field(default_factory=list)
    documents: list[index.Document] = field(default_factory=list)
    _told: list[tuple[Checked, dict[str, Any]]] = field(default_factory=list)

    def store(self, changes: Sequence[Change]) -> list[Change]:
        """Check and write; gives those that are stored. Whatever is raised, nothing is."""
        changes = stored_overlays.laid(changes)
        shelf = Prefetched([change.package for change in changes], self.user)
        checked = self._check(changes, shelf)
        if checked:
            shelf.make_tags(tag for item in checked for tag in item.data.get("tags") or [])
            self._save(checked, shelf)
            model.Session.commit()
        return [item.change for item in checked]

    def publish(self, publisher: Publisher, then: Callable[[], None]) -> None:
        """Send the stored datasets to the index, and tell those who listen to actions.

        Whoever listens may look for the datasets: only then are they waited for. ``then`` is
        called when the index has them.
        """
        publisher.send(self.documents, then)
        heard = [(item, own) for item, own in self._told if announce.is_heard(item)]
        if heard:
            publisher.settle()
        for item, own in heard:
            announce.succeeded(item, own)

    def _check(self, changes: Sequence[Change], shelf: Prefetched) -> list[Checked]:
        checked = []
        for change in changes:
            try:
                checked.append(check(change, shelf, self.schemas, self.user))
            except (tk.ValidationError, tk.ObjectNotFound) as error:
                self.refused.append((change, error))
        return checked

    def _save(self, checked: Sequence[Checked], shelf: Prefetched) -> None:
        saved = []
        for item in checked:
            package, touched = save(item.data, shelf, item.context)
            saved.append((item, package, touched))
        model.Session.flush()
        if shelf.memberships:
            model.Session.execute(sa.insert(model.member_table), shelf.memberships)
        current = objects.note([item.change for item in checked], self.job_id, self.source_id)
        provenance.owned([item.change for item in checked], self.source_id)
        plugins = announce.view_plugins()
        noting = activity.enabled() and shelf.user is not None
        for item, package, touched in saved:
            if not touched:
                continue  # CKAN tells no hook of it, and indexes it all the same
            announce.saved(item, package)
            if announce.default_views(item, plugins) and noting:
                activity.note_views(item, shelf.user)
        model.Session.flush()
        with data_words.asked_for([package.id for _, package, _ in saved]):
            self._describe([(item, package) for item, package, _ in saved], shelf, current)

    def _describe(
        self, saved: Sequence[tuple[Checked, Any]], shelf: Prefetched, current: dict[str, str]
    ) -> None:
        """Make the documents and the activities of what was saved."""
        shower = Shower([package for _, package in saved], self.schemas, shelf)
        views = shower.views
        harvested = hooks.written(current, self.source_id)
        indexers = hooks.Indexers(harvested, views[0] if views else None)
        documents = index.Documents(indexers)
        noting = activity.enabled() and shelf.user is not None
        for item, package in saved:
            default, own = shower.both(package, item.context)
            document = documents.make(default, own)
            if document is None:
                continue
            self.documents.append(document)
            self._told.append((item, own))
            if noting:
                activity.note(item, package, document, shelf.user, views, shower.readers)
