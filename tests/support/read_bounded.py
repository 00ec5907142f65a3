"""Read files with little memory and time, as a process of its own: see ``tests/mxcity/files``.

Arguments are limits in JSON and files; each file gives a line of JSON: its tables, or the code of
its refusal.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from ckanext.mxcity.files.model import FileRefused, Limits
from ckanext.mxcity.files.reading import read_file

MEMORY, SECONDS, DISK = 1_500_000_000, 20, 1_000_000_000

for kind, most in (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_FSIZE, DISK),
):
    resource.setrlimit(kind, (most, most))

limits = Limits(**json.loads(sys.argv[1]))
for argument in sys.argv[2:]:
    path = Path(argument)
    try:
        tables = [
            {"rows": table.row_count, "titles": [c.title for c in table.columns],
             "sample": table.sample}
            for table in read_file(path, path.name, limits).tables
        ]  # fmt: skip
        print(json.dumps({"tables": tables}), flush=True)
    except FileRefused as refused:
        print(json.dumps({"refused": refused.code}), flush=True)
