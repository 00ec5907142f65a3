"""``ckan mxcity``: the commands of the portal."""

from __future__ import annotations

import click

from ckanext.mxcity.cli.city import city
from ckanext.mxcity.cli.worker import worker
from ckanext.mxcity.datahub.cli import datahub
from ckanext.mxcity.demo.cli import demo
from ckanext.mxcity.maps.cli import basemap
from ckanext.mxcity.tables.cli import tables

__all__ = ["mxcity"]


@click.group(short_help="Commands of the city's portal.")
def mxcity() -> None:
    """Set the portal up for its city."""


mxcity.add_command(basemap)
mxcity.add_command(city)
mxcity.add_command(datahub)
mxcity.add_command(demo)
mxcity.add_command(tables)
mxcity.add_command(worker)
