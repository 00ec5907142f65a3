"""What is quicker than a function of the database's gives what the function gives."""

from __future__ import annotations

from ckanext.mxcity.files.source import engine
from ckanext.mxcity.files.sql import trimmed


def test_a_cell_loses_what_trim_takes() -> None:
    """Whatever letter or space of Unicode stands at its ends, and whatever is behind that."""
    around = ("{}", "{}a", "a{}", "{}á", "á{}", " {}a", "a{} ", "{}\t", "\u00a0{}")
    cells = [
        shape.format(chr(code)) for code in (*range(1, 0x3100), 0xFEFF, 0x1F600) for shape in around
    ]
    cells += ["", " ", "  a  ", "a b"]
    with engine() as connection:
        connection.execute("CREATE TABLE cells AS SELECT unnest(?) AS c", [[*cells, None]])
        other = connection.execute(
            f"SELECT c FROM cells WHERE {trimmed('c')} IS DISTINCT FROM trim(c)"  # noqa: S608
        ).fetchall()
        counted = connection.execute("SELECT count(*) FROM cells WHERE c <> trim(c)").fetchone()
    assert other == []
    assert counted is not None
    assert counted[0] > 1_000  # there was something to take
