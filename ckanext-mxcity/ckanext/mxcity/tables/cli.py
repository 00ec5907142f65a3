"""``ckan mxcity tables``: what is known of the tables in the DataStore."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.model as model
import click
import sqlalchemy as sa

from ckanext.mxcity.tables.hooks import learn_keys
from ckanext.mxcity.tables.words import jobs

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
    for resource_id in resources or _loaded():
        found = learn_keys(resource_id)
        names = ", ".join(f"{name} ({level})" for name, (level, _) in found.items())
        click.echo(f"{resource_id}: {names or 'no keys'}")


@tables.command("words")
@click.argument("resources", nargs=-1)
def words_command(resources: tuple[str, ...]) -> None:
    """Read what RESOURCES, or all tables, say in words, and index their datasets with it.

    Tables are read when they are loaded or changed; this is for rows that were changed past the
    DataStore's actions.
    """
    for resource_id in resources or _loaded():
        found = jobs.read(resource_id)
        texts = sum(len(words.texts) for words in found)
        click.echo(f"{resource_id}: {len(found)} columns, {texts} texts")


def _loaded() -> Sequence[str]:
    """Return the ids of the resources that have a table."""
    query = sa.select(model.Resource.id).where(
        model.Resource.state == model.State.ACTIVE,
        model.resource_table.c.extras.contains('"datastore_active": true'),
    )
    return model.Session.scalars(query).all()
