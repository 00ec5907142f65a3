"""The validators one by one, without a database."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckanext.mxcity import helpers
from ckanext.mxcity.dataset import validators

KEY = ("field",)


def run(validator: Any, value: Any, context: Any = None, **others: Any) -> tuple[Any, list[str]]:
    """Return what a validator makes of a value, and its complaints."""
    data: dict[Any, Any] = {KEY: value, **{(name,): other for name, other in others.items()}}
    errors: dict[Any, list[str]] = {KEY: []}
    try:
        validator(KEY, data, errors, context or {})
    except tk.Invalid as error:
        errors[KEY].append(error.error)
    except tk.StopOnError:
        pass
    return data.get(KEY, tk.missing), errors[KEY]


def choice(name: str) -> Any:
    return validators.mxcity_vocabulary_value({"vocabulary": name}, {})


@pytest.mark.parametrize(
    "value",
    [["19039", "11"], '["19039", "11"]', "19039, 11", ("19039", "11", "19039", " "), "19039,11,"],
)
def test_area_codes_in_any_form(value: Any) -> None:
    """A list, JSON and a text with commas are the same codes, once each."""
    stored, complaints = run(validators.mxcity_area_codes, value)
    assert (json.loads(stored), complaints) == (["19039", "11"], [])


@pytest.mark.parametrize(
    ("code", "proposal"), [("1", '"01" (Aguascalientes)'), ("9010", '"09010" (Álvaro Obregón)')]
)
def test_lost_zero_is_proposed(code: str, proposal: str) -> None:
    """A code that lost its leading zero is refused with the code it must have been."""
    _, complaints = run(validators.mxcity_area_codes, [code])
    assert complaints == [f'The area code "{code}" has lost its leading zero: write {proposal}.']


@pytest.mark.parametrize("code", ["99", "19999", "190390001", "9039", "Monterrey", "１９", "19\n"])
def test_unknown_area_is_named(code: str) -> None:
    """A code that is nobody's is refused with the code in the message; spaces are forgiven."""
    stored, complaints = run(validators.mxcity_area_codes, [code])
    if code.strip() == "19":
        assert json.loads(stored) == ["19"]
    else:
        assert len(complaints) == 1
        assert f'"{code}"' in complaints[0]
        assert "19039" in complaints[0]


def test_every_wrong_area_is_named() -> None:
    """Each wrong code of a list has its own complaint."""
    _, complaints = run(validators.mxcity_area_codes, ["19039", "99", "98"])
    assert [('"99"' in text, '"98"' in text) for text in complaints] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("MONTHLY", "MONTHLY"),
        ("Mensual", "MONTHLY"),
        ("R/P1Y", "ANNUAL"),
        ("http://publications.europa.eu/resource/authority/frequency/DAILY", "DAILY"),
        ("", ""),
        (None, ""),
        (tk.missing, ""),
    ],
)
def test_choice_keeps_the_key(said: Any, key: str) -> None:
    """Key, label, ISO form and address of a term are all kept as its key."""
    assert run(choice("periodicity"), said) == (key, [])


def test_unknown_choice_lists_what_is_allowed() -> None:
    """A value outside the vocabulary is named, with those that are allowed."""
    _, (complaint,) = run(choice("geographic_levels"), "galaxia")
    assert complaint.startswith('"galaxia" is not one of the values allowed: nacional (Country), ')


def test_choices_name_each_wrong_one() -> None:
    """Of several values the wrong ones are named, the right ones kept in order."""
    validator = validators.mxcity_vocabulary_list({"vocabulary": "topics"}, {})
    assert run(validator, ["salud", "agua", "salud"]) == ('["salud", "agua"]', [])
    _, complaints = run(validator, "salud, magia, alquimia")
    assert ['"magia"' in complaints[0], '"alquimia"' in complaints[1]] == [True, True]


def test_reason_is_asked_only_without_subsystem() -> None:
    """'ninguno' needs a reason; with a subsystem the reason is dropped."""
    validator = validators.mxcity_subsystem_reason
    _, (complaint,) = run(validator, " ", snieg_subsystem="ninguno")
    assert complaint == "Say why no subsystem of the SNIEG fits, or choose one of the four."
    assert run(validator, "Es interno", snieg_subsystem="ninguno") == ("Es interno", [])
    assert run(validator, "Es interno", snieg_subsystem="economico") == (tk.missing, [])


def test_official_status_comes_by_harvest_only() -> None:
    """A person cannot claim National Interest; the harvester can, and it may stay."""
    validator = validators.mxcity_official_status
    _, (complaint,) = run(validator, "interes_nacional")
    assert 'marked "National Interest (SNIEG)"' in complaint
    assert run(validator, "interes_nacional", {"ignore_auth": True})[1] == []
    stored = SimpleNamespace(extras={"official_status": "interes_nacional"})
    assert run(validator, "interes_nacional", {"package": stored})[1] == []
    assert run(validator, "interes_estatal", {"package": stored})[1] != []
    assert run(validator, "derivado")[1] == []


def test_status_of_what_a_person_enters_is_municipal() -> None:
    """Without a status a dataset is a municipal record, unless it was harvested."""
    validator = validators.mxcity_default_status
    assert run(validator, tk.missing)[0] == "registro_municipal"
    assert run(validator, "", source_url="https://x.gob.mx")[0] == ""
    assert run(validator, "derivado")[0] == "derivado"
    stored = SimpleNamespace(extras={"source_url": "https://x.gob.mx"})
    stored.extras["official_status"] = "interes_estatal"
    assert run(validator, tk.missing, {"package": stored})[0] == "interes_estatal"


def test_provenance_is_the_harvesters() -> None:
    """What a person sends as provenance is replaced by what was stored."""
    stored = SimpleNamespace(extras={"field": "https://origen.gob.mx"})
    validator = validators.mxcity_harvest_only
    assert run(validator, "https://falso.gob.mx", {"package": stored})[0] == "https://origen.gob.mx"
    assert run(validator, "https://falso.gob.mx")[0] == ""
    assert (
        run(validator, "https://nuevo.gob.mx", {"ignore_auth": True})[0] == "https://nuevo.gob.mx"
    )


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        (True, "true"),
        ("Sí", "true"),
        ("si", "true"),
        (1, "true"),
        ("No", "false"),
        (0, "false"),
        ("", "false"),
        (None, "false"),
    ],
)
def test_yes_and_no(said: Any, stored: str) -> None:
    """Yes and no are understood in both languages."""
    assert validators.mxcity_boolean(said) == stored


def test_neither_yes_nor_no() -> None:
    """Anything else is refused by name."""
    with pytest.raises(tk.Invalid, match='"quizás" is neither yes nor no'):
        validators.mxcity_boolean("quizás")


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        ("2020", "2020-05", True),
        ("2020-05", "2020", True),
        ("2020-01-01", "2020-01-01", True),
        ("2020-01-02", "2020-01-01", False),
        ("2021", "2020-12-31", False),
        ("", "2020", True),
        ("2020", tk.missing, True),
    ],
)
def test_period_order(start: Any, end: Any, right: bool) -> None:
    """A period cannot end before it starts; a year is compared as a year."""
    key = ("temporal_coverage", 0, "end")
    data = {key: end, ("temporal_coverage", 0, "start"): start}
    if right:
        validators.mxcity_period_order(key, data, {}, {})
    else:
        with pytest.raises(tk.Invalid, match=f"ends \\({end}\\) before it starts \\({start}\\)"):
            validators.mxcity_period_order(key, data, {}, {})


@pytest.mark.parametrize("year", ["1994", 1994, " 1994 "])
def test_year(year: Any) -> None:
    """A year is kept as four digits."""
    assert validators.mxcity_year(year) == "1994"


@pytest.mark.parametrize("year", ["94", "3021", "mil", "0994", "-1994"])
def test_no_year(year: str) -> None:
    """What is not a year of the past is refused by name."""
    with pytest.raises(tk.Invalid, match=f'"{year}" is not a year'):
        validators.mxcity_year(year)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("POINT(1 2)", "not GeoJSON"),
        ("[1, 2]", "must be a GeoJSON geometry"),
        ('{"type": "Point", "coordinates": [25.67, -100.31]}', "not on the map"),
        ('{"type": "Point", "coordinates": []}', "empty or broken"),
        ('{"type": "Point", "coordinates": ["a", "b"]}', "empty or broken"),
        ('{"type": "Point", "coordinates": [1]}', "a longitude and a latitude"),
    ],
)
def test_broken_extent(text: str, message: str) -> None:
    """Each kind of broken extent is refused with what is wrong with it."""
    with pytest.raises(tk.Invalid, match=message):
        validators.mxcity_geojson(text)


def test_extent_as_object_or_text() -> None:
    """A geometry is kept as text, however it came."""
    geometry = {
        "type": "Polygon",
        "coordinates": [[[-101, 25], [-100, 25], [-100, 26], [-101, 25]]],
    }
    assert json.loads(validators.mxcity_geojson(geometry)) == geometry
    assert json.loads(validators.mxcity_geojson(json.dumps(geometry))) == geometry


@pytest.mark.parametrize(
    "title",
    ["Censo Nacional de Comercios", "Los CENSOS  nacionales del agua", "Cuentas nacionales, 2024"],
)
def test_reserved_words_are_refused_in_titles(title: str) -> None:
    """The words that the law reserves to INEGI are named; harvested titles stay as they are."""
    stored, complaints = run(validators.mxcity_reserved_title, title)
    assert len(complaints) == 1
    assert "article 59" in complaints[0]
    assert stored == title
    assert run(validators.mxcity_reserved_title, title, source_identifier="i-1")[1] == []


@pytest.mark.parametrize("title", ["Censo de comercios", "Cuenta pública", "Nacional de Censos"])
def test_other_titles_are_free(title: str) -> None:
    """A census that claims nothing national may be called so."""
    assert run(validators.mxcity_reserved_title, title) == (title, [])


def test_retired_terms_stay_where_they_are() -> None:
    """A term that was retired is kept by what has it or was harvested with it, never chosen."""
    several = validators.mxcity_vocabulary_list({"vocabulary": "pnd_axes"}, {})
    old = json.dumps(["pnd2019_social"])
    stored = {"package": SimpleNamespace(extras={"field": old})}
    assert run(several, old, stored) == (old, [])
    assert run(several, old, {"ignore_auth": True}) == (old, [])
    assert run(several, old) == (
        "[]",
        [
            '"Social Policy (plan 2019-2024)" is no longer used: '
            'choose "Development with well-being and humanism".'
        ],
    )
    one, term = choice("pnd_axes"), "pnd2019_social"
    has_it = {"package": SimpleNamespace(extras={"field": term})}
    assert run(one, term, has_it) == (term, [])
    assert len(run(one, term)[1]) == 1


def test_forms_offer_what_is_in_use() -> None:
    """A retired term is offered only where it is the one that is given."""
    field = {"vocabulary": "pnd_axes"}
    assert "pnd2019_social" not in helpers.mxcity_current_terms(field, None)
    assert "pnd2019_social" in helpers.mxcity_current_terms(field, ["pnd2019_social"])
    assert "pnd2019_social" in helpers.mxcity_current_terms(field, "pnd2019_social")
