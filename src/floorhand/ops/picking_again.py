"""Have what an order lacks picked after all, once it is in stock: a lead decides so.

Nothing that was written off as short comes back by itself to an order that is at a bench or over.
Here its lines open again, by what is free now: for the walk that has the order, if that still
goes, or else for the next one. A bench that packs it lets it go; its totes stay where they are
until the missing pieces have come to them. What has left this house is not picked again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER
from floorhand.domain.exceptions import Decide
from floorhand.domain.packing import AsideDone, PutAside
from floorhand.errors import Code, Refused
from floorhand.flows.turn import AnyState, Facts
from floorhand.ops.giving_back import Promised, open_again, short_lines
from floorhand.ops.missing import HOLD_REASON
from floorhand.ops.packing import put_aside
from floorhand.ops.reserving import fewer_lacking
from floorhand.ops.taken_over import tell_freed
from floorhand.ops.works import work_of
from floorhand.store import holds, orders, parcels
from floorhand.store.cancelling import holding
from floorhand.store.exception_facts import Shown
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.orders import split_name
from floorhand.store.schema import Order, OrderLine, Trouble

KIND: Final = "short_order"

GONE: Final = ("shipped", "cancelled")
"""States of orders that nothing is picked for any more."""


def may_be(tx: Session, site: str, one: Standing) -> bool:
    """Say whether an order is still in this house and was written off as short by some pieces."""
    return _state(tx, site, one) not in (*GONE, "") and bool(_lines(tx, site, one))


def why_not(tx: Session, site: str, one: Standing) -> tuple[Shown, ...]:
    """Say of an order that is not in this house any more why nothing of it is picked again."""
    state = _state(tx, site, one) if one.kind == KIND else ""
    return (("fact.again_text", f"exceptions.again.{state}"),) if state in GONE else ()


def pick_again(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Open the short lines of an order again by what is free, and let it be picked.

    What is not there stays on the list. Where the merchant wants whole orders it is all or nothing.
    An exception about what a bench found missing is for that product; what others tell is left.

    Raises:
        Refused: `Code.AGAIN_NO_STOCK`; `Code.EXCEPTION_CHANGED` if the order went on meanwhile.
    """
    merchant, number = split_name(one.subject)
    state = _state(tx, cause.site, one)
    lines = _lines(tx, cause.site, one)
    lacked = sum(line.short for line in lines)
    promised: Promised = Counter()
    opened = [open_again(tx, cause, line, promised) for line in lines]
    pieces = sum(each for each, _ in opened)
    whole = merchant_rules(tx, cause.site, merchant).short_policy == HOLD_ORDER
    if not pieces or (whole and pieces < lacked):
        raise Refused(Code.AGAIN_NO_STOCK, order=one.subject, pieces=pieces, missing=lacked)
    if state == "packing":
        _leave_bench(tx, cause, one.subject)
        state = "picked"
    why = orders.hold_reason(tx, cause.site, merchant, number)
    if state in ("picked", "short") or (state, why) == ("hold", HOLD_REASON):
        _release(tx, cause, one, state)
    if pieces < lacked:
        _stays_told(tx, cause, one, lacked - pieces)
    if one.kind != KIND and pieces > one.pieces:  # the order lacked more of these than it is about
        fewer_lacking(tx, cause, merchant, number, pieces=pieces - one.pieces, gone="")
    cause.note(merchant=merchant, order=one.subject, again=pieces)
    then = "walk" if all(on_walk for _, on_walk in opened) else "next"
    if state == "picked" and holding(tx, cause.site, one.subject, "tote"):
        then = "bench"
    if _is_held(tx, cause.site, one):
        then = "held"
    told = {"order": one.subject, "pieces": pieces, "left": lacked - pieces}
    return {**told, "again_text": f"exceptions.again.{then}"}


def _state(tx: Session, site: str, one: Standing) -> str:
    merchant, number = split_name(one.subject)
    asked = select(Order.state).where(
        Order.site == site, Order.merchant == merchant, Order.number == number
    )
    return tx.scalar(asked) or ""


def _is_held(tx: Session, site: str, one: Standing) -> bool:
    """Say whether no walk may begin with an order, for it or its merchant is on hold."""
    merchant, number = split_name(one.subject)
    asked = select(holds.may_not_begin(Order)).where(
        Order.site == site, Order.merchant == merchant, Order.number == number
    )
    return bool(tx.scalar(asked))


def _lines(tx: Session, site: str, one: Standing) -> tuple[Any, ...]:
    """List the short lines that an exception is about: all, or those of a product."""
    merchant, number = split_name(one.subject)
    of_order = (OrderLine.merchant == merchant, OrderLine.order == number)
    whole = merchant_rules(tx, site, merchant).short_policy == HOLD_ORDER
    if one.kind == KIND or whole:
        return short_lines(tx, site, *of_order)
    return short_lines(tx, site, *of_order, OrderLine.sku == str(one.facts.get("sku", "")))


def _leave_bench(tx: Session, cause: Cause, order: str) -> None:
    """Take an order from the bench that packs it; who does is told at the next scan."""
    totes = [tote.code for tote in parcels.totes_of(tx, cause.site, order)]
    holder = parcels.holder_of(tx, cause.site, totes)
    if holder is None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=order)
    of_holder = replace(cause, worker=holder.worker, lead=cause.worker or cause.seat)
    if not isinstance(put_aside(tx, of_holder, PutAside(order)), AsideDone):
        raise Refused(Code.EXCEPTION_CHANGED, subject=order)

    def is_it(state: AnyState) -> bool:
        return work_of("packing", state) == order

    tell_freed(tx, of_holder, "packing", holder.worker, order, is_it, Code.PICKED_FIRST)
    cause.note(taken_from=holder.worker)


def _release(tx: Session, cause: Cause, one: Standing, state: str) -> None:
    """Let the next walk have an order that nobody walks for."""
    merchant, number = split_name(one.subject)
    if not orders.go_on_from(tx, cause, merchant, number, state, "released"):
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)


def _stays_told(tx: Session, cause: Cause, one: Standing, left: int) -> None:
    """Leave the exception open, with what is still missing, and for what reasons."""
    pieces = min(left, one.pieces)
    facts = {**one.facts, "pieces": pieces}
    if one.kind == KIND:
        reasons = dict.fromkeys(line.short_reason for line in _lines(tx, cause.site, one))
        facts["reason"] = ", ".join(reasons)
    tx.execute(
        update(Trouble)
        .where(Trouble.site == cause.site, Trouble.id == one.id)
        .values(
            facts=json.dumps(facts, ensure_ascii=False),
            pieces=pieces,
            closed_at=None,
            decision="",
            decided_by="",
            reason="",
        )
    )
