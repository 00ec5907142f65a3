"""What the bulk writer leaves is what CKAN's own actions leave, field by field."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import search
from ckan.logic import index_update_package

from tests.sniegharvest.engine import varied

#: Why two runs of the very same writer would differ in these: the moment and random ids.
MOMENTS = {
    "metadata_created",  # when the dataset was made
    "metadata_modified",  # and last changed
    "mxcity_changed_date",  # which is that, where nobody says when the data changed
    "created",  # the same of a file
    "indexed_ts",  # when Solr took the document
    "_version_",  # Solr's own count
    "harvest_object_id",  # each run's own random id
}
#: Tags get random ids; they are compared by name.
TAG_IDS = {"tags"}

#: New datasets for which the action does all that it can do.
WHOLE = 30

#: Datasets that are deleted, and revived by the changes that follow.
DELETED = [varied.identifier(number) for number in (15, 33)]

WRITTEN: list[tuple[str, str, Any]] = []
INDEXED: list[str] = []


class Recorder(p.SingletonPlugin):
    """Notes the hooks that are called, with what."""

    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IResourceController, inherit=True)
    p.implements(p.IDomainObjectModification, inherit=True)

    def create(self, entity: Any) -> None:
        WRITTEN.append(("create", entity.id, entity.name))

    def edit(self, entity: Any) -> None:
        WRITTEN.append(("edit", entity.id, entity.name))

    def delete(self, entity: Any) -> None:
        WRITTEN.append(("delete", entity.id, entity.state))

    def after_dataset_delete(self, context: Any, data_dict: dict[str, Any]) -> None:
        WRITTEN.append(("after_dataset_delete", data_dict["id"], sorted(data_dict)))

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        WRITTEN.append(("after_dataset_create", pkg_dict["id"], _clean(pkg_dict)))

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        WRITTEN.append(("after_dataset_update", pkg_dict["id"], _clean(pkg_dict)))

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        INDEXED.append(pkg_dict["id"])
        return pkg_dict

    def before_resource_create(self, context: Any, resource: dict[str, Any]) -> None:
        WRITTEN.append(("before_resource_create", resource["package_id"], _clean(resource)))

    def before_resource_update(self, context: Any, current: Any, resource: Any) -> None:
        WRITTEN.append(("before_resource_update", resource["package_id"], _clean(resource)))

    def notify(self, entity: Any, operation: Any) -> None:
        owner = entity.id if isinstance(entity, model.Package) else entity.package_id
        WRITTEN.append((f"notify {type(entity).__name__} {operation}", owner, entity.id))


@pytest.fixture
def recorder(with_plugins: Any, provide_plugin: Callable[..., Any]) -> Iterator[None]:
    """The recording plugin, loaded after all others."""
    provide_plugin("recorder", Recorder)
    p.load("recorder")
    yield
    p.unload("recorder")


@pytest.mark.ckan_config("ckan.search.solr_commit", "false")
@pytest.mark.usefixtures("recorder", "organization")
def test_bulk_leaves_what_the_actions_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """300 datasets, created, changed, revived: rows, shown datasets, documents, hooks, activity."""
    from ckanext.sniegharvest.engine.write import table_queue

    monkeypatch.setattr(table_queue, "load", lambda resources, user: 0)  # has a test of its own
    one_by_one = _run(_by_actions, _one_by_one)
    in_bulk = _run(_by_writer, _at_once)
    _assert_same(one_by_one, in_bulk)
    _assert_indexed_again(in_bulk["documents"])
    together = _run(partial(_by_writer, processes=2), _at_once)
    # Hooks of what is written are called in the processes that write it: not heard here.
    heard = {k: v for k, v in in_bulk.items() if "hooks" not in k and k != "notifications"}
    _assert_same(heard, together)


def _assert_same(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> None:
    different = []
    for what, expected in one.items():
        found = other[what]
        assert expected, f"nothing of {what} was compared"
        assert sorted(found) == sorted(expected), what
        different += [
            f"{what} of {key}: {_first_difference(value, found[key])}"
            for key, value in expected.items()
            if found[key] != value
        ]
    assert not different, f"{len(different)} differences:\n" + "\n".join(different[:20])


def _assert_indexed_again(expected: dict[str, Any]) -> None:
    """Indexed anew in bulk, the documents are the same; a dataset that is deleted has none."""
    from ckanext.mxcity.catalogue.bulk.reindex import index_again

    ids = [varied.identifier(number) for number in range(varied.COUNT)]
    model.Session.execute(
        sa.update(model.Package).where(model.Package.id == ids[0]).values(state="deleted")
    )
    model.Session.commit()
    index_again(ids)
    search.commit()
    found = _seen()["documents"]
    assert set(expected) - set(found) == {ids[0]}
    for id_, document in found.items():
        assert document == expected[id_], _first_difference(expected[id_], document)


def _run(
    write: Callable[..., None], archive: Callable[[list[str]], None]
) -> dict[str, dict[str, Any]]:
    """Write everything into an empty portal; gives all that can be seen of it."""
    organization, groups = _empty_portal()
    source_id, job_id = _source()
    WRITTEN.clear()
    INDEXED.clear()
    write("create", varied.created(organization, groups), source_id, job_id)
    archive(DELETED)
    write("update", varied.updated(organization, groups), source_id, job_id)
    write("update", varied.again(organization, groups), source_id, job_id)
    search.commit()
    return _seen()


def _one_by_one(ids: list[str]) -> None:
    for id_ in ids:
        tk.get_action("package_delete")(_context(), {"id": id_})


def _at_once(ids: list[str]) -> None:
    from ckanext.sniegharvest.engine.write.bulk.archive import archive

    archive(ids, _user())


def _by_actions(
    action: str, packages: Iterable[dict[str, Any]], source_id: str, job_id: str
) -> None:
    """CKAN's way, with the harvest object and the index as the bulk writer promises them."""
    from ckanext.sniegharvest.engine.write.bulk import objects

    for number, package in enumerate(packages):
        # Most new ones are indexed once only, below: it saves half of the time of this test.
        once = {"defer_commit": True, "return_id_only": True}
        images = any(resource["format"] == "PNG" for resource in package["resources"])
        whole = action == "update" or number < WHOLE or images  # images have views
        context = _context() | ({} if whole else once)
        tk.get_action(f"package_{action}")(context, copy.deepcopy(package))
        objects.note([_change(action, package)], job_id, source_id)
        model.Session.commit()
        index_update_package(_context(), package["id"], defer_commit=True)


def _by_writer(
    action: str,
    packages: Iterable[dict[str, Any]],
    source_id: str,
    job_id: str,
    processes: int = 1,
) -> None:
    from ckanext.mxcity.catalogue.bulk import compat
    from ckanext.sniegharvest.engine.write.writer import Writer

    assert not compat.overridden()
    written: list[Any] = []
    changes = (_change(action, package) for package in packages)
    writer = Writer(job_id, source_id, _user(), processes)
    assert list(writer.write(changes, 50, written.append)) == []
    assert written


def _change(action: str, package: dict[str, Any]) -> Any:
    from ckanext.mxcity.reading.records import Record
    from ckanext.sniegharvest.engine.records import Change

    guid = package["source_identifier"]
    record = Record(guid, package["title"], {"guid": guid}, {}, "0" * 64, 1)
    return Change(action, record, package["id"], package)  # type: ignore[arg-type]


def _seen() -> dict[str, dict[str, Any]]:
    """All that a person, a program or a plugin could tell the two runs apart by."""
    from ckanext.activity.model import Activity

    model.Session.remove()
    ids = [varied.identifier(number) for number in range(varied.COUNT)]
    query = {"q": "entity_type:package", "rows": 1000, "fl": "*"}
    documents = search.make_connection(decode_dates=False).search(**query).docs
    shown = tk.get_action("package_show")
    activities: dict[str, list[Any]] = {}
    for row in model.Session.query(Activity).order_by(Activity.timestamp):
        if row.object_id in ids:
            # That of a new view has the view, whose rows are compared below.
            package = _clean(row.data.get("package", {}))
            # The actions write the activity before there is a harvest object.
            package = _without_harvest(package)
            if row.activity_type == "deleted package":
                # CKAN shows it before the index knows of it; where Solr rounds a moment, after.
                package.pop("state", None)
            activities.setdefault(row.object_id, []).append(
                (row.activity_type, row.user_id, row.permission_labels, package)
            )
    hooks: dict[str, list[Any]] = {}
    for hook, id_, what in WRITTEN:
        if id_ in ids:
            hooks.setdefault(id_, []).append((hook, what))
    return {
        "documents": {document["id"]: _clean(document) for document in documents},
        "package_show": {
            id_: _clean(shown({**_context(), "use_cache": False}, {"id": id_})) for id_ in ids
        },  # fmt: skip
        "package_show from the index": {
            # Where Solr rounds a moment CKAN reads the database, which has no harvest extras; the
            # documents above have them.
            id_: _without_harvest(_clean(shown(_context(), {"id": id_})))
            for id_ in ids[::10]
        },
        "rows": _rows(ids),
        "hooks": {
            id_: [call for call in calls if not call[0].startswith("notify")]
            for id_, calls in hooks.items()
        },
        # The session tells of its objects in no order, and twice of some.
        "notifications": {
            id_: sorted({call for call in calls if call[0].startswith("notify")})
            for id_, calls in hooks.items()
        },
        # Those of views are written before or after that of their dataset, and several in the
        # same moment.
        "activities": {
            id_: sorted(rows, key=lambda row: (row[0], json.dumps(row[3], sort_keys=True)))
            for id_, rows in activities.items()
        },
        "hooks of the index": dict.fromkeys(INDEXED, True),
    }


def _without_harvest(package: dict[str, Any]) -> dict[str, Any]:
    extras = [extra for extra in package.get("extras", []) if "harvest_" not in extra["key"]]
    return {**package, "extras": extras}


def _rows(ids: list[str]) -> dict[str, Any]:
    """Rows of the tables, those that no action shows included."""
    found: dict[str, Any] = {id_: {} for id_ in ids}
    statements = {
        "package": "SELECT id AS owner, * FROM package",
        "resource": "SELECT package_id AS owner, * FROM resource ORDER BY id",
        "tag": "SELECT package_id AS owner, name, vocabulary_id, package_tag.state FROM package_tag"
        " JOIN tag ON tag.id = tag_id ORDER BY name",
        "member": "SELECT table_id AS owner, table_name, g.name, capacity, m.state FROM member m"
        ' JOIN "group" g ON g.id = group_id ORDER BY g.name, capacity, m.state',
        "view": "SELECT package_id AS owner, resource_id, view_type, v.title, v.description,"
        ' config, "order" FROM resource_view v JOIN resource r ON r.id = resource_id'
        " ORDER BY resource_id, view_type",
        "harvest": "SELECT package_id AS owner, guid, current, state, report_status, content,"
        " harvest_job_id IS NOT NULL FROM harvest_object ORDER BY guid, gathered",
    }
    for table, statement in statements.items():
        for row in model.Session.execute(sa.text(statement)).mappings():
            if row["owner"] in found:
                found[row["owner"]].setdefault(table, []).append(_clean(dict(row)))
    return found


def _clean(value: Any) -> Any:
    """A value without what the moment decides; a moment that is there is only said to be."""
    if isinstance(value, dict):
        return {
            key: bool(inner)
            if key in MOMENTS
            else sorted(tag["name"] for tag in inner)
            if key in TAG_IDS and inner and isinstance(inner[0], dict)
            else _clean(inner)
            for key, inner in value.items()
            if not (key in ("key", "value") and value.get("key") in MOMENTS)
        }
    if isinstance(value, list):
        cleaned = [_clean(inner) for inner in value]
        if all(isinstance(inner, dict) and set(inner) <= {"key", "value"} for inner in cleaned):
            # The database keeps extras in its own order, the session in that of their arrival:
            # CKAN shows now one, now the other.
            return sorted((inner for inner in cleaned if inner), key=lambda inner: inner["key"])
        return cleaned
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return _clean(json.loads(value))
        except ValueError:
            return value
    return value


def _first_difference(expected: Any, found: Any, path: str = "") -> str:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(key, "absent") != found.get(key, "absent"):
                return _first_difference(
                    expected.get(key, "absent"), found.get(key, "absent"), f"{path}.{key}"
                )
    if isinstance(expected, (list, tuple)) and isinstance(found, (list, tuple)):
        for place, (one, other) in enumerate(zip(expected, found, strict=False)):
            if one != other:
                return _first_difference(one, other, f"{path}[{place}]")
    return f"{path}: {expected!r} != {found!r}"[:1500]


def _empty_portal() -> tuple[str, list[str]]:
    """No dataset, no tag, no activity; the id of the organisation and the names of two groups."""
    from ckan.tests import factories

    model.Session.rollback()
    model.Session.execute(
        sa.text(
            "TRUNCATE package, tag, activity, harvest_source, harvest_job, harvest_object CASCADE"
        )
    )
    model.Session.execute(sa.text("DELETE FROM member WHERE table_name = 'package'"))
    model.Session.commit()
    model.Session.remove()
    search.clear_all()
    names = ["grupo-uno", "grupo-dos"]
    for name in names:
        if model.Group.get(name) is None:
            factories.Group(name=name)
    return model.Group.get("mty-pruebas").id, names


def _source() -> tuple[str, str]:
    from ckanext.harvest.model import HarvestJob, HarvestSource

    source = HarvestSource(
        id=varied.identifier(-1), url="https://fuente.example/", type="dcat_json", title="Fuente"
    )
    source.save()
    job = HarvestJob(source=source)
    job.save()
    return source.id, job.id


def _user() -> str:
    return str(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])


def _context() -> dict[str, Any]:
    return {"user": _user(), "ignore_auth": True}
