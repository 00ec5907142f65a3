"""What residents and harvesters wait for: search, dataset pages, catalogue exports."""

from __future__ import annotations

from urllib.parse import quote

from benchmarks.data import EVERYDAY, QUERIES
from benchmarks.measure import Result, in_turn, many_clients, one_client
from benchmarks.side import Side


def search(ours: Side, stock: Side, rounds: int) -> list[Result]:
    """Measure the search page, with one client and with eight, and the search action."""
    everyday = [f"/dataset/?q={quote(query)}" for query in EVERYDAY]
    pages = [f"/dataset/?q={quote(query)}" for query in QUERIES]
    action = [f"/api/3/action/package_search?q={quote(query)}" for query in QUERIES]
    return [
        _compare("search page, one client", pages, ours, stock, rounds),
        _compare("search page, eight clients", pages * 3, ours, stock, rounds, clients=8),
        _compare("search page, everyday words", everyday, ours, stock, rounds),
        _compare("package_search, one client", action, ours, stock, rounds),
    ]


def page(ours: Side, stock: Side, rounds: int) -> list[Result]:
    """Measure the home page and the dataset page, with one client and with eight."""
    datasets = [f"/dataset/conjunto-{number:05d}" for number in range(12)]
    return [
        _compare("home page, one client", ["/"] * 6, ours, stock, rounds),
        _compare("dataset page, one client", datasets, ours, stock, rounds),
        _compare("dataset page, eight clients", datasets * 2, ours, stock, rounds, clients=8),
    ]


def export(ours: Side, stock: Side, rounds: int) -> list[Result]:
    """Measure the DCAT catalogue, page by page, as a harvester pulls it."""
    return [
        _compare(f"catalogue page, {name}", [f"/catalog.{name}?page=1"], ours, stock, rounds)
        for name in ("ttl", "jsonld", "rdf")
    ]


def _compare(
    what: str, paths: list[str], ours: Side, stock: Side, rounds: int, clients: int = 1
) -> Result:
    def run(side: Side) -> float:
        urls = [side.url + path for path in paths]
        return one_client(urls) if clients == 1 else many_clients(urls, clients)

    return in_turn(what, lambda: run(ours), lambda: run(stock), rounds)
