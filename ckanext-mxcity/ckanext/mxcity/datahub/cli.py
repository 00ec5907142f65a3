"""``ckan mxcity datahub``: tables in and out, and ministries that change."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import click
from ckan.types import Context

from ckanext.mxcity.datahub.demo import seed
from ckanext.mxcity.datahub.tables.columns import TABLES

__all__ = ["datahub"]

TABLE = click.option(
    "--table", type=click.Choice(list(TABLES)), default="inventory", show_default=True
)
ORGANIZATION = click.option("--org", "organization", required=True, help="Name of the ministry.")
USER = click.option("--user", help="Act as this user. By default as the portal itself.")


@click.group("datahub", short_help="Tables of the ministries' DataHub.")
def datahub() -> None:
    """Bring the tables of a ministry in or out."""


@datahub.command("import")
@ORGANIZATION
@TABLE
@USER
@click.option("--preview", is_flag=True, help="Only say what would be done.")
@click.option("--skip-errors", is_flag=True, help="Write the rows that are in order.")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(
    organization: str, table: str, user: str | None, preview: bool, skip_errors: bool, path: Path
) -> None:
    """Bring PATH (CSV or Excel) in; nothing is written while a row is in error."""
    data = {
        "organization_id": organization,
        "table": table,
        "content": base64.b64encode(path.read_bytes()).decode("ascii"),
        "preview": preview,
        "skip_errors": skip_errors,
    }
    answer = _call("datahub_table_import", user, data)
    for row in answer["rows"]:
        for column, messages in row["errors"].items():
            where = f"row {row['row']}" + (f", {column}" if column else "")
            click.secho(f"{where}: {' '.join(messages)}", fg="red", err=True)
    for heading in answer["ignored_columns"]:
        click.echo(f"column “{heading}” is not one of ours and was left out", err=True)
    counts = ", ".join(f"{count} {what}" for what, count in answer["counts"].items())
    click.echo(f"{counts}; {'written' if answer['written'] else 'nothing written'}")
    if answer["counts"]["error"]:
        raise click.exceptions.Exit(1)


@datahub.command("export")
@ORGANIZATION
@TABLE
@USER
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export_command(organization: str, table: str, user: str | None, path: Path) -> None:
    """Write a table to PATH; its ending, .csv or .xlsx, says in which form."""
    form = path.suffix.lower().lstrip(".")
    data = {"organization_id": organization, "table": table, "format": form}
    answer = _call("datahub_table_export", user, data)
    path.write_bytes(base64.b64decode(answer["content"]))
    click.echo(f"{path}: {answer['rows']} rows")


@datahub.command("unit")
@ORGANIZATION
@USER
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["renombrada", "fusionada", "cerrada"]),
    help="Renamed, merged into its successor, or closed.",
)
@click.option("--title", "new_title", help="New name of a renamed ministry.")
@click.option("--name", "new_name", help="New address of a renamed ministry, if it changes.")
@click.option("--successor", "successor_id", help="Ministry that keeps what this one holds.")
@click.option("--date", required=True, help="Day of the change, as 2025-05-01.")
@click.option("--ground", help="The decree or publication.")
def unit_command(organization: str, user: str | None, **told: str | None) -> None:
    """Rename, merge or close a ministry; its addresses lead to what it has become."""
    given = {name: value for name, value in told.items() if value}
    answer = _call("datahub_unit_change", user, {"organization_id": organization, **given})
    moved = ", ".join(f"{count} {what}" for what, count in answer["moved"].items())
    click.echo(f"{answer['old_name']}: {answer['kind']}; moved: {moved}")


@datahub.command("demo")
def demo_command() -> None:
    """Fill the empty inventories of a demonstration; what is there already stays."""
    for name, assets in seed():
        click.echo(f"{name}: {assets} assets")


def _call(action: str, user: str | None, data: dict[str, Any]) -> Any:
    if user and model.User.get(user) is None:
        raise click.ClickException(f"There is no user “{user}”.")
    context: Context = {"user": user} if user else {"ignore_auth": True, "user": ""}
    try:
        return tk.get_action(action)(context, data)
    except tk.ValidationError as error:
        reasons = "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
        raise click.ClickException(reasons) from error
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        raise click.ClickException(str(error) or "Not authorized.") from error
