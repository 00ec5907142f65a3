"""``ckan mxcity basemap``: the ground that the maps are drawn on."""

from __future__ import annotations

from pathlib import Path

import click

from ckanext.mxcity.city import BaseMap, City, settings
from ckanext.mxcity.ground.messages import N_, said
from ckanext.mxcity.maps.basemap import store
from ckanext.mxcity.maps.basemap.build import Report, Wanted, build, order_of
from ckanext.mxcity.maps.basemap.errors import BaseMapError
from ckanext.mxcity.maps.basemap.features import LABELS, Ground

__all__ = ["basemap"]

LANGUAGE = click.option(
    "--lang", type=click.Choice(["es", "en"]), default="es", show_default=True, help="Language."
)
DEMONSTRATION_SOURCE = N_("Demonstration base map")
TITLES = {
    "limits": N_("limits"),
    "neighbourhoods": N_("neighbourhoods"),
    "streets": N_("streets"),
    "water": N_("water"),
    "parks": N_("parks"),
}


@click.group("basemap", short_help="The base map of the city.")
def basemap() -> None:
    """Make the ground that the maps of the portal are drawn on."""


@basemap.command("build", short_help="Make the base map of a folder of layers.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--demonstration",
    is_flag=True,
    help="Say on every map that it is made up; a base map of real layers is left as it is.",
)
@LANGUAGE
def build_command(folder: Path, demonstration: bool, lang: str) -> None:
    """Make the base map of the layers in FOLDER: GeoPackage, Shapefile, GeoJSON or KML.

    The city's profile says what the file is called and what stands on the maps as its source.
    The base map before is replaced at once; the portal need not be started anew.
    """
    city, base, target = _wanted(lang)
    before = store.base_map()
    if demonstration and before and not before.demonstration:
        click.echo(said(N_("There is a base map already: it stays."), lang=lang))
        return
    source = said(DEMONSTRATION_SOURCE, lang=lang) if demonstration else base.source
    ground = Ground(city.name, city.municipality_code, city.bbox)
    wanted = Wanted(ground, source, base.layers, demonstration)
    try:
        report = build(folder, target, wanted, lang)
    except BaseMapError as error:
        raise click.ClickException(error.said(lang)) from error
    for line in _told(report, lang):
        click.echo(line)


@basemap.command("show", short_help="Say which base map the portal has.")
@LANGUAGE
def show_command(lang: str) -> None:
    """Say which base map the portal has, and where."""
    target = _wanted(lang)[2]
    found = store.base_map()
    if found is None:
        message = N_("There is no base map yet: it would be {path}.")
        click.echo(said(message, {"path": target}, lang))
        return
    size = f"{found.path.stat().st_size / 1e6:.1f} MB"
    click.echo(f"{found.path}: {size}. {found.source}")


def _wanted(lang: str) -> tuple[City, BaseMap, Path]:
    city, target = settings.city(), store.target()
    if city is None or city.base_map is None:
        raise click.ClickException(
            said(N_("The city's profile names no base map: add “base_map” to it."), lang=lang)
        )
    if target is None:
        raise click.ClickException(
            said(N_("The portal has no storage: set the option ckan.storage_path."), lang=lang)
        )
    return city, city.base_map, target


def _told(report: Report, lang: str) -> list[str]:
    figures = ", ".join(
        f"{said(TITLES[kind], lang=lang)} {count:,}" for kind, count in order_of(report.counts)
    )
    lines = [
        said(
            N_("{path}: {size} MB in {seconds} s. {figures}; names {names}."),
            {
                "path": report.path,
                "size": f"{report.size / 1e6:.2f}",
                "seconds": f"{report.seconds:.1f}",
                "figures": figures,
                "names": f"{report.counts.get(LABELS, 0):,}",
            },
            lang,
        )
    ]
    if not report.changed:
        lines.append(said(N_("It is the same as before: nothing was replaced."), lang=lang))
    if report.unused:
        message = N_("Not used, since a base map has no such layer: {layers}.")
        lines.append(said(message, {"layers": ", ".join(report.unused)}, lang))
    return lines
