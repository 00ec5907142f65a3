"""The settings of a source: the JSON text in ckanext-harvest's ``config`` field, checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

from ckanext.sniegharvest.errors import N_, Message


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
    #: INEGI codes (2 digits a state, 5 a municipality) that a CKAN or INEGI source is asked for.
    areas: list[str] = field(default_factory=list)
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
    "indicators": list,
    "bank": str,
    "grace_runs": int,
    "grace_days": int,
}
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
            "config-json", N_("The settings are not valid JSON: {reason}"), reason=str(error)
        ) from error
    if not isinstance(values, dict):
        raise SourceConfigError("config-object", N_("The settings have to be a JSON object."))
    known = [item.name for item in fields(SourceConfig)]
    for key, value in values.items():
        if key not in known:
            raise SourceConfigError(
                "config-key",
                N_('"{key}" is not a setting of a source. There are: {known}.'),
                key=key,
                known=", ".join(known),
            )
        if not isinstance(value, TYPES[key]):
            raise SourceConfigError(
                "config-type",
                N_('The setting "{key}" has to be of type {expected}.'),
                key=key,
                expected=TYPES[key].__name__,
            )
    return SourceConfig(**values)
