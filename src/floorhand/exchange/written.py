"""What writing a file did: counts, rows that the database would not take, what was noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Table as SqlTable
from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.exchange.records import Alarm, Context, LineRecord, Rejected

BATCH = 500
"""Records looked up and written at a time; below every database's limit of values."""

ROWS_MAX = 5_000
"""Rows handed to the driver in one call."""

T = TypeVar("T")


@dataclass(slots=True)
class Writing:
    """One file on its way into the database. ``tx`` may be committed between whole papers."""

    tx: Session
    site: str
    context: Context
    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The time of the import."""
        return self.context.now

    def reject(self, line: int, reason: str) -> None:
        """Put a row aside."""
        self.rejected.append(Rejected(line, reason))

    def reject_all(self, lines: Sequence[LineRecord], bad: dict[int, str], rest: str) -> None:
        """Put a whole paper aside: some lines for a reason of their own, the rest for ``rest``."""
        for item in lines:
            self.reject(item.line, bad.get(item.line, rest))

    def insert(self, table: type, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows to a table; all must name the same columns."""
        target: SqlTable = table.__table__  # type: ignore[attr-defined]  # every `Table` has one
        for chunk in batches(rows, ROWS_MAX):
            self.tx.connection().execute(insert(target), chunk)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give items in lists of at most ``size``."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
