"""A report as a workbook: a sheet per table, with real numbers, moments and lengths.

What is data stays text, whatever it begins with: no cell becomes a formula or a link.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from floorhand.reports.model import Cell, Chart, Report, Section, Share, Table
from floorhand.reports.writing import comes_twice, written
from floorhand.text.columns import width
from floorhand.text.visible import visible

PLAIN: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}

NAME_MAX: Final = 31
"""Letters in the name of a sheet. Source: Microsoft, Excel specifications and limits."""

TEXT_MAX: Final = 32_767
"""Characters in a cell, from the same page."""

COLUMN_MAX: Final = 60
"""No column is wider; longer texts go on in the line below."""

FORMATS: Final[dict[str, dict[str, Any]]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "count": {"num_format": "0", "valign": "top"},
    "rate": {"num_format": "0.0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "length": {"num_format": "[h]:mm:ss", "valign": "top"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"},
}

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_workbook(report: Report, file: Path) -> None:
    """Write a report; moments are shown by the building's clock, which its title names.

    Raises:
        ModuleNotFoundError: If XlsxWriter is not installed.
        OSError: If the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(str(file), PLAIN)
    book.set_properties({"title": visible(report.title)})
    formats = {name: book.add_format(form) for name, form in FORMATS.items()}
    for offset in _offsets(report):
        shown = f'{FORMATS["moment"]["num_format"]} "{offset}"'
        formats[offset] = book.add_format({**FORMATS["moment"], "num_format": shown})
    names: set[str] = set()
    _write_words(
        report,
        book.add_worksheet(_sheet_name("A", report.words.say("report.words"), names)),
        formats,
    )
    for section, table in report.tables:
        sheet = book.add_worksheet(_sheet_name(section.name, section.title, names))
        _write_table(report, table, sheet, formats)
        _draw(book, sheet, section, table)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _sheet_name(name: str, title: str, taken: set[str]) -> str:
    """Name a sheet by its title, without what no sheet may be called."""
    shown = _FORBIDDEN.sub("", visible(title)).strip()[:NAME_MAX] or name
    if shown.casefold() in taken or shown.casefold() == "history":
        shown = name
    taken.add(shown.casefold())
    return shown


def _write_words(report: Report, sheet: Any, formats: dict[str, Any]) -> None:
    """Write what is said: the title, and the sentences of each section."""
    sheet.set_column(0, 0, COLUMN_MAX * 1.5)
    sheet.write_string(0, 0, _text(report.title), formats["title"])
    row = 2
    for section in report.sections:
        told = [*section.said, *filter(None, [section.about])]
        if not told:
            continue
        sheet.write_string(row, 0, _text(section.title), formats["head"])
        for nth, sentence in enumerate(told, start=1):
            sheet.write_string(row + nth, 0, _text(sentence), formats["text"])
        row += len(told) + 2


def _write_table(report: Report, table: Table, sheet: Any, formats: dict[str, Any]) -> None:
    for index, column in enumerate(table.across):
        sheet.write_string(0, index, _text(column.head), formats["head"])
        cells = (written(report, row[index]) for row in table.rows)
        wide = max((width(text) for text in (column.head, *cells)), default=0)
        sheet.set_column(index, index, min(max(wide + 2, 9), COLUMN_MAX))
    for number, row in enumerate(table.rows, start=1):
        for index, cell in enumerate(row):
            _write_cell(report, sheet, (number, index), cell, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(table.rows), len(table.across) - 1)


def _write_cell(
    report: Report, sheet: Any, at: tuple[int, int], cell: Cell, formats: dict[str, Any]
) -> None:
    match cell:
        case None:
            pass
        case str():
            sheet.write_string(*at, _text(cell), formats["text"])
        case datetime():
            local = cell.astimezone(report.zone)
            form = formats[_offset(local) or "moment"]
            sheet.write_datetime(*at, local.replace(tzinfo=None), form)
        case timedelta():
            sheet.write_datetime(*at, cell, formats["length"])
        case Share(percent=percent):
            sheet.write_number(*at, percent / 100, formats["share"])
        case int():
            sheet.write_number(*at, cell, formats["count"])
        case _:
            sheet.write_number(*at, cell, formats["rate"])


def _offsets(report: Report) -> list[str]:
    """Name the offsets of the moments that a clock shows twice: only these are shown with it."""
    cells = (cell for _, table in report.tables for row in table.rows for cell in row)
    moments = (cell.astimezone(report.zone) for cell in cells if isinstance(cell, datetime))
    return sorted({offset for local in moments if (offset := _offset(local))})


def _offset(local: datetime) -> str:
    return local.isoformat()[-6:] if comes_twice(local) else ""


def _text(text: str) -> str:
    return visible(text)[:TEXT_MAX]


def _draw(book: Any, sheet: Any, section: Section, table: Table) -> None:
    """Draw a section's charts beside the table that has their numbers, one for each column."""
    known = [(chart, _column_of(chart, table)) for chart in section.charts]
    aims = len(table.across)
    beside = aims + 1 + sum(_has_targets(chart, table) for chart, _ in known)
    for index, (chart, column) in enumerate(known):
        if column is None:
            continue
        drawn = book.add_chart({"type": "column"})
        drawn.add_series(_series(sheet, column, len(table.rows)))
        if _has_targets(chart, table):
            drawn.combine(_targets(book, sheet, chart, aims))
            aims += 1
        drawn.set_title({"name": _text(chart.title), "name_font": {"size": 11}})
        drawn.set_legend({"none": True})
        drawn.set_x_axis({"text_axis": True, "num_format": "hh:mm"})
        drawn.set_size({"width": 480, "height": 240})
        sheet.insert_chart(1 + 13 * index, beside, drawn)


def _series(sheet: Any, column: int, last: int) -> dict[str, Any]:
    """Name the cells that a chart draws: those of a column up to a row, by what is in the first."""
    return {
        "name": [sheet.name, 0, column],
        "categories": [sheet.name, 1, 0, last, 0],
        "values": [sheet.name, 1, column, last, column],
    }


def _has_targets(chart: Chart, table: Table) -> bool:
    """Say whether a chart of a column has targets; its bars are of the first rows."""
    aimed = any(chart.target_of(bar) is not None for bar in chart.bars)
    return aimed and _column_of(chart, table) is not None


def _targets(book: Any, sheet: Any, chart: Chart, column: int) -> Any:
    """Write the targets of a chart beside the table, as a chart needs cells; draw them as a line.

    A bar that has none leaves a gap.
    """
    sheet.write_string(0, column, _text(chart.aim), book.add_format(FORMATS["head"]))
    form = book.add_format(FORMATS["rate"])
    for row, bar in enumerate(chart.bars, start=1):
        if (target := chart.target_of(bar)) is not None:
            sheet.write_number(row, column, target, form)
    line = book.add_chart({"type": "line"})
    line.add_series(
        {
            **_series(sheet, column, len(chart.bars)),
            "line": {"dash_type": "dash", "width": 1.5},
            "marker": {"type": "long_dash", "size": 7},  # seen where only one bar has a target
        }
    )
    return line


def _column_of(chart: Chart, table: Table) -> int | None:
    named = (n for n, column in enumerate(table.across) if column.name == chart.name)
    return next(named, None)
