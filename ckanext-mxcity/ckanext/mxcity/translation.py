"""Give CKAN the Spanish of Mexico, and keep our own catalogues up to date.

CKAN ships ``es`` and no ``es_MX``. Run at set-up, this module writes the folder that the option
``ckan.i18n_directory`` points to::

    python -m ckanext.mxcity.translation DIR

For who writes strings, it also extracts them, updates the catalogues and compiles them::

    python -m ckanext.mxcity.translation --update
"""

from __future__ import annotations

import argparse
import shutil
import sys
from importlib import resources
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE = "es_MX"
#: The language of CKAN's own catalogue that ``es_MX`` is made from.
PARENT = "es"

#: How the files of an extension are read; the same in config/babel.cfg for other tools.
METHODS = [
    ("**.py", "python"),
    ("templates/**.html", "ckan"),
    ("**/templates/**.html", "ckan"),
    ("**/templates/**.txt", "ckan"),
]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "ungettext": (1, 2),
}
#: Our gettext domains and the Python packages whose strings they hold.
DOMAINS = {"ckanext-mxcity": "ckanext.mxcity", "ckanext-sniegharvest": "ckanext.sniegharvest"}
#: Comment of a string of another extension, which has no Spanish of its own and which we give one.
FOREIGN = "foreign"

#: The grammar of CKAN's own catalogue. Catalogues are merged and the first one's rule is used for
#: all, so a catalogue with two forms would lose the plural.
PLURAL_FORMS = "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;"
#: Header of our catalogues: without dates, so that nothing changes when no string does.
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: {domain}\\n"
"Language: es_MX\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def build_locale_folder(folder: Path) -> Path:
    """Write ``es_MX`` for CKAN itself into a folder for ``ckan.i18n_directory``.

    Args:
        folder: created if needed; what an earlier run left in it is replaced.

    Returns:
        The folder of the locale's catalogues, ``<folder>/es_MX/LC_MESSAGES``.

    Raises:
        FileNotFoundError: the installed CKAN has no Spanish catalogue.

    """
    source = Path(str(resources.files("ckan") / "i18n"))
    target = folder / LOCALE / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    catalog = _read(source / PARENT / "LC_MESSAGES" / "ckan.po", LOCALE)
    _write(catalog, target / "ckan.po")
    compile_catalog(target / "ckan.po")
    # CKAN reads the template to know which strings its scripts use.
    shutil.copyfile(source / "ckan.pot", folder / "ckan.pot")
    return target


def extract(domain: str) -> Catalog:
    """Return every translatable string in the code and templates of one of our domains.

    Args:
        domain: a key of ``DOMAINS``.

    """
    folder = package_folder(domain)
    catalog = _empty(domain)
    found = extract_from_dir(
        folder,
        METHODS,
        {"**": {"silent": "false"}},
        KEYWORDS,
        ("Translators:",),
        strip_comment_tags=True,
    )
    for filename, line, message, comments, context in sorted(found, key=lambda item: item[:2]):
        catalog.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return catalog


def package_folder(domain: str) -> Path:
    """Return the folder of the package whose strings a domain holds."""
    return Path(str(resources.files(DOMAINS[domain])))


def catalog_file(domain: str) -> Path:
    """Return the path of a domain's Spanish ``.po``."""
    return package_folder(domain) / "i18n" / LOCALE / "LC_MESSAGES" / f"{domain}.po"


def read_catalog(domain: str) -> Catalog:
    """Return a domain's Spanish catalogue, empty when there is none yet."""
    path = catalog_file(domain)
    return _read(path, LOCALE) if path.exists() else _empty(domain)


def update(domain: str) -> list[str]:
    """Bring a domain's ``.pot``, ``.po`` and ``.mo`` up to date with the code.

    Translations are kept. A string that is no longer in our code stays when it belongs to another
    extension (it has the comment ``foreign``), and goes otherwise.

    Returns:
        The strings that still need a translation.

    """
    template = extract(domain)
    old = read_catalog(domain)
    new = _empty(domain)
    for message in template:
        if message.id:
            known = old.get(message.id, message.context)
            kept = known.string if known and not known.fuzzy else None
            new.add(message.id, kept, message.locations, auto_comments=message.auto_comments)
    for message in old:
        if message.id and FOREIGN in message.user_comments and message.id not in new:
            new.add(
                message.id, message.string, message.locations, user_comments=message.user_comments
            )
            # CKAN takes from the template which strings its scripts ask for.
            template.add(message.id, None, message.locations)
    path = catalog_file(domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(template, path.parents[2] / f"{domain}.pot", _header(domain))
    _write(new, path, _header(domain))
    compile_catalog(path)
    return untranslated(new)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the ids of a catalogue's messages that lack a translation or are fuzzy."""
    return [_id(message.id) for message in catalog if message.id and not _translated(message)]


def compile_catalog(path: Path) -> Path:
    """Write the ``.mo`` beside a ``.po`` and return its path."""
    target = path.with_suffix(".mo")
    buffer = BytesIO()
    write_mo(buffer, _read(path, LOCALE))
    target.write_bytes(buffer.getvalue())
    return target


def _translated(message: object) -> bool:
    strings = getattr(message, "string", "")
    texts = strings if isinstance(strings, (tuple, list)) else (strings,)
    return bool(texts) and all(texts) and not getattr(message, "fuzzy", False)


def _id(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def _header(domain: str) -> str:
    return HEADER.format(domain=domain, plural_forms=PLURAL_FORMS)


def _empty(domain: str) -> Catalog:
    """Return a catalogue without messages, with the plural forms of CKAN's own."""
    return read_po(BytesIO(_header(domain).encode()), locale=LOCALE)


def _read(path: Path, locale: str) -> Catalog:
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    catalog.fuzzy = False
    return catalog


def _write(catalog: Catalog, path: Path, header: str = "") -> None:
    """Write a catalogue; ``header`` takes the place of Babel's own."""
    buffer = BytesIO(header.encode())
    buffer.seek(0, 2)
    write_po(
        buffer,
        catalog,
        width=100,
        omit_header=bool(header),
        ignore_obsolete=True,
        include_lineno=False,
    )
    path.write_bytes(buffer.getvalue())


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code (1: something is untranslated)."""
    parser = argparse.ArgumentParser(
        prog="python -m ckanext.mxcity.translation", description=__doc__
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where to write CKAN's es_MX")
    parser.add_argument("--update", action="store_true", help="update and compile our catalogues")
    options = parser.parse_args(arguments)
    if not options.folder and not options.update:
        parser.error("give a folder, or --update")
    if options.folder:
        print(build_locale_folder(options.folder))  # noqa: T201
    missing = 0
    for domain in DOMAINS if options.update else ():
        for identifier in update(domain):
            missing += 1
            print(f"{domain}: not translated: {identifier!r}", file=sys.stderr)  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
