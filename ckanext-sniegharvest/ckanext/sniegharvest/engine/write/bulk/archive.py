"""Delete datasets as ``package_delete`` does, a batch with one transaction and one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import ckan.model as model
import ckan.plugins as p
import sqlalchemy as sa
from ckan.types import Context

from ckanext.mxcity.catalogue.bulk import index
from ckanext.mxcity.catalogue.bulk.prefetch import Prefetched
from ckanext.mxcity.catalogue.bulk.schemas import Schemas
from ckanext.mxcity.catalogue.bulk.show import Shower
from ckanext.sniegharvest.engine.write.bulk import activity, announce


def archive(package_ids: Sequence[str], user: str) -> None:
    """Delete datasets, all or none; ids, names and content stay in the database.

    Raises:
        ckan.lib.search.SearchIndexError: the index still has them; the database does not.

    """
    shelf = Prefetched([{"id": id_} for id_ in package_ids], user)
    packages = list(shelf.packages.values())
    contexts = {package.id: _context(shelf, user) for package in packages}
    for package in packages:
        given = {"id": package.id}
        for item in p.PluginImplementations(p.IPackageController):
            item.delete(package)
            item.after_dataset_delete(contexts[package.id], given)
        package.delete()
        for member in shelf.members.get(package.id, []):
            if member.state == model.State.ACTIVE:
                member.delete()
    for collaborator in _collaborators(list(contexts)):
        collaborator.delete()
    model.Session.flush()
    if activity.enabled() and shelf.user is not None:
        shower = Shower(packages, Schemas(), shelf)
        for package in packages:
            _, shown = shower.both(package, contexts[package.id])
            activity.note_deleted(package, shown, shelf.user)
    model.Session.commit()
    index.remove(list(contexts))
    for receiver in announce.listeners("package_delete"):
        for id_, context in contexts.items():
            receiver("package_delete", context=context, data_dict={"id": id_}, result=None)


def _collaborators(package_ids: Sequence[str]) -> Sequence[Any]:
    query = sa.select(model.PackageMember).where(model.PackageMember.package_id.in_(package_ids))
    return model.Session.scalars(query).all()


def _context(shelf: Prefetched, user: str) -> Context:
    # Plugins still look for the models in it.
    return cast(
        "Context",
        {
            "model": model,
            "session": model.Session,
            "user": user,
            "auth_user_obj": shelf.user,
            "ignore_auth": True,
        },
    )
