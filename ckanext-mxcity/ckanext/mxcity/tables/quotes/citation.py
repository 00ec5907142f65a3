"""A quoted chart as references name it: APA (7th edition) and BibTeX. No CKAN import."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ckanext.mxcity.tables.quotes.record import Quote

_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
_KIND = "Gráfica"
_MADE_UP = "Gráfica. Datos de demostración: cifras inventadas"
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}


@dataclass(frozen=True)
class Reference:
    """What a reference needs besides the chart: what it shows, and where it stands."""

    quote: Quote
    caption: str
    address: str

    @property
    def kind(self) -> str:
        """What is cited; made-up figures are not cited without saying so."""
        return _MADE_UP if self.quote.source.demonstration else _KIND

    @property
    def apa(self) -> str:
        """One line; the date is that of the data."""
        source = self.quote.source
        who = source.publisher or source.portal
        return (
            f"{who.rstrip('.')}. ({_spoken(source.date)}). {source.dataset}: {self.caption} "
            f"[{self.kind}]. {source.portal}. {self.address}"
        )

    @property
    def bibtex(self) -> str:
        """An entry that BibTeX and BibLaTeX read."""
        source = self.quote.source
        found = _DATE.match(source.date)
        fields = {
            "author": f"{{{_escaped(source.publisher or source.portal)}}}",
            "title": f"{{{_escaped(f'{source.dataset}: {self.caption}')}}}",
            "year": found[1] if found else "s. f.",
            "howpublished": _escaped(source.portal),
            "url": self.address,
            "note": f"{self.kind}. SHA-256 de las cifras: {self.quote.sha256}",
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{grafica-{self.quote.code},\n{lines}\n}}"


def _spoken(date: str) -> str:
    """Return a date as APA writes it: "2026, 30 de junio"; "s. f." where there is none."""
    found = _DATE.match(date)
    if found is None:
        return "s. f."
    year, month, day = found.groups()
    if month is None or not 1 <= int(month) <= len(_MONTHS):
        return year
    named = _MONTHS[int(month) - 1]
    return f"{year}, {int(day)} de {named}" if day else f"{year}, {named}"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(char, char) for char in text)
