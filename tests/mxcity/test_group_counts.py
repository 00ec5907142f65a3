"""How many datasets an organization says that it has."""

from __future__ import annotations

import pytest
from ckan.tests import factories, helpers


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_datasets_of_every_type_and_nothing_else() -> None:
    """A harvest source is no dataset of its organization; a live feed or an indicator is one."""
    organization = factories.Organization()
    told = {
        "owner_org": organization["id"],
        "geographic_level": "municipal",
        "snieg_subsystem": "economico",
    }
    factories.Dataset(**told)
    factories.Dataset(**told, private=True)
    factories.Dataset(
        **told, type="geographic-information", reference_system="EPSG:6369",
        lineage="Se digitalizó sobre ortofotos.",
    )  # fmt: skip
    user = {"user": factories.Sysadmin()["name"]}
    helpers.call_action(
        "harvest_source_create", user, title="Fuente", name="fuente", url="https://datos.example/",
        source_type="dcat_json", owner_org=organization["id"],
    )  # fmt: skip
    listed = helpers.call_action(
        "organization_list", {"ignore_auth": False, "user": ""}, all_fields=True
    )
    assert [entry["package_count"] for entry in listed] == [2]
