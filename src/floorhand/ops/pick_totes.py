"""Totes of a walk: bind them to orders, replace full ones, bring them to a bench."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.picking import (
    BindTote,
    BringTotes,
    NeedBench,
    ReplaceTote,
    StopGone,
    ToteBound,
    ToteReplaced,
    TotesBrought,
)
from floorhand.errors import Code, Gone, Refused
from floorhand.ops.walking import (
    advance,
    cancel_on_walk,
    free_tote,
    gone,
    own_stop,
    own_walk,
    settle_orders,
)
from floorhand.store import picks, places
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place, Slot, Stock

DROP_KINDS = ("bench", "dock")


def bind_tote(tx: Session, cause: Cause, command: BindTote) -> ToteBound:
    """Put an empty tote into a slot of a walk.

    Raises:
        Refused: `Code.TOTE_TAKEN`, `Code.TOTE_NOT_EMPTY`, `Code.PLACE_CLOSED`; `Code.WALK_LOST` if
            the slot has a tote already.
    """
    walk = own_walk(tx, cause, command.task)
    here = (Slot.site == cause.site) & (Slot.task == command.task) & (Slot.slot_no == command.slot)
    slot = tx.execute(
        select(Slot.merchant, Slot.order).where(here, Slot.tote.is_(None))
    ).one_or_none()
    if slot is None:
        raise Gone(Code.WALK_LOST)
    order = f"{slot.merchant}/{slot.order}"
    _take_tote(tx, cause, command.tote, order, walk.cart)
    tx.execute(update(Slot).where(here).values(tote=command.tote))
    cause.note(job="picking")
    return ToteBound(command.tote, order, advance(tx, cause, command.task))


def replace_tote(tx: Session, cause: Cause, command: ReplaceTote) -> ToteReplaced | StopGone:
    """Close the full tote of a slot and put an empty one there, for the same order.

    Raises:
        Refused: As `bind_tote`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    walk = own_walk(tx, cause, command.task)
    full = stop.stop.tote
    _take_tote(tx, cause, command.tote, stop.stop.order, walk.cart)
    tx.execute(
        update(Slot)
        .where(Slot.site == cause.site, Slot.task == command.task, Slot.slot_no == stop.stop.slot)
        .values(tote=command.tote)
    )
    holds = tx.scalar(
        select(Stock.pieces)
        .where(Stock.site == cause.site, Stock.place == full, Stock.pieces > 0)
        .limit(1)
    )
    if holds:
        tx.execute(
            update(Place).where(Place.site == cause.site, Place.code == full).values(state="closed")
        )
    else:
        free_tote(tx, cause, full)
    cause.note(job="picking")
    return ToteReplaced(full, command.tote, advance(tx, cause, command.task))


def bring_totes(tx: Session, cause: Cause, command: BringTotes) -> TotesBrought:
    """Stand totes of a finished walk in a bench or dock; their orders can be packed from now on.

    Raises:
        Refused: `Code.NOT_EXPECTED_NOW` if it is neither; `Code.PLACE_CLOSED`; `Code.WALK_LOST`.
    """
    walk = own_walk(tx, cause, command.task)
    kind = tx.scalar(
        select(Place.kind).where(Place.site == cause.site, Place.code == command.place)
    )
    if kind not in DROP_KINDS:
        raise Refused(Code.NOT_EXPECTED_NOW)
    carried = picks.carried_totes(tx, cause.site, walk)
    brought = [each for each in carried if command.tote in ("", each.tote)]
    for each in brought:
        if each.order_state == "cancelled" and each.order_no:
            cancel_on_walk(tx, cause, command.task, each.merchant, each.number)
        places.stand_in(tx, cause, each.tote, command.place)
        tx.execute(
            update(Slot)
            .where(Slot.site == cause.site, Slot.task == command.task, Slot.tote == each.tote)
            .values(tote=None)
        )
    cause.note(job="picking", totes=len(brought))
    settle_orders(tx, cause, walk)
    following = advance(tx, cause, command.task)
    if isinstance(following, NeedBench):  # one walk, one bench: nobody carries totes apart
        following = replace(following, bench=command.place)
    return TotesBrought(len(brought), command.place, following)


def _take_tote(tx: Session, cause: Cause, tote: str, order: str, cart: str) -> None:
    """Bind an empty tote that is nobody's to an order and stand it on the cart."""
    holds = (
        select(Stock.pieces)
        .where(Stock.site == cause.site, Stock.place == tote, Stock.pieces > 0)
        .exists()
    )
    taken = tx.scalar(
        update(Place)
        .where(
            Place.site == cause.site,
            Place.code == tote,
            Place.kind == "tote",
            Place.order_no.is_(None),
            Place.state.in_(("open", "closed")),
            ~holds,
        )
        .values(order_no=order, state="open", parent=None)
        .returning(Place.code)
    )
    if taken is None:
        raise _why_not(tx, cause, tote)
    if cart:
        places.stand_in(tx, cause, tote, cart)


def _why_not(tx: Session, cause: Cause, tote: str) -> Refused:
    """Say why a tote cannot be taken."""
    row = tx.execute(
        select(Place.order_no, Place.state).where(Place.site == cause.site, Place.code == tote)
    ).one_or_none()
    if row is not None and row.order_no:
        return Refused(Code.TOTE_TAKEN, tote=tote, order=row.order_no)
    if row is not None and row.state not in ("open", "closed"):
        return Refused(Code.PLACE_CLOSED, place=tote)
    return Refused(Code.TOTE_NOT_EMPTY, tote=tote)
