"""Totes of a walk: bind them to orders, replace full ones, bring them to a bench."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sqlalchemy import TableClause, bindparam, select, update
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
from floorhand.ops.claims import make_final
from floorhand.ops.returns_bench import RETURNS_ZONE
from floorhand.ops.walking import (
    OPEN_STOPS,
    advance,
    cancel_on_walk,
    free_tote,
    gone,
    leave_slot,
    own_stop,
    own_walk,
    settle_orders,
)
from floorhand.store import picks, places
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place, Slot, Stock

DROP_KINDS = ("bench", "dock")

_DROP_PLACE = select(Place.kind, Place.zone).where(
    Place.site == bindparam("site"), Place.code == bindparam("place")
)
_FREE_SLOT = select(
    Slot.merchant, Slot.order, Slot.was, OPEN_STOPS.exists().label("has_stops")
).where(
    Slot.site == bindparam("site"),
    Slot.task == bindparam("task"),
    Slot.slot_no == bindparam("slot"),
    Slot.tote.is_(None),
)
_HOLDS = (
    select(Stock.pieces)
    .where(
        Stock.site == bindparam("at_site"),
        Stock.place == bindparam("at_tote"),
        Stock.pieces > 0,
    )
    .limit(1)
)
_SLOT, _PLACE = cast(TableClause, Slot.__table__), cast(TableClause, Place.__table__)
_BIND = update(_SLOT).where(
    _SLOT.c.site == bindparam("at_site"),
    _SLOT.c.task == bindparam("at_task"),
    _SLOT.c.slot_no == bindparam("at_slot"),
)
_TAKE = (
    update(_PLACE)
    .where(
        _PLACE.c.site == bindparam("at_site"),
        _PLACE.c.code == bindparam("at_tote"),
        _PLACE.c.kind == "tote",
        _PLACE.c.order_no.is_(None),
        _PLACE.c.state.in_(("open", "closed")),
        ~_HOLDS.exists(),
    )
    .values(order_no=bindparam("bound"), state="open", parent=None)
)


def bind_tote(tx: Session, cause: Cause, command: BindTote) -> ToteBound | StopGone:
    """Put an empty tote into a slot of a walk, if its order still has a stop on it.

    Raises:
        Refused: `Code.TOTE_TAKEN`, `Code.TOTE_NOT_EMPTY`, `Code.PLACE_CLOSED`; `Code.WALK_LOST` if
            the slot has a tote already.
    """
    walk = own_walk(tx, cause, command.task)
    here = {"site": cause.site, "task": command.task, "slot": command.slot}
    slot = ask(tx, _FREE_SLOT, **here).one_or_none()
    if slot is None:
        raise Gone(Code.WALK_LOST)
    order = f"{slot.merchant}/{slot.order}"
    if not slot.has_stops:  # it was held meanwhile, or its goods were
        cause.note(job="picking")
        return StopGone("no_tote", order, "", advance(tx, cause, command.task))
    _take_tote(tx, cause, command.tote, order, walk.cart)
    _bind(tx, cause, command.task, command.slot, command.tote)
    cause.note(job="picking", order=order)
    make_final(tx, cause, command.task, slot.merchant, slot.order, slot.was)
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
    cause.touch("place", full)
    _take_tote(tx, cause, command.tote, stop.stop.order, walk.cart)
    _bind(tx, cause, command.task, stop.stop.slot, command.tote)
    if ask(tx, _HOLDS, at_site=cause.site, at_tote=full).first():
        places.set_place(tx, cause.site, full, state="closed")
    else:
        free_tote(tx, cause, full)
    cause.note(job="picking")
    return ToteReplaced(full, command.tote, advance(tx, cause, command.task))


def bring_totes(tx: Session, cause: Cause, command: BringTotes) -> TotesBrought:
    """Stand totes of a finished walk in a bench or dock; their orders can be packed from now on.

    Raises:
        Refused: `Code.NOT_EXPECTED_NOW` if it is neither; `Code.BENCH_FOR_RETURNS` if it is for
            what comes back and there is another; `Code.PLACE_CLOSED`; `Code.WALK_LOST`.
    """
    walk = own_walk(tx, cause, command.task)
    _check_drop_place(tx, cause, command.place)
    carried = picks.carried_totes(tx, cause.site, walk)
    brought = [each for each in carried if command.tote in ("", each.tote)]
    for each in brought:
        if each.order_state == "cancelled" and each.order_no:
            cancel_on_walk(tx, cause, command.task, each.merchant, each.number)
        if each.order_no:
            cause.touch("order", each.order_no)
        places.stand_in(tx, cause, each.tote, command.place)
        leave_slot(tx, cause, command.task, each.tote)
    cause.note(job="picking", totes=len(brought))
    settle_orders(tx, cause, walk)
    following = advance(tx, cause, command.task)
    if isinstance(following, NeedBench):  # one walk, one bench: nobody carries totes apart
        following = replace(following, bench=command.place)
    return TotesBrought(len(brought), command.place, following)


def _check_drop_place(tx: Session, cause: Cause, place: str) -> None:
    row = ask(tx, _DROP_PLACE, site=cause.site, place=place).one_or_none()
    if row is None or row.kind not in DROP_KINDS:
        raise Refused(Code.NOT_EXPECTED_NOW)
    bench = picks.proposed_bench(tx, cause.site) if row.zone == RETURNS_ZONE else ""
    if bench:
        raise Refused(Code.BENCH_FOR_RETURNS, place=place, bench=bench)


def _bind(tx: Session, cause: Cause, task: str, slot: int, tote: str) -> None:
    ask(tx, _BIND, at_site=cause.site, at_task=task, at_slot=slot, tote=tote)


def _take_tote(tx: Session, cause: Cause, tote: str, order: str, cart: str) -> None:
    """Bind an empty tote that is nobody's to an order and stand it on the cart."""
    if ask(tx, _TAKE, at_site=cause.site, at_tote=tote, bound=order).rowcount != 1:
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
