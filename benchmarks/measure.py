"""Paired measurements and their ratios."""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """One line of the report. Times are seconds; ``ratio`` is ours divided by stock's."""

    what: str
    ours: float
    stock: float
    ratio: float
    ratio_min: float
    ratio_max: float
    pairs: int

    def as_dict(self) -> dict[str, str | float | int]:
        """Return the result as plain data, for ``--json``."""
        return asdict(self)


def pair(what: str, ours: list[float], stock: list[float]) -> Result:
    """Make one result of two equally long series, measured in turn."""
    ratios = [a / b for a, b in zip(ours, stock, strict=True)]
    return Result(
        what,
        statistics.median(ours),
        statistics.median(stock),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        len(ratios),
    )


def in_turn(
    what: str, ours: Callable[[], float], stock: Callable[[], float], rounds: int
) -> Result:
    """Call both in turn ``rounds`` times, after one call of each that is not counted."""
    ours(), stock()
    series: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        first, second = (0, 1) if number % 2 == 0 else (1, 0)
        for side in (first, second):
            series[side].append((ours, stock)[side]())
    return pair(what, *series)


def get(url: str) -> bytes:
    """Fetch one page; anything but a 200 raises."""
    with urllib.request.urlopen(url, timeout=60) as response:
        body: bytes = response.read()
    return body


def one_client(urls: list[str]) -> float:
    """Mean seconds a page, one client after another."""
    start = time.perf_counter()
    for url in urls:
        get(url)
    return (time.perf_counter() - start) / len(urls)


def many_clients(urls: list[str], clients: int = 8) -> float:
    """Mean seconds a page with ``clients`` at once (the inverse of the throughput)."""
    start = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(get, urls))
    return (time.perf_counter() - start) / len(urls)
