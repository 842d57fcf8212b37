"""The sections of a report as blocks of a column: title, sentences, a table that fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from floorhand.reports.lettering import Lettering
from floorhand.reports.model import Report, Section, Table
from floorhand.reports.writing import written
from floorhand.text.visible import visible

APART: Final = frozenset({"headline", "stock", "pace"})
"""Sections that stand elsewhere on a page."""

SIZE, SMALL, TITLE = 6.5, 5.5, 8.5
LINE: Final = 9.0
GAP: Final = 6.0
TEXT_MIN: Final = 40.0
"""A column of texts is shortened to that, in points, before a column gives way."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a page: its left and upper edge, in points from the lower left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of texts, each with its place from the left, and whether it ends there."""

    cells: tuple[tuple[float, float, str, bool], ...]
    size: float = SIZE
    bold: bool = False
    colour: str = "#101418"


@dataclass(frozen=True, slots=True)
class Block:
    """A section as lines."""

    letters: Lettering
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """Give how tall it is, with what sets it apart from the next one."""
        return LINE * len(self.lines) + LINE

    def draw(self, canvas: Any, left: float, top: float) -> None:
        """Draw it down from its upper left corner, with a line below its title."""
        canvas.setStrokeColor("#9aa7b4")
        for nth, line in enumerate(self.lines):
            y = top - LINE * (nth + 1) + 2
            self.letters.colour(line.colour)
            for x, room, text, to_right in line.cells:
                if to_right:
                    self.letters.write_to_right(left + x, y, text, line.size, bold=line.bold)
                else:
                    self.letters.write(left + x, y, text, line.size, bold=line.bold, room=room)
            if nth == 0:
                canvas.line(left, y - 2.5, left + line.cells[0][1], y - 2.5)


def blocks_of(
    report: Report, letters: Lettering, wide: float, rows: int, *, about: bool
) -> list[Block]:
    """Make a block of each section, with so many rows of its table at most."""
    found = []
    for section in report.sections:
        if section.name not in APART and (section.table is not None or section.said):
            lines = _lines(report, letters, section, (wide, rows, about))
            found.append(Block(letters, tuple(lines)))
    return found


def _lines(
    report: Report, letters: Lettering, section: Section, how: tuple[float, int, bool]
) -> Iterator[Line]:
    wide, rows, about = how
    yield Line(((0, wide, section.title, False),), TITLE, bold=True)
    for sentence in section.said:
        for part in letters.wrapped(visible(sentence), SIZE, wide):
            yield Line(((0, wide, part, False),))
    if section.table is not None:
        yield from _table(report, letters, section.table, wide, rows)
    if about and section.about:
        for part in letters.wrapped(section.about, SMALL, wide):
            yield Line(((0, wide, part, False),), SMALL, colour="#5a6672")


def _table(
    report: Report, letters: Lettering, table: Table, wide: float, rows: int
) -> Iterator[Line]:
    heads = [column.head for column in table.across]
    shown = [[written(report, cell) for cell in row] for row in table.rows[:rows]]
    natural = [
        max(letters.width(text, SIZE, bold=not nth) for nth, text in enumerate(column))
        for column in zip(heads, *shown, strict=True)
    ]
    places = _places(table, natural, wide)
    for nth, cells in enumerate((heads, *shown)):
        placed = tuple((x, room, cells[n], right) for n, x, room, right in places)
        yield Line(placed, bold=not nth)
    if left := len(table.rows) - len(shown):
        yield Line(((0, wide, f"{left} {report.words.say('board.more')}", False),), SMALL)


def _places(
    table: Table, natural: list[float], wide: float
) -> list[tuple[int, float, float, bool]]:
    """Place columns: which, from where or up to where, how much room, whether set to the right.

    Texts are shortened first; then columns of the highest rank give way.
    """
    kept = list(range(len(natural)))
    least = [one if table.is_number(n) else min(one, TEXT_MIN) for n, one in enumerate(natural)]
    while len(kept) > 1 and sum(least[n] + GAP for n in kept) - GAP > wide:
        kept.remove(max(kept, key=lambda n: (table.across[n].rank, n)))
    room = {n: least[n] for n in kept}
    spare = wide - sum(room.values()) - GAP * (len(kept) - 1)
    for n in kept:
        more = min(max(spare, 0.0), natural[n] - room[n])
        room[n], spare = room[n] + more, spare - more
    found, at = [], 0.0
    for n in kept:
        right = table.is_number(n)
        found.append((n, at + room[n] if right else at, room[n] + 0.5, right))
        at += room[n] + GAP
    return found
