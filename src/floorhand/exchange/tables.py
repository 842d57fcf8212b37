"""Write a table as a file that spreadsheets open as it is."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from floorhand.exchange.rejecting import safe

ENCODING = "utf-8-sig"
"""With a mark at the beginning, by which Excel knows it for UTF-8."""


def write_table(file: Path, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write headings and rows as CSV; no cell is taken for a formula.

    Raises:
        OSError: If it cannot be written, or is there already.
    """
    with file.open("x", encoding=ENCODING, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(map(safe, heads))
        writer.writerows(map(safe, row) for row in rows)
