"""A CKAN as its makers ship it pulls catalogues: ``python stock.py INI URL``.

It runs each stock harvester twice and prints, as JSON, what each run did and the datasets that
the portal held after each, by type of source.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.lib.search import clear_all

#: The type of source, and the address below that of the portal.
PULLED = (
    ("ckan", ""),
    ("dcat_json", "/data.json"),
    ("dcat_rdf", "/catalog.ttl"),
)
#: What a run writes of itself: the rest is content. A stock harvester that updates a dataset does
#: not repeat when its files were created, and CKAN then dates them anew.
VOLATILE = (
    *("metadata_modified", "metadata_created", "created"),
    *("harvest_object_id", "harvest_job_id"),
)


def main(ini: str, url: str) -> None:
    """Make the portal, pull everything twice, print."""
    app = make_app(CKANConfigLoader(ini).get_config())
    with app._wsgi_app.test_request_context():
        model.repo.init_db()
        from ckan.cli.db import _run_migrations

        _run_migrations("harvest", forward=True)
        print(json.dumps({kind: pull(kind, url + path) for kind, path in PULLED}))


def pull(kind: str, url: str) -> list[dict[str, Any]]:
    """Harvest one address twice; gives states, errors and datasets of each run."""
    from ckanext.harvest.interfaces import IHarvester
    from ckanext.harvest.model import HarvestGatherError
    from ckanext.harvest.tests.lib import run_harvest_job

    context = {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    organization = f"org-{kind.replace('_', '-')}"
    create(context, "organization_create", name=organization)
    source = create(
        context,
        "harvest_source_create",
        name=f"fuente-{kind.replace('_', '-')}",
        title=kind,
        url=url,
        source_type=kind,
        frequency="MANUAL",
        owner_org=organization,
    )
    harvesters = p.PluginImplementations(IHarvester)
    (harvester,) = (one for one in harvesters if one.info()["name"] == kind)
    runs = []
    for _ in range(2):
        job = create(context, "harvest_job_create", source_id=source["id"], run=False)
        from ckanext.harvest.model import HarvestJob

        done = run_harvest_job(HarvestJob.get(job["id"]), harvester)
        errors = model.Session.query(HarvestGatherError).filter_by(harvest_job_id=job["id"])
        states = [(result["state"], result["report_status"]) for result in done.values()]
        runs.append(
            {
                "states": states,
                "errors": [error.message for error in errors]
                + [str(error) for result in done.values() for error in result["errors"]],
                "datasets": datasets(organization),
            }
        )
    empty()
    return runs


def empty() -> None:
    """Take every dataset and source out: harvesters look for what another one has brought."""
    model.Session.execute(sa.text("TRUNCATE package, harvest_source, harvest_object CASCADE"))
    model.Session.commit()
    model.Session.remove()
    clear_all()


def datasets(organization: str) -> dict[str, Any]:
    """The active datasets of an organisation by name, without what a run writes of itself."""
    group = model.Group.get(organization)
    found = model.Session.query(model.Package).filter_by(
        owner_org=group.id, state="active", type="dataset"
    )
    names = [package.name for package in found]
    return {
        name: content(tk.get_action("package_show")({"ignore_auth": True}, {"id": name}))
        for name in names
    }


def content(value: Any) -> Any:
    """Return a copy without the volatile keys, as keys or as names of extras (a set)."""
    if isinstance(value, list) and all(isinstance(one, dict) and "key" in one for one in value):
        return {one["key"]: one["value"] for one in value if one["key"] not in VOLATILE}
    if isinstance(value, list):
        return [content(one) for one in value]
    if isinstance(value, dict):
        return {key: content(one) for key, one in value.items() if key not in VOLATILE}
    return value


def create(context: dict[str, Any], action: str, **values: Any) -> dict[str, Any]:
    """Call an action as the portal's own user."""
    return tk.get_action(action)({**context, "ignore_auth": True}, values)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
