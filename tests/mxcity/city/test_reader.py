"""Reading a city's profile and what is said of a broken one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ckanext.mxcity.city import CityProfileError, load_city
from ckanext.mxcity.city.colour import contrast
from ckanext.mxcity.city.schema import profile_schema
from jsonschema import Draft202012Validator

CITIES = Path(__file__).resolve().parents[3] / "config" / "cities"


@pytest.fixture
def document() -> dict[str, Any]:
    """Return the profile of León as data."""
    found: dict[str, Any] = yaml.safe_load((CITIES / "leon.yaml").read_text(encoding="utf-8"))
    return found


def write(folder: Path, document: Any) -> Path:
    """Write a profile with its logo, and return its path."""
    (folder / "logos").mkdir(exist_ok=True)
    (folder / "logos" / "leon.svg").write_bytes((CITIES / "logos" / "leon.svg").read_bytes())
    path = folder / "city.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


def problems(folder: Path, document: Any) -> dict[str, str]:
    """Return the problems of a profile by their path."""
    with pytest.raises(CityProfileError) as caught:
        load_city(write(folder, document))
    return {problem.path: problem.expected for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("slug", "code", "state"),
    [("monterrey", "19039", "Nuevo León"), ("leon", "11020", "Guanajuato")],
)
def test_shipped_profiles(slug: str, code: str, state: str) -> None:
    """The two cities' profiles are in order and say who the city is."""
    city = load_city(CITIES / f"{slug}.yaml")
    assert (city.slug, city.municipality_code, city.state_name) == (slug, code, state)
    assert "<svg" in city.logo_svg
    assert sum(organization.focus for organization in city.organizations) == 2
    national = next(source for source in city.sources if source.id == "datos-gob-mx")
    assert (national.enabled, national.requires_permission) == (False, True)


def test_planning_institute_of_leon() -> None:
    """León's planning institute has its founding year and the information unit below it."""
    city = load_city(CITIES / "leon.yaml")
    institute, unit = city.organization("leon-implan"), city.organization("leon-nim")
    assert institute is not None
    assert unit is not None
    assert (institute.founding_year, institute.acronym, unit.parent) == (
        1994,
        "IMPLAN",
        institute.id,
    )


def test_no_personal_mail_in_profiles() -> None:
    """No profile that we ship invents or publishes an e-mail address."""
    for path in CITIES.glob("*.yaml"):
        assert not [o.id for o in load_city(path).organizations if o.contact.email]


def test_schema_for_editors_is_the_one_that_is_checked() -> None:
    """The schema that each profile names is the one that the code checks by, and is valid."""
    for path in CITIES.glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        schema = json.loads(named.read_text(encoding="utf-8"))
        assert schema == profile_schema()
        Draft202012Validator.check_schema(schema)


def test_all_problems_are_named_at_once(tmp_path: Path, document: dict[str, Any]) -> None:
    """Several mistakes are all listed, each with its place and what was expected."""
    del document["portal"]
    document["state_code"] = 11
    document["colours"]["accent"] = "green"
    document["organizations"][2]["id"] = "Not An Id"
    document["organizations"][3]["nivel"] = "municipal"
    document["sources"][0]["type"] = "ftp"
    found = problems(tmp_path, document)
    assert found["portal"] == "expected the portal's title and description; it is missing"
    assert found["state_code"].endswith('two digits, such as "19"; found 11')
    assert (
        found["colours.accent"] == 'expected a colour in quotes, such as "#0b5c4a"; found "green"'
    )
    assert 'found "Not An Id"' in found["organizations[2].id"]
    assert found["organizations[3].nivel"].startswith("expected one of: acronym, area_code, ")
    assert found["sources[0].type"].startswith("expected one of arcgis_hub, ckan, csw, dcat_json,")
    assert found["sources[0].type"].endswith('found "ftp"')
    assert len(found) == 6


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"municipality_code": "19039"}, "municipality_code", "a municipality of Guanajuato"),
        ({"municipality_code": "11999"}, "municipality_code", "an INEGI code that exists"),
        ({"state_code": "1"}, "state_code", 'did it lose a leading zero? "01"'),
        ({"bbox": [-101, 21, -102, 22]}, "bbox", "west < east"),
        ({"bbox": [21, -102, 22, -101]}, "bbox", "within Mexico"),
        ({"time_zone": "America/Atlantis"}, "time_zone", "an IANA zone"),
        (
            {"colours": {"primary": "#ffff00", "on_primary": "#ffffff", "accent": "#0b5c4a"}},
            "colours.on_primary",
            "a contrast of at least 4.5 to 1",
        ),
        (
            {"colours": {"primary": "#0b5c4a", "on_primary": "#ffffff", "accent": "#ffff00"}},
            "colours.accent",
            "a contrast of at least 4.5 to 1 with white",
        ),
        ({"logo": {"file": "logos/none.svg", "alt": "x"}}, "logo.file", "there is no"),
        ({"logo": {"file": "../leon.svg", "alt": "x"}}, "logo.file", "path of an SVG file"),
        (
            {"base_map": {"file": "../a.pmtiles", "source": "x"}},
            "base_map.file",
            "such as monterrey.pmtiles",
        ),
        ({"base_map": {"file": "a.pmtiles"}}, "base_map.source", "where the layers come from"),
        (
            {"base_map": {"file": "a.pmtiles", "source": "x", "layers": {"roads": ["a"]}}},
            "base_map.layers.roads",
            "expected one of: limits, neighbourhoods, parks, streets, water",
        ),
    ],
)
def test_each_check(
    tmp_path: Path, document: dict[str, Any], change: dict[str, Any], path: str, expected: str
) -> None:
    """Each rule that a schema cannot say names its place and what was expected."""
    found = problems(tmp_path, {**document, **change})
    assert expected in found[path]


def test_the_base_map_and_its_layers(tmp_path: Path, document: dict[str, Any]) -> None:
    """A profile names the file, the source and layers; one without a base map is in order."""
    layers = {"limits": ["19mun"], "streets": ["19e", "ejes"]}
    document["base_map"] = {"file": "a.pmtiles", "source": "INEGI", "layers": layers}
    base = load_city(write(tmp_path, document)).base_map
    assert (base.file, base.source) == ("a.pmtiles", "INEGI")
    assert base.layers == {"limits": ("19mun",), "streets": ("19e", "ejes")}
    del document["base_map"]
    assert load_city(write(tmp_path, document)).base_map is None


@pytest.mark.parametrize(
    ("svg", "expected"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "found <script>"),
        ("<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "found onload"),
        (
            "<svg xmlns='http://www.w3.org/2000/svg'><path fill='url(https://x.mx/a)'/></svg>",
            "found fill",
        ),
        (
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'>"
            "<path x:href='https://x.mx'/></svg>",
            "found {http://www.w3.org/1999/xlink}href",
        ),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>", "DTD"),
        ("<html/>", "its outermost element is html"),
        ("not xml", "expected an SVG"),
    ],
)
def test_logo_is_shapes_only(
    tmp_path: Path, document: dict[str, Any], svg: str, expected: str
) -> None:
    """A logo that runs, loads or is no SVG is refused with the element found."""
    path = write(tmp_path, document)
    (tmp_path / "logos" / "leon.svg").write_text(svg)
    with pytest.raises(CityProfileError, match="logo.file") as caught:
        load_city(path)
    assert expected in str(caught.value)


def test_references_between_entries(tmp_path: Path, document: dict[str, Any]) -> None:
    """Repeated ids, parents and organisations that are not there, and circles are named."""
    organizations = document["organizations"]
    organizations[0]["parent"] = "leon-nim"
    organizations[2]["parent"] = "nobody"
    organizations[4]["id"] = organizations[5]["id"]
    document["sources"][0]["organization"] = "nobody"
    document["sources"][1]["enabled"] = True
    found = problems(tmp_path, document)
    assert found["organizations[0].parent"] == "expected no circle; it is below itself"
    assert 'found "nobody"' in found["organizations[2].parent"]
    assert "is taken" in found["organizations[5].id"]
    assert 'found "nobody"' in found["sources[0].organization"]
    assert "needs a permission" in found["sources[1].enabled"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: [", "expected YAML"),
        (b"\xff\xfe", "UTF-8"),
        (b"- 1", "found [1]"),
        (b"", "found null"),
    ],
)
def test_unreadable_profiles(tmp_path: Path, content: bytes, expected: str) -> None:
    """A file that is no profile at all is refused with its name and why."""
    path = tmp_path / "city.yaml"
    path.write_bytes(content)
    with pytest.raises(CityProfileError) as caught:
        load_city(path)
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)


def test_missing_profile(tmp_path: Path) -> None:
    """A profile that is not there is named."""
    with pytest.raises(CityProfileError, match="there is none"):
        load_city(tmp_path / "city.yaml")


def test_contrast_of_black_and_white() -> None:
    """The contrast of black and white is 21, of a colour with itself 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#abcdef", "#abcdef") == pytest.approx(1)
