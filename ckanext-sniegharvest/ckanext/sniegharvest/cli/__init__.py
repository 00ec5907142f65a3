"""``ckan sniegharvest``: harvest now, switch sources on and off, run the scheduler."""

from __future__ import annotations

import json
import uuid

import ckan.model as model
import ckan.plugins.toolkit as tk
import click
from ckan.lib.munge import munge_title_to_name
from ckan.types import Context

from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.mxcity.ground.errors import HarvestError
from ckanext.mxcity.net import checked_url
from ckanext.sniegharvest import config
from ckanext.sniegharvest.cli import preview
from ckanext.sniegharvest.engine import scheduler
from ckanext.sniegharvest.engine.identity import harvested
from ckanext.sniegharvest.engine.report.report import Report
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.model import Run as HarvestRun
from ckanext.sniegharvest.sources.types import SOURCE_TYPES

__all__ = ["sniegharvest"]

TYPES = tuple(SOURCE_TYPES)


@click.group(short_help="Harvest catalogues with the MX City engine.")
def sniegharvest() -> None:
    """Harvest catalogues with the MX City engine."""


@sniegharvest.command()
@click.argument("url")
@click.option("--type", "source_type", required=True, type=click.Choice(TYPES))
@click.option("--org", required=True, metavar="NAME", help="organisation that gets the datasets")
@click.option("--json", "as_json", is_flag=True, help="end with one JSON object")
@click.option("--allow-loopback", is_flag=True, help="let the source be on this machine")
@click.option("--by-publisher", is_flag=True, help="give records to their publisher's organisation")
@click.option("--title", default="", help="name of a new source, for its page (its address)")
@click.option("--dry-run", is_flag=True, help="show what would be done, and change nothing")
def harvest(
    url: str,
    source_type: str,
    org: str,
    as_json: bool,
    allow_loopback: bool,
    by_publisher: bool,
    title: str,
    dry_run: bool,
) -> None:
    """Harvest URL now and print a report."""
    asked = (url, source_type, org, allow_loopback, by_publisher, title or url)
    if dry_run:
        preview.show(_source(*asked, keep=False), allow_loopback, as_json)
        return
    report = _run(_source(*asked), allow_loopback=allow_loopback)
    _print(report, as_json)


@sniegharvest.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="end with one JSON object")
@click.option("--allow-loopback", is_flag=True, help="let the source be on this machine")
def release(run: str, as_json: bool, allow_loopback: bool) -> None:
    """Carry out RUN (its id, or the name of its source), which is held.

    The source is read again. If it still says what the run was held for, that is done; if it has
    changed since, there is a new plan, which may be held in its turn.
    """
    held = _held(run)
    source = model.Session.get(HarvestSource, held.source_id)
    _print(_run(source, allow_loopback=allow_loopback, released=True), as_json)


@sniegharvest.command()
@click.argument("dataset", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a file")
def verify(dataset: tuple[str, ...], as_json: bool) -> None:
    """Compare the files of each DATASET (id or name), byte for byte, with their sources.

    The exit code is 1 if a file differs.
    """
    differs = False
    for name in dataset:
        try:
            package = tk.get_action("package_show")(_context(), {"id": name})
        except tk.ObjectNotFound as error:
            raise click.ClickException(f"there is no dataset {name!r}") from error
        for resource in package["resources"]:
            asked = {"id": resource["id"], "polite": True}
            check = tk.get_action("sniegharvest_file_verify")(_context(), asked)
            differs = differs or check["state"] == "differs"
            told = f"{check['state']:>11}  {check['address']}  {check['reason']}".rstrip()
            click.echo(json.dumps(check, ensure_ascii=False) if as_json else told)
    if differs:
        raise click.exceptions.Exit(1)


@sniegharvest.command(name="scheduler")
def scheduler_command() -> None:
    """Create the jobs of sources that are due, until stopped."""
    scheduler.run_forever()


@sniegharvest.group(name="source")
def source_group() -> None:
    """List sources, and switch them on and off."""


@source_group.command(name="list")
def source_list() -> None:
    """List the sources."""
    for source in tk.get_action("harvest_source_list")(_context(), {}):
        state = "active" if source.get("active") else "inactive"
        click.echo(f"{source['id']}  {source['type']:<10} {state:<9} {source['url']}")


@source_group.command()
@click.argument("source")
@click.option("--permission", default="", help="the permission, e.g. the number of the letter")
@click.option("--by", default="", metavar="NAME", help="who records it")
def enable(source: str, permission: str, by: str) -> None:
    """Switch SOURCE (its name) on, and record the permission where one is needed."""
    values = {"id": source, "permission": permission, "by": by}
    try:
        tk.get_action("sniegharvest_source_enable")(_context(), values)
    except tk.ValidationError as error:
        fields = ", ".join(f"--{key}" for key in error.error_dict)
        raise click.ClickException(
            f"{source} closes itself to programs: record its owner's permission with {fields}"
        ) from error
    except tk.ObjectNotFound as error:
        raise click.ClickException(f"there is no source {source!r}") from error
    click.echo(f"{source} is on")


@source_group.command()
@click.argument("source")
def disable(source: str) -> None:
    """Switch SOURCE (its name) off."""
    try:
        tk.get_action("sniegharvest_source_disable")(_context(), {"id": source})
    except tk.ObjectNotFound as error:
        raise click.ClickException(f"there is no source {source!r}") from error
    click.echo(f"{source} is off")


def _context() -> Context:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": user, "ignore_auth": True}


def _source(
    url: str,
    source_type: str,
    org: str,
    allow_loopback: bool,
    by_publisher: bool,
    title: str = "",
    keep: bool = True,
) -> HarvestSource:
    """Return the source with this address and type; made if there is none, and stored if ``keep``.

    Another organisation's source is refused: its datasets would go to the wrong owner.
    """
    try:
        checked_url(url, config.network_policy(allow_loopback))
        organization = tk.get_action("organization_show")(_context(), {"id": org})
    except HarvestError as error:
        raise click.ClickException(str(error)) from error
    except tk.ObjectNotFound as error:
        raise click.ClickException(
            f"there is no organisation {org!r}: give the name of one with --org"
        ) from error
    found = model.Session.query(HarvestSource).filter_by(url=url, type=source_type).first()
    if found is not None:
        if harvested.owner_of(found.id) != organization["id"]:
            raise click.ClickException(
                f"{url} is already a source of another organisation: give that one with --org"
            )
        return found
    settings = {"publisher_organizations": True} if by_publisher else {}
    if not keep:
        return HarvestSource(
            id=str(uuid.uuid4()),
            url=url,
            title=title,
            type=source_type,
            config=json.dumps(settings),
        )
    wanted = {
        "name": munge_title_to_name(f"{org}-{url.split('://', 1)[-1]}")[:90].strip("-_"),
        "title": title,
        "url": url,
        "source_type": source_type,
        "frequency": "MANUAL",
        "owner_org": organization["id"],
        "config": json.dumps(settings),
    }
    try:
        made = tk.get_action("harvest_source_create")(_context(), wanted)
    except tk.ValidationError as error:
        raise click.ClickException(
            "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
        ) from error
    return model.Session.get(HarvestSource, made["id"])


def _held(name: str) -> HarvestRun:
    """Return the held run with this id, or the last of the source with this name."""
    package = model.Package.get(name)
    run = model.Session.get(HarvestRun, name)
    if run is None and package is not None:
        query = HarvestRun.of_source(package.id).where(HarvestRun.state != "planned")
        run = model.Session.scalars(query).first()
    if run is None:
        raise click.ClickException(f"there is no run or source {name!r}")
    if run.state != "held":
        raise click.ClickException(f"the run {run.id} is not held: its state is {run.state}")
    return run


def _run(source: HarvestSource, *, allow_loopback: bool, released: bool = False) -> Report:
    job = HarvestJob(source=source, status="Running")
    model.Session.add(job)
    model.Session.commit()
    return Run(
        job.id,
        source,
        allow_loopback=allow_loopback,
        released=released,
        progress=lambda text: click.echo(f"  {text}", err=True),
    ).execute()


def _print(report: Report, as_json: bool) -> None:
    values = report.as_dict()
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
    else:
        for key in ("added", "updated", "unchanged", "missing", "archived", "filtered", "failed"):
            click.echo(f"{key:>10}  {values[key]}")
        click.echo(f"{'seconds':>10}  {values['seconds']}")
        preview.print_losses(report)
        preview.print_repairs(report)
        if report.held:
            click.echo(f"\nHeld: {report.held}")
            click.echo(f"    Look at it, then: ckan sniegharvest release {report.run_id}")
        preview.print_causes(report)
        for error in values["errors"]:
            click.echo(f"\n{error['record']} ({error['stage']})\n    {error['reason']}")
    landed = report.added + report.updated + report.unchanged + report.archived
    if report.state == "failed" or (report.failed and not landed and report.state != "held"):
        raise click.exceptions.Exit(1)
