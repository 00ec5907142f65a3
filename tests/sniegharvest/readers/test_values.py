"""Single values: dates, encodings, tags, shapes, vocabularies."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from ckanext.mxcity.reading import values
from ckanext.mxcity.reading.canonical import canonical, content_hash
from ckanext.mxcity.reading.dates import parse_date, parse_interval
from ckanext.mxcity.reading.decode import decode
from ckanext.mxcity.reading.spatial import geojson
from hypothesis import example, given
from hypothesis import strategies as st

DATES = [
    ("2020", "2020"), ("2020-03", "2020-03"), ("03/2020", "2020-03"), ("2020-03-04", "2020-03-04"),
    ("04/03/2020", "2020-03-04"), ("4-3-2020", "2020-03-04"), ("07/29/13", "2013-07-29"),
    ("7/29/2013 9:00:00", "2013-07-29T09:00:00"), ("07/29/13 09:00 PM", "2013-07-29T21:00:00"),
    ("2014/11/25  T10:00:00", "2014-11-25T10:00:00"), ("20200304", "2020-03-04"),
    ("2020-03-04T10:20:30.123456-06:00", "2020-03-04T10:20:30-06:00"),
    ("2020-03-04T10:20:30Z", "2020-03-04T10:20:30+00:00"),
    ("2020-03-04 10:20", "2020-03-04T10:20:00"),
    ("15 de enero de 2020", "2020-01-15"), ("Marzo 2021", "2021-03"),
    ("March 5, 2021", "2021-03-05"),
    (1597959175000, "2020-08-20T21:32:55+00:00"), (2020, "2020"), ('"2020-01-01"', "2020-01-01"),
    ("2012-16-02T14:45:00", None), ("2021-02-30", None), ("31/11/2020", None), ("0000-00-00", None),
    ("ayer", None), ("", None), (None, None), (True, None), ("R/P1D", None), ("9" * 5000, None),
    (float("nan"), None), (10**30, None), ("2020-01-01T25:61:00", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), DATES)
def test_dates_of_all_kinds(written: object, expected: str | None) -> None:
    """A date is read as it is written here; one that cannot be is none."""
    assert parse_date(written) == expected


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2200, 12, 31)))
def test_every_day_survives_its_notations(day: date) -> None:
    """ISO and day/month/year give the same day back."""
    assert parse_date(day.isoformat()) == day.isoformat()
    assert parse_date(f"{day.day}/{day.month}/{day.year:04d}") == day.isoformat()
    assert parse_interval(f"{day}/{day}") == (day.isoformat(), day.isoformat())


@given(st.one_of(st.text(), st.integers(), st.floats()))
def test_no_value_breaks_the_reading_of_dates(value: object) -> None:
    """Anything is a date or none."""
    found = parse_date(value)
    assert found is None or re.match(r"\d{4}", found)


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "latin-1", "nonsense", "utf-16"]))
def test_any_bytes_become_text(content: bytes, declared: str) -> None:
    """Decoding does not fail, and UTF-8 is never misread."""
    text, _warning = decode(content, declared)
    assert isinstance(text, str)


@given(st.text(max_size=100))
def test_utf8_is_read_as_utf8(text: str) -> None:
    """What was written as UTF-8 comes back, mark or not."""
    assert decode(("\ufeff" + text).encode("utf-8", "replace"))[1] is None


def test_spanish_in_windows_encoding_is_read() -> None:
    """Files of old spreadsheets are guessed, and the guess is told."""
    text, warning = decode("Educación en León, años".encode("cp1252"))
    assert text == "Educación en León, años"
    assert "cp1252" in str(warning)


@given(st.lists(st.text(max_size=150), max_size=20))
def test_tags_are_what_ckan_takes(names: list[str]) -> None:
    """Whatever comes in, each tag that goes out passes CKAN's rules, once."""
    good, _changed = values.clean_tags(names)
    assert len({tag.casefold() for tag in good}) == len(good)
    for tag in good:
        assert re.fullmatch(r"[\w \-.]*", tag)
        assert 2 <= len(tag) <= 100


def test_mended_tags_are_told() -> None:
    """An apostrophe becomes a space; what is left unchanged is not told."""
    assert values.clean_tags(["l'eau", "agua", "x", "Agua"]) == (["l eau", "agua"], ["l'eau", "x"])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"type": "Point", "coordinates": [-100.3, 25.6]}, "Point"),
        ("-100.5,25.4,-100.1,25.8", "Polygon"),
        ("25.67, -100.31", "Point"),
        ("POLYGON((-100 25,-99 25,-99 26,-100 25))", "Polygon"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(-100 25)", "Point"),
        ("ENVELOPE(-101, -100, 26, 25)", "Polygon"),
        ({"type": "envelope", "coordinates": [[-101, 26], [-100, 25]]}, "Polygon"),
        ("Monterrey", ""),
        ({"type": "Point", "coordinates": [2800000, 1200000]}, ""),
        ({"type": "Polygon", "coordinates": [[[0]]]}, ""),
        ({"type": "Point", "coordinates": ["a", "b"]}, ""),
        ("POLYGON((", ""),
        ('{"type": "Point", "coordinates": [NaN, 1]}', ""),
        (7, ""),
    ],
)
def test_extents_become_shapes(value: object, kind: str) -> None:
    """Each notation of an extent becomes GeoJSON in degrees, or nothing."""
    found = geojson(value)
    assert (json.loads(found)["type"] if found else "") == kind


def test_vocabularies_meet_other_catalogues() -> None:
    """Words of other standards find our keys."""
    assert values.frequency("R/P1Y") == values.frequency("annually") == "ANNUAL"
    assert values.frequency("biannually") == "ANNUAL_2"
    assert values.frequency("bianual") == "BIENNIAL"
    assert values.licence("https://datos.gob.mx/libreusomx/") == "libre-uso-mx"
    assert values.licence("nada", "http://creativecommons.org/licenses/by/4.0") == "CC-BY-4.0"
    assert values.topics(["transportation", "otra cosa", "HEAL"]) == ["movilidad", "salud"]
    assert values.file_format("Documento Excel.", "", "") == "XLS"
    assert values.file_format("", "", "http://a/b/file.geojson?x=1") == "GeoJSON"
    assert values.email("mailto:a@example.gob.mx, b@example.gob.mx") == "a@example.gob.mx"
    assert values.web_address("javascript:alert(1)") == ""
    assert values.byte_size("24.2 MB") is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=5))
@example({"": None, "\x00": []})
def test_hashes_forget_order_and_counters(record: dict[str, object]) -> None:
    """Neither the order of keys nor a counter changes a hash; a value does."""
    made = canonical(record)
    turned = canonical({**dict(reversed(list(record.items()))), "tracking_summary": 4})
    assert content_hash(made) == content_hash(turned)
    assert content_hash(made) != content_hash({**made, "a new key": 1})
