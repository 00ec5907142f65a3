"""The loader of tables loads and reports without a token, public files and private ones."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import requests
from ckan.lib import jobs as queue
from ckan.lib.uploader import get_resource_uploader
from ckan.tests import factories
from rq import SimpleWorker
from werkzeug.datastructures import FileStorage

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "clean_queues")

ROWS = b"colonia,reportes\nObispado,12\nMitras,7\n"


@pytest.fixture
def no_requests(monkeypatch):
    """Nobody may ask by HTTP for what lies in the process's own hands."""

    def refuse(self, request, **_):
        if "/solr/" not in request.url:
            pytest.fail(f"the loader went to {request.url}")
        return sent(self, request, **_)

    sent = requests.Session.send
    monkeypatch.setattr(requests.Session, "send", refuse)


@pytest.fixture
def storage(tmp_path, ckan_config, monkeypatch):
    """A folder of files of this test."""
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(tmp_path))
    return tmp_path


def uploaded(private: bool, content: bytes = ROWS) -> dict:
    """A file in a dataset, uploaded and queued for the loader."""
    dataset = factories.Dataset(
        owner_org=factories.Organization()["id"],
        private=private,
        geographic_level="municipal",
        snieg_subsystem="economico",
    )
    file = FileStorage(io.BytesIO(content), filename="reportes.csv")
    return factories.Resource(package_id=dataset["id"], upload=file, format="CSV", url="x")


def work() -> None:
    """Do every job that waits, in this process."""
    waiting = queue.get_queue()
    SimpleWorker([waiting], connection=waiting.connection).work(burst=True)


def status(resource: dict) -> dict:
    """What became of the loading of a file."""
    return tk.get_action("xloader_status")({"ignore_auth": True}, {"resource_id": resource["id"]})


@pytest.mark.usefixtures("no_requests", "storage")
@pytest.mark.parametrize("private", [False, True])
def test_files_are_loaded_without_a_request(private, ckan_config, monkeypatch):
    """An uploaded file becomes a table, with its views, and the job says so."""
    monkeypatch.setitem(ckan_config, "ckan.views.default_views", ["mxcity_table_view"])
    resource = uploaded(private)
    work()
    assert status(resource)["status"] == "complete", status(resource)
    found = tk.get_action("datastore_search")(
        {"ignore_auth": True}, {"resource_id": resource["id"]}
    )
    assert [row["colonia"] for row in found["records"]] == ["Obispado", "Mitras"]
    views = tk.get_action("resource_view_list")({"ignore_auth": True}, {"id": resource["id"]})
    assert "mxcity_table_view" in {view["view_type"] for view in views}


@pytest.mark.usefixtures("no_requests", "storage")
def test_no_token_waits_in_the_queue(ckan_config, monkeypatch):
    """What waits in Redis holds no token, whatever the configuration has."""
    assert "none" in ckan_config["ckanext.xloader.api_token"]
    uploaded(False)
    for job in queue.get_queue().jobs:
        for argument in job.args:
            if isinstance(argument, dict) and "api_key" in argument:
                assert argument["api_key"] == ckan_config["ckanext.xloader.api_token"]
                return
    pytest.fail("no job of the loader was found")


@pytest.mark.usefixtures("no_requests")
def test_a_file_that_is_gone_is_told(storage):
    """A file that is not in the store ends the job with a reason without a path."""
    resource = uploaded(False)
    Path(get_resource_uploader(dict(resource)).get_path(resource["id"])).unlink()
    work()
    told = status(resource)
    assert told["status"] == "error"
    assert "No such file" in told["error"]
    assert str(storage) not in told["error"]


@pytest.mark.usefixtures("storage")
def test_a_file_too_large_is_told(monkeypatch):
    """A file over the loader's limit is not copied, and the temporary one is gone."""
    from ckanext.xloader import jobs
    from ckanext.xloader.job_exceptions import JobError

    resource = uploaded(False)
    monkeypatch.setattr(jobs, "max_content_length", len(ROWS) - 1)
    made = []
    temporary = jobs.get_tmp_file
    monkeypatch.setattr(jobs, "get_tmp_file", lambda url: made.append(temporary(url)) or made[-1])
    with pytest.raises(JobError, match="more than"):
        jobs._download_resource_data(resource, {}, "", logging.getLogger(__name__))
    assert not Path(made[0].name).exists()


def test_a_report_after_a_failed_statement_is_noted(storage):
    """A transaction that failed does not keep the job's state from being noted."""
    import sqlalchemy as sa
    from ckan import model
    from ckanext.xloader import jobs

    resource = uploaded(False)
    with pytest.raises(sa.exc.ProgrammingError):
        model.Session.execute(sa.text("SELECT nothing FROM nowhere"))
    job = {"metadata": {"resource_id": resource["id"]}, "status": "error", "error": "razón"}
    assert jobs.callback_xloader_hook(result_url="", api_key="", job_dict=job)
    assert (status(resource)["status"], status(resource)["error"]) == ("error", "razón")


def test_a_report_that_cannot_be_noted_is_told():
    """A report of a file that is not there gives False, as ckanext-xloader expects."""
    from ckanext.xloader import jobs

    job = {"metadata": {"resource_id": "none"}, "status": "complete"}
    assert not jobs.callback_xloader_hook(result_url="", api_key="", job_dict=job)
