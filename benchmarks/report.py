"""Results as a table for people, or as JSON."""

from __future__ import annotations

import json

from benchmarks.measure import Result

ROW = "{:<44} {:>11} {:>11} {:>7} {:>15} {:>6}"


def as_table(results: list[Result]) -> str:
    """Return a table: milliseconds of each side, and the ratio ours/stock with its spread."""
    lines = [ROW.format("", "ours (ms)", "stock (ms)", "ratio", "min – max", "pairs")]
    lines += [
        ROW.format(
            result.what,
            f"{result.ours * 1000:,.1f}",
            f"{result.stock * 1000:,.1f}",
            f"{result.ratio:.2f}",
            f"{result.ratio_min:.2f} – {result.ratio_max:.2f}",
            result.pairs,
        )
        for result in results
    ]
    return "\n".join(lines)


def as_json(name: str, results: list[Result]) -> str:
    """Return one JSON object: ``{"benchmark", "results": [...]}``; times in seconds."""
    return json.dumps(
        {"benchmark": name, "results": [result.as_dict() for result in results]},
        ensure_ascii=False,
    )
