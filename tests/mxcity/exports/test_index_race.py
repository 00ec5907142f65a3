"""A dataset that changes while it is indexed."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import pytest
from ckan.lib.search import index_for
from ckan.tests import factories, helpers
from ckanext.mxcity.catalogue.bulk import index, reindex


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_what_was_read_before_a_change_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes and indexes a dataset while its older document is on its way."""
    dataset = factories.Dataset(
        title="Agua de antes",
        owner_org=factories.Organization()["id"],
        geographic_level="municipal",
        snieg_subsystem="economico",
    )
    user = {"user": factories.Sysadmin()["name"]}
    send, sent = index.send, []

    def late(documents: Any) -> None:
        if not sent:
            helpers.call_action("package_patch", user, id=dataset["id"], title="Agua de ahora")
        sent.append(list(documents))
        send(documents)

    monkeypatch.setattr(index, "send", late)
    assert reindex.index_each([dataset["id"]]) == []
    model.Session.remove()
    index_for("package").commit()
    found = helpers.call_action("package_search", q="agua")["results"]
    assert [entry["title"] for entry in found] == ["Agua de ahora"]
    assert len(sent) == 2, "and once more, but not for ever"
