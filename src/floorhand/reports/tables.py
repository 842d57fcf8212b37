"""A report as CSV: a folder with a file per table, or one file with a line per figure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from floorhand.errors import DatabaseUnusable
from floorhand.exchange.rejecting import safe
from floorhand.exchange.tables import ENCODING
from floorhand.reports.model import Cell, Report, Share
from floorhand.store.whole_file import written_whole
from floorhand.text.visible import visible

HEADS: Final = ("section", "row", "about", "figure", "value", "unit")
"""Of a file with a line per figure. ``about`` is what the row is about: its texts, in words."""


def write_folder(report: Report, folder: Path, *, replace: bool = False) -> list[Path]:
    """Write a file for each table into a folder: all of them, or none.

    Raises:
        DatabaseUnusable: If one is there already, or cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(f"{folder} cannot be made ({error.strerror}).") from error
    files = [
        folder / f"{number:02}-{section.name}.csv"
        for number, (section, _) in enumerate(report.tables, start=1)
    ]
    with ExitStack() as stack:
        parts = [stack.enter_context(written_whole(file, replace=replace)) for file in files]
        for part, (_, table) in zip(parts, report.tables, strict=True):
            rows = ([_worded(report, cell) for cell in row] for row in table.rows)
            _write(part, [column.head for column in table.across], rows)
    return files


def write_figures(report: Report, file: Path, *, replace: bool = False) -> None:
    """Write all tables into one file, a line for each figure.

    Raises:
        DatabaseUnusable: If it is there already, or cannot be written.
    """
    with written_whole(file, replace=replace) as part:
        _write(part, HEADS, _figures(report))


def _figures(report: Report) -> Iterator[list[str]]:
    for section, table in report.tables:
        for number, row in enumerate(table.rows, start=1):
            about = " · ".join(cell for cell in row if isinstance(cell, str) and cell)
            for column, cell in zip(table.across, row, strict=True):
                if cell is not None and not isinstance(cell, str):
                    value, unit = _measured(report, cell)
                    yield [section.name, str(number), about, column.name, value, unit]


def _measured(report: Report, cell: int | float | Share | timedelta | datetime) -> tuple[str, str]:
    """Write a figure for programs, with its unit."""
    match cell:
        case datetime():
            return cell.astimezone(report.zone).isoformat(timespec="seconds"), "moment"
        case timedelta():
            return f"{cell.total_seconds():.0f}", "s"
        case Share(percent=percent):
            return f"{percent:g}", "%"
        case _:
            return str(cell), "1"


def _worded(report: Report, cell: Cell) -> str:
    """Write a cell so that spreadsheets take a number for a number, and a length for a length.

    Moments have their offset: where clocks are put back, an hour comes twice.
    """
    match cell:
        case None:
            return ""
        case str():
            return cell
        case datetime():
            return cell.astimezone(report.zone).isoformat(timespec="seconds")
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
        case Share(percent=percent):
            return f"{percent:g}%"
        case _:
            return str(cell)


def _write(part: Path, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with part.open("w", encoding=ENCODING, newline="") as out:
        writer = csv.writer(out)
        writer.writerow([safe(visible(head)) for head in heads])
        writer.writerows([safe(visible(cell)) for cell in row] for row in rows)
