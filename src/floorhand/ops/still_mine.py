"""Whether work that is taken back is still the worker's, and fits what others did meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from floorhand.errors import Code, Gone, Refused
from floorhand.flows.turn import AnyState
from floorhand.ops import bench, count_work, holding, putaway_work, refill, returns_bench, walking
from floorhand.ops.aside import ASIDE
from floorhand.ops.freezing import thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.works import counted_in
from floorhand.store import deliveries, ledger, nouns, returns
from floorhand.store.holds import are_held, is_order_held
from floorhand.store.ledger import Cause
from floorhand.store.nesting import places_in
from floorhand.store.restoring import Changed, stays
from floorhand.store.schema import DeliveryLine, Hold, Order, Pick, Slot, Task
from floorhand.store.tasks import LIVE


def must_be_mine(tx: Session, cause: Cause, flow: str, state: AnyState) -> None:
    """Make sure that nobody else has the work that a question is about, and that it is open.

    Raises:
        Refused: Saying who has it, or that it is finished.
    """
    if flow in ASIDE:
        asked = ASIDE[flow](state)
        flow, state = asked.flow, thaw(FLOWS[asked.flow], asked.state)
    try:
        if flow in _MINE:
            _MINE[flow](tx, cause, state)
    except Gone as gone:  # the question here stands: only what was is gone
        raise Refused(gone.code, **gone.facts) from gone


def must_fit(tx: Session, cause: Cause, rows: Sequence[Changed]) -> None:
    """Make sure that nobody has built on what was put back without changing it.

    Raises:
        Refused: `Code.UNDO_CHANGED`.
    """
    for row in rows:
        match row.table.name:
            case "delivery" if row.was is not None and row.was.get("state") == "announced":
                _nothing_counted(tx, cause, row.any["number"])
            case "delivery" if row.was is not None and row.was.get("state") == "closed":
                _as_it_closed(tx, cause, row.any["number"])
            case "place" if (
                not stays(row) and (row.was or {"order_no": None}).get("order_no", "") is None
            ):
                _holds_nothing(tx, cause, row.any["code"])
            case "pick" if row.was is not None and row.was.get("state") == "open":
                _on_a_walk(tx, cause, row.any["id"])
            case "hold" if row.was is not None and row.was.get("released_at", "") is None:
                _nothing_begun(tx, cause, row.any["id"])


def must_not_be_held(tx: Session, cause: Cause, rows: Sequence[Changed]) -> None:
    """Make sure that nothing is on hold that would be picked again, but by what is taken back.

    Raises:
        Refused: `Code.UNDO_HELD`, saying what is held, why, by whom and since when.
    """
    mine = {row.any["id"] for row in rows if row.table.name == "hold"}
    again = [
        row.any["id"]
        for row in rows
        if row.table.name == "pick" and row.was is not None and row.was.get("state") == "open"
    ]
    asked = select(Pick).where(Pick.site == cause.site, Pick.id.in_(again)).order_by(Pick.walk_no)
    for pick in tx.scalars(asked) if again else ():
        for held in holding.on_pick(tx, cause, pick):
            if held.id not in mine:
                raise Refused(Code.UNDO_HELD, **holding.facts_of(tx, cause, held))


def _nothing_counted(tx: Session, cause: Cause, number: str) -> None:
    """A delivery is announced again only as long as nobody has counted anything of it."""
    counted = tx.scalar(
        select(func.sum(DeliveryLine.received + DeliveryLine.damaged)).where(
            DeliveryLine.site == cause.site, DeliveryLine.delivery == number
        )
    )
    if counted:
        raise Refused(Code.UNDO_CHANGED, thing_text="thing.deliverycode", code=number)


def _as_it_closed(tx: Session, cause: Cause, delivery: str) -> None:
    """A delivery is closed again only with the counts with which it was."""
    if not deliveries.is_as_closed(tx, cause.site, delivery):
        raise Refused(Code.UNDO_CHANGED, thing_text="thing.deliverycode", code=delivery)


def _holds_nothing(tx: Session, cause: Cause, place: str) -> None:
    """A place is nobody's again, or not there, only as long as nothing was put into it."""
    if ledger.lines_in(tx, cause.site, place):
        raise Refused(Code.UNDO_CHANGED, **nouns.place(tx, cause.site, place))


def _on_a_walk(tx: Session, cause: Cause, pick: str) -> None:
    """A stop is open again only as long as its walk goes on, has the order, and may pick it."""
    row = tx.execute(
        select(
            Pick.merchant,
            Pick.order,
            Task.state,
            Order.state.label("order_state"),
            Slot.settled,
            or_(are_held(Pick), is_order_held(Pick)).label("held"),
        )
        .join(Task, and_(Task.site == Pick.site, Task.id == Pick.task))
        .join(
            Order,
            and_(
                Order.site == Pick.site,
                Order.merchant == Pick.merchant,
                Order.number == Pick.order,
            ),
        )
        .outerjoin(
            Slot,
            and_(
                Slot.site == Pick.site,
                Slot.task == Pick.task,
                Slot.merchant == Pick.merchant,
                Slot.order == Pick.order,
            ),
        )
        .where(Pick.site == cause.site, Pick.id == pick, Pick.state == "open")
    ).first()
    if row is None:
        return
    ended = row.state not in LIVE or row.order_state != "picking" or row.settled is not False
    if ended or row.held:
        facts = nouns.named(tx, "pick", {"merchant": row.merchant, "order": row.order})
        raise Refused(Code.UNDO_CHANGED, **facts)


def _nothing_begun(tx: Session, cause: Cause, hold: str) -> None:
    """A release is taken back only as long as no walk has begun with what was held."""
    held = tx.execute(select(Hold).where(Hold.site == cause.site, Hold.id == hold)).scalar_one()
    begun = select(Pick.id).where(Pick.site == cause.site, Pick.state == "open")
    if held.kind == "bin":
        begun = begun.where(Pick.place.in_(places_in(tx, cause.site, held.subject)))
    else:
        named = Pick.order if held.kind == "order" else Pick.sku
        begun = begun.where(Pick.merchant == held.merchant, named == held.subject)
    if held.lot:
        begun = begun.where(Pick.lot == held.lot)
    if held.kind != "merchant" and tx.scalar(begun.limit(1)) is not None:
        raise Refused(
            Code.UNDO_CHANGED, **nouns.hold(held.kind, held.merchant, held.subject, held.lot)
        )


def _walk(tx: Session, cause: Cause, state: AnyState) -> None:
    about = getattr(state, "stop", None) or getattr(state, "need", None)
    if about is not None:
        walking.own_walk(tx, cause, about.task)


def _order(tx: Session, cause: Cause, state: AnyState) -> None:
    at = getattr(state, "bench", None)
    if at is None:
        return
    work = bench.order_at_bench(tx, cause, at.order)
    if not isinstance(work, bench.Work):
        raise Refused(Code.UNDO_CHANGED, thing_text="thing.ordercode", code=at.order)


def _delivery(tx: Session, cause: Cause, state: AnyState) -> None:
    if (job := getattr(state, "job", None)) is not None:
        header = deliveries.header(tx, cause.site, job.delivery)
        if header is None or header.state != "receiving":
            raise Refused(Code.DELIVERY_CLOSED, delivery=job.delivery)


def _source(tx: Session, cause: Cause, state: AnyState) -> None:
    about = getattr(state, "now", None) or getattr(state, "found", None)
    if about is None:
        return
    tasks = putaway_work.tasks_of(tx, cause.site, about.source)
    holder = putaway_work.holder_of(tasks)
    if holder != cause.worker:
        raise Refused(Code.UNDO_CHANGED, **nouns.place(tx, cause.site, about.source.place))


def _return(tx: Session, cause: Cause, state: AnyState) -> None:
    parcel = getattr(state, "parcel", None)
    if parcel is None:
        return
    if returns.head(tx, cause.site, parcel.number) is None:
        raise Refused(Code.UNDO_CHANGED, thing_text="thing.returncode", code=parcel.number)
    returns_bench.open_return(tx, cause, parcel.number)


def _count(tx: Session, cause: Cause, state: AnyState) -> None:
    if task := counted_in(state):
        count_work.own_count(tx, cause, task)


def _refill(tx: Session, cause: Cause, state: AnyState) -> None:
    if hasattr(state, "job"):
        refill.own_refill(tx, cause, state.job.task)


_MINE: Mapping[str, Callable[[Session, Cause, AnyState], None]] = {
    "picking": _walk,
    "packing": _order,
    "receiving": _delivery,
    "putaway": _source,
    "returns": _return,
    "counting": _count,
    "refill": _refill,
}
