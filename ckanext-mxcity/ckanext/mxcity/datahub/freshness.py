"""How fresh a dataset is: the day of its data, its age, and until when it is on time.

The days of each period are in ``schemas/vocabularies/periodicity.yaml``. The functions return
expressions for the statements of ``sql.py`` and ``sql_city.py``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.mxcity.datahub.model import Diagnosis
from ckanext.mxcity.ground.vocabularies import vocabulary

Package: Any = model.Package


def data_date() -> Any:
    """Return the day of a dataset's data; of a month its first day, NULL when it is not known."""
    text = Package.extras["modified"].astext
    whole = text.op("~")(r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?(?!\d)")
    first = sa.func.to_date(sa.func.left(text, 7), "YYYY-MM")
    day = sa.cast(sa.func.coalesce(sa.func.nullif(sa.func.substr(text, 9, 2), ""), "1"), sa.Integer)
    return sa.case((whole, first + day - 1))


def due_date() -> Any:
    """Return the day until which a dataset is on time: what was promised, else its periodicity."""
    days = {
        key: term.extra["days"]
        for key, term in vocabulary("periodicity").terms.items()
        if term.extra.get("days")
    }
    period = sa.case(days, value=Package.extras["frequency"].astext)
    return sa.func.coalesce(Diagnosis.next_update, data_date() + period)


def age(today: dt.date) -> Any:
    """Return how many days old a dataset's data are, NULL when their day is not known."""
    return sa.cast(today, sa.Date) - data_date()


def on_time(due: Any, today: dt.date) -> Any:
    """Tell whether a dataset that is due on a day is on time; NULL where no day is known."""
    return due >= today
