"""Where records are about, and how it is known."""

from __future__ import annotations

import json
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckanext.mxcity.ground.placenames import places
from ckanext.sniegharvest.engine.place.territory import locate

BOXES = {"19039": (-100.43, 25.48, -100.18, 25.80)}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Parques de Monterrey, NUEVO LEON 2024", ("19039",)),
        ("Luminarias del municipio de León, Guanajuato", ("11020",)),
        ("Municipio de Monterrey", ("19039",)),
        ("Avenida Benito Juárez", ()),
        ("Municipio de Juárez", ()),
        ("Población de Juárez, Nuevo León", ("19031",)),
        ("Municipio de San Pedro Garza García", ("19019",)),
        ("Parques de San Pedro Garza García, Nuevo León", ("19019",)),
        ("Predios de Santa Catarina, Nuevo León", ("19048",)),
        ("Predios de Santa Catarina, Guanajuato", ("11034",)),
        ("Municipio de Santa Catarina", ()),
        ("Agua en Abasolo, Guanajuato y Abasolo, Nuevo León", ("11001", "19001")),
        ("Guadalupe, Zacatecas", ("32017",)),
        ("Ayuntamiento de Guadalupe, Nuevo León", ("19026",)),
        ("Virgen de Guadalupe", ()),
        ("Homicidios en Nuevo León", ("19",)),
        ("Empleo en México", ()),
        ("Empleo en el Estado de México", ("15",)),
        ("", ()),
    ],
)
def test_names_count_with_their_state(text: str, codes: tuple[str, ...]) -> None:
    """A name that repeats counts only with its state; accents and case make no difference."""
    assert places(text) == codes


def test_each_way_is_told() -> None:
    """The territory comes with how it was known, the surest way first."""
    point = json.dumps({"type": "Point", "coordinates": [-100.3, 25.6]})
    title = {"title": "Parques de León, Guanajuato"}
    state = {"area_codes": ["19"]}
    assert locate({**title, "area_codes": ["19039"]}, state).how == "code"
    assert locate(title, state).codes == ("11020",)
    found = locate({"title": "Parques", "spatial": point}, state, boxes=BOXES)
    assert (found.codes, found.how, found.level) == (("19039",), "bbox", "municipal")
    assert locate({}, state, publisher="Ayuntamiento de Monterrey").how == "publisher"
    assert locate({}, state).how == "source"
    assert locate({"spatial": '{"coordinates": 3}'}, {}, boxes=BOXES).how == "unknown"


@pytest.mark.usefixtures("with_plugins", "organization")
def test_how_an_area_is_known_is_kept_and_shown(site: Any, harvest: Any, app: Any) -> None:
    """A dataset whose title names its city has the code, says why, and shows it on its page."""
    title = "Bancas de Monterrey, Nuevo León"
    record = {"identifier": "b1", "title": title, "description": "Bancas.", "keyword": ["bancas"]}
    report = harvest(site.put("areas.json", json.dumps({"dataset": [record]}).encode()))
    assert (report.added, report.failed) == (1, 0)
    dataset = model.Session.query(model.Package).filter_by(title=title, state="active").one()
    context = {"ignore_auth": True, "user": ""}
    shown = tk.get_action("package_show")(context, {"id": dataset.id})
    assert (shown["area_codes"], shown["area_source"]) == (["19039"], "name")
    assert "From the place named in the title" in app.get(f"/dataset/{dataset.name}").body
