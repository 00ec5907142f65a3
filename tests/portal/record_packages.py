"""Records the packages that apt offers on a release, among those that a portal may ask for.

On a machine of the release, after ``apt-get update``::

    PYTHONPATH=deploy python3 tests/portal/record_packages.py > tests/portal/releases/debian-13.txt

Each line has a name and the version that apt would install, or ``(none)``. The variable
``APT_CONFIG`` may name a configuration of apt whose package lists are those of another release.
"""

from __future__ import annotations

from portalctl import system


def names() -> set[str]:
    """Give every name under which a portal may ask for a package, on any release."""
    wanted = {"python3", *system.wanted_packages(testing=True)}
    return wanted.union(*system.ALTERNATIVES.values())


if __name__ == "__main__":
    for name in sorted(names()):
        print(name, system.candidate(name) or "(none)")
