"""Reads a catalogue with pydatajson: ``python read_data_json.py ADDRESS``.

Prints the datasets as JSON: identifier, title, and the addresses of the files.
"""

from __future__ import annotations

import json
import sys
from typing import Any

loads = json.loads


def without_encoding(text: Any, encoding: str = "", **how: Any) -> Any:
    """Read JSON; Python has not taken an encoding since 3.9, and pydatajson still gives one."""
    return loads(text, **how)


json.loads = without_encoding  # before pydatajson is used

from pydatajson.core import DataJson  # noqa: E402

catalogue = DataJson(sys.argv[1])
files: dict[str, list[str]] = {}
for entry in catalogue.get_distributions():
    address = entry.get("downloadURL") or entry.get("accessURL") or ""
    files.setdefault(entry["dataset_identifier"], []).append(address)
found = {
    entry["identifier"]: [entry["title"], sorted(files.get(entry["identifier"], []))]
    for entry in catalogue.get_datasets()
}
print(json.dumps(found))
