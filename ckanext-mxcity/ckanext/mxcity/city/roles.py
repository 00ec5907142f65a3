"""The table of roles and rights, read from ``roles.yaml``. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from ckanext.mxcity.ground.vocabularies import localised
from ckanext.mxcity.ground.yaml import load_yaml

FILE = "roles.yaml"
#: Where a right counts; ``roles.yaml`` says what each means.
PORTAL, ORGANIZATION, ANY = SCOPES = ("portal", "organization", "any")
EVERYBODY, SYSADMIN = "everybody", "sysadmin"


class RolesError(ValueError):
    """A file of roles cannot be used; the text says what is wrong where."""


@dataclass(frozen=True)
class Right:
    """One thing that people may do."""

    name: str
    scope: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Holder:
    """How somebody comes to hold a role."""

    #: ``everybody`` or ``sysadmin``; empty when a permission of CKAN decides.
    kind: str = ""
    #: The permission of CKAN that whoever holds the role has in an organisation.
    permission: str = ""
    #: The organisation in which the permission is asked; empty for the one concerned.
    organization: str = ""
    #: The option of ``ckan.ini`` that names that organisation.
    option: str = ""

    @property
    def everywhere(self) -> bool:
        """Tell whether the role counts in every organisation, whoever's data are asked for."""
        return bool(self.kind or self.organization or self.option)


@dataclass(frozen=True)
class Role:
    """One role with all its rights, those of the role that it includes among them."""

    name: str
    labels: Mapping[str, str]
    held_by: Holder
    rights: frozenset[str]

    def extent(self, right: Right) -> str:
        """Return where the role has a right: ``own`` organisation, ``all``, ``yes`` or ``no``."""
        if right.name not in self.rights:
            return "no"
        if right.scope != ORGANIZATION:
            return "yes"
        return "all" if self.held_by.everywhere else "own"


@dataclass(frozen=True)
class RoleTable:
    """Who may what: every right and every role, by name, in the order of the file."""

    rights: Mapping[str, Right]
    roles: Mapping[str, Role]

    def holders(self, right: str) -> Iterator[Role]:
        """Yield the roles that have a right.

        Raises:
            KeyError: the table has no such right.

        """
        name = self.rights[right].name
        return (role for role in self.roles.values() if name in role.rights)


def role_table(more: Path | None = None) -> RoleTable:
    """Return the table of the portal.

    Args:
        more: a file with further roles; a changed file is read again.

    Raises:
        RolesError: a file cannot be used.

    """
    try:
        return _table(more, more.stat().st_mtime_ns if more else 0)
    except RolesError:
        raise
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise RolesError(f"{more}: the file of roles cannot be read: {reason}.") from error


def as_data(table: RoleTable, language: str) -> dict[str, list[dict[str, Any]]]:
    """Return the table as plain data: what the page, the API and the documentation show.

    Args:
        table: the table of a portal.
        language: the language of the labels.

    Returns:
        ``roles``, each ``name`` and ``label``; ``rights``, each ``name``, ``label``, ``scope`` and
        ``roles``: by role ``own`` (in its own organisation), ``all`` (in all), ``yes`` or ``no``.

    """
    return {
        "roles": [
            {"name": role.name, "label": localised(role.labels, language)}
            for role in table.roles.values()
        ],
        "rights": [
            {
                "name": right.name,
                "label": localised(right.labels, language),
                "scope": right.scope,
                "roles": {role.name: role.extent(right) for role in table.roles.values()},
            }
            for right in table.rights.values()
        ],
    }


@lru_cache(maxsize=4)
def _table(more: Path | None, _changed_at: int) -> RoleTable:
    """Read the files once; ``_changed_at`` makes a changed file be read again."""
    given = load_yaml(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    rights = {
        name: Right(name, entry["scope"], entry["label"]) for name, entry in given["rights"].items()
    }
    roles: dict[str, Role] = {}
    for name, entry in given["roles"].items():
        roles[name] = _role(name, entry, rights, roles)
    for name, entry in _further(more).items() if more else ():
        where = f"{more}: roles.{name}"
        if name in roles:
            raise RolesError(f"{where}: there is a role of this name already.")
        try:
            roles[str(name)] = _role(str(name), entry, rights, roles)
        except RolesError as error:
            raise RolesError(f"{where}: {error}") from error
    return RoleTable(rights, roles)


def _further(path: Path) -> dict[str, Any]:
    try:
        found = load_yaml(path.read_text(encoding="utf-8"))
    except ValueError as error:  # bytes that are no UTF-8
        raise RolesError(f"{path}: the file of roles is not UTF-8.") from error
    except Exception as error:
        raise RolesError(f"{path}: the file of roles cannot be read: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("roles"), dict):
        raise RolesError(f"{path}: expected “roles:” with a role by name below it.")
    return dict(found["roles"])


def _role(name: str, entry: Any, rights: Mapping[str, Right], roles: Mapping[str, Role]) -> Role:
    if not isinstance(entry, dict) or not {"label", "held_by", "rights"} <= entry.keys():
        raise RolesError("expected “label”, “held_by” and “rights”.")
    if unknown := entry.keys() - {"label", "held_by", "rights", "includes"}:
        raise RolesError(f"no role has a “{min(map(str, unknown))}”.")
    label, own, included = entry["label"], entry["rights"], entry.get("includes")
    if not isinstance(label, dict) or not all(_is_text(label.get(key)) for key in ("en", "es")):
        raise RolesError("expected “label” with a text in “en” and in “es”.")
    if not isinstance(own, list) or not all(isinstance(right, str) for right in own):
        raise RolesError("expected “rights” to be a list of names.")
    if wrong := [right for right in own if right not in rights]:
        raise RolesError(f"there is no right “{wrong[0]}”: the rights are {', '.join(rights)}.")
    if included is not None and (not isinstance(included, str) or included not in roles):
        raise RolesError(f"there is no role “{included}” before it to include.")
    holder = _holder(entry["held_by"])
    held = frozenset(own) | (roles[included].rights if included is not None else frozenset())
    everybodys = {
        right for role in roles.values() if role.held_by.kind == EVERYBODY for right in role.rights
    }
    apart = sorted(right for right in held - everybodys if rights[right].scope == PORTAL)
    if apart and not holder.everywhere:
        raise RolesError(
            f"the right “{apart[0]}” is of no organization: “held_by” has to name one of its own."
        )
    return Role(name, label, holder, held)


def _holder(said: Any) -> Holder:
    if said in (EVERYBODY, SYSADMIN):
        return Holder(kind=said)
    known = {"permission", "organization", "option"}
    named = isinstance(said, dict) and "permission" in said and said.keys() <= known
    if named and len(said) < 3 and all(map(_is_text, said.values())):
        return Holder(**said)
    raise RolesError(
        f"“held_by” is “{EVERYBODY}”, “{SYSADMIN}”, or a “permission” of CKAN with an"
        " “organization” or an “option” at most."
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
