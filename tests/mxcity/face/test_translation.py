"""Every string of ours is in Mexican Spanish, and every compiled catalogue is its source's."""

from __future__ import annotations

import gettext
import re
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from ckanext.mxcity import translation

DOMAINS = sorted(translation.DOMAINS)
#: Words of the Spanish of the River Plate, which is that of some of CKAN's own translations.
VOSEO = re.compile(r"\b(podés|tenés|querés|hacé|usá|elegí|ingresá|debés|sos|acá)\b", re.IGNORECASE)


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_string_is_translated(domain: str) -> None:
    """No string of our code or templates lacks its Spanish, and none is fuzzy."""
    catalog = translation.read_catalog(domain)
    known = {message.id for message in catalog if message.id}
    missing = [m.id for m in translation.extract(domain) if m.id and m.id not in known]
    assert not missing, "run: python -m ckanext.mxcity.translation --update"
    assert not translation.untranslated(catalog)


@pytest.mark.parametrize("domain", DOMAINS)
def test_compiled_catalogue_is_its_source(domain: str) -> None:
    """The .mo loads and answers what the .po says."""
    path = translation.catalog_file(domain)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in translation.read_catalog(domain):
        if message.id and isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string
        elif message.id:
            assert compiled.ngettext(message.id[0], message.id[1], 2) == message.string[-1]


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_kept(domain: str) -> None:
    """A translation names the same placeholders as the string."""
    for message in translation.read_catalog(domain):
        if message.id and isinstance(message.id, str):
            assert _placeholders(message.id) == _placeholders(message.string), message.id


def test_ckan_gets_the_spanish_of_mexico(tmp_path: Path) -> None:
    """The folder for ckan.i18n_directory has CKAN's Spanish as es_MX; a second run is the same."""
    folder = translation.build_locale_folder(tmp_path)
    first = (folder / "ckan.mo").read_bytes()
    with (folder / "ckan.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.ngettext("{num} Dataset", "{num} Datasets", 5).startswith("{num} Conjuntos")
    assert (tmp_path / "ckan.pot").exists()
    assert translation.build_locale_folder(tmp_path) == folder
    assert (folder / "ckan.mo").read_bytes() == first


def test_everybody_is_addressed_as_in_mexico(tmp_path: Path) -> None:
    """What CKAN says to its readers as in the River Plate, our catalogue says in another way."""
    with (translation.build_locale_folder(tmp_path) / "ckan.po").open("rb") as file:
        strange = {m.id for m in read_po(file) if isinstance(m.id, str) and VOSEO.search(m.string)}
    assert strange, "CKAN says nothing so any more: our translations of it can go"
    ours = {message.id: message.string for message in translation.read_catalog("ckanext-mxcity")}
    assert strange - set(ours) == set()
    assert [text for text in map(str, ours.values()) if VOSEO.search(text)] == []


#: Texts of CKAN that are the same in Spanish: names, and patterns without words.
SAME = {
    "API", "Audio", "CKAN", "CKAN Association", "CSV", "Creative Commons Attribution",
    "Creative Commons Attribution Share-Alike", "Creative Commons CCZero", "DataStore", "Editor",
    "Error", "Error %(error_code)s", "Error:", "Extras", "Facebook",
    "GNU Free Documentation License", "GUID", "ID", "N/A", "No",
    "Open Data Commons Attribution License",
    "Open Data Commons Open Database License (ODbL)", "Open ID", "Popular", "Social",
    "Token", "Total", "UK Open Government Licence (OGL)", "URI", "URL", "URL:", "X",
    "http://example.com/external-data.csv", "{object_type}s",
}  # fmt: skip


def test_everything_that_ckan_and_its_plugins_say_is_in_spanish(ckan_config) -> None:
    """No string of CKAN, or of a plugin that the portal loads, reaches a reader in English."""
    known = {}
    with (REPOSITORY_OF_CKAN / "ckan/i18n/es/LC_MESSAGES/ckan.po").open("rb") as file:
        catalogs = [read_po(file), *map(translation.read_catalog, DOMAINS)]
    for message in (message for catalog in catalogs for message in catalog if message.id):
        if message.id and translation._translated(message):
            texts = message.string
            known[translation._id(message.id)] = texts if isinstance(texts, str) else texts[0]
    wanted = said_by(loaded_folders(ckan_config))
    assert len(wanted) > 1000
    assert sorted(wanted - set(known)) == []
    alike = {text for text in wanted if known[text] == text and re.search(r"[A-Za-z]{2}", text)}
    patterns = {text for text in alike if not re.search(r"[A-Za-z]{2}", PLACES.sub("", text))}
    units = {text for text in alike if re.fullmatch(r"\{\w+\} \w+", text)}
    assert sorted(alike - patterns - units - SAME) == []


#: Where something is filled in, and markup.
PLACES = re.compile(r"\{\w*\}|%\(\w+\)s|%s|%r|<[^>]*>")
REPOSITORY_OF_CKAN = Path(str(resources.files("ckan"))).parent


def loaded_folders(config) -> set[Path]:
    """CKAN and the folder of each plugin of another project that the portal loads."""
    named = set(str(config["ckan.plugins"]).split())
    if not isinstance(config["ckan.plugins"], str):
        named = set(config["ckan.plugins"])
    modules = {entry.module for entry in entry_points(group="ckan.plugins") if entry.name in named}
    foreign = {module.split(".")[1] for module in modules if module.startswith("ckanext.")}
    foreign -= {"mxcity", "sniegharvest"}
    assert {"activity", "harvest", "xloader"} <= foreign
    return {REPOSITORY_OF_CKAN / "ckan", *(REPOSITORY_OF_CKAN / "ckanext" / n for n in foreign)}


def said_by(folders: set[Path]) -> set[str]:
    """The strings that the code and the templates of some folders say."""
    return {
        translation._id(message)
        for folder in folders
        for _, _, message, _, _ in extract_from_dir(
            folder, translation.METHODS, {"**": {"silent": "true"}}, translation.KEYWORDS
        )
        if translation._id(message)
    }


def _placeholders(text: str) -> list[str]:
    return sorted(part.split("}")[0] for part in text.split("{")[1:])
