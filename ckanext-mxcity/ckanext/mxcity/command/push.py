"""``mxcity push``: publish a folder of files with their metadata, idempotently."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import click

from ckanext.mxcity.command.folders import PushError
from ckanext.mxcity.command.portal import Outcome, Portal, Wanted
from ckanext.mxcity.command.portal import push as push_folder
from ckanext.mxcity.net import NetworkPolicy, guarded_sockets

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@click.command("push")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--url", required=True, envvar="MXCITY_URL", help="Address of the portal.")
@click.option(
    "--token",
    envvar="MXCITY_TOKEN",
    required=True,
    help="Token of an account; better in MXCITY_TOKEN.",
)
@click.option(
    "--set-aside", is_flag=True, help="Publish the rows in order and leave out the others."
)
@click.option(
    "--accept-reading",
    is_flag=True,
    help="Take what the portal takes where a file does not tell how it is read.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def push(
    folder: Path, url: str, token: str, set_aside: bool, accept_reading: bool, as_json: bool
) -> None:
    """Publish each folder with a dataset.yaml in FOLDER as a dataset, with the files beside it.

    A metadata.xml (DDI Codebook or NTM 2010) does as well, or besides: dataset.yaml goes first.

    A file that does not tell how it is to be read is not published: the error names the question
    and its answers. NAME.recipe.json (or .yaml) beside the file answers it, or --accept-reading.

    Run again, it publishes what has changed. Ends with 0 if all is published, 1 if not. Address
    and token may be in MXCITY_URL and MXCITY_TOKEN, where other users of the machine do not see
    them.
    """
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise click.BadParameter("an address of http or https is expected", param_hint="--url")
    # The portal that was named, wherever it is, and nothing else.
    policy = NetworkPolicy(
        allow_loopback=address.hostname in LOOPBACK, allowed_hosts=frozenset({address.hostname})
    )
    try:
        with guarded_sockets(policy):
            say = None if as_json else _say
            wanted = Wanted(set_aside=set_aside, accept_reading=accept_reading)
            outcomes = push_folder(folder, Portal(url, token), wanted, say)
    except PushError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False))
    raise SystemExit(1 if any(outcome.errors for outcome in outcomes) else 0)


def _say(outcome: Outcome) -> None:
    click.echo(f"{outcome.name}: {outcome.result}")
    for name, result in outcome.files.items():
        click.echo(f"  {name}: {result}")
    for note in outcome.notes:
        click.echo(f"  {note}")
    for error in outcome.errors:
        click.echo(f"  {error}", err=True)
