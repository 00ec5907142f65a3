"""What a batch needs from the database, fetched with a few queries and kept while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

Row = Mapping[str, Any]

_TAGS_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('mxcity tags', 0))"
_MAKE_TAGS = """
INSERT INTO tag (id, name)
SELECT gen_random_uuid()::text, wanted FROM unnest(CAST(:names AS text[])) AS wanted
WHERE NOT EXISTS (SELECT FROM tag WHERE name = wanted AND vocabulary_id IS NULL)
"""


class Prefetched:
    """The objects of one batch; stands in for a session where CKAN saves a dictionary.

    It holds its objects, so that the session's identity map answers for them without a query.
    """

    def __init__(self, packages: Sequence[Row], user: str) -> None:
        """Fetch for ``packages``, given as the actions take them; about eight queries.

        Of a package without an id, only what it names is fetched.
        """
        self.user = model.User.get(user) if user else None
        ids = _ids(packages)
        resources = _ids(entry for package in packages for entry in package.get("resources") or [])
        self._asked = {*ids, *resources}
        self._asked_names = {str(package.get("name")) for package in packages}
        self.packages = {package.id: package for package in _packages(ids)}
        self._stored_names = _names(self._asked_names)
        self._names = dict(self._stored_names)
        self.resources = {res.id: res for res in _all(model.Resource, "id", resources)}
        for package in self.packages.values():
            self.resources |= {res.id: res for res in package.resources_all}
        self._parents = {
            res.id: str(res.package_id) for res in self.resources.values() if res.state != "deleted"
        }
        self.groups = _groups(packages)
        self._tags = _tags(packages)
        #: Rows of ``member`` that are to be written.
        self.memberships: list[dict[str, Any]] = []
        self.members: dict[str, list[Any]] = {}
        for member in _all(model.Member, "table_id", list(self.packages)):
            self.members.setdefault(member.table_id, []).append(member)

    def has_asked_for(self, id_: str) -> bool:
        """Return whether it is known if a dataset or resource with this id exists."""
        return id_ in self._asked

    def has_asked_for_name(self, name: str) -> bool:
        """Return whether it is known which dataset has this name."""
        return name in self._asked_names

    def name_taken(self, name: str, by_other_than: str | None) -> bool:
        """Return whether a dataset that is not deleted, and not the one given, has the name."""
        id_, state = self._names.get(name, (by_other_than, ""))
        return id_ != by_other_than and state != model.State.DELETED

    def parent_of(self, resource: str) -> str | None:
        """Return the dataset of a resource; None if the resource is deleted or not there."""
        return self._parents.get(resource)

    def group(self, reference: str) -> Any:
        """Return an organisation or group by id or name; None if it is not there."""
        return self.groups.get(reference)

    def promise(self, data: Row) -> None:
        """Note a dataset that passed its checks: the rest of the batch cannot have what it has."""
        self._names[data["name"]] = (data["id"], data.get("state") or model.State.ACTIVE)
        for resource in data.get("resources") or []:
            if resource.get("id"):
                self._parents[resource["id"]] = data["id"]

    def make_tags(self, tags: Iterable[Row]) -> None:
        """Make the free tags that are missing, so that all who write at this time share them.

        They are there at once, in a transaction of their own: nothing in the database keeps two
        transactions from making the same tag.
        """
        free = {tag["name"] for tag in tags if not tag.get("vocabulary_id")}
        missing = sorted(name for name in free if (name, None) not in self._tags)
        if not missing:
            return
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(_TAGS_ALONE))
            connection.execute(sa.text(_MAKE_TAGS), {"names": missing})
        self._tags |= {
            (tag.name, tag.vocabulary_id): tag for tag in _all(model.Tag, "name", missing)
        }

    # What follows is what CKAN's model_save asks of a session.

    def get(self, kind: Any, id_: str) -> Any:
        """Return an object by its id."""
        if kind is model.Package:
            return self.packages.get(id_)
        if kind is model.Resource:
            return self.resources.get(id_)
        if kind is model.Group:
            return self.groups.get(id_)
        return model.Session.get(kind, id_)

    def add(self, thing: Any) -> None:
        """Put an object into the session; the next of the batch finds it."""
        model.Session.add(thing)
        if isinstance(thing, model.Tag):
            self._tags[thing.name, thing.vocabulary_id] = thing

    def query(self, kind: Any) -> Any:
        """Return the start of a query by the columns of a unique constraint."""
        if kind is model.Tag:
            return _Finder(lambda name, vocabulary_id: self._tags.get((name, vocabulary_id)))
        if kind is model.Package:
            return _Finder(self._by_name)
        return model.Session.query(kind)

    def _by_name(self, name: str) -> Any:
        id_, _ = self._stored_names.get(name, ("", ""))
        return (self.packages.get(id_) or model.Session.get(model.Package, id_)) if id_ else None


class _Finder:
    """Answers ``query(...).filter_by(...).first()``."""

    def __init__(self, find: Any) -> None:
        self._find = find
        self._values: dict[str, Any] = {}

    def filter_by(self, **values: Any) -> _Finder:
        """Remember what is looked for."""
        self._values = values
        return self

    def first(self) -> Any:
        """Return what was found, or None."""
        return self._find(**self._values)


def _packages(ids: Sequence[str]) -> Iterable[Any]:
    query = (
        sa.select(model.Package)
        .where(model.Package.id.in_(ids))
        .options(
            selectinload(model.Package.resources_all),
            selectinload(model.Package.package_tags).joinedload(model.PackageTag.tag),
        )
        .execution_options(populate_existing=True)
    )
    return model.Session.scalars(query).unique()


def _names(names: set[str]) -> dict[str, tuple[str, str]]:
    columns = (model.Package.name, model.Package.id, model.Package.state)
    rows = model.Session.execute(sa.select(*columns).where(model.Package.name.in_(names)))
    return {name: (id_, state) for name, id_, state in rows}


def _groups(packages: Sequence[Row]) -> dict[str, Any]:
    """Organisations and groups that the packages name, by id and by name."""
    wanted = {str(package["owner_org"]) for package in packages if package.get("owner_org")}
    for package in packages:
        for group in package.get("groups") or []:
            wanted |= {str(group[key]) for key in ("id", "name") if group.get(key)}
    if not wanted:
        return {}
    found = model.Session.scalars(
        sa.select(model.Group)
        .where(sa.or_(model.Group.id.in_(wanted), model.Group.name.in_(wanted)))
        .order_by(model.Group.id)
    ).all()
    return {group.name: group for group in found} | {group.id: group for group in found}


def _tags(packages: Sequence[Row]) -> dict[tuple[str, str | None], Any]:
    names = {str(tag.get("name")) for package in packages for tag in package.get("tags") or []}
    for package in packages:
        text = package.get("tag_string")
        names |= {tag.strip() for tag in text.split(",")} if isinstance(text, str) else set()
    return {(tag.name, tag.vocabulary_id): tag for tag in _all(model.Tag, "name", sorted(names))}


def _all(kind: Any, column: str, values: Sequence[str]) -> Iterable[Any]:
    if not values:
        return ()
    return model.Session.scalars(sa.select(kind).where(getattr(kind, column).in_(values)))


def _ids(entries: Iterable[Row]) -> list[str]:
    return sorted({str(entry["id"]) for entry in entries if entry.get("id")})
