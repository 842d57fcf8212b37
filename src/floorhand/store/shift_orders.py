"""Questions about a period's orders: which were due, and who picked them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.bench_figures import Name
from floorhand.domain.json_text import as_json
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask, of_texts
from floorhand.store.schema import Order, OrderWas, Pick, Task


def _due_of(one: type[Order] | type[OrderWas]) -> Select[tuple[int, int]]:
    """Count what was due, and what of it left in time, by orders or by what they were."""
    return select(
        func.count(),
        func.coalesce(func.sum(case((one.shipped_at <= one.due_at, 1), else_=0)), 0),
    ).where(
        one.site == bindparam("site"),
        one.due_at >= bindparam("start"),
        one.due_at < bindparam("end"),
        one.released_at.is_not(None),
        one.released_at <= one.due_at,
        or_(one.cancelled_at.is_(None), one.cancelled_at >= one.due_at),
    )


_FIRST = aliased(OrderWas)
_DUE = _due_of(Order).where(
    ~exists().where(
        _FIRST.site == Order.site,
        _FIRST.merchant == Order.merchant,
        _FIRST.number == Order.number,
        _FIRST.until >= bindparam("end"),
    )
)
_WAS_DUE = _due_of(OrderWas).where(
    OrderWas.until >= bindparam("end"),
    ~exists().where(
        _FIRST.site == OrderWas.site,
        _FIRST.merchant == OrderWas.merchant,
        _FIRST.number == OrderWas.number,
        _FIRST.until >= bindparam("end"),
        _FIRST.until < OrderWas.until,
    ),
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
    lambda tasks: select(Task.id, Task.worker, Task.created_at).where(
        Task.site == bindparam("site"), Task.id.in_(tasks), Task.worker.is_not(None)
    ),
)
"""Asked for by itself: each walk has dozens of picks, and is looked up once."""


def due(tx: Session, site: str, period: Period, now: datetime) -> tuple[int, int]:
    """Count the orders whose deadline is in the period, and those of them that left in time.

    As long as the period runs, those whose deadline has not passed are not due yet.

    An order that was cancelled, or not released, before its deadline was not due. A deadline that
    was changed later, and goods that came back from the door later, change nothing of it.

    Args:
        tx: An open transaction.
        site: The building.
        period: Where the deadline is.
        now: The moment of asking.
    """
    named = {"site": site, "start": period.start, "end": min(now, period.end)}
    both = [ask(tx, question, **named).one() for question in (_DUE, _WAS_DUE)]
    count, in_time = (int(sum(column)) for column in zip(*both, strict=True))
    return count, in_time


def pickers(tx: Session, site: str, seen: Mapping[Name, datetime]) -> dict[Name, str]:
    """Say who picked each order before a bench saw it; if several did, whoever picked most of it.

    Args:
        tx: An open transaction.
        site: The building.
        seen: The orders, and when a bench found the first of each: whoever goes to pick what was
            missing then is charged with nothing of it.
    """
    picks: list[Any] = []
    for merchant, group in groupby(sorted(seen), key=itemgetter(0)):
        numbers = as_json([number for _, number in group])
        picks += ask(tx, _PICKED, site=site, merchant=merchant, numbers=numbers)
    tasks = as_json(sorted({task for _, _, task, _ in picks}))
    walks = {row.id: row for row in ask(tx, _WALKED, site=site, tasks=tasks)} if picks else {}
    picked: defaultdict[Name, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for merchant, order, task, pieces in picks:
        walk = walks.get(task)
        if walk is not None and walk.created_at < seen[merchant, order]:
            picked[merchant, order][walk.worker] += pieces
    return {
        name: min(counts, key=lambda worker: (-counts[worker], worker))
        for name, counts in picked.items()
    }
