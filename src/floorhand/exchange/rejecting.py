"""Write the rows that could not be taken beside the file, with line number and reason.

The row itself follows, so that it can be put right and imported from here. Cells that a
spreadsheet would calculate get an apostrophe before them: data is never a formula.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from floorhand.exchange.reading import Row, Source
from floorhand.exchange.records import Rejected

SUFFIX = ".rejected.csv"

_HEAD = ("line", "reason")

_CALCULATED = ("=", "+", "-", "@", "\t", "\r")


_NUMBER = re.compile(r"[+-]\d+([.,]\d+)?", re.ASCII)


def write_rejected(source: Source, rejected: Sequence[Rejected]) -> str:
    """Write ``FILE.rejected.csv`` and name it; in the working folder if FILE's is not writable.

    Without rejected rows nothing is written, and the one of an earlier attempt is taken away, so
    that nobody works it off again.
    """
    target = source.path.with_name(source.path.name + SUFFIX)
    if not rejected:
        if _is_ours(target):
            target.unlink(missing_ok=True)
        return ""
    try:
        _write(target, source, rejected)
    except OSError:
        target = Path(source.path.name + SUFFIX)
        _write(target, source, rejected)
    return str(target)


def safe(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if not cell.startswith(_CALCULATED) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def _write(target: Path, source: Source, rejected: Sequence[Rejected]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        if source.is_json:
            out.writerow(_HEAD)
            out.writerows((item.line, safe(item.reason)) for item in rejected)
            return
        rows = iter(source.rows())
        out.writerow([*_HEAD, *map(safe, next(rows).cells)])
        out.writerows(_with_cells(rows, rejected))


def _with_cells(rows: Iterable[Row], rejected: Sequence[Rejected]) -> Iterable[list[object]]:
    reasons: dict[int, list[str]] = {}
    for item in rejected:
        reasons.setdefault(item.line, []).append(item.reason)
    for row in rows:
        line, cells = row.line, row.cells
        if line in reasons:
            yield [line, safe("; ".join(reasons.pop(line))), *map(safe, cells)]
    for line, left in reasons.items():
        yield [line, safe("; ".join(left))]


def _is_ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().startswith(",".join(_HEAD))
    except (OSError, UnicodeError):
        return False
