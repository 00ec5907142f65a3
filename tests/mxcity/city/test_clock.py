"""One clock: what the portal notes in UTC is shown as the clocks of the city show it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan.tests import factories
from ckanext.mxcity.city.clock import day_of, today, written_day, written_moment
from ckanext.mxcity.ground import clock
from hypothesis import given
from hypothesis import strategies as st

#: Moments in UTC, the day that Monterrey (six hours behind) has then, and its hour.
MOMENTS = [
    pytest.param("2026-11-29T05:30:00", "28/11/2026", "23:30", id="half past eleven at night"),
    pytest.param("2026-11-29T00:00:00", "28/11/2026", "18:00", id="six in the evening"),
    pytest.param("2026-11-29T06:00:00", "29/11/2026", "00:00", id="midnight"),
    pytest.param("2028-03-01T03:00:00", "29/02/2028", "21:00", id="29 February"),
    pytest.param("2027-01-01T02:15:00", "31/12/2026", "20:15", id="change of year"),
]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the clock to a moment in UTC."""

    def set_to(moment: str) -> dt.datetime:
        fixed = dt.datetime.fromisoformat(moment)
        monkeypatch.setattr(clock, "utc_now", lambda: fixed)
        return fixed

    return set_to


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize(("moment", "day", "hour"), MOMENTS)
class TestTheCityIsBehind:
    def test_moments_are_written_by_the_citys_clocks(
        self, moment: str, day: str, hour: str
    ) -> None:
        for written in (moment, f"{moment}+00:00", f"{moment}Z", dt.datetime.fromisoformat(moment)):
            assert written_day(written) == day
            assert written_moment(written) == f"{day} {hour}"

    def test_today_is_the_citys(self, at: Any, moment: str, day: str, hour: str) -> None:
        at(moment)
        assert f"{today():%d/%m/%Y}" == day

    def test_the_database_counts_the_same_days(self, moment: str, day: str, hour: str) -> None:
        noted = sa.literal(dt.datetime.fromisoformat(moment))
        assert f"{model.Session.scalar(sa.select(day_of(noted))):%d/%m/%Y}" == day


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)), st.integers(-14, 14))
def test_a_moment_is_one_day_whatever_the_zone_it_is_written_in(
    moment: dt.datetime, hours: int
) -> None:
    monterrey = ZoneInfo("America/Monterrey")
    elsewhere = clock.in_zone(moment, dt.timezone(dt.timedelta(hours=hours)))
    assert clock.in_zone(elsewhere, monterrey) == clock.in_zone(moment, monterrey)
    assert clock.in_zone(elsewhere, monterrey).date() == clock.in_zone(moment, monterrey).date()


@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize("said", ["2024", "2024-05", "2024-05-01", "", "enero de 2024"])
def test_a_day_that_was_said_stays_that_day(said: str) -> None:
    assert written_day(said) == tk.h.mxcity_date(said)


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_pages_show_the_day_on_which_a_dataset_changed(app: Any) -> None:
    """In the evening what was just changed is of today, not of tomorrow."""
    made = factories.Dataset(
        owner_org=factories.Organization()["id"], snieg_subsystem="economico",
        geographic_level="municipal",
    )  # fmt: skip
    changed = dt.datetime(2026, 11, 29, 1, 30)
    model.Session.execute(
        sa.update(model.Package)
        .where(model.Package.id == made["id"])
        .values(metadata_modified=changed)
    )
    model.Session.commit()
    tk.get_action("package_show")({"ignore_auth": True}, {"id": made["id"]})
    from ckan.lib.search import rebuild

    rebuild(made["id"])
    for address in (f"/dataset/{made['name']}", "/dataset/", "/"):
        body = app.get(address).body
        assert "28/11/2026" in body
        assert "29/11/2026" not in body


@pytest.mark.usefixtures("with_plugins")
def test_a_year_is_of_the_future_until_it_has_begun_in_the_city(at: Any) -> None:
    at("2027-01-01T02:15:00")
    with pytest.raises(tk.Invalid):
        tk.get_validator("mxcity_year")("2027")
    at("2027-01-01T06:00:00")
    assert tk.get_validator("mxcity_year")("2027") == "2027"
