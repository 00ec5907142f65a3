"""Counts of views: the answers of CKAN's tracking, with two queries a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories


@contextmanager
def statements(table: str) -> Iterator[list[str]]:
    """The statements on a table that run in the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if table in statement:
            seen.append(statement)

    sa.event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_counts_of_a_page(full_dataset: dict[str, Any]) -> None:
    """The newest count of each dataset and file is shown; the number of queries does not grow."""
    from ckanext.tracking.model import TrackingSummary

    owner = factories.Organization()["id"]
    made = [
        tk.get_action("package_create")(
            {"ignore_auth": True, "user": factories.User()["name"]},
            {
                **full_dataset,
                "name": f"contado-{number}",
                "owner_org": owner,
                "resources": [
                    {"url": f"https://datos.example/{number}.csv", "format": "CSV"},
                    {"url": f"https://datos.example/{number}.pdf", "format": "PDF"},
                ],
            },
        )
        for number in range(3)
    ]
    for day, total in ((1, 4), (2, 9)):
        moment = dt.date(2026, 1, day)
        TrackingSummary.create(
            url=f"/dataset/{made[0]['name']}", package_id=made[0]["id"], tracking_type="page",
            count=1, running_total=total, recent_views=total - 1, tracking_date=moment,
        )  # fmt: skip
        TrackingSummary.create(
            url=made[1]["resources"][0]["url"], package_id=None, tracking_type="resource",
            count=1, running_total=total * 10, recent_views=total, tracking_date=moment,
        )  # fmt: skip
    with statements("tracking_summary") as asked:
        found = tk.get_action("package_search")({"ignore_auth": True}, {"fq": "name:contado-*"})
    assert found["count"] == 3
    assert len(asked) == 2
    for package in found["results"]:
        assert package["tracking_summary"] == TrackingSummary.get_for_package(package["id"])
        for file in package["resources"]:
            assert file["tracking_summary"] == TrackingSummary.get_for_resource(file["url"])
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": made[0]["id"]})
    assert shown["tracking_summary"] == {"total": 9, "recent": 8}


@pytest.mark.usefixtures("with_plugins", "clean_db")
def test_a_page_reports_that_it_was_seen(app: Any) -> None:
    """A report is counted once and answered with nothing; odd and foreign ones are not."""
    from ckanext.tracking.model import TrackingRaw

    def report(status: int, headers: dict[str, str] | None = None, **data: str) -> None:
        answer = app.post("/_tracking", data=data, headers=headers or {}, follow_redirects=False)
        assert answer.status_code == status, answer.text[:300]

    file = "https://datos.example/á b.csv?x=1&y=2"
    report(204, url="/dataset/agua", type="page")
    report(204, url=file, type="resource", headers={"User-Agent": ""})
    report(204, url="/dataset/agua", type="page", headers={"Sec-Fetch-Site": "cross-site"})
    report(400)
    report(400, url="/dataset/agua", type="<script>")
    report(400, url="/a\x00b", type="page")
    report(400, url="/" + "a" * 3000, type="page")
    assert app.get("/_tracking", follow_redirects=False).status_code in (404, 405)
    counted = model.Session.query(TrackingRaw.url, TrackingRaw.tracking_type).all()
    assert sorted(map(tuple, counted)) == [("/dataset/agua", "page"), (file, "resource")]
