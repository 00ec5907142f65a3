"""``python -m benchmarks NAME``: build both sides, measure, print, and clear away."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ckanext.mxcity.dataset.types import TYPES

from benchmarks import datahub, load, memory, pages, room, table, weight
from benchmarks.harvest import harvest
from benchmarks.measure import Result
from benchmarks.report import as_json, as_table
from benchmarks.servers import Servers
from benchmarks.side import OUR_PLUGINS, STOCK_OPTIONS, Side

REPOSITORY = Path(__file__).resolve().parents[1]
#: The source's robots.txt: CKAN's own closes the API and asks for ten seconds between two requests,
#: which the engine keeps and stock does not read, so that the pause would be all that is measured.
SOURCE_TEMPLATES = REPOSITORY / "benchmarks" / "source_templates"
NAMES = (
    "search",
    "page",
    "export",
    "harvest",
    "harvest-memory",
    "datahub",
    "room",
    "load",
    "table",
    "weight",
)


def main() -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="portal bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--datasets", type=int, help="size of the catalogue (300; harvest: 2000)")
    parser.add_argument(
        "--rows", type=int, default=load.ROWS, help="rows of the table of `load` and `table`"
    )
    parser.add_argument("--rounds", type=int, default=15, help="pairs of measurements")
    parser.add_argument("--url", help="portal with its demonstration for `weight` (one of its own)")
    options = parser.parse_args()
    options.datasets = options.datasets or (2000 if options.name == "harvest" else 300)
    if options.name == "harvest-memory":
        with our_side() as ours:
            lines = memory.measure(ours)
        print(memory.as_json(lines) if options.json else memory.as_table(lines))
        return 0
    if options.name == "load":
        with our_side(load.PLUGINS) as ours:
            measured = load.measure(ours, options.rows, min(options.rounds, 3))
            print(load.as_json(measured) if options.json else load.as_table(measured), flush=True)
        return 0
    if options.name == "table":
        with our_side(table.PLUGINS) as ours:
            asked = table.measure(ours, options.rows, min(options.rounds, 5))
            print(table.as_json(asked) if options.json else table.as_table(asked), flush=True)
        return 0
    if options.name == "weight":
        with weight.a_portal(options.url) as address:
            weighed = weight.measure(address, min(options.rounds, 3))
        print(weight.as_json(weighed) if options.json else weight.as_table(weighed))
        return 0
    if options.name == "room":
        results = room.measure(options.rounds)
        print(as_json("room", results) if options.json else room.as_table(results))
        return 0
    if options.name == "datahub":
        with two_cities() as (large, small):
            results = datahub.measure(large, small, options.rounds)
        print(as_json("datahub", results) if options.json else datahub.as_table(results))
        return 0
    if options.name == "harvest":
        with a_source(options.datasets) as (source, ours, stock):
            results = harvest(source, ours, stock, options.datasets)
    else:
        with both_sides(options.datasets) as (ours, stock):
            results = measure(options.name, ours, stock, options)
    print(as_json(options.name, results) if options.json else as_table(results))
    return 0


def measure(name: str, ours: Side, stock: Side, options: argparse.Namespace) -> list[Result]:
    """Measure one benchmark on two sides that are ready."""
    for side in (ours, stock):
        side.start_web()
    results: list[Result] = getattr(pages, name)(ours, stock, options.rounds)
    return results


@contextmanager
def both_sides(count: int) -> Iterator[tuple[Side, Side]]:
    """Both CKANs, set up and with the same ``count`` datasets."""
    with sides("bench_ours", "bench_stock") as (ours, stock):
        for side in (ours, stock):
            say(f"filling {side.name} with {count} datasets")
            side.seed(count)
        yield ours, stock


@contextmanager
def a_source(count: int) -> Iterator[tuple[Side, Side, Side]]:
    """Make a stock CKAN with ``count`` datasets, and both CKANs, empty, to harvest it."""
    with sides("bench_source", "bench_ours", "bench_stock") as (source, ours, stock):
        say(f"filling {source.name} with {count} datasets")
        source.seed(count)
        yield source, ours, stock


@contextmanager
def sides(*names: str) -> Iterator[list[Side]]:
    """CKANs of these names, set up and empty; ``bench_ours`` is ours, all others are stock."""
    servers = Servers.from_environment()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mxcity-bench-")))
        stock_conf, our_conf = folder / "conf-stock", folder / "conf-ours"
        write_confs(stock_conf, our_conf)
        made = []
        for number, name in enumerate(names, 13):
            conf, options = stock_conf, STOCK_OPTIONS
            if name == "bench_ours":
                conf, options = our_conf, our_options(folder)
            if name == "bench_source":
                options = {**options, "extra_template_paths": str(SOURCE_TEMPLATES)}
            side = Side(name, servers, folder, conf, number, options)
            stack.callback(side.tear_down)
            say(f"setting up {side.name}")
            side.set_up()
            made.append(side)
        yield made


@contextmanager
def our_side(plugins: str = "") -> Iterator[Side]:
    """Our CKAN alone, set up and empty; with more plugins, if they are named."""
    servers = Servers.from_environment()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mxcity-bench-")))
        stock_conf, our_conf = folder / "conf-stock", folder / "conf-ours"
        write_confs(stock_conf, our_conf)
        options = our_options(folder)
        others = [name for name in OUR_PLUGINS.split() if name not in plugins.split()]
        options["ckan.plugins"] = " ".join([*plugins.split(), *others])
        ours = Side("bench_alone", servers, folder, our_conf, 13, options)
        stack.callback(ours.tear_down)
        say(f"setting up {ours.name}")
        ours.set_up()
        yield ours


@contextmanager
def two_cities() -> Iterator[tuple[Side, Side]]:
    """Two of our portals with a DataHub, set up and empty: the large city and the small one."""
    servers = Servers.from_environment()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mxcity-bench-")))
        stock_conf, our_conf = folder / "conf-stock", folder / "conf-ours"
        write_confs(stock_conf, our_conf)
        options = our_options(folder)
        options["ckan.plugins"] = f"{datahub.PLUGIN} {options['ckan.plugins']}"
        large = Side("bench_large", servers, folder, our_conf, 14, options)
        small = Side("bench_small", servers, folder, our_conf, 15, options)
        for side in (large, small):
            stack.callback(side.tear_down)
            say(f"setting up {side.name}")
            side.set_up()
        yield large, small


def our_options(folder: Path) -> dict[str, str]:
    """Return the options that make a CKAN an MX City portal."""
    locales = folder / "i18n"
    subprocess.run([sys.executable, "-m", "ckanext.mxcity.translation", str(locales)], check=True)
    return {
        "ckan.plugins": OUR_PLUGINS,
        "ckan.locale_default": "es_MX",
        "ckan.i18n_directory": str(locales.parent),
        "scheming.dataset_schemas": " ".join(
            f"ckanext.mxcity.schemas:{kind}.yaml" for kind in TYPES
        ),
        "scheming.dataset_fallback": "true",
        "scheming.organization_schemas": "ckanext.mxcity.schemas:organization.yaml",
        "ckanext.mxcity.city_profile": str(REPOSITORY / "config" / "cities" / "monterrey.yaml"),
        "ckanext.dcat.rdf.profiles": "mxcity_dcat_ap",
        "ckanext.mxcity.tables.sql": "true",
        "ckanext.sniegharvest.allow_loopback": "true",
    }


def write_confs(stock: Path, ours: Path) -> None:
    """Write both Solr configurations: CKAN's schema with the spatial field, and ours."""
    from ckanext.mxcity.catalogue.solr import solr_config

    solr_config.write(ours)
    solr_config.write_stock(stock)


def say(text: str) -> None:
    """Tell the operator what is being done, apart from the results."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
