"""It does not match: all consequences of a short pick, in the one transaction that declares it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import Shelf
from floorhand.domain.picking import (
    SHORT_REASONS,
    SUSPECT_REASONS,
    DeclareShort,
    ShortDeclared,
    StopGone,
)
from floorhand.domain.things import AVAILABLE, DAMAGED, EXPIRED, HOLD
from floorhand.errors import Code, Refused
from floorhand.ops.rehoming import Rehomed, rehome
from floorhand.ops.reserving import drop_stop
from floorhand.ops.taking import take_pieces
from floorhand.ops.walking import advance, gone, own_stop
from floorhand.store import ledger, picks, tasks
from floorhand.store.ledger import Cause
from floorhand.store.picks import StopRow
from floorhand.store.schema import Place, Stock, Task


def declare_short(tx: Session, cause: Cause, command: DeclareShort) -> ShortDeclared | StopGone:
    """Close a stop with fewer pieces than wanted.

    What was taken is kept; the missing lose their reservation, and so do this worker's other stops
    for the same goods there. What the books still say is there is put right by the reason, one
    count is raised, and the missing are reserved elsewhere, if they are anywhere.

    Raises:
        Refused: `Code.PICK_NOTHING_SHORT`; `Code.NO_SUCH_CHOICE` for an unknown reason; as
            `take_pieces`.
    """
    if command.reason not in SHORT_REASONS:
        raise Refused(Code.NO_SUCH_CHOICE, number=command.reason, choices=len(SHORT_REASONS))
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    if command.pieces >= stop.stop.pieces:
        raise Refused(Code.PICK_NOTHING_SHORT, pieces=stop.stop.pieces, sku=stop.stop.goods.sku)
    cause.note(
        job="picking",
        merchant=stop.merchant,
        sku=stop.stop.goods.sku,
        place=stop.stop.place,
        order=stop.stop.order,
        reason=command.reason,
        lines=0,
    )
    if command.pieces:
        taken = take_pieces(tx, cause, command.task, command.pick, command.pieces, command.tote)
        assert not isinstance(taken, StopGone), command
        stop = own_stop(tx, cause, command.task, command.pick)
    missing = stop.stop.pieces
    drop_stop(tx, cause, stop, "short")
    lost = _others_that_lose(tx, cause, stop, command.reason)
    for other in lost:
        drop_stop(tx, cause, other, "cancelled")
    _put_right(tx, cause, stop, missing, command.reason)
    _raise_count(tx, cause, stop, command.reason)
    rehomed = [(each, _rehome(tx, cause, each, command.reason)) for each in (stop, *lost)]
    short = [(each.merchant, each.number, each.line_no) for each, found in rehomed if found.short]
    cause.note(
        short=sum(found.short for _, found in rehomed),
        short_lines=len(set(short)),
    )
    mine = [(each.stop.order, found) for each, found in rehomed if _own(each, cause)]
    return _answer(tx, cause, command, stop, mine)


def _own(stop: StopRow, cause: Cause) -> bool:
    return stop.worker == cause.worker


def _answer(
    tx: Session,
    cause: Cause,
    command: DeclareShort,
    stop: StopRow,
    mine: Sequence[tuple[str, Rehomed]],
) -> ShortDeclared:
    """Tell what was found for the walk, what its own order lacks, and how many others lack some."""
    found = sum(each.found for _, each in mine)
    lost = sum(each.short + each.waits for _, each in mine)
    cause.note(pieces=command.pieces, missing=found + lost)
    own = [each for order, each in mine if order == stop.stop.order]
    short, waits = sum(each.short for each in own), sum(each.waits for each in own)
    others = {order for order, each in mine if each.short or each.waits} - {stop.stop.order}
    return ShortDeclared(
        missing=found + short + waits,
        found=found,
        place=next((each.place for _, each in mine if each.place), ""),
        short=short,
        waits=waits,
        order=stop.stop.order,
        others=len(others),
        next=advance(tx, cause, command.task),
    )


def _others_that_lose(tx: Session, cause: Cause, stop: StopRow, reason: str) -> tuple[StopRow, ...]:
    """List further open stops that lose their pieces with this one.

    One fault is declared once: the worker's other stops for the SKU there go with it, and all of
    the worker's stops at a bin that cannot be reached. Where the books cannot be believed any
    more, other workers' stops lose their pieces too; what they have in their totes stays theirs.
    """
    goods = stop.stop.goods
    if reason == "blocked":
        here = picks.stops_at(tx, cause.site, stop.place)
        return tuple(other for other in here if _own(other, cause))
    here = picks.stops_at(tx, cause.site, stop.place, goods.merchant, goods.sku)
    return tuple(other for other in here if _own(other, cause) or reason in SUSPECT_REASONS)


def _put_right(tx: Session, cause: Cause, stop: StopRow, missing: int, reason: str) -> None:
    """Make the books say of the place what the worker saw."""
    goods, place = stop.stop.goods, stop.place
    if reason == "blocked":
        tx.execute(
            update(Place)
            .where(Place.site == cause.site, Place.code == stop.stop.place)
            .values(blocked="blocked")
        )
    elif reason in SUSPECT_REASONS:
        _hold_all(tx, cause, stop)
    else:
        condition = DAMAGED if reason == "damaged" else EXPIRED
        ledger.change(tx, cause, place, goods, missing, condition=condition)


def _hold_all(tx: Session, cause: Cause, stop: StopRow) -> None:
    """Put what the books still believe in a place on hold: suspect, not deleted.

    It is the bin that is doubted, and counted, whatever stands in it.
    """
    goods, held = stop.stop.goods, 0
    for line in ledger.lines_in(tx, cause.site, stop.place):
        same = (line.goods.merchant, line.goods.sku) == (goods.merchant, goods.sku)
        if same and line.goods.condition == AVAILABLE:
            ledger.change(tx, cause, stop.place, line.goods, line.pieces, condition=HOLD)
            held += line.pieces
    if held:
        about = (stop.stop.place, goods.merchant)
        tasks.trouble(tx, cause, "suspect_stock", *about, sku=goods.sku, pieces=held)


def _raise_count(tx: Session, cause: Cause, stop: StopRow, reason: str) -> None:
    """Ask for one count of the bin, unless one is asked for already."""
    goods = stop.stop.goods
    known = tx.scalar(
        select(Task.id)
        .where(
            Task.site == cause.site,
            Task.kind == "count",
            Task.state.in_(("open", "claimed")),
            Task.place == stop.stop.place,
            Task.merchant == goods.merchant,
            Task.sku == goods.sku,
            Task.lot == goods.lot,
        )
        .limit(1)
    )
    if known is not None:
        return
    believed = tx.scalar(
        select(func.sum(Stock.pieces)).where(
            Stock.site == cause.site,
            Stock.place == stop.place,
            Stock.merchant == goods.merchant,
            Stock.sku == goods.sku,
            Stock.lot == goods.lot,
            Stock.pieces > 0,
        )
    )
    tasks.open_task(
        tx,
        cause,
        "count",
        place=stop.stop.place,
        merchant=goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        pieces=believed or 0,
        reason=reason,
    )


def _rehome(tx: Session, cause: Cause, stop: StopRow, reason: str) -> Rehomed:
    """Reserve a stop's missing pieces again, on the same walk; else the line is short.

    What is damaged says nothing of the good pieces beside it; what is expired, only of its lot.
    """
    goods, missing = stop.stop.goods, stop.stop.pieces

    def fits(shelf: Shelf) -> bool:
        if stop.stop.place not in (shelf.root, shelf.place) or reason == "damaged":
            return True
        lot = (shelf.goods.lot, shelf.goods.expiry)
        return reason == "expired" and lot != (goods.lot, goods.expiry)

    return rehome(tx, cause, stop, missing, reason, fits=fits)
