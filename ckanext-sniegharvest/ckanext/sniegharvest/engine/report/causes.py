"""The causes of what went wrong in a run: how often each, and what to do about it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.mxcity.ground.messages import N_


@dataclass(frozen=True)
class Cause:
    """A kind of problem, in a few words, and its remedy; both are message ids."""

    label: str
    remedy: str


_SETTINGS = Cause(
    N_("The settings of the source are wrong"),
    N_("Edit the source: its form says what is wrong with the settings, and shows examples."),
)
_ABNORMAL = Cause(
    N_("Abnormal record"),
    N_(
        "Look at the record at its source. If it is right, an administrator raises the limit that "
        "the message names."
    ),
)
_OF_THE_SOURCE = N_("Nothing has to be done here. Tell the source, which can correct its record.")

CAUSES: Mapping[str, Cause] = {
    "address-refused": Cause(
        N_("The address is not a public one"),
        N_(
            "Correct the address. If it is a server of the city's own network, an administrator "
            "names it in ckanext.sniegharvest.allowed_hosts."
        ),
    ),
    "url-refused": Cause(
        N_("The address cannot be fetched"),
        N_("Edit the source and write its whole address, with http:// or https://."),
    ),
    "robots-refused": Cause(
        N_("The site closes itself to programs"),
        N_(
            "Ask the site's owner for permission; an administrator records it when switching the "
            "source on."
        ),
    ),
    "too-many-redirects": Cause(
        N_("The address leads from one place to another"),
        N_("Open the address in a browser and give the source the one where it ends."),
    ),
    "too-large": Cause(
        N_("The source is too large"),
        N_(
            "Narrow the source by its settings, or an administrator raises "
            "ckanext.sniegharvest.max_document_mb."
        ),
    ),
    "too-slow": Cause(
        N_("The source did not answer in time"),
        N_("It is tried again by itself. If it goes on for days, ask the source."),
    ),
    "connection-failed": Cause(
        N_("There is no connection with the source"),
        N_(
            "Check that the address opens in a browser. Where only the certificate fails, ask the "
            "site for its intermediate certificate and put it into ckanext.sniegharvest.ca_bundle."
        ),
    ),
    "http-status": Cause(
        N_("The source answered with an error"),
        N_(
            "Open the address in a browser. 404: it has moved, correct it. 401 or 403: ask the "
            "source for access. 500 and more: it is tried again by itself."
        ),
    ),
    "not-what-it-says": Cause(
        N_("The address does not give what it should"),
        N_("Check the address and the type of the source: its form says what each type wants."),
    ),
    "dangerous-document": Cause(
        N_("The document is not safe to open"),
        N_("Tell the source what the message says; a document like that is never opened."),
    ),
    "unsupported-format": Cause(
        N_("The format is not read"),
        N_("Ask the source for one of the formats that the guide of sources names."),
    ),
    "unreadable": Cause(
        N_("It cannot be read"),
        N_("Tell the source what the message says, with the name of the record."),
    ),
    "incomplete-listing": Cause(
        N_("The list of records ended before its end"),
        N_("Nothing was archived. It is tried again by itself; if it goes on, tell the source."),
    ),
    "no-token": Cause(
        N_("The service wants a token"),
        N_("Ask INEGI for one, which is free; an administrator puts it where the message says."),
    ),
    "busy": Cause(
        N_("Another run was under way"),
        N_("Nothing has to be done: that run does the same."),
    ),
    "stopped": Cause(
        N_("A person stopped the run"),
        N_("Harvest the source again when you want it to go on."),
    ),
    "too-long": Cause(
        N_("The run took too long"),
        N_("The next run goes on where it ended. A source that is always slow can be narrowed."),
    ),
    "off": Cause(
        N_("The source is switched off"),
        N_("An administrator switches it on and, where it asks for it, records the permission."),
    ),
    "empty": Cause(
        N_("The source lists nothing"),
        N_("Check the address and the settings that narrow the source."),
    ),
    "unexpected": Cause(
        N_("An unexpected fault"),
        N_("It is tried again by itself. If it comes back, give an administrator the message."),
    ),
    "writer-gone": Cause(
        N_("A process ended while it was writing"),
        N_("The next run writes what is missing. If it comes back, look at the server's memory."),
    ),
    "no-identifier": Cause(N_("Record without identifier"), _OF_THE_SOURCE),
    "duplicate": Cause(N_("Repeated identifier"), _OF_THE_SOURCE),
    "not-a-record": Cause(N_("Entry that is no record"), _OF_THE_SOURCE),
    "not-a-dataset": Cause(
        N_("Entry that is no dataset"), N_("Nothing has to be done: only datasets are taken.")
    ),
    "not-public": Cause(
        N_("Record that is not public"), N_("Nothing has to be done: the source keeps it closed.")
    ),
    "short-record": Cause(
        N_("Record that is not given whole"),
        N_("Give the address of the service, not that of a list of summaries."),
    ),
    "no-name": Cause(
        N_("Row without the name of a dataset"),
        N_("Write the name in the spreadsheet, or delete the row."),
    ),
    "bad-indicator": Cause(
        N_("Number that is no indicator"),
        N_("Correct the numbers of the indicators in the settings of the source."),
    ),
    "no-series": Cause(
        N_("Indicator without values"),
        N_("Check in INEGI's bank that the indicator has values for these areas."),
    ),
    "not-given": Cause(
        N_("Indicator that the service does not give"),
        N_("Check the number of the indicator, and the bank (BISE or BIE)."),
    ),
    "refused": Cause(
        N_("Dataset that the portal refuses"),
        N_("Give the field that the message names a value in the settings (defaults)."),
    ),
    "not-written": Cause(
        N_("Dataset that could not be written"),
        N_("It is tried again by the next run. If it comes back, tell an administrator."),
    ),
    **{f"abnormal-{what}": _ABNORMAL for what in ("bytes", "resources", "tags", "extras", "title")},
    **dict.fromkeys(("too-many-resources", "too-many-tags", "too-big"), _ABNORMAL),
}
OTHER = Cause(N_("Another cause"), N_("See what each record says."))


def cause_of(slug: str) -> Cause:
    """Return the cause that a problem's slug stands for."""
    return _SETTINGS if slug.startswith("config-") else CAUSES.get(slug, OTHER)


def told(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return ``{"cause", "count", "label", "remedy"}`` for each slug, the most frequent first."""
    return [
        {"cause": slug, "count": count, **vars(cause_of(slug))}
        for slug, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def grouped(
    causes: Iterable[Mapping[str, Any]], problems: Iterable[Mapping[str, Any]], most: int
) -> list[dict[str, Any]]:
    """Causes as :func:`told` gives them, each with its first ``most`` problems."""
    examples: dict[str, list[Mapping[str, Any]]] = {}
    for problem in problems:
        found = examples.setdefault(str(problem.get("slug")), [])
        if len(found) < most:
            found.append(problem)
    return [{**cause, "problems": examples.get(cause["cause"], [])} for cause in causes]
