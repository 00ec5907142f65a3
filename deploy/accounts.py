"""The accounts that a portal needs, made in one start of CKAN.

``./portal up`` runs this with the instance's Python. Standard input is one JSON object:
``{"administrator": {"name", "password"} or null, "retired": the name of an account or null}``.
Passwords pass through pipes only: a command line can be read by every user of the machine.
"""

from __future__ import annotations

import json
import os
import secrets
import sys

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk
from ckanext.xloader import db as loader_tables


def main() -> None:
    """Do what standard input asks for."""
    wanted = json.load(sys.stdin)
    application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
    with application._wsgi_app.test_request_context():
        if wanted["administrator"]:
            # The loader makes its tables at its first job; two workers would do so at once.
            loader_tables.init(tk.config)
            make_administrator(**wanted["administrator"])
        if wanted["retired"]:
            retire(wanted["retired"])


def make_administrator(name: str, password: str) -> None:
    """Make a system administrator, or give the one there is a new password."""
    user = model.User.get(name)
    if user is None:
        _create(name, password)
        user = model.User.get(name)
    user.password = password
    user.sysadmin = True
    model.repo.commit()


def retire(name: str) -> None:
    """Take everything from an account that the portal made for itself, if it is there."""
    user = model.User.get(name)
    if user is None:
        return
    model.Session.query(model.ApiToken).filter_by(user_id=user.id).delete()
    user.sysadmin = False
    user.password = secrets.token_urlsafe(40)
    user.state = model.State.DELETED
    model.repo.commit()


def _create(name: str, password: str) -> None:
    tk.get_action("user_create")(
        {"ignore_auth": True, "user": ""},
        {"name": name, "email": f"{name}@localhost.localdomain", "password": password},
    )


if __name__ == "__main__":
    main()
