"""A delimited file as text: its encoding is told by all of its bytes, and so are its lines."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ckanext.mxcity.files.controls import WithoutControls, count_controls
from ckanext.mxcity.files.model import Limits, Note
from ckanext.mxcity.files.source import Counted, chunks

_CHUNK = 1 << 20
#: The first bytes of a file, by which UTF-16 and UTF-32 are known.
_HEAD = 4096
_BOMS = {
    # Before UTF-16, as whose mark the one of UTF-32 begins.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Encodings of Mexican tables that are not UTF-8, the likeliest first.
_LATIN = ("cp1252", "iso8859_15", "mac_roman", "cp850")
#: Those that a person can name.
ENCODINGS = ("utf-8", *_LATIN)
_LETTERS = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡€")
#: A byte beyond ASCII, with the letter before it and the small letter behind it, if there are any.
_BEYOND = re.compile(rb"([A-Za-z]?)([\x80-\xff])(?=([a-z]?))")
#: The euro of ISO 8859-15, by which alone it differs from others here.
_EURO = 0xA4
#: Lines that an example is chosen from, and the bytes of it that are shown.
_LOOKED_AT, _LONGEST_PIECE = 2_000, 60
#: A letter beyond ASCII as UTF-8 writes it.
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ASCII = re.compile(rb"[\x00-\x7f]+")
#: Letters below 32 that a text has.
_ENDS = b"\t\n\r"
#: "�", as it is in UTF-8.
_LOST = "\ufffd".encode()
#: Bytes beyond ASCII that are enough to tell one Latin encoding from another.
_ENOUGH = 1_000_000
#: Share of those bytes that are Spanish letters in an encoding that is sure.
_SURE = 0.9
#: So few of them do not tell one of the rarer encodings.
_FEW = 10
_CELL = re.compile(r'[,;|\t"\r\n]')
_WORD = re.compile(r"\w*[^\W\d_a-zA-Z]\w*")


@dataclass(frozen=True)
class Text:
    """A file in UTF-8, without a mark and without control characters."""

    path: Path
    #: The encoding that it came in.
    encoding: str
    #: How many lines it has, whatever ends them.
    lines: int
    #: Whether lines end in one way only: with a line feed, a return, or both.
    even: bool
    notes: tuple[Note, ...] = ()
    #: Whether it is the file itself, all of whose lines end with a line feed alone.
    itself: bool = False


@dataclass(frozen=True)
class _Look:
    """What one pass over the bytes of a file finds."""

    is_ascii: bool
    is_utf8: bool
    has_controls: bool
    #: Signs that stand in the place of a letter that was lost.
    lost: int
    lines: int
    even: bool
    has_return: bool


def as_text(path: Path, folder: Path, limits: Limits, said: str = "") -> Text:
    """Return a file as text in UTF-8; a copy is made in ``folder`` where it is something else.

    Args:
        path: the file.
        folder: where the copy goes.
        limits: what the file may hold; FileRefused for a copy beyond ``written``.
        said: its encoding, if a person tells.

    """
    came, look = path, _look(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    marked = next((name for bom, name in _BOMS.items() if head.startswith(bom)), wide(head))
    encoding, notes = _encoding(path, marked, said, look)
    if encoding != "utf-8" or not look.is_utf8 or look.has_controls:
        target = folder / "utf8.csv"
        notes += _copy(path, encoding, target, limits)
        path, look = target, _look(target)
    if look.lost:
        notes.append(Note("letters-lost", {"count": look.lost}))
    itself = path == came and encoding == "utf-8" and not look.has_return
    return Text(path, encoding, look.lines, look.even, tuple(notes), itself)


def wide(head: bytes) -> str:
    """Return the encoding of two or four bytes a letter of a text without a mark, if it is in one.

    A letter of a Latin script has zeros in all of them but one.
    """
    for name, others, letter in (("utf-32-le", (1, 2, 3), 0), ("utf-32-be", (0, 1, 2), 3)):
        fours = list(zip(*(head[place::4] for place in others), head[letter::4], strict=False))
        if 2 * sum(four[:3] == (0, 0, 0) and four[3] > 0 for four in fours) > max(len(fours), 1):
            return name
    for name, zeros, letters in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        pairs = list(zip(head[zeros::2], head[letters::2], strict=False))
        latin = [letter for zero, letter in pairs if not zero]
        if 2 * len(latin) > len(pairs) and all(n > 31 or n in _ENDS for n in latin):
            return name
    return ""


def _encoding(path: Path, marked: str, said: str, look: _Look) -> tuple[str, list[Note]]:
    """Return the encoding of a file, and what to say of it.

    What a mark or each of its letters says holds, whatever a person said of an earlier file.
    """
    found = marked or ("utf-8" if look.is_utf8 else "")
    notes = []
    if found and said and said != found.removesuffix("-sig") and not look.is_ascii:
        notes.append(Note("recipe-encoding", {"encoding": said, "taken": found}))
    if found.startswith(("utf-16", "utf-32")):
        return found, [*notes, Note("encoding", {"encoding": found})]
    if look.is_utf8:
        return found, notes
    if found or said == "utf-8":
        return found or said, [*notes, _mixed(path)[1]]
    if said:
        return said, [Note("encoding", {"encoding": said})]
    in_utf8, note = _mixed(path)
    return ("utf-8", [note]) if in_utf8 else _latin(path)


def _look(path: Path) -> _Look:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii, is_utf8, has_controls, tail = True, True, False, b""
    feeds = returns = pairs = lost = 0
    for chunk in chunks(path):
        feeds += chunk.count(b"\n")
        returns += chunk.count(b"\r")
        pairs += chunk.count(b"\r\n") + (tail[-1:] == b"\r" and chunk[:1] == b"\n")
        has_controls = has_controls or b"\0" in chunk or bool(count_controls(chunk))
        if not chunk.isascii():
            is_ascii = False
            lost += (tail[-2:] + chunk).count(_LOST)
        tail = chunk[-2:]
        is_utf8 = is_utf8 and _decodes(decoder.decode, chunk)
    is_utf8 = is_utf8 and _decodes(partial(decoder.decode, final=True), b"")
    ends = (feeds - pairs, returns - pairs, pairs)
    lines = sum(ends) + (tail[-1:] not in (b"", b"\n", b"\r"))
    even = sum(map(bool, ends)) <= 1
    lost = lost if is_utf8 else 0
    return _Look(is_ascii, is_utf8, has_controls, lost, lines, even, returns > 0)


def _decodes(decode: Callable[[bytes], str], chunk: bytes) -> bool:
    try:
        decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _mixed(path: Path) -> tuple[bool, Note]:
    """Say whether a file that is not wholly UTF-8 is in UTF-8, and which of its rows are not.

    One with more letters of UTF-8 than bytes that are none is, with rows pasted from elsewhere.
    """
    letters = wrong = rows = first = 0
    found = b""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            good = _UTF8_LETTER.sub(b"", line)
            bad = len(_ASCII.sub(b"", good))
            letters += len(_UTF8_LETTER.findall(line))
            wrong += bad
            if bad:
                rows += 1
                first, found = (first, found) if first else (number, line)
    params = {"count": rows, "row": first, "text": _word(found.decode("utf-8", MIXED))}
    return letters > wrong, Note("mixed-encoding", params)


def _latin(path: Path) -> tuple[str, list[Note]]:
    """Return the encoding in which most bytes beyond ASCII are letters of Spanish."""
    counts: Counter[tuple[bool, int]] = Counter()
    example = b""
    for chunk in chunks(path):
        found = [
            (before.islower() or bool(before and behind), beyond[0])
            for before, beyond, behind in _BEYOND.findall(chunk)
        ]
        if found and not example:
            lines = chunk.splitlines()[:_LOOKED_AT]
            example = max(lines, key=lambda line: len(_ASCII.sub(b"", line)))
        counts.update(found)
        if counts.total() >= _ENOUGH:
            break
    euro = any(byte == _EURO for _, byte in counts)
    known = [name for name in _LATIN if euro or name != "iso8859_15"]
    scores = {name: _spanish(counts, name) for name in known}
    best = max(known, key=lambda name: scores[name])
    likely = scores[best] >= _SURE * counts.total() and (
        best == _LATIN[0] or counts.total() >= _FEW
    )
    if likely and list(scores.values()).count(scores[best]) == 1:
        return best, [Note("encoding", {"encoding": best})]
    words = {name: _piece(example, name) for name in known}
    return best, [Note("encoding-guessed", {"encoding": best, "text": words[best], "words": words})]


def _spanish(counts: Counter[tuple[bool, int]], encoding: str) -> int:
    """Return how many of the bytes are letters of Spanish beyond ASCII in an encoding.

    A short table has too few of them for statistics, and what is wrong is never a Spanish letter;
    a capital inside of a word in small letters is wrong, too.
    """
    return sum(
        count
        for (inside, byte), count in counts.items()
        if (letter := bytes([byte]).decode(encoding, "replace")) in _LETTERS
        and not (inside and letter.isupper())
    )


def _piece(line: bytes, encoding: str) -> str:
    """Return the first cell of a line with a byte beyond ASCII: the same in any encoding."""
    return _cell(line.decode(encoding, "replace"))[:_LONGEST_PIECE].strip()


def _word(text: str) -> str:
    found = _WORD.search(text)
    return (found[0] if found else _cell(text).strip())[:40]


def _cell(text: str) -> str:
    """Return the first cell of a line with a letter beyond ASCII."""
    return next((part for part in _CELL.split(text) if not part.isascii()), text)


def _copy(path: Path, encoding: str, target: Path, limits: Limits) -> list[Note]:
    """Write a file in UTF-8, without marks and control characters; return what is said of those."""
    without, start = WithoutControls(), True
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else MIXED
    with path.open(encoding=encoding, errors=errors, newline="") as source, target.open("wb") as to:
        copy = Counted(to, limits.written)
        for chunk in _texts(source.read):
            text = chunk.lstrip("\ufeff") if start else chunk  # programs write marks twice
            start = False
            copy.write(without.clean(text))
    return without.notes()


def _texts(read: Callable[[int], str]) -> Iterable[str]:
    return iter(partial(read, _CHUNK), "")


def _as_latin(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as what they are in most files that are pasted together."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


#: How the codecs of Python are told of it.
MIXED = "mxcity-mixed"
codecs.register_error(MIXED, _as_latin)
