"""What an import did, as words for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from floorhand.exchange.records import Rejected
from floorhand.text.visible import visible

ALWAYS = ("orders", "order_lines", "pieces", "returns", "return_lines", "return_pieces", "products")
"""Counts that every result has, though they be 0."""

_WRITTEN = {
    "merchants": ("merchant", "merchants"),
    "printers": ("printer", "printers"),
    "stations": ("station", "stations"),
    "places": ("place", "places"),
    "boxes": ("box type", "box types"),
    "workers": ("worker", "workers"),
    "products": ("product", "products"),
    "barcodes": ("barcode", "barcodes"),
    "deliveries": ("delivery", "deliveries"),
    "delivery_lines": ("delivery line", "delivery lines"),
    "expected_pieces": ("piece expected", "pieces expected"),
    "orders": ("order", "orders"),
    "order_lines": ("order line", "order lines"),
    "pieces": ("piece", "pieces"),
    "tracking_numbers": ("tracking or package number", "tracking and package numbers"),
    "orders_hold": ("of the orders on hold", "of the orders on hold"),
    "orders_cancelled": ("order cancelled", "orders cancelled"),
    "orders_shipped": ("order sent before", "orders sent before"),
    "returns": ("return", "returns"),
    "return_lines": ("return line", "return lines"),
    "return_pieces": ("piece to come back", "pieces to come back"),
    "troubles": ("matter for a supervisor", "matters for a supervisor"),
    "updated": ("row changed", "rows changed"),
}

_LEFT = {
    "unchanged": ("is there already", "are there already"),
    "cancelled_too_late": ("cancelled too late", "cancelled too late"),
}

ENCODING_NAMES = {"cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
"""What people call encodings that are guessed."""

REASONS_MAX = 5
"""Rejected rows that are shown at once; the rest is in the file."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one file.

    Attributes:
        facts: What the format counted in the file, taken or not.
        counts: What was written.
        rejected: Rows that could not be taken, by line.
        rejected_file: Where they are; empty if there are none, or nothing was to be written.
        already: When the same file was imported before, if it was.
    """

    file: str
    format: str
    recognised: bool
    encoding: str
    facts: dict[str, int | str]
    counts: dict[str, int]
    rejected: tuple[Rejected, ...] = ()
    rejected_rows: int = 0
    rejected_file: str = ""
    notes: tuple[str, ...] = ()
    dry_run: bool = False
    already: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give all of it, the format's own counts at the top level."""
        return {
            **self.facts,
            "file": self.file,
            "format": self.format,
            "encoding": _encoding(self.encoding),
            **{name: 0 for name in ALWAYS},
            **self.counts,
            "rejected": self.rejected_rows,
            "rejected_file": self.rejected_file,
            "reasons": [
                {"line": item.line, "reason": item.reason} for item in self.rejected[:REASONS_MAX]
            ],
            "notes": list(self.notes),
            "dry_run": self.dry_run,
            "already_imported": self.already,
        }

    def lines(self) -> Iterator[str]:
        """Say it in a few lines."""
        file = visible(self.file)
        how = "recognised as" if self.recognised else "read as"
        yield f"{file}: {how} {self.format} ({_encoding(self.encoding)})"
        if self.already:
            yield f"  imported before, at {self.already}"
        done, left = self._words(_WRITTEN), self._words(_LEFT)
        verb = "would write" if self.dry_run else "wrote"
        yield f"  {verb}: {done or 'nothing'}{'; ' if left else ''}{left}"
        for note in self.notes:
            yield f"  note: {visible(note)}"
        if self.rejected_rows:
            where = f"; see {visible(self.rejected_file)}" if self.rejected_file else ""
            rows = "row" if self.rejected_rows == 1 else "rows"
            yield f"  rejected: {self.rejected_rows} {rows}{where}"
            for item in self.rejected[:REASONS_MAX]:
                yield f"    line {item.line}: {visible(item.reason)}"
            if (more := self.rejected_rows - REASONS_MAX) > 0:
                yield f"    and {more} more"

    def _words(self, named: dict[str, tuple[str, str]]) -> str:
        counts = [(self.counts.get(name, 0), words) for name, words in named.items()]
        return ", ".join(f"{n} {words[n != 1]}" for n, words in counts if n)


def _encoding(name: str) -> str:
    return {"utf-8-sig": "utf-8"}.get(name, ENCODING_NAMES.get(name, name).casefold())
