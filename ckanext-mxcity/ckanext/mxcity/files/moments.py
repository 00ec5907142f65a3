"""Days and moments in SQL: what they are, and how they are published."""

from __future__ import annotations

from ckanext.mxcity.files import values
from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.files.ways import CENTURY, way_of

#: The number of the day that 1900 did not have.
_FEBRUARY = 60


def day(text: str, form: str) -> str:
    """Return the SQL of the day that a text tells; NULL where it tells none.

    A day that no month has (the 30th of February) is none, and neither is a word that a database
    takes for one ("infinity", "epoch", "today").
    """
    way = way_of(form)
    form = way.day
    if form == "%Y-%m-%d":
        # Quicker than the pattern, for most. A cast alone takes other ways of writing, too.
        whole = f"length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-'"
        known = f"regexp_full_match({text}, {literal(values.DATES[form])})"
        return (
            f"CASE WHEN {whole} AND {text} >= '0' AND {text} < ':' OR {known} "
            f"THEN TRY_CAST({text} AS DATE) END"
        )
    if form in values.SERIALS:
        number = f"TRY_CAST({text} AS INTEGER)"
        counted = f"regexp_full_match({text}, {literal(values.SERIAL)}) AND {number} > {_FEBRUARY}"
        begin = f"DATE {literal(values.SERIALS[form])}"
        return f"CASE WHEN {counted} THEN CAST({begin} + {number} AS DATE) END"
    if "%b" in form:
        pattern = literal(values.DATES[form])
        numbered = _day(_in_digits(text, form), form.replace("%b", "%m"), way.century)
        return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {numbered} END"
    known = f"regexp_full_match({text}, {literal(values.DATES[form])})"
    # Of a format that a schema names there is no pattern.
    sure = known if form in values.DATES else f"{text} NOT IN ('infinity', '-infinity', 'epoch')"
    return f"CASE WHEN {sure} THEN {_day(text, form, way.century)} END"


def _day(text: str, form: str, century: int) -> str:
    """Return the SQL of a day in digits; ``century`` is the first of the years of two digits."""
    if "%y" in form and century != CENTURY:
        first = f"TRY_CAST(right({text}, 2) AS INTEGER) >= {century % 100}"
        digits = f"CASE WHEN {first} THEN '{century // 100}' ELSE '{century // 100 + 1}' END"
        text = f"left({text}, length({text}) - 2) || {digits} || right({text}, 2)"
        form = form.replace("%y", "%Y")
    return f"CAST(try_strptime({text}, {literal(form)}) AS DATE)"


def _in_digits(text: str, form: str) -> str:
    """Return the SQL of a day whose month is a word, all in digits with a dash between."""
    month = f"regexp_extract(lower({text}), '[0-9][^0-9]*?({'|'.join(values.MONTHS)})', 1)"
    names = ", ".join(literal(name) for name in values.MONTHS)
    numbers = ", ".join(literal(f"{number:02}") for number in values.MONTHS.values())
    named = f"element_at(MAP([{names}], [{numbers}]), {month})"
    year = "[0-9]{4}$" if form.endswith("%Y") else "[0-9]{2}$"
    first = f"regexp_extract({text}, '[0-9]+')"
    return f"concat_ws('-', {first}, {named}, regexp_extract({text}, '{year}'))"


def day_of_moment(text: str, form: str) -> str:
    """Return the SQL of the day of a moment; NULL where a text is none of this form."""
    way = way_of(form, moments=True)
    zone = f"{values.ZONE}{'?' if way.zone else ''}" if way.zoned or way.zone else ""
    clock = f"{values.CLOCK}{zone}"
    if f"{way.day}{way.gap}" in values.MOMENTS:
        pattern = f"{values.DATES[way.day]}{way.gap}{clock}"
        if way.midnight:
            pattern = f"(?:{pattern})|{values.DATES[way.day]}"
        written = f"regexp_full_match({text}, {literal(pattern)})"
    else:
        # A format that a schema names: the day is not looked at but by ``strptime``.
        written = f"regexp_matches({text}, {literal(f'{way.gap}{clock}$')})"
    return f"CASE WHEN {written} THEN {day(_before(text, way.gap), way.day_format)} END"


def moment(text: str, form: str) -> str:
    """Return the SQL of a moment in ISO 8601, with the fraction and the zone that it was given."""
    way = way_of(form, moments=True)
    zoned = way.zoned or bool(way.zone)
    found = day_of_moment(text, form)
    rest = f"substr({text}, length({_before(text, way.gap)}) + 2)"
    if way.midnight:
        rest = f"coalesce(nullif({rest}, ''), '00:00:00')"
    clock = f"regexp_extract({rest}, '^[0-9:.]+')"
    hour = f"CASE WHEN {clock}[2] = ':' THEN '0' ELSE '' END || {clock}"
    seconds = f"CASE WHEN length({clock}) < 6 THEN ':00' ELSE '' END"
    written = f"CAST({found} AS VARCHAR) || 'T' || {hour} || {seconds}"
    if zoned:
        zone = f"upper(trim(substr({rest}, length({clock}) + 1)))"
        if way.zone:
            zone = f"coalesce(nullif({zone}, ''), {literal(way.zone)})"
        # "-0600" and "-06" are "-06:00" in ISO 8601's long form, which all databases read.
        written += (
            f" || CASE length({zone}) WHEN 5 THEN left({zone}, 3) || ':' || right({zone}, 2) "
            f"WHEN 3 THEN {zone} || ':00' ELSE {zone} END"
        )
    if way.day != "%Y-%m-%d":
        return written
    # Most are written so but for what stands between the day and the clock: quicker.
    ends = "(Z|[+-][0-9]{2}:[0-9]{2})" if zoned else ""
    whole = f".{{11}}[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]+)?{ends}"
    same = f"left({text}, 10) || 'T' || substr({text}, 12)"
    return (
        f"CASE WHEN {found} IS NULL THEN NULL "
        f"WHEN regexp_full_match({text}, '{whole}') THEN {same} ELSE {written} END"
    )


def _before(text: str, gap: str) -> str:
    return f"split_part({text}, {literal(gap)}, 1)"
