"""``mxcity check``: the portal's own verdict on a file, at a desk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import click

from ckanext.mxcity.checks import CheckReport
from ckanext.mxcity.checks.chain import Finding, Subject, run_checks
from ckanext.mxcity.checks.descriptor import as_canonical, as_written
from ckanext.mxcity.checks.stock import STOCK
from ckanext.mxcity.checks.table_schemas import (
    UnknownSchemaError,
    list_table_schemas,
    load_table_schema,
    matching_schema,
)
from ckanext.mxcity.command.known import named_schema
from ckanext.mxcity.files import FileRefused, Note, propose_schema, read_file, write_table
from ckanext.mxcity.files.messages import text

#: Exit codes: the table has errors; the file or the schema cannot be read.
ERRORS, UNREADABLE = 1, 2
LANGUAGE = click.option(
    "--lang", type=click.Choice(["es", "en"]), default="es", show_default=True, help="Language."
)


@click.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schema", help="Name of a schema, or path of one; without it, the one that fits the columns."
)
@click.option("--table", help="Sheet or layer; the first one without.")
@click.option("--json", "as_json", is_flag=True, help="Say the verdict as JSON.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the errors as CSV."
)
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the table as CSV, as the portal would publish it.",
)
@LANGUAGE
def check(
    file: Path,
    schema: str | None,
    table: str | None,
    as_json: bool,
    errors: Path | None,
    write: Path | None,
    lang: str,
) -> None:
    """Check FILE as the portal does before it publishes, against a schema if one is named.

    Ends with 0 if the table is in order, 1 if it has errors, 2 if it cannot be read.
    """
    expected = _schema(schema) if schema else None
    try:
        checked = check_file(file, expected, table, write)
    except FileRefused as refused:
        _end(text(refused.code, refused.params, lang))
    except KeyError as missing:
        names = ", ".join(found.name for found in read_file(file, file.name).tables)
        _end(f"{missing.args[0]}: {names}")
    if errors:
        checked.report.write_csv(errors, lang)
    notes = [text(note.code, note.params, lang) for note in checked.notes]
    if as_json:
        findings = [asdict(finding) for finding in checked.findings]
        told = {**checked.report.as_dict(lang), "findings": findings, "notes": notes}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for note in () if schema else notes:
            click.echo(note)
        _say(checked.report, lang)
        for finding in checked.findings:
            click.echo(finding.message)
    blocking = not checked.report.valid or any(finding.blocking for finding in checked.findings)
    raise SystemExit(ERRORS if blocking else 0)


@dataclass(frozen=True)
class Checked:
    """What was found of a table: in its rows, of it as a whole, and while it was read."""

    report: CheckReport
    findings: list[Finding]
    notes: list[Note]


def check_file(
    file: Path,
    schema: dict[str, Any] | None,
    table: str | None = None,
    target: Path | None = None,
) -> Checked:
    """Return what the checks of every portal find in a table of a file of any kind.

    Args:
        file: the file.
        schema: what its table is checked against; without one, as on the page: the schema that
            has its columns, or what was understood of them.
        table: the sheet or layer, the first without one.
        target: where the table goes as it would be published.

    Raises:
        FileRefused: the file cannot be taken.
        KeyError: it has no such table.

    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        canonical = target or Path(folder) / "table.csv"
        whole = read_file(file, file.name)
        reading = whole.table(table)
        if schema is None and (name := matching_schema(c.name for c in reading.columns)):
            schema = load_table_schema(name)
        columns = as_written(reading.columns, schema) if schema else reading.columns
        expected = as_canonical(schema) if schema else propose_schema(reading)
        write_table(file, file.name, reading.name, canonical, columns=columns, proof=reading.proof)
        subject = Subject(canonical, reading, expected, {}, file, file.name)
        verdicts = run_checks(subject, STOCK)
    reports = (found.report for found in verdicts if found.report)
    findings = [finding for found in verdicts for finding in found.findings]
    notes = [*whole.notes, *reading.notes, *(n for column in columns for n in column.notes)]
    return Checked(reduce(CheckReport.with_errors, reports), findings, notes)


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
