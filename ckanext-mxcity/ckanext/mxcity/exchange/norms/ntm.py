"""Read a sheet of the norm for geographic metadata of 2010 (NTM), in ISO 19139."""

from __future__ import annotations

from lxml import etree

from ckanext.mxcity.exchange.norms import shared
from ckanext.mxcity.exchange.norms.model import DescribedFile, MetadataReading
from ckanext.mxcity.exchange.norms.sheet import Sheet
from ckanext.mxcity.ground.placenames import places
from ckanext.mxcity.reading import iso, iso_geography
from ckanext.mxcity.reading.mappings import mapping_file
from ckanext.mxcity.reading.records import Draft

_NAME = "ntm_2010"


def read(root: etree._Element) -> MetadataReading:
    """Return what a record says.

    Raises:
        SheetRefusedError: it has no title.

    """
    draft, sheet = Draft(), Sheet(root, iso.content)
    iso.map_dataset(draft, root)
    iso_geography.map_geography(draft, root)
    out = draft.dataset
    out.update(title=iso.title(root), identifier=iso.identifier(root))
    out["tag_string"] = ",".join(tag["name"] for tag in out.pop("tags", ()))
    files = tuple(DescribedFile(dict(resource)) for resource in out.pop("resources", ()))
    _set_areas(draft, sheet)
    dataset = shared.finished(draft, shared.GEOGRAPHIC, " ".join(map(str, root.itertext())))
    _count(sheet, dataset, bool(files))
    version = iso.first(root, "metadataStandardVersion") or iso.first(root, "metadataStandardName")
    return MetadataReading("ntm", version, dataset, files, sheet.losses(), tuple(draft.warnings))


def _set_areas(draft: Draft, sheet: Sheet) -> None:
    """Take codes from the places that the extent names, else from the title."""
    place = mapping_file(_NAME)["taken"]["area_codes"]
    named = [iso.content(element) for path in place for element in sheet.find(path)]
    if not named:
        draft.dataset["area_codes"] = list(places(draft.dataset["title"]))
    else:
        shared.set_areas(draft, named)


def _count(sheet: Sheet, dataset: dict[str, object], files: bool) -> None:
    """Say to the sheet what was taken from it: the fields that are there now."""
    mapping = mapping_file(_NAME)
    there = {*dataset, *(["resources"] if files else []), "tags" if "tag_string" in dataset else ""}
    sheet.needs_no_place(mapping["ignored"])
    for field, paths in mapping["taken"].items():
        if field in there:
            sheet.take(paths)
    for field, rule in mapping["dataset"].items():
        if field in there:
            sheet.take(rule["from"])
