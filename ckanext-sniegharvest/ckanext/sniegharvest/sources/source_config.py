"""The settings of a source: the JSON text in ckanext-harvest's ``config`` field, checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from ckanext.mxcity.ground.areas import area_name, areas, find_area, restored_zero
from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.ground.text import folded

NATION = "00"
UNKNOWN_KEY = N_('"{key}" is not a setting of a source. There are: {known}.')
NEGATIVE = N_('The setting "{key}" cannot be less than 0.')
WRONG_TYPE: dict[type, str] = {
    bool: N_('The setting "{key}" has to be true or false, without quotation marks.'),
    str: N_('The setting "{key}" has to be a text in quotation marks.'),
    int: N_('The setting "{key}" has to be a whole number, without quotation marks.'),
    list: N_('The setting "{key}" has to be a list of texts, e.g. ["one", "another"].'),
    dict: N_('The setting "{key}" has to be an object, e.g. {{"frequency": "ANNUAL"}}.'),
}
AREA_TYPE = N_(
    'In "areas", {value} is not a text: write the INEGI code in quotation marks, with its zeros '
    '("01"), or a name with its state ("León, Guanajuato").'
)
AREA_ZERO = N_('In "areas", {value} lacks its first zero: write "{code}".')
AREA_CODE = N_(
    'In "areas", {value} is not the INEGI code of any state (2 digits) or municipality (5 digits).'
)
AREA_NAME = N_(
    'In "areas", no state or municipality is called "{value}": write its INEGI code, or its name '
    'and that of its state ("León, Guanajuato").'
)
AREA_SEVERAL = N_('In "areas", several places are called "{value}": {found}. Write its code.')


class SourceConfigError(Exception):
    """The settings of a source are not what they should be; ``message`` says which and why."""

    def __init__(self, slug: str, template: str, **params: Any) -> None:
        self.message = Message(slug, template, params)
        super().__init__(str(self.message))


@dataclass(frozen=True)
class SourceConfig:
    """What can be set for a source. Every key is optional."""

    #: A source that is switched off is not run, whoever asks.
    enabled: bool = True
    #: The site closes itself to programs: the owner's permission has to be recorded first.
    requires_permission: bool = False
    #: The permission as recorded: what was granted, by whom it was recorded, and when.
    permission: dict[str, str] = field(default_factory=dict)
    #: Records go to the organisation whose name or title their publisher has. Sysadmins only.
    publisher_organizations: bool = False
    #: Values for fields of our schema that the source leaves out.
    defaults: dict[str, Any] = field(default_factory=dict)
    #: Solr filter for CKAN sources, e.g. ``organization:inegi``.
    query: str = ""
    #: Names of organisations of a CKAN source: only these, or all but these.
    organizations_filter_include: list[str] = field(default_factory=list)
    organizations_filter_exclude: list[str] = field(default_factory=list)
    #: Names of groups of a CKAN source: only these, or all but these.
    groups_filter_include: list[str] = field(default_factory=list)
    groups_filter_exclude: list[str] = field(default_factory=list)
    #: INEGI codes (2 digits a state, 5 a municipality): only what concerns them is taken. Names
    #: ("León, Guanajuato") may be written; they are codes here.
    areas: list[str] = field(default_factory=list)
    #: The same, for the rows of tables: those of elsewhere leave the tables that are loaded.
    city_rows: list[str] = field(default_factory=list)
    #: Numbers of the indicators of an INEGI source, and the bank that has them (BISE or BIE).
    indicators: list[str] = field(default_factory=list)
    bank: str = "BISE"
    #: Runs and days that a dataset is missing before it is archived; None: as in the portal.
    grace_runs: int | None = None
    grace_days: int | None = None

    @property
    def may_run(self) -> bool:
        """Whether it is on, and permitted where that is asked for."""
        return self.enabled and (bool(self.permission) or not self.requires_permission)


TYPES: dict[str, type] = {
    "enabled": bool,
    "requires_permission": bool,
    "permission": dict,
    "publisher_organizations": bool,
    "defaults": dict,
    "query": str,
    "organizations_filter_include": list,
    "organizations_filter_exclude": list,
    "groups_filter_include": list,
    "groups_filter_exclude": list,
    "areas": list,
    "city_rows": list,
    "indicators": list,
    "bank": str,
    "grace_runs": int,
    "grace_days": int,
}
#: Lists of areas, given as codes or as names.
_AREAS = ("areas", "city_rows")
#: Only a sysadmin may set these.
PRIVILEGED = ("publisher_organizations", "permission", "requires_permission")


def parse(text: str | None) -> SourceConfig:
    """Read the settings.

    Raises:
        SourceConfigError: not JSON, an unknown key, or a value of the wrong type.

    """
    try:
        values = json.loads(text or "{}")
    except ValueError as error:
        raise SourceConfigError(
            "config-json",
            N_(
                "The settings are not valid JSON (line {line}, column {column}). Look there for a "
                "missing comma, brace or quotation mark."
            ),
            line=getattr(error, "lineno", 1),
            column=getattr(error, "colno", 1),
        ) from error
    if not isinstance(values, dict):
        raise SourceConfigError("config-object", N_("The settings have to be a JSON object."))
    known = [item.name for item in fields(SourceConfig)]
    for key, value in values.items():
        if key not in known:
            raise SourceConfigError("config-key", UNKNOWN_KEY, key=key, known=", ".join(known))
        _check_type(key, value)
    for key in _AREAS:
        if values.get(key):
            values = {**values, key: [area_code(entry) for entry in values[key]]}
    return SourceConfig(**values)


def _check_type(key: str, value: Any) -> None:
    """Refuse a value of the wrong type, and say what is wanted."""
    expected = TYPES[key]
    # True is a number for Python, and no number of runs for anybody else.
    wrong = not isinstance(value, expected) or (expected is int and isinstance(value, bool))
    texts = expected is list and not wrong and key not in _AREAS
    if wrong or (texts and not all(isinstance(entry, str) for entry in value)):
        raise SourceConfigError(f"config-{expected.__name__}", WRONG_TYPE[expected], key=key)
    if expected is int and value < 0:
        raise SourceConfigError("config-negative", NEGATIVE, key=key)


def area_code(given: Any) -> str:
    """Return the INEGI code of an area given as a code or as "León, Guanajuato".

    Raises:
        SourceConfigError: there is no such area, or several have the name.

    """
    text = given.strip() if isinstance(given, str) else ""
    if not text:
        raise SourceConfigError("config-area-type", AREA_TYPE, value=json.dumps(given))
    if text == NATION or find_area(text):
        return text
    if text.isdigit():
        right = restored_zero(text)
        if right:
            raise SourceConfigError("config-area-zero", AREA_ZERO, value=text, code=right)
        raise SourceConfigError("config-area-code", AREA_CODE, value=text)
    named = [code for code in areas() if folded(area_name(code)) == folded(text)]
    alike = [code for code, area in areas().items() if folded(area.name) == folded(text)]
    found = named or alike
    if len(found) == 1:
        return found[0]
    if found:
        shown = "; ".join(f"{area_name(code)} ({code})" for code in found[:8])
        raise SourceConfigError("config-area-several", AREA_SEVERAL, value=text, found=shown)
    raise SourceConfigError("config-area-name", AREA_NAME, value=text)
