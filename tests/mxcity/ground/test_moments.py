"""Moments in ISO 8601 are read as the moments that they are; nothing is guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from ckanext.mxcity.ground.clock import read_moment
from hypothesis import given
from hypothesis import strategies as st

offsets = st.builds(
    dt.timezone, st.timedeltas(dt.timedelta(hours=-14), dt.timedelta(hours=14)).map(
        lambda delta: dt.timedelta(minutes=delta // dt.timedelta(minutes=1))
    )
)  # fmt: skip
moments = st.datetimes(timezones=offsets)


@given(moment=moments, lost=st.booleans())
def test_an_offset_is_converted(moment: dt.datetime, lost: bool) -> None:
    """The same moment is read whatever the offset, and where its plus sign became a space."""
    text = moment.isoformat()
    try:
        wanted = moment.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        with pytest.raises(ValueError):
            read_moment(text)
        return
    assert read_moment(text.replace("+", " ") if lost else text) == wanted


@given(moment=st.datetimes())
def test_without_an_offset_it_is_utc(moment: dt.datetime) -> None:
    """A moment without an offset, or with Z, is read as it stands."""
    assert read_moment(moment.isoformat()) == moment
    assert read_moment(moment.isoformat() + "Z") == moment
    assert read_moment(moment.date().isoformat()) == dt.datetime.combine(moment, dt.time.min)


@given(text=st.one_of(st.text(max_size=20), st.from_regex(r"[0-9:TZ+ .-]{1,20}", fullmatch=True)))
def test_any_other_text_is_a_value_error(text: str) -> None:
    """Whatever the text, it is a moment without a time zone, or refused in one way."""
    try:
        found = read_moment(text)
    except ValueError:
        return
    assert found.tzinfo is None
    assert text.strip()[:4] == f"{found.year:04}" or abs(found.year - int(text.strip()[:4])) == 1


@pytest.mark.parametrize(
    "text",
    ["", "10", "1", "nunca", "ene 2026", "31/01/2026", "2026-02-30", "2026-01-31T25:00"]
    + ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "²", "now", "*"],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Nothing is completed with the day of today, and nothing leaves the calendar."""
    with pytest.raises(ValueError):
        read_moment(text)
