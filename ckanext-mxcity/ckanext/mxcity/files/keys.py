"""INEGI's keys of areas: what their columns are called, their lengths, and their lost zeros.

A key has two digits for a state, five for a municipality, nine for a locality or a rural AGEB, 13
for an urban AGEB and 16 for a block; the last character of an AGEB's may be a letter. "00" is the
whole country, and 000 in the place of the municipality the whole state.
"""

from __future__ import annotations

from functools import lru_cache

from ckanext.mxcity.files.sql import literal
from ckanext.mxcity.ground.areas import MUNICIPALITY_DIGITS, STATE_DIGITS, areas

LENGTHS = (STATE_DIGITS, MUNICIPALITY_DIGITS, 9, 13, 16)
#: The ``format`` of a column with keys of more than one length.
EACH_LENGTH = "keys"
#: Columns of a part of a key by their clean names, and how many digits it has.
PARTS = {
    **dict.fromkeys(("ent", "entidad", "cve_ent", "cveent", "clave_entidad"), 2),
    **dict.fromkeys(("mun", "municipio", "cve_mun", "cvemun", "clave_municipio"), 3),
    **dict.fromkeys(("loc", "cve_loc", "cveloc", "clave_localidad"), 4),
    **dict.fromkeys(("ageb", "cve_ageb", "cveageb", "clave_ageb"), 4),
    **dict.fromkeys(("mza", "cve_mza", "cvemza"), 3),
}
#: Columns of whole keys.
WHOLE = ("cvegeo", "cve_geo", "clavegeo", "clave_inegi", "clave_geoestadistica")
#: A part of a key, or a whole one, whatever its length.
WRITTEN = "[0-9]*[0-9A-Z]([0-9]{3})?"
_SHAPES = {
    2: "[0-9]{2}",
    5: "[0-9]{5}",
    9: "[0-9]{8}[0-9A-Z]",
    13: "[0-9]{12}[0-9A-Z]",
    16: "[0-9]{12}[0-9A-Z][0-9]{3}",
}


def are_keys(form: str) -> bool:
    """Say whether a ``format`` is of keys, or of parts of them."""
    return form == EACH_LENGTH or form.startswith("pad:")


def written_whole(text: str, form: str) -> str:
    """Return the SQL of a key with the zeros that a spreadsheet took."""
    if form == EACH_LENGTH:
        return restored(text)
    return padded(text, int(form.removeprefix("pad:")))


def of_areas(form: str) -> bool:
    """Say whether a ``format`` is of keys that name an area by themselves: a part does not."""
    return form == EACH_LENGTH or form in {f"pad:{length}" for length in LENGTHS}


def restored(text: str) -> str:
    """Return the SQL of a key of any length with the zero that a spreadsheet took."""
    short = "|".join(f"[0-9]{{{length - 1}}}" for length in LENGTHS)
    return f"CASE WHEN regexp_full_match({text}, '{short}') THEN '0' || {text} ELSE {text} END"


def padded(text: str, digits: int) -> str:
    """Return the SQL of a key of one length with the zeros that a spreadsheet took.

    A whole key loses one: no state but the country itself begins with two.
    """
    short = f"length({text}) < {digits}"
    if digits in LENGTHS:
        short = f"(length({text}) = {digits - 1} OR ltrim({text}, '0') = '') AND {short}"
    lost = f"{short} AND regexp_full_match({text}, '[0-9]+')"
    return f"CASE WHEN {lost} THEN lpad({text}, {digits}, '0') ELSE {text} END"


def is_known(text: str, lengths: tuple[int, ...] = LENGTHS) -> str:
    """Return the SQL that says whether a text is a key of an area that INEGI has.

    Its first five digits are looked up as the place of a bit: quicker than any list of codes.
    """
    shape = "|".join(_SHAPES[length] for length in lengths)
    place = (
        f"CAST(rpad(left({text}, {MUNICIPALITY_DIGITS}), {MUNICIPALITY_DIGITS}, '0') AS INTEGER)"
    )
    return (
        f"CASE WHEN regexp_full_match({text}, '{shape}') "
        f"THEN get_bit({literal(_bits())}::BIT, {place}) = 1 ELSE false END"
    )


def municipality(key: str) -> str:
    """Return the SQL of the municipality of a key; of a state's, or the country's, the key."""
    state = f"left({key}, {STATE_DIGITS})"
    whole = f"length({key}) = {STATE_DIGITS} OR substr({key}, 3, 3) = '000'"
    return f"CASE WHEN {whole} THEN {state} ELSE left({key}, {MUNICIPALITY_DIGITS}) END"


@lru_cache(maxsize=1)
def _bits() -> str:
    """Return a bit for each number of five digits: 1 where it is a municipality, or a state's."""
    bits = ["0"] * 10**MUNICIPALITY_DIGITS
    for code in ("0", *areas()):
        bits[int(code.ljust(MUNICIPALITY_DIGITS, "0"))] = "1"
    return "".join(bits)
