"""What a release gives back to orders that lost pieces by the hold.

Who still walks for an order gets the stops again; otherwise its lines are open again, for the next
walk. So it is with lines that became short, and with those that stayed open: of orders that are
sent whole, or have no tote yet. An order that is at a bench, or over, stays as it is: it was
decided to leave without these, until a lead decides otherwise (`floorhand.ops.picking_again`). So
does one of which a lead has given up what it lacks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, TableClause, and_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER, allocate, by_age
from floorhand.domain.exceptions import DROP_LINES, SHIP_REST
from floorhand.domain.holds import BIN, Subject
from floorhand.ops.reserving import fewer_lacking, put_in_walk, reserve_anywhere
from floorhand.ops.waking import wake
from floorhand.store import holds, picks, shelves, tasks
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.nesting import places_in
from floorhand.store.picks import StopRow
from floorhand.store.schema import Order, OrderLine, Pick, Stock, Trouble

OPEN: Final = ("picking", "released", "waiting")
"""States of orders that something can still be picked for."""

Promised = Counter[tuple[str, str, str]]
"""Pieces by merchant, SKU and order that lines are open for, and that are on no walk yet."""

_LINE = cast(TableClause, OrderLine.__table__)
_LEFT = OrderLine.ordered - OrderLine.picked - OrderLine.short


def give_back(tx: Session, cause: Cause, subject: Subject, reason: str) -> None:
    """Give orders what they lost for a reason, as far as it is free now.

    Args:
        tx: An open transaction, in which the hold has ended.
        cause: The release.
        subject: What was held: a bin, a SKU or a lot.
        reason: Why lines became short by the hold.
    """
    promised: Promised = Counter()
    is_short = and_(OrderLine.short > 0, OrderLine.short_reason == reason, Order.state.in_(OPEN))
    is_open = and_(_LEFT > 0, Order.state.in_(("picking", "waiting")))
    for line in _lines(tx, cause.site, or_(is_short, is_open), _may_have(tx, cause, subject)):
        if line.left and line.state == "picking":
            _back_on_walk(tx, cause, line)
        if line.short and line.short_reason == reason and not _given_up(tx, cause, line):
            _back(tx, cause, line, reason, promised)
        if line.state == "waiting":
            _wake(tx, cause, line, reason)


def short_lines(tx: Session, site: str, *which: ColumnElement[bool]) -> tuple[Any, ...]:
    """List lines of orders that are short, those of the most urgent orders first."""
    return _lines(tx, site, OrderLine.short > 0, *which)


def _lines(tx: Session, site: str, *which: ColumnElement[bool]) -> tuple[Any, ...]:
    asked = (
        select(
            OrderLine.merchant,
            OrderLine.order,
            OrderLine.line_no,
            OrderLine.sku,
            OrderLine.short,
            OrderLine.short_reason,
            _LEFT.label("left"),
            Order.state,
        )
        .join(
            Order,
            and_(
                Order.site == OrderLine.site,
                Order.merchant == OrderLine.merchant,
                Order.number == OrderLine.order,
            ),
        )
        .where(OrderLine.site == site, *which)
        .order_by(Order.priority.desc(), Order.due_at, OrderLine.order, OrderLine.line_no)
    )
    return tuple(tx.execute(asked))


def _may_have(tx: Session, cause: Cause, subject: Subject) -> ColumnElement[bool]:
    if subject.kind != BIN:
        return and_(OrderLine.merchant == subject.merchant, OrderLine.sku == subject.code)
    inside = places_in(tx, cause.site, subject.code)
    there = select(Stock.merchant, Stock.sku).where(
        Stock.site == cause.site, Stock.place.in_(inside), Stock.pieces > Stock.reserved
    )
    return tuple_(OrderLine.merchant, OrderLine.sku).in_(there)


def open_again(tx: Session, cause: Cause, line: Any, promised: Promised) -> tuple[int, bool]:
    """Open a short line by the pieces that are free; say how many, and if a walk has them at once.

    Args:
        tx: An open transaction.
        cause: Who decided so.
        line: One of `short_lines`.
        promised: What lines of this and of orders before it are open for; this adds to it.
    """
    stop = _lost(tx, cause, line) if line.state == "picking" else None
    if stop is not None:
        pieces = _put_on_walk(tx, cause, line, stop, line.short)
    else:
        pieces = _promise(tx, cause, line, promised)
    if pieces:
        _open(tx, cause, line, pieces)
        cause.touch("order", line.merchant, line.order)
    return pieces, stop is not None


def _promise(tx: Session, cause: Cause, line: Any, promised: Promised) -> int:
    """Say how many pieces of a short line are free for the next walk, behind those before it."""
    here = shelves.shelves_of(tx, cause.site, line.merchant, line.sku)
    today = shelves.site_date(tx, cause.site, cause.at)
    name = (line.merchant, line.sku, line.order)
    if name not in promised:
        of_order = (OrderLine.merchant == line.merchant, OrderLine.order == line.order)
        mine = _lines(tx, cause.site, *of_order, OrderLine.sku == line.sku)
        promised[name] = sum(one.left - _on_walk(tx, cause, one) for one in mine)
    others = sum(pieces for (*goods, _), pieces in promised.items() if goods == [*name[:2]])
    takes = allocate(by_age(here, today), others + line.short)
    pieces = max(0, sum(take.pieces for take in takes) - others)
    promised[name] += pieces
    return pieces


def _on_walk(tx: Session, cause: Cause, line: Any) -> int:
    """Count the pieces of a line that stops are still open for."""
    of_line = (Pick.merchant == line.merchant, Pick.order == line.order)
    stops = picks.open_stops(tx, cause.site, *of_line, Pick.line_no == line.line_no)
    return sum(stop.stop.pieces for stop in stops)


def _put_on_walk(tx: Session, cause: Cause, line: Any, stop: StopRow, pieces: int) -> int:
    named = (line.merchant, line.sku)
    takes = reserve_anywhere(tx, cause, *named, pieces, fits=lambda _: True)
    put_in_walk(tx, cause, stop, takes, "")
    return sum(take.pieces for take in takes)


def _back(tx: Session, cause: Cause, line: Any, reason: str, promised: Promised) -> None:
    pieces, _ = open_again(tx, cause, line, promised)
    if pieces:
        left = any(each.short_reason == reason for each in _of_order(tx, cause, line))
        gone = "" if left else reason
        fewer_lacking(tx, cause, line.merchant, line.order, pieces=pieces, gone=gone)


def _back_on_walk(tx: Session, cause: Cause, line: Any) -> None:
    """Give the walk that has an order stops for what it lacks of a line that is still open."""
    stop = _lost(tx, cause, line)
    if stop is None:
        return
    lacking = line.left - _on_walk(tx, cause, line)
    pieces = _put_on_walk(tx, cause, line, stop, lacking) if lacking > 0 else 0
    if pieces:
        cause.touch("order", line.merchant, line.order)
    policy = merchant_rules(tx, cause.site, line.merchant).short_policy
    if pieces and stop.tote and policy == HOLD_ORDER:  # what others lack so is not told yet
        fewer_lacking(tx, cause, line.merchant, line.order, pieces=pieces, gone="")


def _wake(tx: Session, cause: Cause, line: Any, reason: str) -> None:
    """Let an order go on that waits since the hold, if all is there that it waits for."""
    told = tasks.facts_told(tx, cause.site, "short_order", f"{line.merchant}/{line.order}")
    if reason in str(told.get("reason", "")).split(", "):
        wake(tx, cause, line.merchant, line.order)


def _given_up(tx: Session, cause: Cause, line: Any) -> bool:
    """Say whether a lead has given up what an order lacks, and it has lost nothing since."""
    about = (
        Trouble.site == cause.site,
        Trouble.kind.in_(("short_order", "missing_at_bench")),
        Trouble.subject == f"{line.merchant}/{line.order}",
    )
    asked = select(Trouble.closed_at, Trouble.decision).where(*about)
    told = tx.execute(asked).all()
    open_now = any(row.closed_at is None for row in told)
    return not open_now and any(row.decision in (SHIP_REST, DROP_LINES) for row in told)


def _lost(tx: Session, cause: Cause, line: Any) -> StopRow | None:
    """Give a stop of the walk that the order is on, one of the line if it had any there.

    None if nobody walks for it any more, or the order itself is held. Who brings totes away takes
    nothing into them; who has none to bring away is still walking.
    """
    if holds.on_order(tx, cause.site, line.merchant, line.order):
        return None
    walk = picks.walk_of_order(tx, cause.site, line.merchant, line.order)
    if walk is None:
        return None
    of_walk = Pick.task == walk.task
    if picks.carried_totes(tx, cause.site, walk) and not picks.open_stops(tx, cause.site, of_walk):
        return None
    of_order = (Pick.merchant == line.merchant, Pick.order == line.order)
    stops = list(picks.stops_where(tx, cause.site, of_walk, *of_order))
    stops.sort(key=lambda stop: stop.line_no != line.line_no)
    return replace(stops[0], line_no=line.line_no) if stops else None


def _open(tx: Session, cause: Cause, line: Any, pieces: int) -> None:
    values: dict[str, Any] = {"short": _LINE.c.short - pieces}
    if pieces == line.short:
        values["short_reason"] = ""
    tx.execute(
        update(_LINE)
        .where(
            _LINE.c.site == cause.site,
            _LINE.c.merchant == line.merchant,
            _LINE.c.order == line.order,
            _LINE.c.line_no == line.line_no,
        )
        .values(values)
    )


def _of_order(tx: Session, cause: Cause, line: Any) -> tuple[Any, ...]:
    of_order = (OrderLine.merchant == line.merchant, OrderLine.order == line.order)
    return short_lines(tx, cause.site, *of_order)
