"""Lay out what is behind a line of a board: a table that is sorted, searched and kept as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from floorhand.store.cells import Details, Figure, Hour, Lead, Value, in_words
from floorhand.text.catalog import Catalog
from floorhand.tui.board_parts import Target, moment
from floorhand.tui.rows import Part, Row, between, joined, key_parts, padded
from floorhand.tui.safe import cut, wrap
from floorhand.tui.tables import DOWN, UP, Column, Table, is_whole, table_rows
from floorhand.tui.widths import columns

FACTS_ROWS_MAX: Final = 4
SAID_ROWS_MAX: Final = 8
GAP: Final = 2
"""Columns left and right of a table."""

WHOLE_ROWS_MAX: Final = 5
"""So many rows at the bottom tell the chosen line whole, if the table has to cut something."""

LEADS: Final = {
    **{kind: kind for kind in ("order", "tote", "place", "delivery", "return", "sku")},
    **{"tote": "place", "subject": "found"},
}
"""Columns whose cells lead on, and to what kind of thing."""

PEOPLE: Final = frozenset({"worker", "owner"})
"""Columns that lead to somebody, found by name, where a row names nothing else."""

NAMES: Final = frozenset(
    {
        "order",
        "scanned",
        "sku",
        "facts",
        "note",
        "subject",
        "reason",
        "worker",
        "state",
        "fate",
        "label",
        "deed",
        "moved",
        "name",
        "operation",
        "told",
        "more",
        "meaning",
        "customer",
        "tracking",
        "what",
        "which",
        "job",
        "measure",
        "merchant",
        "stands",
    }
)
"""Columns that may be cut on a narrow screen."""

DRAWN: Final = frozenset({"bar"})
"""Columns that a file has not: what is drawn in them stands beside them as a figure."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a table is looked at: by which column it is sorted, and what its rows have to hold.

    ``head`` names the column; it is empty as long as the table is in its own order. Columns come
    and go with what is in them, so their number says nothing.
    """

    head: str = ""
    down: bool = False
    search: str = ""

    def next(self, heads: tuple[str, ...]) -> Order:
        """Sort by the same column the other way round, then by the next one, then as it was."""
        if self.head in heads and not self.down:
            return Order(self.head, True, self.search)
        later = heads[heads.index(self.head) + 1 :] if self.head in heads else heads
        return Order(later[0] if later else "", False, self.search)

    def by(self, head: str) -> Order:
        """Sort by a column; if it is sorted by that already, the other way round."""
        return Order(head, self.head == head and not self.down, self.search)


_Row = tuple[tuple[Value, ...], tuple[str, ...]]
"""A row with its cells, as they are and in words."""


@dataclass(frozen=True, slots=True)
class DetailsView:
    """A table behind a line of a board.

    Attributes:
        about: What it is about, in words.
        details: What is there; None as long as nobody has looked.
        words: Texts.
        zone: The site's clock.
        at: The moment of the last look.
        order: How it is looked at.
        chosen: Which line is marked.
        note: What the last key came to.
        encoding: What is shown must fit into this; empty: all of Unicode.
    """

    about: str
    details: Details | None
    words: Catalog
    zone: tzinfo
    at: datetime
    order: Order = Order()
    chosen: int = 0
    note: str = ""
    encoding: str = ""


def written(view: DetailsView) -> tuple[tuple[str, ...], ...]:
    """Write the rows as they are looked at: searched, sorted, in words and by the site's clock."""
    return tuple(cells for _, cells in _rows(view))


def for_file(view: DetailsView) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Write headings and rows for a file, in their order: moments whole, and nothing drawn."""
    heads = view.details.heads if view.details is not None else ()
    kept = [index for index, head in enumerate(heads) if head not in DRAWN]
    named = heads_of(view)
    rows = (cells for _, cells in _rows(view, whole=True))
    return (
        tuple(named[index] for index in kept),
        tuple(tuple(cells[index] for index in kept) for cells in rows),
    )


def target_of(view: DetailsView, chosen: int) -> Target | None:
    """Give what the row that is chosen leads to: the first thing that it names, else who."""
    rows = _rows(view)
    if view.details is None or chosen >= len(rows):
        return None
    who = None
    for kind, value in zip(view.details.heads, rows[chosen][0], strict=True):
        if isinstance(value, Lead):
            return Target(value.kind, value.name)
        if kind in LEADS and isinstance(value, str) and value:
            return Target(LEADS[kind], value)
        if kind in PEOPLE and isinstance(value, str) and value and who is None:
            who = Target("found", value)
    return who


def _rows(view: DetailsView, *, whole: bool = False) -> list[_Row]:
    """Give the rows as they are looked at, each with its cells in words."""
    if view.details is None:
        return []
    words, moment_of = view.words, partial(_moment, view, whole=whole)
    rows = [
        (row, tuple(in_words(_whole_of(value, whole), words, moment_of) for value in row))
        for row in view.details.rows
    ]
    search = view.order.search.casefold()
    found = [one for one in rows if search in "\t".join(one[1]).casefold()]
    if view.order.head in view.details.heads:
        at = view.details.heads.index(view.order.head)
        return _sorted(found, at, down=view.order.down)
    return found


def _whole_of(value: Value, whole: bool) -> Value:
    return value.at if whole and isinstance(value, Hour) else value


def _sorted(found: list[_Row], at: int, *, down: bool) -> list[_Row]:
    """Sort rows by a column; those in which nothing is come last either way."""
    filled = [one for one in found if one[1][at]]
    return [
        *sorted(filled, key=lambda one: _sorted_as(one[0][at], one[1][at]), reverse=down),
        *(one for one in found if not one[1][at]),
    ]


def heads_of(view: DetailsView) -> tuple[str, ...]:
    """Write the headings."""
    if view.details is None:
        return ()
    return tuple(view.words.say(f"board.head.{head}") for head in view.details.heads)


def lay_out_details(view: DetailsView, width: int, height: int) -> list[Row]:
    """Lay out a whole screen: exactly ``height`` rows of ``width`` columns."""
    say = view.words.say
    clock = f"{view.at.astimezone(view.zone):%H:%M:%S} "
    title = cut(f" {view.about}", width - columns(clock) - 1)
    head = between((Part(title, "strong"),), (Part(clock, "strong"),), width)
    keys = padded(joined(Part(" "), key_parts(say("details.keys"), width - 1)), width, "frame-calm")
    rows = [padded(head, width, "frame-calm"), *_facts(view, width), _above(view, width)]
    whole: list[Row] = []
    if view.details is not None and view.details.heads:
        heads = zip(heads_of(view), view.details.heads, strict=True)
        ranked = tuple(
            Column(
                head,
                to_right=_is_right(view.details, index),
                rank=index,
                name=name in NAMES,
                tight=True,
                sorts=True,
                mark=_mark(view, name),
            )
            for index, (head, name) in enumerate(heads)
        )
        cells = written(view)
        table = Table((), ranked, tuple(tuple(map(Part, line)) for line in cells))
        whole = [] if is_whole(table, width) else _whole(view, cells, width)
        rows += table_rows(
            table,
            width,
            height - len(rows) - len(whole) - 1,
            chosen=view.chosen,
            none=say("board.none"),
            more=say("board.more"),
        )
    rows = [padded(row, width) for row in rows]
    below = [padded(row, width) for row in whole]
    room = height - 1 - len(below)
    return [*(rows + [padded((), width)] * height)[:room], *below, keys]


def _whole(view: DetailsView, cells: Sequence[Sequence[str]], width: int) -> list[Row]:
    """Tell all of the chosen line."""
    if view.chosen >= len(cells):
        return []
    told = zip(heads_of(view), cells[view.chosen], strict=True)
    text = " · ".join(f"{head}: {cell}" for head, cell in told if cell)
    return [(Part(f" {line}", "strong"),) for line in wrap(text, width - GAP, WHOLE_ROWS_MAX)]


def _facts(view: DetailsView, width: int) -> list[Row]:
    """Tell what is known besides the table."""
    told = view.details.facts if view.details is not None else ()
    pairs = (view.words.fact(name, value) for name, value in told)
    text = " · ".join(" ".join(part for part in pair if part) for pair in pairs)
    above = [
        line
        for said in (view.details.said if view.details is not None else ())
        for line in wrap(said, width - 2, SAID_ROWS_MAX)
    ][:SAID_ROWS_MAX]
    lines = [*above, *(wrap(text, width - 2, FACTS_ROWS_MAX) if text else ())]
    return [(Part(f" {line}"),) for line in lines]


def _above(view: DetailsView, width: int) -> Row:
    """Say what is searched for, or what the last key came to, or how many rows there are.

    As long as nobody has looked, none is not the number of them.
    """
    say = view.words.say
    if view.note:
        return (Part(cut(f" {view.note}", width), "said-look"),)
    if search := view.order.search:
        key = "details.search" if _rows(view) or view.details is None else "details.search_none"
        return (Part(cut(f" {say(key, {'text': search})}", width), "typed"),)
    if view.details is None:
        return (Part(cut(f" {say('board.looking')}", width), "muted"),)
    count = say("details.count", {"count": view.details.count})
    return (Part(cut(f" {count}", width), "muted"),)


def _mark(view: DetailsView, head: str) -> str:
    """Mark the heading of the column by which it is sorted."""
    if head != view.order.head:
        return ""
    return DOWN if view.order.down else UP


def _is_right(details: Details, index: int) -> bool:
    return any(isinstance(row[index], int | Figure) for row in details.rows)


def _moment(view: DetailsView, at: datetime, *, whole: bool) -> str:
    if whole:
        return at.astimezone(view.zone).isoformat(sep=" ", timespec="seconds")
    return moment(at, view.at, view.zone)


def _sorted_as(value: Value, cell: str) -> tuple[float, str]:
    """Sort numbers and moments as such, all else by its letters."""
    match value:
        case datetime():
            return (value.timestamp(), "")
        case Hour(at=at):
            return (at.timestamp(), "")
        case int():
            return (value, "")
        case Figure(number=number):
            return (number, "")
        case _:
            return (0.0, cell.casefold())
