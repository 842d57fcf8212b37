"""The report of a shift on a screen: a list of its sections, each a table to sort and keep."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from floorhand.commands.nightly import failed_services
from floorhand.commands.signing_key import sign
from floorhand.config import Settings
from floorhand.domain.shifts import Period, shift_at
from floorhand.errors import BadSetting
from floorhand.reports.bars import BLOCKS, bar_of, chart_title
from floorhand.reports.model import Cell, Chart, Report, Section, Share, Table
from floorhand.reports.shift import shift_report
from floorhand.reports.writing import written
from floorhand.store.at_hand import at_hand, handed_over
from floorhand.store.cells import ROWS_MAX, Details, Figure, Hour, Lead, Value
from floorhand.store.earlier import AddedUp
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.onlooking import Onlooker
from floorhand.store.summary import summarise
from floorhand.text.catalog import Catalog
from floorhand.text.plain import can_show

if TYPE_CHECKING:
    from floorhand.tui.board_parts import Target
    from floorhand.tui.telling import Manner

ALL: Final = "report.all"
"""The list of sections: a kind of what opens on a board. Sections and charts have kinds, too."""

SECTION: Final = "report.section"
CHART: Final = "job"
KINDS: Final = frozenset({ALL, SECTION, CHART})

MADE_AGAIN_AFTER: Final = timedelta(minutes=1)
"""A report that was made so lately is shown again: its figures take longer than a board's."""

TOLD_AFTER: Final = timedelta(hours=1)
"""What the building has in hand is told so long after a shift: whoever hands over wants it. Later
it is no more of that shift, whose report is the same then whenever it is asked for."""

BAR_COLUMNS: Final = 40
"""So long is the longest bar of a chart in a table."""


def figures_of(
    tx: Session,
    settings: Settings,
    period: Period,
    now: datetime,
    added_up: Callable[[AddedUp], None] = lambda _: None,
) -> dict[str, Any]:
    """Give all that a report is made of: a shift that is long over says nothing of what is now.

    Args:
        tx: An open transaction.
        settings: Say which building, and where services of the night leave word.
        period: The shift, or any other.
        now: The moment of asking.
        added_up: As for `floorhand.store.earlier.earlier_shifts`.
    """
    site = settings.site
    goes_on = now < period.end + TOLD_AFTER
    return {
        **summarise(tx, site, period, now, added_up=added_up, sign=partial(sign, settings)),
        **({"now": at_hand(tx, site, now)} if goes_on else {}),
        "handover": handed_over(tx, site, period),
        "nightly": failed_services(settings.nightly),
    }


def running_shift(tx: Session, site: str, now: datetime) -> Period:
    """Give the shift that is running; if none is, the local day."""
    return shift_at(site_rules(tx, site).shifts, now, site_zone(tx, site))


def is_plain(manner: Manner) -> bool:
    """Say whether a terminal has no characters to draw bars with."""
    encoding = "ascii" if manner.theme == "ascii" else manner.encoding
    return bool(encoding) and not can_show(BLOCKS, encoding)


def show_shift(settings: Settings, words: Catalog, period: Period) -> int:
    """Show the report of a shift until somebody leaves it."""
    from floorhand.commands.board import behind_line, keeper
    from floorhand.commands.terminal import manner_of
    from floorhand.tui.board import SHIFT, Looked, Sight, run_board

    if not sys.stdin.isatty():
        raise BadSetting("This is no terminal. Leave --screen out for the figures as text.")
    onlooker, manner = Onlooker(settings.database), manner_of(settings)
    shift = ShiftTables(settings, words, lambda _tx, _now: period, plain=is_plain(manner))

    def look(target: Target | None) -> Looked:
        now = datetime.now(UTC)
        with onlooker.look() as tx:
            if target is None:
                return Looked(now)
            if target.kind in KINDS:
                return Looked(now, details=shift.behind(tx, target, now))
            return Looked(now, details=behind_line(tx, settings.site, target, now))

    with onlooker.look() as tx:
        zone = site_zone(tx, settings.site)
    sight = Sight(look, keeper(settings, words), words, zone, settings.site, SHIFT)
    return run_board(sight, manner)


@dataclass(slots=True)
class ShiftTables:
    """The report of a shift as tables of a board.

    Attributes:
        settings: Of the command.
        words: Texts.
        period_of: Says which shift, at the moment of looking.
        plain: Draw with characters of ASCII alone.
    """

    settings: Settings
    words: Catalog
    period_of: Callable[[Session, datetime], Period]
    plain: bool = False
    _made: Report | None = None

    def behind(self, tx: Session, target: Target, now: datetime) -> Details:
        """Give the list of sections, or one of them, or a chart; one of `KINDS`."""
        report = self._report(tx, now)
        if target.kind == ALL:
            return _all(report)
        sections = [section for section in report.sections if section.name == target.which]
        if target.kind == SECTION:
            return _section(report, sections[0]) if sections else Details((), (), 0)
        charts = (chart for section in report.sections for chart in section.charts)
        found = next((chart for chart in charts if chart.name == target.which), None)
        return _chart(report, found, plain=self.plain) if found else Details((), (), 0)

    def _report(self, tx: Session, now: datetime) -> Report:
        if self._made is None or now - self._made.made_at >= MADE_AGAIN_AFTER:
            period, site = self.period_of(tx, now), self.settings.site
            figures = figures_of(tx, self.settings, period, now)
            self._made = shift_report(figures, self.words, site_zone(tx, site), site)
        return self._made


def _all(report: Report) -> Details:
    rows: list[tuple[Value, ...]] = []
    for section in report.sections:
        count = len(section.table.rows) if section.table is not None else None
        told = section.said[0] if section.said else ""
        rows.append((Lead(SECTION, section.name, section.title), count, told))
        rows += [(Lead(CHART, one.name, chart_title(one)), None, "") for one in section.charts]
    return Details(("section", "count", "facts"), tuple(rows), len(rows), said=(report.title,))


def _section(report: Report, section: Section) -> Details:
    table = section.table or Table((), ())
    shown = table.rows[:ROWS_MAX]
    rows = tuple(tuple(_value(report, cell) for cell in row) for row in shown)
    if section.leads:
        leads = zip(section.leads, rows, strict=False)  # of the rows that are shown
        rows = tuple((Lead(*lead, str(first)), *rest) for lead, (first, *rest) in leads)
    heads = tuple(column.figure or column.name for column in table.across)
    about = (section.about,) if section.about else ()
    return Details(heads, rows, len(table.rows), said=(*section.said, *about))


def _value(report: Report, cell: Cell) -> Value:
    """Give a cell as tables of a board have it; figures sort by what they are."""
    match cell:
        case timedelta():
            return Figure(cell.total_seconds(), written(report, cell))
        case Share(percent=percent):
            return Figure(percent, written(report, cell))
        case float():
            return Figure(cell, written(report, cell))
        case _:
            return cell


def _chart(report: Report, chart: Chart, *, plain: bool) -> Details:
    rows = tuple(
        (
            Hour(bar.at, bar.label) if bar.at else bar.label,
            _value(report, bar.value),
            bar_of(chart, bar, BAR_COLUMNS, plain=plain),
        )
        for bar in chart.bars
    )
    return Details(("hour", chart.counts, "bar"), rows, len(rows), said=(chart_title(chart),))
