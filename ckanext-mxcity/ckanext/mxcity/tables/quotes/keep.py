"""Keep charts that are quoted, as many as the portal has room for."""

from __future__ import annotations

import hashlib
import logging
import re

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from flask import has_request_context, request
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert

from ckanext.mxcity.ground import clock
from ckanext.mxcity.tables import config
from ckanext.mxcity.tables.quotes.model import ChartQuote
from ckanext.mxcity.tables.quotes.record import CODE, Quote

log = logging.getLogger(__name__)

#: Bytes of one quoted chart: its labels may be as long as the texts of a table.
MOST_BYTES = 100_000
_HOUR = 3600
_CODE = re.compile(rf"[a-z2-7]{{{CODE}}}")


def find(code: str) -> ChartQuote | None:
    """Return a quoted chart by the last part of its address; None for what is no such part."""
    if _CODE.fullmatch(code) is None:
        return None
    found: ChartQuote | None = model.Session.get(ChartQuote, code)
    return found


def keep(quote: Quote) -> ChartQuote:
    """Keep a chart that is quoted, once; commits.

    Raises:
        ValidationError: it is too large, its table has as many as it may have, or the visitor asked
            for as many new ones as may be in an hour.

    """
    content, code = quote.content, quote.code
    there = find(code)
    if there is not None:
        return there
    _refuse_too_much(quote.resource_id, content)
    told = {"code": code, "resource_id": quote.resource_id, "content": content}
    row = insert(ChartQuote).values(**told, made=clock.utc_now())
    model.Session.execute(row.on_conflict_do_nothing(index_elements=["code"]))
    model.Session.commit()
    return model.Session.get_one(ChartQuote, code)


def _refuse_too_much(resource_id: str, content: str) -> None:
    if len(content.encode()) > MOST_BYTES:
        _refuse(tk._("The labels of this chart are too long for it to be quoted."))
    of_table = sa.select(sa.func.count()).where(ChartQuote.resource_id == resource_id)
    if (model.Session.scalar(of_table) or 0) >= config.quotes_per_table():
        _refuse(tk._("As many charts of this table were quoted as the portal keeps."))
    if _asked_in_this_hour() > config.quotes_per_hour():
        _refuse(tk._("Too many charts were quoted from your connection. Try again in an hour."))


def _asked_in_this_hour() -> int:
    """Count a new chart of whoever asks; 0 where nobody does, or Redis does not answer."""
    if not has_request_context():
        return 0
    visitor = hashlib.sha256((request.remote_addr or "").encode()).hexdigest()
    key = f"mxcity:quotes:{visitor}"
    try:
        pipe = connect_to_redis().pipeline()
        pipe.incr(key)
        pipe.expire(key, _HOUR, nx=True)
        return int(pipe.execute()[0])
    except RedisError as error:
        log.warning("Quoted charts are not counted: %s", error)
        return 0


def _refuse(sentence: str) -> None:
    raise tk.ValidationError({"chart": [sentence]})
