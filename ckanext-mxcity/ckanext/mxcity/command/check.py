"""``mxcity check``: the portal's own verdict on a file, at a desk."""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click

from ckanext.mxcity.checks import CheckReport
from ckanext.mxcity.checks.chain import STOCK, Subject, run_checks
from ckanext.mxcity.checks.descriptor import as_canonical, as_written
from ckanext.mxcity.command.known import named_schema
from ckanext.mxcity.files import FileRefused, read_file, write_table
from ckanext.mxcity.files.messages import text
from ckanext.mxcity.table_schemas import UnknownSchemaError, list_table_schemas, load_table_schema

#: Exit codes: the table has errors; the file or the schema cannot be read.
ERRORS, UNREADABLE = 1, 2
LANGUAGE = click.option(
    "--lang", type=click.Choice(["es", "en"]), default="es", show_default=True, help="Language."
)


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--schema", required=True, help="Name of a schema, or path of one.")
@click.option("--table", help="Sheet or layer; the first one without.")
@click.option("--json", "as_json", is_flag=True, help="Say the verdict as JSON.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the errors as CSV."
)
@LANGUAGE
def check(
    file: Path, schema: str, table: str | None, as_json: bool, errors: Path | None, lang: str
) -> None:
    """Check FILE against a schema, as the portal does before it publishes.

    Ends with 0 if the table is in order, 1 if it has errors, 2 if it cannot be read.
    """
    expected = _schema(schema)
    try:
        report = check_file(file, expected, table)
    except FileRefused as refused:
        _end(text(refused.code, refused.params, lang))
    except KeyError as missing:
        names = ", ".join(found.name for found in read_file(file, file.name).tables)
        _end(f"{missing.args[0]}: {names}")
    if errors:
        report.write_csv(errors, lang)
    if as_json:
        click.echo(json.dumps(report.as_dict(lang), ensure_ascii=False))
    else:
        _say(report, lang)
    raise SystemExit(0 if report.valid else ERRORS)


def check_file(file: Path, schema: dict[str, Any], table: str | None = None) -> CheckReport:
    """Return the verdict on a table of a file of any kind: that of the checks of every portal.

    FileRefused if the file cannot be taken; KeyError for a table that it has not.
    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        canonical = Path(folder) / "table.csv"
        reading = read_file(file, file.name).table(table)
        columns = as_written(reading.columns, schema)
        write_table(file, file.name, reading.name, canonical, columns=columns)
        verdicts = run_checks(Subject(canonical, reading, as_canonical(schema), {}), STOCK)
    return reduce(CheckReport.with_errors, (found.report for found in verdicts if found.report))


def _schema(name: str) -> dict[str, Any]:
    try:
        return named_schema(name)
    except UnknownSchemaError as unknown:
        _end(f"{name}: {', '.join(unknown.known)}")
    except (ValueError, OSError) as error:
        _end(f"{name}: {error}")


def _say(report: CheckReport, lang: str) -> None:
    for error in report.errors:
        hint = f"  → {error.example}" if error.example else ""
        place = f"{error.row}:{error.column}" if error.row else error.column
        click.echo(f"{place}: {error.said(lang)}{hint}")
    words = {
        "es": "{rows} filas: {good} bien, {bad} con errores",
        "en": "{rows} rows: {good} right, {bad} wrong",
    }
    click.echo(words[lang].format(rows=report.rows, good=report.good, bad=report.bad))


def _end(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(UNREADABLE)


@click.command("schemas")
def schemas() -> None:
    """List the schemas that are known by name."""
    for name in list_table_schemas():
        click.echo(f"{name}\t{load_table_schema(name).get('title', '')}")
