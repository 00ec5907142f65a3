"""The plan of a run on the command line: what would be done, record by record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import ckan.model as model
import click
import sqlalchemy as sa

from ckanext.harvest.model import HarvestSource
from ckanext.sniegharvest.engine.records import DECISIONS
from ckanext.sniegharvest.engine.report.report import Report
from ckanext.sniegharvest.engine.run import Run
from ckanext.sniegharvest.logic.plans import dictize
from ckanext.sniegharvest.model import PLAN
from ckanext.sniegharvest.model import Run as HarvestRun

#: Rows that are printed; the page of the run shows all of them.
SHOWN = 1000
#: Fields without a place that are printed.
LOSSES_SHOWN = 30
TOLD = tuple(decision for decision in DECISIONS if decision != "unchanged")


def show(source: HarvestSource, allow_loopback: bool, as_json: bool) -> None:
    """Plan a run of a source and print the plan. Nothing is harvested.

    A source that is not stored leaves nothing behind; the plan of one that is can be seen on its
    page.

    """
    run_id = str(uuid.uuid4())
    stored = model.Session.get(HarvestSource, source.id) is not None
    report = Run(
        run_id,
        source,
        allow_loopback=allow_loopback,
        dry=True,
        progress=lambda text: click.echo(f"  {text}", err=True),
    ).execute()
    try:
        if as_json:
            _print_json(report)
        else:
            _print_text(report)
    finally:
        if not stored:
            _forget(run_id)
    if report.state == "failed":
        raise click.exceptions.Exit(1)


def rows(run_id: str, limit: int) -> Iterator[dict[str, Any]]:
    """Yield what a plan would do or reports, in the order of the source; at most ``limit`` rows."""
    query = (
        sa.select(PLAN)
        .where(PLAN.c.run_id == run_id, PLAN.c.decision.in_(TOLD))
        .order_by(PLAN.c.position)
        .limit(limit)
    )
    for row in model.Session.execute(query):
        yield dictize(row)


def print_losses(report: Report) -> None:
    """Print which fields of the source found no place."""
    found = report.losses.as_list()
    if not found:
        return
    click.echo(f"\n{len(found)} fields of the source found no place:")
    for row in found[:LOSSES_SHOWN]:
        click.echo(f"{row['records']:>10}  {row['field']}: {row['example']!r}")
    if len(found) > LOSSES_SHOWN:
        click.echo(f"{'':>12}… and {len(found) - LOSSES_SHOWN} more (see --json)")


def print_repairs(report: Report) -> None:
    """Print what was mended in records, or left out of them, with an example of each."""
    for row in report.repairs.as_list():
        example = row["examples"][0]
        click.echo(f"\n{row['records']:>10}  {row['label']}")
        click.echo(f"{'':>12}{example['record']}: {example['reason']}")


def print_causes(report: Report) -> None:
    """Print what went wrong by cause, and what to do about each."""
    for cause in report.as_dict()["causes"]:
        click.echo(f"\n{cause['count']:>10}  {cause['label']}\n{'':>12}{cause['remedy']}")


def _print_json(report: Report) -> None:
    values = {**report.as_dict(), "records": list(rows(report.run_id, SHOWN))}
    click.echo(json.dumps(values, ensure_ascii=False))


def _print_rows(found: Iterable[Mapping[str, Any]]) -> None:
    for row in found:
        click.echo(f"{row['decision']:>10}  {row['guid']}  {row['title']}")
        for field in row.get("fields", ()):
            click.echo(f"{'':>12}{field['field']}: {field['before']!r} -> {field['after']!r}")
        for field in row.get("kept", ()):
            click.echo(f"{'':>12}{field['field']}: stays {field['city']!r}, set by the city")
        if "problem" in row:
            click.echo(f"{'':>12}{row['problem']['reason']}")
        if row["decision"] == "vanish":
            then = "archived" if row["archive"] else "kept for now"
            click.echo(f"{'':>12}missing since {row['since'][:10]}, run {row['runs']}: {then}")
        if "where" in row:
            areas = ", ".join(row["where"]["areas"]) or "no area"
            click.echo(f"{'':>12}about {areas} ({row['where']['how']})")


def _print_text(report: Report) -> None:
    _print_rows(rows(report.run_id, SHOWN))
    click.echo()
    for decision, count in report.plan.as_dict().items():
        click.echo(f"{decision:>10}  {count}")
    print_losses(report)
    print_repairs(report)
    print_causes(report)
    if report.held:
        click.echo(f"\nThe run would be held: {report.held}")
    for problem in report.problems:
        if problem.stage in ("list", "fetch"):
            click.echo(f"\n{problem.record} ({problem.stage})\n    {problem.message}")


def _forget(run_id: str) -> None:
    model.Session.rollback()
    model.Session.execute(sa.delete(PLAN).where(PLAN.c.run_id == run_id))
    model.Session.execute(sa.delete(HarvestRun).where(HarvestRun.id == run_id))
    model.Session.commit()
