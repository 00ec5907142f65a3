"""How the groups of a chart and its columns are called, and which labels have room."""

from __future__ import annotations

from itertools import pairwise

import pytest
from ckanext.mxcity.ground.headings import spoken
from ckanext.mxcity.tables.chart import labels
from ckanext.mxcity.tables.chart.kinds import line
from ckanext.mxcity.tables.chart.spec import Groups
from ckanext.mxcity.tables.downloads.columns import Column
from hypothesis import example, given
from hypothesis import strategies as st

DAYS = [f"2026-06-{day:02}" for day in range(1, 31)]
HOURS = [f"2026-06-{day:02} {hour:02}:00:00" for day in range(1, 31) for hour in range(24)][:500]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=500))
@example(["2026-06-01"])
@example([f"{day}/06/2026" for day in range(10, 31)])
@example([f"{hour}/06/2026 13:00" for hour in range(10, 31)])
@example([str(year) for year in range(1990, 2027)])
def test_no_label_runs_into_another(texts: list[str]) -> None:
    """Labels are apart, within the drawing, and the first group always has its own."""
    drawn = line.KIND.draw(Groups(tuple((text, 1.0) for text in texts), len(texts)))
    places = [point.x for point in drawn.points]
    ends = [labels.extent(label, places) for label in drawn.labels]
    assert drawn.labels[0].number == 0
    assert all(one[1] + labels.GAP <= other[0] for one, other in pairwise(ends))
    if len(ends) > 1:
        assert drawn.labels[-1].number == len(texts) - 1
        assert ends[-1][1] <= line.KIND.WIDTH - line.KIND.RIGHT + 0.01


@pytest.mark.parametrize(
    ("kind", "raw", "shown", "count"),
    [
        ("date", DAYS, ["01/06/2026", "30/06/2026"], 4),
        ("timestamp", HOURS, ["01/06/2026 00:00", "21/06/2026 19:00"], 3),
        ("numeric", ["2000", "2001", "2002"], ["2000", "2002"], 3),
        ("float8", ["2000.0", "2001.0"], ["2000", "2001"], 2),
        ("bool", ["False", "True"], ["No", "Sí"], 2),
        ("text", ["2026-01", "2026-02"], ["2026-01", "2026-02"], 2),
    ],
)
def test_labels_are_written_as_people_write(
    kind: str, raw: list[str], shown: list[str], count: int
) -> None:
    """Days are 30/06/2026, and as many labels stand under the axis as there is room for."""
    groups = Groups(tuple((label, 1.0) for label in raw), len(raw))
    written = labels.written(groups, Column("x", kind, "x"), ("Sí", "No"))
    found = line.KIND.draw(written).labels
    assert [found[0].text, found[-1].text] == shown
    assert len(found) == count


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("anio", "Año"),
        ("tamano_lote", "Tamaño lote"),
        ("fecha_hora", "Fecha hora"),
        ("codigoPostal", "Código postal"),
        ("poblacion_2020", "Población 2020"),
        ("nom_mun", "Nombre municipio"),
        ("pm10", "PM10"),
        ("a_tiempo_pct", "A tiempo %"),
        ("Inversión", "Inversión"),
        ("CLUES", "CLUES"),
        ("_", "_"),
    ],
)
def test_names_of_columns_are_read_as_words(name: str, words: str) -> None:
    """A column without a title has the signs that its name cannot have."""
    assert spoken(name) == words
    assert Column(name, "text", name).heading == words
    assert Column(name, "text", "Como dice el diccionario").heading == "Como dice el diccionario"
