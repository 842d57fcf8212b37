"""What all parts of a count share: whose it is, what is asked for, what was moved meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.cycle_counts import CountFound
from floorhand.errors import Code, Gone, Refused
from floorhand.store import counts, tasks
from floorhand.store.counts import CountRow
from floorhand.store.ledger import Cause
from floorhand.store.nesting import places_in

JOB: Final = "counting"

CLOCKS_APART_S: Final = 300
"""Clocks of terminals may differ by so much: moves since a moment are looked for from then on."""


def next_in_line(
    tx: Session, cause: Cause, after: str, later: tuple[str, ...]
) -> CountFound | None:
    """Claim the next bin on the walk behind a place; those in ``later`` come after all others."""
    rows = counts.waiting_counts(tx, cause.site, cause.worker, after)
    put_off = {task: number for number, task in enumerate(later)}
    for row in sorted(rows, key=lambda one: put_off.get(one.count.task, -1)):
        if tasks.claim_task(tx, cause, row.count.task):
            return CountFound(row.count)
    return None


def known_count(tx: Session, site: str, task: str) -> CountRow:
    """Give a count that is there."""
    row = counts.count_row(tx, site, task)
    assert row is not None, task
    return row


def moves_of(tx: Session, site: str, row: CountRow, begun: datetime) -> dict[tuple[str, str], int]:
    """Count what was moved at a bin since then of what is to be counted, by product."""
    found = counts.moves_at(tx, site, places_in(tx, site, row.count.place), begun)
    return {sku: number for sku, number in found.items() if is_asked(row, *sku)}


def is_asked(row: CountRow, merchant: str, sku: str) -> bool:
    """Say whether a product is to be counted, as all are where none is named."""
    return not row.count.sku or (merchant, sku) == (row.count.merchant, row.count.sku)


def moves_json(moves: Mapping[tuple[str, str], int]) -> str:
    """Write down how often products were moved."""
    return json.dumps([[*sku, number] for sku, number in moves.items()], ensure_ascii=False)


def takes_another(tx: Session, cause: Cause, *rows: CountRow) -> Refused:
    """Say why a worker may do none of these counts of a bin, nor decide about them."""
    found = (counts.counters_of(tx, cause.site, row.first or row.count.task) for row in rows)
    why = "counted" if any(cause.worker in counters for counters in found) else "asked"
    place = rows[0].count.place
    return Refused(Code.COUNTED_BEFORE, place=place, why_text=f"counting.not_you.{why}")


def own_count(tx: Session, cause: Cause, task: str) -> CountRow:
    """Give a count that the worker is at.

    Raises:
        Gone: `Code.WORK_LOST`, if it is over, or somebody else's.
    """
    row = counts.count_row(tx, cause.site, task)
    if row is None or row.state != "claimed" or row.worker != cause.worker:
        raise Gone(Code.WORK_LOST, place=row.count.place if row else "")
    return row
