"""``mxcity template``: an empty table to fill, with its dictionary."""

from __future__ import annotations

from pathlib import Path

import click

from ckanext.mxcity.checks.table_schemas import UnknownSchemaError
from ckanext.mxcity.checks.templates import write_csv, write_workbook
from ckanext.mxcity.command.known import named_schema


@click.command("template")
@click.argument("schema")
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx"]), default="xlsx", show_default=True
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write.")
def template(schema: str, kind: str, output: Path | None) -> None:
    """Write a table to fill for SCHEMA: header, a row as an example, and the dictionary."""
    try:
        content = named_schema(schema)
    except UnknownSchemaError as unknown:
        raise click.ClickException(f"{schema}: {', '.join(unknown.known)}") from None
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{schema}: {error}") from None
    target = output or Path(f"{Path(schema).stem}.{kind}")
    (write_csv if kind == "csv" else write_workbook)(content, target)
    click.echo(str(target))
