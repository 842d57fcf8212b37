"""Write the rows that could not be taken beside the file, with line number and reason.

The row itself follows, so that it can be put right and imported from here. Cells that a
spreadsheet would calculate get an apostrophe before them: data is never a formula. Two headings of
our own mark such a file; where they stand, the import takes the apostrophes off again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from floorhand.errors import BadFile
from floorhand.exchange.reading import Row, Source
from floorhand.exchange.records import Rejected
from floorhand.text.visible import visible

SUFFIX = ".rejected.csv"

HEAD = ("rejected_line", "rejected_reason")
"""No format has these headings, so our reason is never read as a shop's."""

_CALCULATED = ("=", "+", "-", "@", "\t", "\r")

_NUMBER = re.compile(r"[+-]\d+([.,]\d+)?", re.ASCII)


def write_rejected(source: Source, rejected: Sequence[Rejected]) -> tuple[str, str]:
    """Write ``FILE.rejected.csv``; in the working folder if FILE's is not writable.

    Without rejected rows nothing is written, and the one of an earlier attempt is taken away, so
    that nobody works it off again. What was imported is safe by now: a folder or disk that does
    not take the file is told and undoes nothing.

    Returns:
        The file that was written, or empty; and a sentence if something could not be done.
    """
    target = source.path.with_name(source.path.name + SUFFIX)
    if not rejected:
        return "", _take_away(target)
    for attempt in (target, Path(target.name)):
        try:
            _write(attempt, source, rejected)
        except (OSError, BadFile) as error:
            why = getattr(error, "strerror", None) or str(error)
        else:
            return str(attempt), ""
    return "", f"The rejected rows could not be written to {visible(target.name)}: {why}."


def is_rejected_file(headings: Sequence[str]) -> bool:
    """Say whether a file is one of those that are written here."""
    return tuple(headings[: len(HEAD)]) == HEAD


def safe(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if not cell.lstrip("'").startswith(_CALCULATED) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def unguarded(cell: str) -> str:
    """Give a cell of a rejected file as it was: undoes `safe`."""
    if cell.startswith("'") and safe(cell[1:]) == cell:
        return cell[1:]
    return cell


def _write(target: Path, source: Source, rejected: Sequence[Rejected]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        if source.is_json:
            out.writerow(HEAD)
            out.writerows((item.line, safe(item.reason)) for item in rejected)
            return
        rows = iter(source.rows())
        headings = next(rows).cells
        again = len(HEAD) if is_rejected_file(headings) else 0
        out.writerow([*HEAD, *map(safe, headings[again:])])
        out.writerows(_with_cells(rows, rejected, again))


def _with_cells(
    rows: Iterable[Row], rejected: Sequence[Rejected], again: int
) -> Iterable[list[object]]:
    """Give the rejected rows behind line and reason; ``again`` cells of an earlier time go."""
    reasons: dict[int, list[str]] = {}
    for item in rejected:
        reasons.setdefault(item.line, []).append(item.reason)
    for row in rows:
        if row.line in reasons:
            told = safe("; ".join(reasons.pop(row.line)))
            cells = (safe(unguarded(c) if again else c) for c in row.cells[again:])
            yield [row.line, told, *cells]
    for line, left in reasons.items():
        yield [line, safe("; ".join(left))]


def _take_away(path: Path) -> str:
    """Remove what an earlier import wrote, if it is ours; say so if that cannot be done."""
    try:
        with path.open(encoding="utf-8") as file:
            ours = file.readline().startswith(",".join(HEAD))
    except (OSError, UnicodeError):
        return ""
    try:
        if ours:
            path.unlink()
    except OSError:
        return f"{visible(path.name)} is of an earlier import and could not be taken away."
    return ""
