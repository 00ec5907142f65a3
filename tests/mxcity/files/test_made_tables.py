"""Files of each trait are read as they are meant, and all that is noticed of them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.mxcity.files.expected")

from tests.mxcity.files.expected import compare  # noqa: E402  # what it asserts is shown in full
from tests.mxcity.files.made_tables import FILES, content  # noqa: E402


@pytest.mark.parametrize("name", FILES)
def test_file(tmp_path: Path, name: str) -> None:
    """Rows, cells, types, all that is said, or why it is refused."""
    path = tmp_path / name
    path.write_bytes(content(name))
    compare(path, FILES[name][1], tmp_path)
