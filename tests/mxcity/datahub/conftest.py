"""What the tests of the DataHub share: ministries, their people, and calls made as one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories


def call_as(user: str | None, action: str, **data: Any) -> Any:
    """Call an action as somebody, with the rights of that person; None is a resident."""
    return tk.get_action(action)({"user": user or ""}, data)


@pytest.fixture
def hub(with_plugins: None, clean_db: None, clean_index: None) -> Iterator[SimpleNamespace]:
    """Two ministries with an administrator and an editor each, the editor of a third, a chief."""
    users = {}
    organizations = {}
    for short in ("luz", "mov", "otra"):
        admin, editor, member = (
            factories.User(name=f"{short}-{role}", fullname=f"{role} de {short}")["name"]
            for role in ("admin", "editor", "member")
        )
        users.update(
            {f"{short}_admin": admin, f"{short}_editor": editor, f"{short}_member": member}
        )
        organizations[short] = factories.Organization(
            name=f"mty-{short}",
            title=f"Secretaría {short}",
            government_level="municipal",
            users=[
                {"name": admin, "capacity": "admin"},
                {"name": editor, "capacity": "editor"},
                {"name": member, "capacity": "member"},
            ],
        )["id"]
    users["chief"] = factories.Sysadmin(name="jefa")["name"]
    yield SimpleNamespace(**users, **organizations)
    model.Session.rollback()


@pytest.fixture
def asset() -> Callable[..., dict[str, Any]]:
    """Return a function that gives the fields of an asset, with some changed."""

    def made(**changed: Any) -> dict[str, Any]:
        return {
            "title": "Reportes de alumbrado",
            "description": "Un reporte recibido en ventanilla.",
            "area": "Dirección de Alumbrado",
            "source_system": "Excel",
            "update_frequency": "MONTHLY",
            "classification": "publico",
            **changed,
        }

    return made


class Statements:
    """Count the statements that reach the database."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __enter__(self) -> Statements:
        sa.event.listen(model.meta.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *error: Any) -> None:
        sa.event.remove(model.meta.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.seen.append(statement)
