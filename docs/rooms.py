"""Draw ``rooms.svg``: our packages in their layers, and who imports whom.

``python docs/rooms.py`` writes the picture, ``--check`` fails when it is out of date. The rooms are
those of the contract in ``pyproject.toml``; the lines are the imports that are in the code, without
those that follow from others.
"""

from __future__ import annotations

import sys
import tomllib
from html import escape
from pathlib import Path

import grimp

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
PICTURE = HERE / "rooms.svg"
PORTAL, HARVEST = "ckanext.mxcity", "ckanext.sniegharvest"
NAME = "sniegharvest"
#: Modules at the root of a package: CKAN looks for them there.
ROOT = "plugin · cli · helpers · logic · views"

WIDTH, ROW, BOX, EDGE = 960, 84, 40, 24
Box = tuple[float, float, float]  # left, top, width

HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" \
font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="t d">
  <title id="t">The rooms of MX City and their imports</title>
  <desc id="d">{told}</desc>
  <rect width="{width}" height="{height}" fill="#fff"/>
"""


def layers() -> list[list[str]]:
    """Return the rooms of the portal by layer, the highest first, as the contract says them."""
    told = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = told["tool"]["importlinter"]["contracts"]
    layered = next(one for one in contracts if one.get("containers") == [PORTAL])
    return [line.replace(":", "|").replace(" ", "").split("|") for line in layered["layers"]]


def edges(graph: grimp.ImportGraph, rooms: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Return which room imports from which, without what follows from other imports."""
    direct = {
        (importer, imported)
        for importer, ours in rooms.items()
        for imported, theirs in rooms.items()
        if importer != imported
        and any(
            graph.direct_import_exists(importer=one, imported=other, as_packages=True)
            for one in ours
            for other in theirs
        )
    }
    reached = {room: _reached(room, direct) for room in rooms}
    return {
        (importer, imported)
        for importer, imported in direct
        if not any(imported in reached[between] for one, between in direct if one == importer)
    }


def _reached(room: str, direct: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    todo = [room]
    while todo:
        here = todo.pop()
        for one, other in direct:
            if one == here and other not in found:
                found.add(other)
                todo.append(other)
    return found


def picture() -> str:
    """Return the picture as SVG."""
    graph = grimp.build_graph(PORTAL, HARVEST, exclude_type_checking_imports=True)
    layered = layers()
    rooms = {ROOT: [f"{PORTAL}.{name}" for name in layered[0]]}
    rooms |= {name: [f"{PORTAL}.{name}"] for row in layered[1:] for name in row}
    rooms[NAME] = [HARVEST]
    lines = sorted(edges(graph, rooms))
    rows = _rows(list(rooms), lines)
    boxes = _boxes(rows, lines)
    told = "; ".join(f"{importer} imports {imported}" for importer, imported in lines)
    return "".join(
        [
            HEAD.format(width=WIDTH, height=ROW * len(rows), told=escape(told)),
            '  <g fill="none" stroke="#7a8ba0" stroke-width="1.2">\n',
            *(_line(boxes[one], boxes[other]) for one, other in lines),
            "  </g>\n",
            *(_box(name, boxes[name]) for name in rooms),
            "</svg>\n",
        ]
    )


def _rows(rooms: list[str], lines: list[tuple[str, str]]) -> list[list[str]]:
    """Put each room as low as what it imports allows; the highest row comes first."""
    rank = dict.fromkeys(rooms, 0)
    for _ in rooms:
        for one, other in lines:
            rank[one] = max(rank[one], rank[other] + 1)
    return [
        [room for room in rooms if rank[room] == row]
        for row in reversed(range(max(rank.values()) + 1))
    ]


def _boxes(rows: list[list[str]], lines: list[tuple[str, str]]) -> dict[str, Box]:
    """Lay the rooms out from the ground up, each as near as can be above what it imports."""
    found: dict[str, Box] = {}
    for number, row in reversed(list(enumerate(rows))):
        below = {
            room: [found[other][0] + found[other][2] / 2 for one, other in lines if one == room]
            for room in row
        }
        each = (WIDTH - 2 * EDGE) / len(row)
        order = sorted(row, key=lambda room: sum(below[room]) / max(1, len(below[room])))
        for place, room in enumerate(order):
            width = min(each - 12, 8.2 * len(room) + 36)
            left = EDGE + place * each + (each - width) / 2
            found[room] = (left, number * ROW + (ROW - BOX) / 2, width)
    return found


def _box(name: str, box: Box) -> str:
    left, top, width = box
    fill = "#e6f0ea" if name == NAME else "#f3f6f9"
    return (
        f'  <rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX}" rx="8" '
        f'fill="{fill}" stroke="#33475b"/>\n'
        f'  <text x="{left + width / 2:.0f}" y="{top + BOX / 2 + 5:.0f}" text-anchor="middle" '
        f'fill="#12263a">{escape(name)}</text>\n'
    )


def _line(upper: Box, lower: Box) -> str:
    """Draw a line from a room down to one that it imports."""
    (left, top, width), (to_left, to_top, to_width) = upper, lower
    x, y = left + width / 2, top + BOX
    to_x, to_y = to_left + to_width / 2, to_top
    bend = (to_y - y) / 2
    return (
        f'    <path d="M{x:.0f} {y:.0f}C{x:.0f} {y + bend:.0f} '
        f'{to_x:.0f} {to_y - bend:.0f} {to_x:.0f} {to_y:.0f}"/>\n'
    )


def main() -> int:
    """Write the picture, or say that it is out of date."""
    sys.path.append(str(REPOSITORY / "tests" / "quality"))
    from contracts import see_ours_alone

    see_ours_alone()
    made = picture()
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(made, encoding="utf-8")
        return 0
    if PICTURE.read_text(encoding="utf-8") == made:
        return 0
    sys.stderr.write("docs/rooms.svg is out of date: run python docs/rooms.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
