"""Questions about a period's orders: which were due, and who picked them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.bench_figures import Name
from floorhand.domain.entries import Noted
from floorhand.domain.holds import ORDER
from floorhand.domain.json_text import as_json
from floorhand.domain.pauses import PICKING
from floorhand.domain.shifts import Period
from floorhand.domain.tracing import thing
from floorhand.store.asking import ask, of_texts
from floorhand.store.schema import Operation, Order, OrderWas, Trace


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
_UNDO = aliased(Operation)
_BEFORE = of_texts(
    "orders",
    lambda orders: (
        select(Operation.worker, Operation.facts)
        .join(Trace, and_(Trace.site == Operation.site, Trace.operation == Operation.id))
        .where(
            Trace.site == bindparam("site"),
            Trace.thing.in_(orders),
            Trace.at < bindparam("start"),
            Operation.undoes.is_(None),
            ~exists().where(
                _UNDO.site == Operation.site,
                _UNDO.undoes == Operation.id,
                _UNDO.at < bindparam("end"),
            ),
        )
    ),
)
"""What was done with orders before a period, and not taken back by its end."""


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


def pickers(
    tx: Session, site: str, period: Period, noted: Noted, seen: Mapping[Name, datetime]
) -> dict[Name, str]:
    """Say who picked each order before a bench saw it; if several did, whoever picked most of it.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which a bench saw them.
        noted: What counts in it.
        seen: The orders, and when a bench found the first of each: whoever goes to pick what was
            missing then is charged with nothing of it.
    """
    picked: defaultdict[Name, Counter[str]] = defaultdict(Counter)
    for entry in noted("pieces"):
        name = _picked(entry.facts)
        if name is not None and entry.sign > 0 and name in seen and entry.at < seen[name]:
            picked[name][entry.worker] += entry.count("pieces")
    orders = as_json([thing(ORDER, *name) for name in sorted(seen)])
    for worker, text in ask(
        tx, _BEFORE, site=site, orders=orders, start=period.start, end=period.end
    ):
        facts = json.loads(text)
        if (name := _picked(facts)) is not None and name in seen:
            picked[name][worker] += int(facts["pieces"])
    return {
        name: min(counts, key=lambda worker: (-counts[worker], worker))
        for name, counts in picked.items()
    }


def _picked(facts: Mapping[str, Any]) -> Name | None:
    """Name the order of which pieces were picked; None if something else was done."""
    if facts.get("job") != PICKING or not facts.get("pieces") or not facts.get("order"):
        return None
    merchant = str(facts["merchant"])
    return merchant, str(facts["order"]).removeprefix(f"{merchant}/")
