"""Solr's language of filters, as far as pages and exports use it, read into a tree. No CKAN import.

Clauses are all needed, as CKAN asks (``q.op=AND``), unless ``OR`` stands between them. What is not
understood is refused rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class Tree:
    """What a filter says."""


class UnansweredError(Exception):
    """The question needs the search engine."""


@dataclass(frozen=True)
class Everything(Tree):
    """``*:*``."""


@dataclass(frozen=True)
class Equals(Tree):
    """A field has a value."""

    field: str
    value: str


@dataclass(frozen=True)
class Begins(Tree):
    """A field has a value that begins so; with "" any value."""

    field: str
    start: str


@dataclass(frozen=True)
class Between(Tree):
    """A field has a value in a range; None is no bound."""

    field: str
    low: str | None
    high: str | None
    with_low: bool
    with_high: bool


@dataclass(frozen=True)
class Not(Tree):
    """The part does not hold."""

    part: Tree


@dataclass(frozen=True)
class All(Tree):
    """Every part holds."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class AnyOf(Tree):
    """One part or more holds."""

    parts: tuple[Tree, ...]


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<all>\*:\*)
    | (?P<range>[\[{]\s*(?:BOUND)\s+TO\s+(?:BOUND)\s*[\]}])
    | (?P<phrase>"(?:[^"\\]|\\.)*")
    | (?P<word>AND|OR|NOT)(?=[\s(])
    | (?P<field>[A-Za-z_][\w.-]*)\s*:
    | (?P<sign>[+\-()])
    | (?P<term>(?:[^\s+\-!(){}\[\]^"~*?:\\/&|]|\\.)(?:[^\s!(){}\[\]^"~*?:\\/&|]|\\.)*\*?)
    )""".replace("BOUND", r'"(?:[^"\\]|\\.)*"|[^\s\]}"]+'),
    re.VERBOSE | re.DOTALL,
)
_RANGE = re.compile(r"(.)\s*(.+?)\s+TO\s+(.+?)\s*(.)", re.DOTALL)
#: How deep parts may stand in parts.
_DEEPEST = 20

Token = tuple[str, str]


def read(text: str) -> Tree:
    """Return what a filter says.

    Raises:
        UnansweredError: it says something that only the search engine understands.

    """
    tokens = _tokens(text)
    if not tokens:
        return Everything()
    reader = _Reader(tokens)
    tree = reader.clauses(None, 0)
    if reader.left:
        raise UnansweredError(text)
    return tree


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise UnansweredError(text)
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def left(self) -> bool:
        """Whether there are tokens left."""
        return self._place < len(self._tokens)

    def clauses(self, field: str | None, depth: int) -> Tree:
        """Return the clauses up to a closing bracket; ``field`` is the one they are about."""
        if depth > _DEEPEST:
            raise UnansweredError("too deep")
        parts: list[Tree] = []
        joined: list[str] = []
        while self.left and self._peek() != ("sign", ")"):
            kind, word = self._peek()
            if kind == "word" and word != "NOT":
                if len(joined) >= len(parts):
                    raise UnansweredError(word)
                joined.append(word)
                self._place += 1
                continue
            if parts and len(joined) < len(parts):
                joined.append("")
            parts.append(self._clause(field, depth))
        return _together(parts, joined, depth)

    def _clause(self, field: str | None, depth: int) -> Tree:
        kind, text = self._peek()
        if (kind, text) in (("sign", "+"), ("sign", "-"), ("word", "NOT")):
            self._place += 1
            part = self._primary(field, depth)
            return part if text == "+" else Not(part)
        return self._primary(field, depth)

    def _primary(self, field: str | None, depth: int) -> Tree:
        kind, text = self._next()
        if (kind, text) == ("sign", "("):
            inner = self.clauses(field, depth + 1)
            if not self.left or self._next() != ("sign", ")"):
                raise UnansweredError("a bracket is not closed")
            return inner
        if kind == "all" and field is None:
            return Everything()
        if kind == "field" and field is None:
            return self._primary_of(text, depth)
        if field is None:
            raise UnansweredError(text)
        return _value(field, kind, text)

    def _primary_of(self, field: str, depth: int) -> Tree:
        if not self.left or self._peek()[0] == "field":
            raise UnansweredError(field)
        return self._primary(field, depth)

    def _peek(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        if not self.left:
            raise UnansweredError("the end comes too soon")
        self._place += 1
        return self._tokens[self._place - 1]


def _together(parts: list[Tree], joined: list[str], depth: int) -> Tree:
    """Return the clauses as one; mixtures of AND and OR, and of OR and NOT, are refused."""
    if not parts or len(joined) != len(parts) - 1:
        raise UnansweredError("a clause is missing")
    negative = [isinstance(part, Not) for part in parts]
    if depth and all(negative):
        raise UnansweredError("only what is not")
    if "OR" in joined:
        if set(joined) != {"OR"} or any(negative):
            raise UnansweredError("a mixture")
        return AnyOf(tuple(parts))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _value(field: str, kind: str, text: str) -> Tree:
    if kind == "phrase":
        return Equals(field, _plain(text[1:-1]))
    if kind == "term":
        if text.endswith("*") and not text.endswith("\\*"):
            return Begins(field, _plain(text[:-1]))
        return Equals(field, _plain(text))
    if kind == "range":
        match = _RANGE.fullmatch(text)
        if match is None:
            raise UnansweredError(text)
        opening, low, high, closing = match.groups()
        bounds = [None if end == "*" else _plain(end.strip('"')) for end in (low, high)]
        if bounds == [None, None]:
            return Begins(field, "")
        return Between(field, bounds[0], bounds[1], opening == "[", closing == "]")
    raise UnansweredError(text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
