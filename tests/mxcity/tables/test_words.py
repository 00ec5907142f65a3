"""What tables say in words is found by the search, as long as the tables say it to everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.lib import jobs
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckanext.mxcity.catalogue import data_words
from ckanext.mxcity.catalogue.bulk.reindex import documents_of, index_each
from ckanext.mxcity.tables.words import find, keep
from ckanext.mxcity.tables.words import jobs as words
from ckanext.mxcity.tables.words.model import ChangedTable, ColumnWords

from tests.mxcity.tables.test_totals import request_to_portal  # noqa: F401  # a fixture

pytestmark = pytest.mark.usefixtures("with_plugins", "migrated_db", "request_to_portal")


@pytest.fixture(autouse=True)
def no_other_jobs() -> Iterator[None]:
    """Leave no job behind, and find none."""
    jobs.get_queue().empty()
    yield
    jobs.get_queue().empty()


def work() -> int:
    """Do the jobs that read tables, as a worker does; tell how many there were."""
    queue = jobs.get_queue()
    waiting = [job for job in queue.jobs if job.func_name == f"{words.__name__}.read"]
    queue.empty()
    for job in waiting:
        job.perform()
    return len(waiting)


def table(*rows: dict[str, Any], columns: tuple[str, ...] = ("tipo",), **dataset: Any) -> str:
    """The id of a resource with a table of these rows, in a dataset of its own."""
    made = factories.Dataset(
        owner_org=factories.Organization()["id"],
        snieg_subsystem="economico",
        geographic_level="municipal",
        **dataset,
    )
    resource = factories.Resource(package_id=made["id"], url="https://datos.example/a.csv")
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {
            "resource_id": resource["id"],
            "force": True,
            "fields": [{"id": name, "type": "text"} for name in columns],
            "records": list(rows),
        },
    )
    return str(resource["id"])


def finds(word: str, resource_id: str) -> bool:
    """Whether a search for a word leads to the dataset of a table."""
    found = tk.get_action("package_search")({"user": ""}, {"q": word, "rows": 100})
    package = model.Resource.get(resource_id).package_id
    return package in {dataset["id"] for dataset in found["results"]}


def test_a_text_is_found_while_the_table_has_it() -> None:
    """Loaded, added to, taken from and deleted: the search follows."""
    resource_id = table({"tipo": "zarzamora silvestre"})
    assert work() == 1
    assert finds("zarzamoras", resource_id)
    for name, given in (
        ("datastore_upsert", {"method": "insert", "records": [{"tipo": "guanábana"}]}),
        ("datastore_upsert", {"method": "insert", "records": [{"tipo": "chirimoya"}]}),
        ("datastore_records_delete", {"filters": {"tipo": "zarzamora silvestre"}}),
    ):
        tk.get_action(name)(
            {"ignore_auth": True}, {"resource_id": resource_id, "force": True, **given}
        )
    assert work() == 1  # for all the changes together
    assert finds("guanábana", resource_id)
    assert finds("chirimoya", resource_id)
    assert not finds("zarzamoras", resource_id)
    tk.get_action("datastore_delete")(
        {"ignore_auth": True}, {"resource_id": resource_id, "force": True}
    )
    assert not finds("guanábana", resource_id)


def test_what_the_dictionary_says_is_found() -> None:
    """Titles and descriptions of columns are words of a table, too."""
    resource_id = table({"tipo": "a"})
    info = {"label": "Macuspana", "notes": "Cuántas pitahayas hubo."}
    tk.get_action("datastore_create")(
        {"ignore_auth": True},
        {
            "resource_id": resource_id,
            "force": True,
            "fields": [{"id": "tipo", "type": "text", "info": info}],
        },
    )
    work()
    assert finds("macuspana", resource_id)
    assert finds("pitahaya", resource_id)


def test_what_is_not_public_is_not_found() -> None:
    """A private dataset, and a file that was deleted, lend no words, even to who may see them."""
    resource_id = table({"tipo": "capulines"})
    work()
    package_id = model.Resource.get(resource_id).package_id
    assert finds("capulines", resource_id)
    for private in (True, False):
        tk.get_action("package_patch")(
            {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
            {"id": package_id, "private": private},
        )
        all_of_it = {"q": "capulines", "include_private": True}
        count = tk.get_action("package_search")({"ignore_auth": True}, all_of_it)["count"]
        assert count == (0 if private else 1)
        assert tk.h.mxcity_did_you_mean("capulinez") in (None if private else "capulines", None)
    tk.get_action("resource_delete")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, {"id": resource_id}
    )
    assert not finds("capulines", resource_id)


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        ("beneficiario", ["María Tamarindo"]),
        ("nombre", ["María Tamarindo"]),
        ("nombre_completo", ["María Tamarindo"]),
        ("telefono_de_casa", ["tamarindo"]),
        ("clave", ["tamarindo", "GAPA800101MNLRRN09"]),
        ("aviso", ["tamarindo", "escriba a maria@example.com"]),
        ("aviso", ["tamarindo", "llame al 81 2020 3030"]),
        ("aviso", ["tamarindo", "x" * 300]),
        ("aviso", ["tamarindo", *(f"fruta {n}" for n in range(find.MOST_TEXTS))]),
    ],
)
def test_what_tells_of_people_is_not_found(column: str, texts: list[str]) -> None:
    """Nor what is no list of kinds: single things, long texts."""
    resource_id = table(
        *({column: text, "fruta": "mamey colorado"} for text in texts), columns=(column, "fruta")
    )
    work()
    assert finds("mamey colorado", resource_id)
    assert not finds("tamarindo", resource_id)


def test_of_a_table_with_closed_parts_no_text_is_taken() -> None:
    """A table that is known as one of which the law keeps parts closed lends no texts."""
    header = ["nombres", "puesto", "nivel_responsabilidad", "fruta"]
    columns = [find.Column(name, "text", name) for name in header]
    assert words.closed.schema_of(header) is not None
    assert all(not found.texts for found in find.find("no table", columns, shut=True))


def test_many_datasets_are_asked_for_together() -> None:
    """However many datasets are indexed at once, there is one query for their words."""
    ids = [model.Resource.get(table({"tipo": "nopal"})).package_id for _ in range(3)]
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if ColumnWords.__table__.name in statement:
            asked.append(statement)

    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        index_each(ids)
        assert len(documents_of(ids)) == 3
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 2  # once a call
    with data_words.asked_for(ids):
        assert {tuple(data_words.words_of(id_)) for id_ in ids} == {()}


def test_a_document_is_bounded() -> None:
    """A dataset of many large tables adds no more to the index than one may."""
    resource_id = table({"tipo": "nopal"})
    texts = [f"fruta de la temporada {number}" for number in range(2_000)]
    long = [
        find.Words(f"c{number}", "t", "n", [f"{t} {number}" for t in texts]) for number in range(9)
    ]
    assert keep.remember(resource_id, long)
    assert not keep.remember(resource_id, long)
    package_id = model.Resource.get(resource_id).package_id
    held = keep.of_datasets([package_id])[package_id]
    assert 0 < sum(map(len, held)) <= keep.MOST_CHARACTERS
    index_each([package_id])
    make_connection().commit(waitSearcher=True)
    assert finds("temporada", resource_id)


def test_a_job_that_was_lost_is_asked_for_again() -> None:
    """PostgreSQL knows what is to be read, whatever becomes of the queue."""
    resource_id = table({"tipo": "tejocotes"})
    jobs.get_queue().empty()
    words.take_up()
    assert work() == 0  # it may only be waiting
    late = words.clock.utc_now() - words.LOST - dt.timedelta(seconds=1)
    model.Session.execute(
        sa.update(ChangedTable).where(ChangedTable.resource_id == resource_id).values(asked=late)
    )
    model.Session.commit()
    words.take_up()
    assert work() == 1
    assert finds("tejocotes", resource_id)
