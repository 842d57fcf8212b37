"""Refills, as changes: take goods out of a reserve, carry them in a tote, put them into a face.

Pieces are nobody's until they are taken, so a picker may be quicker: then the worker is sent to
another reserve of the product, or the refill is struck off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain.putaway import CheckBin
from floorhand.domain.refilling import (
    GoodsPut,
    GoodsTaken,
    NextRefill,
    NothingThere,
    PutGoods,
    RefillFound,
    RefillGivenBack,
    RefillJob,
    TakeGoods,
)
from floorhand.domain.things import AVAILABLE, HOLD, Line
from floorhand.errors import Code, Gone, Refused
from floorhand.ops.putaway import NO_ROOM, check_bin
from floorhand.store import counts, ledger, refills, shelves, tasks
from floorhand.store.cancelling import PUTBACK
from floorhand.store.ledger import Cause
from floorhand.store.places import root_of
from floorhand.store.schema import Place

JOB = "refill"

FEWER = "fewer"
"""Why a reserve is counted: it held less than the books say."""


def next_refill(tx: Session, cause: Cause, command: NextRefill) -> RefillFound | RefillGivenBack:
    """Claim the most urgent refill, or give one back.

    Raises:
        Refused: `Code.NOTHING_TO_REFILL`.
    """
    cause.note(job=JOB)
    if command.instead_of:
        refills.give_back(tx, cause.site, command.instead_of, cause.worker)
    if command.give_back:
        found = refills.refill_of(tx, cause.site, command.instead_of)
        return RefillGivenBack(found[0].target if found else "")
    following = _next(tx, cause, command.later)
    if following is None:
        raise Refused(Code.NOTHING_TO_REFILL)
    return following


def _next(tx: Session, cause: Cause, later: tuple[str, ...]) -> RefillFound | None:
    put_off = {task: number for number, task in enumerate(later)}
    waiting = refills.waiting_refills(tx, cause.site, cause.worker)
    for job in sorted(waiting, key=lambda one: put_off.get(one.task, -1)):
        there = job if job.tote else _still_there(tx, cause, job)
        if there is None:
            tasks.close_task(tx, cause, job.task, "cancelled")
        elif tasks.claim_task(tx, cause, job.task):
            return RefillFound(there)
    return None


def _still_there(tx: Session, cause: Cause, job: RefillJob) -> RefillJob | None:
    """Give a refill with the reserve from which it can come by now; None if there is none."""
    today = shelves.site_date(tx, cause.site, cause.at)
    goods = job.goods
    places = [
        shelf.place
        for shelf in refills.reserves_of(tx, cause.site, (goods.merchant, goods.sku), today)
        if (shelf.goods.lot, shelf.goods.expiry) == (goods.lot, goods.expiry)
    ]
    if not places or job.source in places:
        return job if places else None
    refills.set_refill(tx, cause.site, job.task, source=places[0])
    return replace(job, source=places[0])


def own_refill(tx: Session, cause: Cause, task: str) -> RefillJob:
    """Give a refill that the worker is at.

    Raises:
        Gone: `Code.WORK_LOST`, if it is over, or somebody else's.
    """
    found = refills.refill_of(tx, cause.site, task)
    if found is None or found[1:] != ("claimed", cause.worker):
        raise Gone(Code.WORK_LOST, place=found[0].target if found else "")
    return found[0]


def take_goods(tx: Session, cause: Cause, command: TakeGoods) -> GoodsTaken | NothingThere:
    """Move pieces from the reserve into an empty tote.

    If that is all that there is, the rest of what the books believe there and nobody was promised
    is held, and the bin is counted, as after a short pick.

    Raises:
        Gone: As `own_refill`.
        Refused: `Code.TOTE_TAKEN`, `Code.TOTE_NOT_EMPTY`; `Code.BAD_QUANTITY`;
            `Code.NOT_ENOUGH_STOCK` if a picker was quicker.
    """
    job = own_refill(tx, cause, command.task)
    if not int(not command.short) <= command.pieces <= job.pieces:
        raise Refused(Code.BAD_QUANTITY, number=command.pieces, limit=job.pieces)
    goods = job.goods
    cause.note(job=JOB, merchant=goods.merchant, place=job.source)
    if command.pieces:
        _must_be_free(tx, cause, command.tote)
        ledger.move(tx, cause, job.source, command.tote, [Line(goods, command.pieces)])
        refills.set_refill(tx, cause.site, job.task, tote=command.tote, taken=command.pieces)
    if command.short:
        _doubt(tx, cause, job)
        cause.note(missing=job.pieces - command.pieces)
    if command.pieces:
        return GoodsTaken(replace(job, tote=command.tote, taken=command.pieces))
    tasks.close_task(tx, cause, job.task, "cancelled")
    return NothingThere(job.source, _next(tx, cause, ()))


def _must_be_free(tx: Session, cause: Cause, tote: str) -> None:
    """See that a tote is empty and bound to no order."""
    place = tx.get(Place, (cause.site, tote))
    assert place is not None, tote
    if place.order_no:
        raise Refused(Code.TOTE_TAKEN, tote=tote, order=place.order_no)
    if place.state not in ("open", "closed"):
        raise Refused(Code.PLACE_CLOSED, place=tote)
    if ledger.lines_in(tx, cause.site, tote):
        raise Refused(Code.TOTE_NOT_EMPTY, tote=tote)


def _doubt(tx: Session, cause: Cause, job: RefillJob) -> None:
    """Hold what nobody was promised of the goods in a reserve, and have it counted."""
    goods, held = job.goods, 0
    for one in counts.held_in(tx, cause.site, [job.source]):
        free = one.pieces - one.reserved
        same = (one.goods.merchant, one.goods.sku) == (goods.merchant, goods.sku)
        if same and one.goods.condition == AVAILABLE and free:
            ledger.change(tx, cause, job.source, one.goods, free, condition=HOLD)
            held += free
    root = root_of(tx, cause.site, job.source)
    if held:
        facts: dict[str, str | int] = {"sku": goods.sku, "pieces": held}
        tasks.trouble(tx, cause, "suspect_stock", root, goods.merchant, **facts)
    scope = ("", goods.sku)
    if not any(row.count.sku in scope for row in counts.open_counts(tx, cause.site, root)):
        tasks.open_task(
            tx,
            cause,
            "count",
            place=root,
            merchant=goods.merchant,
            sku=goods.sku,
            reason=FEWER,
        )


def put_goods(tx: Session, cause: Cause, command: PutGoods) -> GoodsPut:
    """Move pieces from the tote into the pick face; what is left is put away elsewhere.

    Raises:
        Gone: As `own_refill`.
        Refused: `Code.BIN_NOT_LEGAL` or `Code.BIN_NO_ROOM` if the face cannot take so many;
            `Code.BAD_QUANTITY`.
    """
    job = own_refill(tx, cause, command.task)
    goods, left = job.goods, job.taken - command.pieces
    if not 0 <= command.pieces <= job.taken:
        raise Refused(Code.BAD_QUANTITY, number=command.pieces, limit=job.taken)
    if command.pieces:
        check_bin(tx, cause, CheckBin(goods, command.pieces, job.target, job.target))
        ledger.move(tx, cause, job.tote, job.target, [Line(goods, command.pieces)])
    if left:
        named = {"merchant": goods.merchant, "sku": goods.sku, "lot": goods.lot}
        tasks.open_task(tx, cause, PUTBACK, place=job.tote, **named, pieces=left, reason=NO_ROOM)
    tasks.close_task(tx, cause, job.task)
    cause.note(job=JOB, merchant=goods.merchant, place=job.target, pieces=command.pieces, lines=1)
    then = _next(tx, cause, command.later)
    return GoodsPut(job.target, goods.sku, command.pieces, left, job.tote, then)


HANDLERS: dict[type, Callable[..., object]] = {
    NextRefill: next_refill,
    TakeGoods: take_goods,
    PutGoods: put_goods,
}
