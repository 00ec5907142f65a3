"""``mxcity``: what a clerk does at the command line, without a portal's settings."""

from __future__ import annotations

import click

from ckanext.mxcity.command.check import check, schemas
from ckanext.mxcity.command.metadata import metadata
from ckanext.mxcity.command.push import push
from ckanext.mxcity.command.template import template


@click.group(name="mxcity")
def main() -> None:
    """Check files and publish them on an MX City portal."""


main.add_command(check)
main.add_command(metadata)
main.add_command(push)
main.add_command(schemas)
main.add_command(template)
