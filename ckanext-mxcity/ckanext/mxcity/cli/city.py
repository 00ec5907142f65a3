"""``ckan mxcity city``: check, show and apply a city's profile."""

from __future__ import annotations

from pathlib import Path

import ckan.plugins.toolkit as tk
import click

from ckanext.mxcity.city import City, CityProfileError, load_city, settings
from ckanext.mxcity.city.apply import Change, apply_city

PROFILE = click.argument("profile", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group(short_help="The city's profile.")
def city() -> None:
    """Check, show and apply the profile of the city."""


@city.command()
@PROFILE
def check(profile: Path | None) -> None:
    """Say everything that is wrong with PROFILE (the configured one if left out)."""
    found = _load(profile)
    click.secho(f"{found.profile}: the profile of {found.name} is in order.", fg="green")


@city.command()
@PROFILE
def show(profile: Path | None) -> None:
    """Print what PROFILE (the configured one if left out) says."""
    found = _load(profile)
    click.echo(f"{found.name} ({found.municipality_code}), {found.state_name}")
    click.echo(f"  title: {found.title}")
    click.echo(f"  time zone: {found.time_zone}, language: {found.language}")
    click.echo(f"  organizations: {len(found.organizations)}")
    for organization in found.organizations:
        click.echo(f"    {organization.id}: {organization.name}")
    click.echo(f"  sources: {len(found.sources)}")
    for source in found.sources:
        state = "on" if source.enabled else "off"
        click.echo(f"    {source.id}: {source.url} ({source.type}, {state})")


@city.command()
@PROFILE
def apply(profile: Path | None) -> None:
    """Make the portal's organisations and sources what PROFILE says; safe to repeat."""
    found = _load(profile)
    failed = False
    changes: list[Change] = []
    for change in apply_city(found):
        changes.append(change)
        failed = failed or change.what == "failed"
        if change.what != "unchanged":
            colour = "red" if change.what == "failed" else None
            click.secho(str(change), fg=colour, err=change.what == "failed")
    unchanged = sum(change.what == "unchanged" for change in changes)
    click.echo(f"{found.name}: {len(changes)} entries, {unchanged} already as in the profile.")
    if failed:
        raise click.ClickException("Some entries could not be applied; they are named above.")


def _load(profile: Path | None) -> City:
    path = profile or settings.city_profile()
    if path is None:
        raise click.ClickException(
            f"Name a profile, or set the option {settings.CITY_PROFILE} to one."
        )
    try:
        return load_city(path)
    except CityProfileError as error:
        tk.error_shout(str(error))
        raise click.exceptions.Exit(1) from error
