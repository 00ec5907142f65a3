"""``mxcity``: what a clerk does at the command line, without a portal's settings."""

from __future__ import annotations

import click


@click.group(name="mxcity")
def main() -> None:
    """Check and publish files for an MX City portal."""
