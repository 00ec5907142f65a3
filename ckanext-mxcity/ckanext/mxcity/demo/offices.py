"""Find the office of a city that would publish a dataset.

The catalogue says *what kind* of office publishes it ("alumbrado", "finanzas"), and
``offices.yaml`` by which words such an office is recognised in a city's profile, so that a third
city needs nothing but its profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from ckanext.mxcity.city import City, Organization
from ckanext.mxcity.demo.model import DemoSpecError
from ckanext.mxcity.ground.text import folded
from ckanext.mxcity.ground.yaml import load_yaml


def ministries(city: City) -> list[Organization]:
    """Return the city's own offices: those of municipal level.

    Raises:
        DemoSpecError: the profile has none.

    """
    found = [office for office in city.organizations if office.level == "municipal"]
    if not found:
        raise DemoSpecError(f"{city.slug}: the profile lists no organisation of level municipal")
    return found


class Offices:
    """The offices of a city by the role that they play in the catalogue."""

    def __init__(self, city: City) -> None:
        self._ministries = ministries(city)
        source = resources.files("ckanext.mxcity.demo") / "catalog" / "offices.yaml"
        self._words: dict[str, list[str]] = load_yaml(source.read_text(encoding="utf-8"))

    def of(self, role: str) -> Organization:
        """Return the office of a role; the first ministry if no name or description fits.

        Raises:
            DemoSpecError: offices.yaml has no such role.

        """
        if role not in self._words:
            raise DemoSpecError(f"offices.yaml has no role called {role}")
        words = [folded(word) for word in self._words[role]]
        return (
            self._find(words, by_name=True)
            or self._find(words, by_name=False)
            or (self._ministries[0])
        )

    def _find(self, words: Sequence[str], *, by_name: bool) -> Organization | None:
        for word in words:
            for office in self._ministries:
                text = f"{office.name} {office.acronym or ''}" if by_name else office.description
                if word in folded(text):
                    return office
        return None
