"""``ckan mxcity tables``: what is known of the tables in the DataStore."""

from __future__ import annotations

import ckan.model as model
import click
import sqlalchemy as sa

from ckanext.mxcity.tables.hooks import learn_keys

__all__ = ["tables"]


@click.group("tables", short_help="Tables in the DataStore.")
def tables() -> None:
    """Look after the tables in the DataStore."""


@tables.command("keys")
@click.argument("resources", nargs=-1)
def keys_command(resources: tuple[str, ...]) -> None:
    """Find the key columns of RESOURCES, or of every table: for those loaded by an older version.

    New tables are looked at as they are loaded.
    """
    loaded = sa.select(model.Resource.id).where(
        model.Resource.state == model.State.ACTIVE,
        model.resource_table.c.extras.contains('"datastore_active": true'),
    )
    for resource_id in resources or model.Session.scalars(loaded).all():
        found = learn_keys(resource_id)
        names = ", ".join(f"{name} ({level})" for name, (level, _) in found.items())
        click.echo(f"{resource_id}: {names or 'no keys'}")
