"""What is understood of a sheet of metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.mxcity.ground.messages import Message, said

#: DDI Codebook, NTM 2010 (ISO 19139), SIM of the norm of 2025.
Norm = Literal["ddi", "ntm", "sim"]
#: Characters of a lost value that are kept to be shown.
SHOWN = 300


@dataclass(frozen=True)
class Loss:
    """What the sheet says and no field of ours holds."""

    #: Where in the sheet, e.g. ``stdyDscr/method/dataColl/actMin``.
    path: str
    #: The first value that is there.
    value: str
    #: How many are there.
    count: int = 1


@dataclass(frozen=True)
class DescribedFile:
    """A file that the sheet describes."""

    #: Fields of a resource: name, description, url, format.
    resource: dict[str, Any]
    #: A Table Schema of its columns, empty where the sheet has none.
    schema: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MetadataReading:
    """A sheet in our terms: proposed, for a person to look at before anything is saved."""

    norm: Norm
    #: As the sheet says it, e.g. ``1.2.2``; empty if it does not.
    version: str
    #: A dataset in the names of our schemas, with its ``type``.
    dataset: dict[str, Any]
    files: tuple[DescribedFile, ...] = ()
    losses: tuple[Loss, ...] = ()
    #: What was mended, guessed or refused.
    notes: tuple[Message, ...] = ()

    def as_dict(self, lang: str = "es") -> dict[str, Any]:
        """Plain data for the API; the notes are told in a language."""
        return {
            "norm": self.norm,
            "version": self.version,
            "dataset": self.dataset,
            "files": [{"resource": file.resource, "schema": file.schema} for file in self.files],
            "losses": [
                {"path": loss.path, "value": loss.value, "count": loss.count}
                for loss in self.losses
            ],
            "notes": [
                {"code": note.slug, "message": said(note.template, note.params, lang)}
                for note in self.notes
            ],
        }


def shown(value: str) -> str:
    """Return a value cut to what is shown of it."""
    plain = " ".join(value.split())
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"
