"""Questions about a period's orders: which were due, and who picked them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.bench_figures import Name
from floorhand.domain.entries import Entry
from floorhand.domain.json_text import as_json
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask, of_texts
from floorhand.store.schema import Order, Pick, Task

_IN_TIME = Order.shipped_at <= Order.due_at
_DUE = select(Order.merchant, Order.number, func.coalesce(_IN_TIME, False).label("in_time")).where(
    Order.site == bindparam("site"),
    Order.due_at >= bindparam("start"),
    Order.due_at < bindparam("end"),
    Order.released_at.is_not(None),
    Order.released_at <= Order.due_at,
    or_(Order.cancelled_at.is_(None), Order.cancelled_at >= Order.due_at),
)
_PICKED = of_texts(
    "numbers",
    lambda numbers: select(Pick.merchant, Pick.order, Pick.task, Pick.picked).where(
        Pick.site == bindparam("site"),
        Pick.merchant == bindparam("merchant"),
        Pick.order.in_(numbers),
        Pick.picked > 0,
    ),
)
_WALKED = of_texts(
    "tasks",
    lambda tasks: select(Task.id, Task.worker).where(
        Task.site == bindparam("site"), Task.id.in_(tasks), Task.worker.is_not(None)
    ),
)
"""Asked for by itself: each walk has dozens of picks, and is looked up once."""


def due(
    tx: Session, site: str, period: Period, now: datetime, taken_back: Iterable[Entry]
) -> tuple[int, int]:
    """Count the orders whose deadline is in the period, and those of them that left in time.

    As long as the period runs, those whose deadline has not passed are not due yet.

    An order that was cancelled, or not released, before its deadline was not due. Where a deadline
    was changed afterwards, the new one counts.

    Args:
        tx: An open transaction.
        site: The building.
        period: Where the deadline is.
        now: The moment of asking.
        taken_back: What was done by the period's end and taken back since: the order had left.
    """
    left_then = {
        (one.word("merchant"), one.word("order")) for one in taken_back if one.facts.get("on_time")
    }
    rows = ask(tx, _DUE, site=site, start=period.start, end=min(now, period.end))
    in_time = sum(row.in_time or (row.merchant, row.number) in left_then for row in rows)
    return len(rows), in_time


def pickers(tx: Session, site: str, orders: Sequence[Name]) -> dict[Name, str]:
    """Say who picked each order; if several did, whoever picked most of it."""
    picks: list[Any] = []
    for merchant, group in groupby(sorted(orders), key=itemgetter(0)):
        numbers = as_json([number for _, number in group])
        picks += ask(tx, _PICKED, site=site, merchant=merchant, numbers=numbers)
    tasks = as_json(sorted({task for _, _, task, _ in picks}))
    workers: dict[str, str] = dict(ask(tx, _WALKED, site=site, tasks=tasks)) if picks else {}
    picked: defaultdict[Name, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for merchant, order, task, pieces in picks:
        if task in workers:
            picked[merchant, order][workers[task]] += pieces
    return {
        name: min(counts, key=lambda worker: (-counts[worker], worker))
        for name, counts in picked.items()
    }
