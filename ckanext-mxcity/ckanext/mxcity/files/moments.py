"""Days and moments in SQL: what they are, and how they are published."""

from __future__ import annotations

from ckanext.mxcity.files import values
from ckanext.mxcity.files.sql import literal

_ZONED = "%z"
#: The number of the day that 1900 did not have.
_FEBRUARY = 60


def day(text: str, form: str) -> str:
    """Return the SQL of the day that a text tells; NULL where it tells none.

    A day that no month has (the 30th of February) is none, and neither is a word that a database
    takes for one ("infinity", "epoch", "today").
    """
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
        numbered = f"try_strptime({_in_digits(text, form)}, {literal(form.replace('%b', '%m'))})"
        return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN CAST({numbered} AS DATE) END"
    known = f"regexp_full_match({text}, {literal(values.DATES[form])})"
    # Of a format that a schema names there is no pattern.
    sure = known if form in values.DATES else f"{text} NOT IN ('infinity', '-infinity', 'epoch')"
    return f"CASE WHEN {sure} THEN CAST(try_strptime({text}, {literal(form)}) AS DATE) END"


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
    bare, zoned = form.removesuffix(_ZONED), form.endswith(_ZONED)
    name, gap = bare[:-1], bare[-1]
    zone = values.ZONE if zoned else ""
    clock = f"{values.CLOCK}{zone}"
    if bare in values.MOMENTS:
        written = f"regexp_full_match({text}, {literal(f'{values.DATES[name]}{gap}{clock}')})"
    else:
        # A format that a schema names: the day is not looked at but by ``strptime``.
        written = f"regexp_matches({text}, {literal(f'{gap}{clock}$')})"
    return f"CASE WHEN {written} THEN {day(_before(text, gap), name)} END"


def moment(text: str, form: str) -> str:
    """Return the SQL of a moment in ISO 8601, with the fraction and the zone that it was given."""
    bare, zoned = form.removesuffix(_ZONED), form.endswith(_ZONED)
    name, gap = bare[:-1], bare[-1]
    found = day_of_moment(text, form)
    rest = f"substr({text}, length({_before(text, gap)}) + 2)"
    clock = f"regexp_extract({rest}, '^[0-9:.]+')"
    hour = f"CASE WHEN {clock}[2] = ':' THEN '0' ELSE '' END || {clock}"
    seconds = f"CASE WHEN length({clock}) < 6 THEN ':00' ELSE '' END"
    written = f"CAST({found} AS VARCHAR) || 'T' || {hour} || {seconds}"
    if zoned:
        zone = f"upper(trim(substr({rest}, length({clock}) + 1)))"
        # "-0600" and "-06" are "-06:00" in ISO 8601's long form, which all databases read.
        written += (
            f" || CASE length({zone}) WHEN 5 THEN left({zone}, 3) || ':' || right({zone}, 2) "
            f"WHEN 3 THEN {zone} || ':00' ELSE {zone} END"
        )
    if name != "%Y-%m-%d":
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
