"""The city's DataHub: does its page take longer when there is more to count?

``measure`` compares a large city with a small one in one run; ``python -m benchmarks.datahub INI
MINISTRIES ASSETS`` fills one of them.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

from benchmarks.measure import Result, in_turn, one_client
from benchmarks.side import Side

#: Ministries and assets of the small city and of the large one.
SMALL, LARGE = (4, 40), (40, 20_000)
PLUGIN = "mxcity_datahub"


def measure(large: Side, small: Side, rounds: int) -> list[Result]:
    """Fill both cities, and compare the same pages; the ratio is large divided by small."""
    for side, (ministries, assets) in ((small, SMALL), (large, LARGE)):
        command = [sys.executable, "-m", "benchmarks.datahub", str(side.ini)]
        subprocess.run([*command, str(ministries), str(assets)], env=side.environment, check=True)
        side.start_web()
    return [_compare(path, large, small, rounds) for path in ("/datahub", "/datahub/unidad-0")]


def _compare(path: str, large: Side, small: Side, rounds: int) -> Result:
    return in_turn(
        path,
        lambda: one_client([large.url + path] * 2),
        lambda: one_client([small.url + path] * 2),
        rounds,
    )


def as_table(results: list[Result]) -> str:
    """Return a line a page: milliseconds of the large and the small city, and the ratio."""
    return "\n".join(
        f"{result.what:<24} {LARGE[1]:,} assets {result.ours * 1000:,.1f} ms, "
        f"{SMALL[1]:,} assets {result.stock * 1000:,.1f} ms, ratio {result.ratio:.2f} "
        f"({result.ratio_min:.2f} – {result.ratio_max:.2f}, {result.pairs} pairs)"
        for result in results
    )


def fill(ministries: int, assets: int) -> None:
    """Write ministries with assets, half of them published, each with diagnosis, class and plan."""
    import ckan.model as model
    import sqlalchemy as sa
    from ckanext.mxcity.datahub.model import Asset, Diagnosis, Milestone, Sharing
    from ckanext.mxcity.ground import clock

    group: Any = model.Group
    model.Session.execute(
        sa.insert(group.__table__).values(
            type="organization", is_organization=True, state="active", approval_status="approved"
        ),
        [
            {"id": f"u{n}", "name": f"unidad-{n}", "title": f"Unidad {n}", "extras": {}}
            for n in range(ministries)
        ],
    )
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (model.Package, Asset, Diagnosis, Sharing, Milestone)
    }
    for number in range(assets):
        base = {
            "organization_id": f"u{number % ministries}", "version": 1, "created": clock.utc_now(),
            "modified": clock.utc_now(),
        }  # fmt: skip
        part = {**base, "asset_id": f"a{number}"}
        rows[Asset].append(
            {**base, "id": f"a{number}", "inv_id": f"N-{number}", "title": f"Dato {number}",
             "description": "x", "area": "x", "source_system": "x", "update_frequency": "MONTHLY",
             "classification": "publico"}
        )  # fmt: skip
        usable = ("si", "en_parte", "no")[number % 3]
        rows[Diagnosis].append(
            {**part, "id": f"d{number}", "kind": "registro", "collected_how": "x",
             "usable": usable, "obstacle": None if usable == "si" else "formato"}
        )  # fmt: skip
        rows[Sharing].append(
            {**part, "id": f"s{number}", "proposed_class": "publico", "sharing_class": "publico"}
        )
        due = dt.date(2026, 1, 1) + dt.timedelta(days=number % 700)
        rows[Milestone].append(
            {**part, "id": f"m{number}", "title": "x", "owner_role": "x", "due": due,
             "done": due if number % 2 else None}
        )  # fmt: skip
        if number % 2:
            extras = {"identifier": f"N-{number}", "frequency": "MONTHLY", "modified": "2026-11-01"}
            rows[model.Package].append(
                {"id": f"p{number}", "name": f"p{number}", "title": f"Dato {number}",
                 "owner_org": base["organization_id"], "state": "active", "type": "dataset",
                 "private": False, "extras": extras}
            )  # fmt: skip
    for table, values in rows.items():
        model.Session.execute(sa.insert(table.__table__), values)
    model.Session.commit()
    model.Session.execute(sa.text("ANALYZE"))
    model.Session.commit()


def main(ini: str, ministries: int, assets: int) -> None:
    """Fill the city of a configuration file."""
    from ckan.cli import CKANConfigLoader
    from ckan.config.middleware import make_app

    app: Any = make_app(CKANConfigLoader(ini).get_config())
    with app._wsgi_app.test_request_context():
        fill(ministries, assets)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
