"""Set numbered lists as tables, with headings that can be clicked, where the screen is wide."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from floorhand.flows.turn import Choice, Column
from floorhand.text.catalog import Catalog
from floorhand.tui.rows import Part, Row
from floorhand.tui.tables import DOWN, MARK_COLUMNS, UP, Table, is_whole, table_rows
from floorhand.tui.tables import Column as Across

WIDTH_MIN: Final = 76
"""Columns for a list on a screen of 80."""

TABLES_MAX: Final = 8
"""Tables that are kept: a question is laid out several times, and with every key that is typed."""

Cells = tuple[str, ...]


@lru_cache(TABLES_MAX)
def tabled(
    choices: tuple[Choice, ...], columns: tuple[Column, ...], words: Catalog, width: int
) -> tuple[tuple[Row, ...], bool] | None:
    """Set a list as a table: headings, then a row for each entry.

    Returns:
        The rows, and whether nothing in them is cut. None if the list is no table, if the screen is
        too narrow, or if two entries would look the same.
    """
    if not choices or not columns or width < WIDTH_MIN:
        return None
    cells = [_cells(choice, columns, words) for choice in choices]
    body = tuple(
        (Part(f"{number:>2} ", "choice", f"line:{number}"), *map(Part, line))
        for number, line in enumerate(cells, 1)
    )
    numbers = [{type(dict(one.facts).get(column.fact)) for one in choices} for column in columns]
    across = (
        Across(""),
        *(
            Across(
                words.say(f"board.head.{column.head}"),
                to_right=int in numbers[index],
                rank=index + 1,
                name=column.name,
                sorts=bool(column.way),
                mark=_mark(column),
            )
            for index, column in enumerate(columns)
        ),
    )
    table = Table((), across, body)
    rows = table_rows(table, width + MARK_COLUMNS, len(choices) + 2)[1:]
    heading, *lines = (row[1:] for row in rows)  # no line is marked
    if len({_beside_number(line) for line in lines}) < len(lines):
        return None
    return (heading, *lines), is_whole(table, width + MARK_COLUMNS)


def _cells(choice: Choice, columns: tuple[Column, ...], words: Catalog) -> Cells:
    """Write what stands in each column; a fact that is a text key has the others as its facts."""
    facts = dict(choice.facts)
    return tuple(
        words.say(str(facts.get(column.fact, "")), facts)
        if column.fact.endswith("_text")
        else words.fact(column.fact, str(facts.get(column.fact, "")))[1]
        for column in columns
    )


def _mark(column: Column) -> str:
    if not column.sorted:
        return ""
    return DOWN if column.down else UP


def _beside_number(line: Row) -> str:
    return "".join(part.text for part in line if part.role != "choice")
