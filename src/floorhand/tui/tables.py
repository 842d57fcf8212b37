"""Lay out tables: as wide as what is in them, and on a narrow screen without what matters least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from floorhand.tui.headings import alike, told_apart
from floorhand.tui.rows import Part, Row, width_of
from floorhand.tui.safe import cut
from floorhand.tui.widths import columns as columns_of

NAME_COLUMNS_MIN: Final = 8
"""A name is cut to this before a column gives way."""

HEAD_COLUMNS_MIN: Final = 4
"""The heading of a column that is `Column.tight` is cut to this before a column gives way."""

FOR_NAMES: Final = 3
"""Columns of this rank and above give way before a name is cut that should stay whole."""

WHOLE: Final = 999
"""`Column.whole` of a column none of whose cells is so wide."""

MARK: Final = "▶"
MARK_COLUMNS: Final = 2
"""The mark takes so many, with the space behind it."""

UP: Final = " ▲"
DOWN: Final = " ▼"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        head: Its heading.
        to_right: Whether it is set to the right, as numbers are.
        rank: Columns of a higher rank give way first; those of rank 0 never do.
        name: Whether its cells may be cut, down to `NAME_COLUMNS_MIN`.
        tight: Whether its heading may be cut below `NAME_COLUMNS_MIN`, to `HEAD_COLUMNS_MIN`.
        whole: Up to how many columns its cells stay whole while one of `FOR_NAMES` can give way.
        sorts: Whether a click on its heading sorts by it.
        mark: Stands behind its heading and is never cut: `UP` or `DOWN` if it is sorted by.
    """

    head: str
    to_right: bool = False
    rank: int = 0
    name: bool = False
    tight: bool = False
    whole: int = 0
    sorts: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what stands above it, its columns, and its rows with a cell for each of them."""

    heading: Row
    across: tuple[Column, ...]
    body: tuple[Row, ...]


def table_rows(
    table: Table,
    width: int,
    height: int,
    *,
    chosen: int = -1,
    first_line: int = 0,
    none: str = "",
    more: str = "",
) -> list[Row]:
    """Write a table in so many rows at most: title, headings, and the lines around the chosen one.

    Args:
        table: What to write.
        width: Columns of the screen.
        height: Rows of the screen, three at least.
        chosen: Which line is marked; none of them if there is none of that number.
        first_line: The number of its first line, for clicks on them.
        none: What is said in place of no lines.
        more: What is said of lines that there is no room for, with their number before it.
    """
    if not table.body:
        return [table.heading, (Part(f"  {none}", "muted"),)]
    widths = _widths(table, width - MARK_COLUMNS)
    shown = [index for index, given in enumerate(widths) if given]
    heads = _headings(table, widths)
    rows = [table.heading, _line(" ", heads, table.across, widths, shown)]
    room = max(height - len(rows), 1)
    count = len(table.body)
    if count > room:
        room = max(room - 1, 1)
    first = max(0, min(chosen - room + 1, count - room)) if chosen < count else 0
    for index in range(first, min(first + room, count)):
        mark = MARK if index == chosen else " "
        click = f"line:{first_line + index}"
        rows.append(_line(mark, table.body[index], table.across, widths, shown, click))
    if count > room:
        rest = Part(f"  {count - room} {more}", "muted")
        if len(rows) < height:
            rows.append((rest,))
        else:
            rows[0] = (*table.heading, rest)
    return rows[:height]


def _headings(table: Table, widths: Sequence[int]) -> Row:
    texts = told_apart([column.head for column in table.across], _for_heads(table, widths))
    return tuple(
        Part(text + column.mark, "muted", f"sort:{index}" if column.sorts else "-")
        for index, (text, column) in enumerate(zip(texts, table.across, strict=True))
    )


def _for_heads(table: Table, widths: Sequence[int]) -> list[int]:
    """Give how many columns headings have beside their marks."""
    pairs = zip(widths, table.across, strict=True)
    return [max(width - columns_of(column.mark), 0) for width, column in pairs]


def is_whole(table: Table, width: int) -> bool:
    """Say whether nothing of a table's cells is cut or left out in so many columns."""
    widths = _widths(table, width - MARK_COLUMNS)
    return all(
        width_of((cell,)) <= given
        for line in table.body
        for cell, given in zip(line, widths, strict=True)
    )


def needed(table: Table, *, names: bool = True) -> int:
    """Give in how many columns a table stands without those that give way.

    Args:
        table: Which.
        names: Whether names of columns that should stay whole do so.
    """
    least = _least(table, _natural(table), whole=names)
    ranked = zip(least, table.across, strict=True)
    return MARK_COLUMNS + sum(one + 1 for one, column in ranked if not column.rank)


def _natural(table: Table, heads: int = NAME_COLUMNS_MIN) -> list[int]:
    """Give how wide each column is with no cell cut, and headings to no less than ``heads``."""
    return [
        max(
            min(columns_of(column.head), heads) + columns_of(column.mark),
            *(width_of((line[index],)) for line in table.body),
            0,
        )
        for index, column in enumerate(table.across)
    ]


def _least(table: Table, natural: list[int], *, whole: bool) -> list[int]:
    tight = _natural(table, HEAD_COLUMNS_MIN)
    least = [
        one if column.tight else given
        for one, given, column in zip(tight, natural, table.across, strict=True)
    ]
    return [
        min(given, max(NAME_COLUMNS_MIN, column.whole if whole else 0)) if column.name else given
        for given, column in zip(least, table.across, strict=True)
    ]


def _widths(table: Table, width: int) -> list[int]:
    """Give the width of each column, 0 for those that give way.

    What is over goes first to those that lack least: a long name, cut one letter more, is worth a
    word that is whole.
    """
    natural = _natural(table)
    least = _least(table, natural, whole=False)
    kept = list(range(len(natural)))
    for enough, rank in ((_least(table, natural, whole=True), FOR_NAMES), (least, 1)):
        while sum(enough[index] + 1 for index in kept) > width:
            last = max(kept, key=lambda index: table.across[index].rank)
            if table.across[last].rank < rank:
                break
            kept.remove(last)
    given = [least[index] if index in kept else 0 for index in range(len(natural))]
    spare = width - sum(one + 1 for one in given if one)
    for index in sorted(kept, key=lambda index: natural[index] - given[index]):
        wanted = min(natural[index] - given[index], max(spare, 0))
        given[index] += wanted
        spare -= wanted
    for index in _begin_alike(table, given):
        wanted = columns_of(table.across[index].head + table.across[index].mark) - given[index]
        if 0 < wanted <= spare:
            given[index] += wanted
            spare -= wanted
    names = [index for index in kept if table.across[index].name]
    for nth, index in enumerate(names):
        given[index] += max(0, spare) // len(names) + (nth < max(0, spare) % len(names))
    return given


def _begin_alike(table: Table, widths: Sequence[int]) -> list[int]:
    heads = [column.head for column in table.across]
    return sorted(alike(heads, _for_heads(table, widths)))


def _line(
    mark: str,
    cells: Row,
    columns: Sequence[Column],
    widths: Sequence[int],
    shown: Sequence[int],
    click: str = "-",
) -> Row:
    parts = [Part(f"{mark} ", "now" if mark == MARK else "", click)]
    for index in shown:
        text = cut(cells[index].text, widths[index])
        said = Part(text, cells[index].role, cells[index].click)
        gap = Part(" " * (widths[index] - columns_of(text)), click=cells[index].click)
        parts += [gap, said] if columns[index].to_right else [said, gap]
        parts.append(Part(" "))
    return tuple(parts)
