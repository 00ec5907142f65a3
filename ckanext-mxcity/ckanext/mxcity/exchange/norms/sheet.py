"""An XML sheet from which fields are taken: what nobody took is lost, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from ckanext.mxcity.exchange.norms.model import Loss, shown
from ckanext.mxcity.reading import iso, values

#: Different places of a sheet that are told as lost.
MOST_LOSSES = 300
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SPANISH = "es"


class Sheet:
    """The root of a sheet, and which of its elements and attributes found a place.

    Paths are of local names from the root, as in ``iso.find``; ``a/b@c`` is an attribute.
    """

    def __init__(
        self,
        root: etree._Element,
        content: Callable[[etree._Element], str],
        attributes: frozenset[str] = frozenset(),
    ) -> None:
        self.root = root
        #: Attributes that say something of the data, so that they may be lost.
        self.attributes = attributes
        #: The language that was chosen where a text is there in several, and how many were left.
        self.language, self.translations = "", 0
        self._content = content
        self._taken: set[etree._Element] = set()
        self._read: set[tuple[etree._Element, str]] = set()
        self._needless: set[etree._Element] = set()

    def find(self, path: str) -> list[etree._Element]:
        """Return the elements at a path, in one language: Spanish, or the first there is."""
        return self._in_one_language(iso.find(self.root, path))

    def under(self, element: etree._Element, path: str) -> list[etree._Element]:
        """Return the same under an element; without XPath, for what is there by thousands."""
        found = [element]
        for name in path.split("/"):
            found = [child for parent in found for child in parent.iterchildren(f"{{*}}{name}")]
        return self._in_one_language(found)

    def _in_one_language(self, found: list[etree._Element]) -> list[etree._Element]:
        if len(found) < 2:
            return found
        languages = [language_of(element) for element in found]
        spoken = [language for language in languages if language]
        wanted = SPANISH if SPANISH in spoken else next(iter(spoken), "")
        kept = []
        for element, language in zip(found, languages, strict=True):
            if language in ("", wanted):
                kept.append(element)
            else:
                self.language = wanted
                self.translations += element not in self._needless
                self._needless.add(element)
        return kept

    def text(self, element: etree._Element, attribute: str = "") -> str:
        """Return what an element, or an attribute of it, says, and count it as taken."""
        if attribute:
            self._read.add((element, attribute))
            return values.text(element.get(attribute))
        self._taken.add(element)
        return self._content(element)

    def every(self, paths: Sequence[str]) -> list[str]:
        """Return all texts at the paths."""
        found = []
        for path in paths:
            place, _, attribute = path.partition("@")
            found += [self.text(element, attribute) for element in self.find(place)]
        return [text for text in found if text]

    def first(self, paths: Sequence[str]) -> str:
        """Return the first text at any of the paths, in one line; the others are not taken."""
        for path in paths:
            place, _, attribute = path.partition("@")
            for element in self.find(place):
                text = " ".join(self.text(element, attribute).split())
                if text:
                    return text
        return ""

    def take(self, paths: Iterable[str]) -> None:
        """Count what is at the paths as taken: somebody else read it."""
        for path in paths:
            place, _, attribute = path.partition("@")
            for element in iso.find(self.root, place):
                if attribute:
                    self._read.add((element, attribute))
                else:
                    self._taken.add(element)

    def is_read(self, path: str) -> bool:
        """Say whether an attribute at a path was taken."""
        place, _, attribute = path.partition("@")
        return any((element, attribute) in self._read for element in iso.find(self.root, place))

    def needs_no_place(self, paths: Iterable[str]) -> None:
        """Leave out of the losses what is at the paths, with its attributes."""
        for path in paths:
            self._needless.update(iso.find(self.root, path))

    def losses(self) -> tuple[Loss, ...]:
        """Return what found no place, by where it is, in the order of the sheet."""
        found: dict[str, list[str]] = {}
        waiting = [(child, "") for child in reversed(self.root)]
        while waiting:
            element, above = waiting.pop()
            if not isinstance(element.tag, str) or element in self._needless:
                continue
            path = _joined(above, element)
            for name in self._lost_attributes(element):
                found.setdefault(f"{path}@{name}", []).append(values.text(element.get(name)))
            if element in self._taken:
                continue
            own = values.text(element.text) or values.text(element.get("codeListValue"))
            if own:
                found.setdefault(path, []).append(self._content(element) or own)
            else:
                waiting += [(child, path) for child in reversed(element)]
        told = list(found.items())[:MOST_LOSSES]
        return tuple(Loss(path, shown(texts[0]), len(texts)) for path, texts in told)

    def _lost_attributes(self, element: etree._Element) -> list[str]:
        return [
            str(name)
            for name, value in element.attrib.items()
            if name in self.attributes and values.text(value) and (element, name) not in self._read
        ]


def language_of(element: etree._Element) -> str:
    """Return the language that an element says of itself or has from above: two letters."""
    holder: etree._Element | None = element
    while holder is not None:
        # The exports of Nesstar write the attribute with a hyphen.
        said = holder.get(XML_LANG) or holder.get("xml-lang") or holder.get("lang")
        if said:
            return str(said)[:2].lower()
        holder = holder.getparent()
    return ""


def _joined(above: str, element: etree._Element) -> str:
    """Return the path of an element; the type of a value (``CharacterString``) is no place."""
    name = etree.QName(element).localname
    is_type = name[:1].isupper() and not len(element)
    if is_type and above:
        return above
    return f"{above}/{name}" if above else name
