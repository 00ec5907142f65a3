"""Documents of YAML as the portal reads them. No CKAN import.

Every process of CKAN reads some fifty of them as it starts, and every job those of its tables:
libyaml reads them ten times as fast as the parser in Python, which stands in where it is missing.
"""

from __future__ import annotations

from typing import Any

import yaml

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):  # type: ignore[misc]  # libyaml is not everywhere
    """A safe loader that refuses a key that is there twice: the last would win without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; ConstructorError names the line of a key that is repeated."""
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key “{key.value}” is there twice", key.start_mark
                )
            seen.add((key.tag, key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


#: The key ``<<``, which may be there more than once.
_MERGE = "tag:yaml.org,2002:merge"


def load_yaml(text: str) -> Any:
    """Return what a document says; yaml.YAMLError for one that is none, or says a key twice."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
