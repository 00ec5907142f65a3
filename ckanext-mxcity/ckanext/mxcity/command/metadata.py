"""``mxcity metadata``: what the portal would read of a sheet of metadata, at a desk."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ckanext.mxcity.command.check import LANGUAGE, UNREADABLE
from ckanext.mxcity.exchange.norms import (
    MetadataReading,
    SheetRefusedError,
    read_metadata,
)
from ckanext.mxcity.ground.messages import said

_HEADINGS = {
    "es": ("Archivos que describe", "No tuvo lugar", "columnas"),
    "en": ("Files described", "Found no place", "columns"),
}


@click.command("metadata")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
@LANGUAGE
def metadata(file: Path, as_json: bool, lang: str) -> None:
    """Read FILE, a sheet of metadata: DDI Codebook, NTM 2010 (ISO 19139) or the JSON of SIM.

    Ends with 0 if it was read, 2 if it cannot be.
    """
    try:
        reading = read_metadata(file.read_bytes(), file.name)
    except SheetRefusedError as refused:
        click.echo(said(refused.template, refused.params, lang), err=True)
        raise SystemExit(UNREADABLE) from refused
    if as_json:
        click.echo(json.dumps(reading.as_dict(lang), ensure_ascii=False))
    else:
        _say(reading, lang)


def _say(reading: MetadataReading, lang: str) -> None:
    told = reading.as_dict(lang)
    files, losses, columns = _HEADINGS[lang]
    click.echo(f"{reading.norm} {reading.version}".rstrip())
    for name, value in reading.dataset.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        click.echo(f"{name}: {shown}")
    if reading.files:
        click.echo(f"\n{files}:")
    for file in reading.files:
        count = len(file.schema.get("fields", ()))
        click.echo(f"  {file.resource.get('name', '?')}" + (f", {count} {columns}" * bool(count)))
    if reading.losses:
        click.echo(f"\n{losses}:")
    for loss in reading.losses:
        click.echo(f"  {loss.path}: {loss.value}")
    for note in told["notes"]:
        click.echo(note["message"], err=True)
