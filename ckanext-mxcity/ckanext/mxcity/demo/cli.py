"""`ckan mxcity demo`: the demonstration catalogue."""

from __future__ import annotations

import time
from pathlib import Path

import ckan.plugins.toolkit as tk
import click

from ckanext.mxcity.city.settings import city
from ckanext.mxcity.demo.build import build
from ckanext.mxcity.demo.model import DemoSpecError

__all__ = ["demo"]


@click.group(short_help="The demonstration catalogue.")
def demo() -> None:
    """Make the demonstration catalogue of this portal's city."""


@demo.command("build", short_help="Write catalogue and files to a folder.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write; must be empty or an earlier demonstration.",
)
@click.option("--base-url", help="Address of the folder. By default the portal's own, plus /demo.")
def build_command(folder: Path, base_url: str | None) -> None:
    """Write catalog.ttl and files/ for the city of the configured profile."""
    profile = city()
    if profile is None:
        click.secho(
            "No city: set ckanext.mxcity.city_profile to a city's YAML file.",
            fg="red",
            err=True,
        )
        raise click.exceptions.Exit(1)
    address = base_url or f"{tk.config['ckan.site_url'].rstrip('/')}/demo"
    started = time.monotonic()
    try:
        report = build(profile, folder, address)
    except (DemoSpecError, OSError) as error:
        click.secho(f"The demonstration was not written: {error}", fg="red", err=True)
        raise click.exceptions.Exit(1) from error
    click.echo(
        f"{profile.name}: {report.datasets} datasets, {report.files} files, {report.rows:,} rows, "
        f"{report.bytes / 1e6:.1f} MB in {time.monotonic() - started:.1f} s, served at {address}"
    )
