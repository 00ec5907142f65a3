"""Count what readers mended in records, or left out of them; pure."""

from __future__ import annotations

from typing import Any

from ckanext.mxcity.ground.messages import N_, Message
from ckanext.mxcity.reading.records import Record

#: Of each kind of repair.
EXAMPLES = 5
LABELS = {
    "tags-mended": N_("Keywords with characters that cannot be kept"),
    "bad-date": N_("Dates that are none"),
    "bad-email": N_("E-mail addresses that are none"),
    "bad-address": N_("Web addresses that are none"),
    "bad-size": N_("Sizes that are no number of bytes"),
    "bad-extent": N_("Extents that are no shape in degrees"),
    "bad-value": N_("Values that are no numbers"),
    "unknown-licence": N_("Licences that are not in the list"),
    "unknown-frequency": N_("Frequencies that are not in the list"),
    "ambiguous-frequency": N_("Frequencies that can be read in two ways"),
    "text-cut": N_("Texts that were cut"),
    "no-title": N_("Records without a title"),
    "no-address": N_("Files without an address"),
    "derived-identifier": N_("Records without an identifier, that were given one"),
    "encoding": N_("Letters in another encoding than declared"),
    "open-quote": N_("Rows with a quotation mark that is not closed"),
    "missing-area": N_("Areas without values"),
    "apart": N_("Rows of a dataset that stand apart"),
    "repeated-row": N_("Repeated rows"),
    "conflict": N_("Rows of a dataset that contradict each other"),
    "too-wide": N_("Rows with more cells than headings"),
}


class Repairs:
    """Counts, by kind, the records that were mended, and keeps examples."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[list[int], list[dict[str, Any]]]] = {}

    def add(self, record: Record) -> None:
        """Count the warnings of a record, each kind once."""
        for slug, message in {warning.slug: warning for warning in record.warnings}.items():
            count, examples = self._found.setdefault(slug, ([0], []))
            count[0] += 1
            if len(examples) < EXAMPLES:
                examples.append({"record": record.identifier, "title": record.title[:200],
                                 **_told(message)})  # fmt: skip

    def as_list(self) -> list[dict[str, Any]]:
        """Return the repairs by kind, the most frequent first, each with its label and examples."""
        ordered = sorted(self._found.items(), key=lambda pair: (-pair[1][0][0], pair[0]))
        return [
            {"repair": slug, "label": LABELS.get(slug, slug), "records": count[0],
             "examples": examples}
            for slug, (count, examples) in ordered
        ]  # fmt: skip


def _told(message: Message) -> dict[str, Any]:
    """Return a message as plain data, so that its reader gets it in their language."""
    params = {name: str(value)[:200] for name, value in message.params.items()}
    return {"reason": str(message)[:500], "template": message.template, "params": params}
