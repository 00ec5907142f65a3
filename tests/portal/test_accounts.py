"""The accounts that ``./portal up`` makes and closes, on a real database."""

from __future__ import annotations

import accounts
import pytest
from ckan import model
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

#: What nobody but an administrator may do: the action, and what it is asked.
POWERS = {
    "user_list": {},
    "api_token_create": {"user": "admin", "name": "another"},
    "package_show": {"id": "private"},
    "package_patch": {"id": "private", "title": "Otro"},
    "organization_patch": {"id": "theirs", "title": "Otra"},
    "user_patch": {"id": "admin", "fullname": "Otra persona"},
    "config_option_show": {"key": "ckan.site_title"},
}


def answers(app, token: str) -> dict[str, int]:
    """The status of each action with a token."""
    return {
        action: app.post(
            f"/api/3/action/{action}", json=asked, headers={"Authorization": token}
        ).status_code
        for action, asked in POWERS.items()
    }


def test_a_retired_account_can_do_nothing(app):
    """The token of an administrator that is retired opens nothing any more, nor does a name."""
    factories.Sysadmin(name="admin")
    organisation = factories.Organization(name="theirs")
    factories.Dataset(
        name="private",
        private=True,
        owner_org=organisation["id"],
        geographic_level="municipal",
        snieg_subsystem="economico",
    )
    accounts.make_administrator("cargador", "una-clave-larga")
    token = helpers.call_action(
        "api_token_create", {"user": "admin"}, user="cargador", name="xloader"
    )["token"]
    assert set(answers(app, token).values()) == {200}

    accounts.retire("cargador")
    assert set(answers(app, token).values()) <= {403, 404}
    user = model.User.get("cargador")
    assert (user.sysadmin, user.state) == (False, "deleted")
    assert not user.validate_password("una-clave-larga")
    accounts.retire("cargador")
    accounts.retire("nobody-of-this-name")
