"""Read sheets of metadata in the reading room: what everybody outside of this package calls."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ckanext.mxcity import room
from ckanext.mxcity.exchange.norms import errors
from ckanext.mxcity.exchange.norms.model import MetadataReading
from ckanext.mxcity.exchange.norms.reading import LIMIT
from ckanext.mxcity.exchange.norms.tasks import Answer

_BOUNDS = room.Bounds(seconds=30, cpu_seconds=30, memory=room.GiB, disk=4 * LIMIT)


def read_metadata(content: bytes, name: str = "") -> MetadataReading:
    """Return what a sheet of metadata says, in our terms.

    Args:
        content: the file.
        name: what to call it; what it is, is seen from its content.

    Raises:
        SheetRefusedError: it is not a sheet that can be read; one class for each reason.

    """
    with TemporaryDirectory(prefix="mxcity-") as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(content[: LIMIT + 1])
        try:
            told = room.run(
                "ckanext.mxcity.exchange.norms.tasks:read",
                {"name": name},
                files={"file": path},
                bounds=_BOUNDS,
            )
        except room.RoomFailed as error:
            raise errors.UnfinishedSheetError() from error
    try:
        answer = msgspec.convert(told, Answer)
    except msgspec.ValidationError as error:
        raise errors.UnfinishedSheetError() from error
    if answer.reading is None:
        kind = getattr(errors, answer.refused, None)
        if isinstance(kind, type) and issubclass(kind, errors.SheetRefusedError):
            raise kind(**answer.params)
        raise errors.UnfinishedSheetError()
    return answer.reading
