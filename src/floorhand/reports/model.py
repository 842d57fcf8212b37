"""What a report is made of: sections with sentences, a table, charts. Words are words already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from floorhand.text.catalog import Catalog


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """A share in percent: 97.5 is 97.5 of 100."""

    percent: float


Cell = str | int | float | Share | timedelta | datetime | None
"""What is in a cell: a number stays a number, a moment (aware) a moment, a length a length."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``name`` is for programs, ``head`` for people.

    Where a page is too narrow, columns of a higher ``rank`` give way first; those of 0 never do.
    ``figure`` is what it is called on screens, where its meaning is asked for.
    """

    name: str
    head: str
    rank: int = 0
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with a cell for each column."""

    across: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def is_number(self, index: int) -> bool:
        """Say whether a column holds figures, which are set to the right."""
        return any(row[index] is not None and not isinstance(row[index], str) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; None where nothing is known. ``target`` is one of its own, if it has.

    ``at`` is the moment that its label shows the clock of.
    """

    label: str
    value: float | None
    target: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one measure, and the target that each of them should reach; None: there is none.

    ``name`` is that of the column that has its numbers, in the table of the same section.
    ``aim`` tells the target in words, ``counts`` names the column of what bars count.
    """

    name: str
    title: str
    bars: tuple[Bar, ...]
    target: float | None = None
    aim: str = ""
    counts: str = "pieces"

    def target_of(self, bar: Bar) -> float | None:
        """Give what a bar should reach; None: nothing."""
        return self.target if bar.target is None else bar.target

    @property
    def most(self) -> float:
        """Give the largest of all, or 1 where all are nothing."""
        return max((bar.value or 0.0 for bar in self.bars), default=0.0) or 1.0

    @property
    def scale(self) -> float:
        """Give what the whole width of the chart stands for."""
        return max(self.most, *(self.target_of(bar) or 0.0 for bar in self.bars), 0.0)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a report.

    Attributes:
        name: For programs: of a sheet, a file, a table on the screen.
        title: For people.
        said: Sentences below the title.
        table: What is counted; None if nothing is.
        charts: Drawn below the table.
        about: What its figures mean.
        leads: What each row of the table opens on a screen, as kind and name; empty: what its
            cells name.
    """

    name: str
    title: str
    said: tuple[str, ...] = ()
    table: Table | None = None
    charts: tuple[Chart, ...] = ()
    about: str = ""
    leads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report of one shift.

    Attributes:
        title: Which shift of which building.
        subject: The shift in one line, as of a mail.
        since: When the shift began.
        made_at: The moment of which all is that is not of the shift.
        sections: In the order in which they are read.
        words: The texts it is written with.
        zone: The clock of the building.
    """

    title: str
    subject: str
    since: datetime
    made_at: datetime
    sections: tuple[Section, ...]
    words: Catalog
    zone: ZoneInfo

    @property
    def tables(self) -> tuple[tuple[Section, Table], ...]:
        """Give the sections that count something, with their tables."""
        return tuple((one, one.table) for one in self.sections if one.table is not None)
