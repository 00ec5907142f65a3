"""The accounts that a portal needs, made in one start of CKAN.

``./portal up`` runs this with the instance's Python. Standard input is one JSON object:
``{"administrator": {"name", "password"} or null, "loader": {"name", "days"} or null}``. The last
line printed is another: ``{"token": the loader's new API token, or null}``. Passwords and tokens
pass through pipes only: a command line can be read by every user of the machine.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from typing import Any

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk
from ckanext.xloader import db as loader_tables

TOKEN_NAME = "xloader"  # noqa: S105  (a name, not a secret)
DAY = 86400


def main() -> None:
    """Do what standard input asks for."""
    wanted = json.load(sys.stdin)
    application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
    token = None
    with application._wsgi_app.test_request_context():
        if wanted["administrator"]:
            make_administrator(**wanted["administrator"])
        if wanted["loader"]:
            # The loader makes its tables at its first job; two workers would do so at once.
            loader_tables.init(tk.config)
            token = renew_token(**wanted["loader"])
    print(json.dumps({"token": token}))


def make_administrator(name: str, password: str) -> None:
    """Make a system administrator, or give the one there is a new password."""
    user = model.User.get(name)
    if user is None:
        _create(name, password)
        user = model.User.get(name)
    user.password = password
    user.sysadmin = True
    model.repo.commit()


def renew_token(name: str, days: int) -> str:
    """Give an account, made if needed, a fresh API token in place of the old ones."""
    if model.User.get(name) is None:
        make_administrator(name, secrets.token_urlsafe(24))
    context: dict[str, Any] = {"ignore_auth": True, "user": name}
    for old in tk.get_action("api_token_list")(dict(context), {"user_id": name}):
        if old["name"] == TOKEN_NAME:
            tk.get_action("api_token_revoke")(dict(context), {"jti": old["id"]})
    made = tk.get_action("api_token_create")(
        dict(context), {"user": name, "name": TOKEN_NAME, "expires_in": days, "unit": DAY}
    )
    return str(made["token"])


def _create(name: str, password: str) -> None:
    tk.get_action("user_create")(
        {"ignore_auth": True, "user": ""},
        {"name": name, "email": f"{name}@localhost.localdomain", "password": password},
    )


if __name__ == "__main__":
    main()
