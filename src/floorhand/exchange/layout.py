"""Headings: what a format calls its columns, under all the names that files give them.

Columns are found by name, never by position. Names are compared without case, blanks and signs,
so that ``Lineitem SKU``, ``lineitem_sku`` and ``LineItemSku`` are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from floorhand.errors import BadFile
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.reading import Source
from floorhand.exchange.records import Parsed
from floorhand.exchange.rejecting import is_rejected_file, unguarded

HEADINGS_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class Field:
    """A column: our name for it, what it holds (for the template), and other names."""

    name: str
    about: str = ""
    also: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a format."""

    format: str
    fields: tuple[Field, ...]

    def columns(self, headings: Sequence[str]) -> dict[str, int]:
        """Find the columns of a file by their headings; of several names the first listed wins."""
        at = {folded(heading): n for n, heading in reversed(list(enumerate(headings)))}
        found: dict[str, int] = {}
        for item in self.fields:
            for name in (item.name, *item.also):
                if folded(name) in at:
                    found[item.name] = at[folded(name)]
                    break
        return found

    def missing(self, headings: Sequence[str]) -> tuple[str, ...]:
        """Name the required columns that a file lacks."""
        found = self.columns(headings)
        return tuple(item.name for item in self.fields if item.required and item.name not in found)


class Table:
    """The rows of a file, read by the headings of a layout."""

    def __init__(self, source: Source, layout: Layout) -> None:
        self.source = source
        self.layout = layout
        self._rows = source.rows()
        self.headings = next(self._rows).cells
        self.columns = layout.columns(self.headings)
        self._guarded = is_rejected_file(self.headings)
        _check_headings(source, layout, self.headings, self.columns)

    def rows(
        self, parsed: Parsed, ragged: Callable[[Reader, str], object] | None = None
    ) -> Iterator[Reader]:
        """Give each row that has all its cells; ragged ones are put aside.

        Args:
            parsed: Takes the rows that are put aside.
            ragged: Told of each of these, with the reason: its first cells may still say to which
                paper it belongs.
        """
        width = len(self.headings)
        for row in self._rows:
            found = row.cells
            if self._guarded:
                found = [unguarded(cell) for cell in found]
            if not self._named <= len(found) <= width and len(found) != self._padded:
                cells_ = "1 cell" if len(found) == 1 else f"{len(found)} cells"
                reason = f"the row has {cells_}, the headings are {width}"
                parsed.reject(row.line, reason)
                if ragged is not None:
                    ragged(Reader(row.line, found + [""] * width, self.columns), reason)
                continue
            yield Reader(row.line, found, self.columns)

    @cached_property
    def _named(self) -> int:
        """How many headings there are without the blank ones that a spreadsheet adds at the end."""
        return max((n for n, heading in enumerate(self.headings, 1) if heading.strip()), default=0)

    @cached_property
    def _padded(self) -> int:
        """How many cells every row has, if all have the same empty ones after the last heading.

        A row that stands alone with more cells than headings has a separator too many inside,
        though its last cells be empty: what is behind that would be read from the wrong column.
        """
        width = len(self.headings)
        rows = self.source.rows()
        next(rows)
        sizes = [len(row.cells) for row in rows if not any(row.cells[width:])]
        return sizes[0] if len(sizes) > 1 and len(set(sizes)) == 1 else width

    def column(self, name: str) -> Iterator[str]:
        """Give one column of the whole file, in a pass of its own."""
        at = self.columns.get(name)
        if at is None:
            return
        rows = self.source.rows()
        next(rows)
        for row in rows:
            if len(row.cells) > at:
                yield unguarded(row.cells[at]) if self._guarded else row.cells[at]


class Reader:
    """Reads the cells of one row by name. Cells of columns that are not there are empty."""

    __slots__ = ("cells", "columns", "line")

    def __init__(self, line: int, cells_: list[str], columns: dict[str, int]) -> None:
        self.line = line
        self.cells = cells_
        self.columns = columns

    def raw(self, name: str) -> str:
        """Give the cell as it is."""
        at = self.columns.get(name)
        return self.cells[at] if at is not None else ""

    def text(self, name: str) -> str:
        """Read a name or note."""
        return cells.text(self.raw(name), name)

    def note(self, name: str) -> str:
        """Read a text that only people read: whatever is odd in it is left out."""
        return cells.note(self.raw(name))

    def number_note(self, name: str) -> str:
        """Read a phone or postcode, which only people read; a rounded one is left out."""
        return cells.number_note(self.raw(name))

    def code(self, name: str) -> str:
        """Read a code; empty if there is none."""
        return cells.code(self.raw(name), name)

    def needed(self, name: str) -> str:
        """Read a code that must be there."""
        return cells.needed(self.raw(name), name)

    def pieces(self, name: str) -> int:
        """Read a number of pieces, 1 or more."""
        return cells.pieces(self.raw(name), name)

    def flag(self, name: str) -> bool | None:
        """Read yes or no."""
        return cells.flag(self.raw(name), name)

    def measure(self, name: str, larger: str = "", times: int = 1) -> int | None:
        """Read a measure from its column, or from the one in the larger unit."""
        small = cells.whole(self.raw(name), name)
        if small is None and larger:
            return cells.whole(self.raw(larger), larger, times)
        return small

    def choice(self, name: str, choices: Sequence[str], default: str = "") -> str:
        """Read one of a few words."""
        word = self.raw(name).strip().casefold().replace(" ", "_")
        if not word:
            return default
        if word not in choices:
            known = ", ".join(filter(None, choices))
            raise BadCell(f"{name} is {cells.shown(self.raw(name))}; expected one of: {known}")
        return word


def folded(heading: str) -> str:
    """Give a heading without case, blanks and signs."""
    return "".join(c for c in heading.casefold() if c.isalnum())


def list_of(headings: Sequence[Any]) -> str:
    """List headings for a message, cut if there are many."""
    named = [cells.shown(str(h)) for h in headings[:HEADINGS_SHOWN_MAX] if str(h).strip()]
    more = len(headings) - HEADINGS_SHOWN_MAX
    return (", ".join(named) or "nothing") + (f" and {more} more" if more > 0 else "")


def _check_headings(
    source: Source, layout: Layout, headings: Sequence[str], columns: dict[str, int]
) -> None:
    if missing := layout.missing(headings):
        raise BadFile(
            f"{source.name} lacks the heading {' and '.join(repr(m) for m in missing)} "
            f"of {layout.format}; found: {list_of(headings)}."
        )
    names = [folded(heading) for heading in headings]
    for field_name, at in columns.items():
        if names.count(names[at]) > 1:
            places = [str(n + 1) for n, name in enumerate(names) if name == names[at]]
            raise BadFile(
                f"{source.name} has the heading {cells.shown(headings[at])} twice "
                f"(columns {' and '.join(places)}), so {field_name!r} could be either."
            )
