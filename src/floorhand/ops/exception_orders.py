"""What can be decided about orders and returns: send what there is, drop lines, name a merchant.

It is up to the merchant's rules what happens to a short order by itself; an order that waits or is
on hold is one whose merchant wants to be asked, so all is open here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import allocate, by_age
from floorhand.domain.exceptions import DROP_LINES, Decide
from floorhand.domain.packing import HELD
from floorhand.domain.picking import NO_STOCK
from floorhand.domain.returns import CUSTOMER_RETURN
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Facts
from floorhand.ops.ending import note_short
from floorhand.ops.exception_stock import known_merchant
from floorhand.ops.lacking import held_of
from floorhand.ops.missing import HOLD_REASON
from floorhand.ops.reserving import write_short
from floorhand.store import orders, shelves
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, OrderLine, Return

WAITING: Final = "waiting"


def stopped(tx: Session, site: str, one: Standing) -> bool:
    """Say whether an order waits for stock, or for what its merchant says about pieces it lacks."""
    return _stopped(tx, site, one) is not None


def ship_rest(tx: Session, cause: Cause, one: Standing, command: Decide) -> Facts:
    """Give up what an order lacks, so that the rest of it can leave.

    Lines are short by what nobody has; where the lines are dropped, by all that is not picked of
    them. An order of which nothing is left is closed as short.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED` if it does not wait any more.
    """
    merchant, _, number = one.subject.partition("/")
    state = _stopped(tx, cause.site, one)
    if state is None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    short = 0
    if state == WAITING:
        whole = command.action == DROP_LINES
        for line_no, pieces, reason in _lacking(tx, cause, merchant, number, whole=whole):
            write_short(tx, cause, merchant, number, line_no, pieces, reason)
            short += pieces
    cause.note(short=short)
    if _go_on(tx, cause, one, state) == "short":
        note_short(tx, cause, merchant, number)
    return {"order": one.subject, "pieces": short}


def _stopped(tx: Session, site: str, one: Standing) -> str | None:
    merchant, _, number = one.subject.partition("/")
    asked = select(Order.state, Order.hold_reason).where(
        Order.site == site, Order.merchant == merchant, Order.number == number
    )
    row = tx.execute(asked).one_or_none()
    held = row is not None and row.state == "hold" and row.hold_reason == HOLD_REASON
    return row.state if row is not None and (held or row.state == WAITING) else None


def _lacking(
    tx: Session, cause: Cause, merchant: str, number: str, *, whole: bool
) -> list[tuple[int, int, str]]:
    """Say which lines must be short, by how many pieces and why, as stock is now.

    A line has one reason: that of most of the pieces that are not there.
    """
    today = shelves.site_date(tx, cause.site, cause.at)
    lines = tx.execute(
        select(
            OrderLine.line_no,
            OrderLine.sku,
            (OrderLine.ordered - OrderLine.picked - OrderLine.short).label("left"),
        )
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == merchant,
            OrderLine.order == number,
            OrderLine.ordered > OrderLine.picked + OrderLine.short,
        )
        .order_by(OrderLine.line_no)
    ).all()
    free: dict[str, int] = {}
    held: dict[str, int] = {}
    lacking: list[tuple[int, int, str]] = []
    for line in lines:
        if line.sku not in free:
            here = by_age(shelves.shelves_of(tx, cause.site, merchant, line.sku), today)
            wanted = sum(each.left for each in lines if each.sku == line.sku)
            free[line.sku] = sum(take.pieces for take in allocate(here, wanted))
            held[line.sku] = held_of(tx, cause, merchant, line.sku, wanted - free[line.sku])
        there = min(free[line.sku], line.left)
        if missing := line.left - there:
            of_hold = min(held[line.sku], missing)
            held[line.sku] -= of_hold
            reason = HELD if of_hold * 2 >= missing else NO_STOCK
            lacking.append((line.line_no, line.left if whole else missing, reason))
        if there == line.left or not whole:
            free[line.sku] -= there
    return lacking


def _go_on(tx: Session, cause: Cause, one: Standing, state: str) -> str:
    """Let an order be picked, or packed if nothing is left to pick; close it if it is empty.

    Gives the state that it has by then.
    """
    merchant, _, number = one.subject.partition("/")
    mine = (
        OrderLine.site == cause.site,
        OrderLine.merchant == merchant,
        OrderLine.order == number,
    )
    lines = tx.execute(
        select(OrderLine.ordered, OrderLine.picked, OrderLine.short).where(*mine)
    ).all()
    left = sum(line.ordered - line.picked - line.short for line in lines)
    picked = sum(line.picked for line in lines)
    after = "released" if left else "picked" if picked else "short"
    if not orders.go_on_from(tx, cause, merchant, number, state, after):
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    return after


def unnamed(tx: Session, site: str, one: Standing) -> bool:
    """Say whether nobody knows yet whose return it is."""
    asked = select(Return.merchant, Return.custody).where(
        Return.site == site, Return.number == one.subject
    )
    row = tx.execute(asked).one_or_none()
    return row is not None and row.merchant is None and row.custody == "received"


def name_merchant(tx: Session, cause: Cause, one: Standing, command: Decide) -> Facts:
    """Say whose return it is: it is inspected as any other of that merchant from now on.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED` if that was said meanwhile.
    """
    assert known_merchant(tx, cause.site, command.detail), command
    done = tx.execute(
        update(Return)
        .where(
            Return.site == cause.site,
            Return.number == one.subject,
            Return.merchant.is_(None),
            Return.custody == "received",
        )
        .values(merchant=command.detail, kind=CUSTOMER_RETURN)
        .returning(Return.number)
    ).first()
    if done is None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    return {"number": one.subject, "merchant": command.detail}
