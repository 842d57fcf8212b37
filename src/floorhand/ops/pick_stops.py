"""At a stop: the right place or another, the right lot or another, and leaving it for later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import LAST_DAY, Shelf, by_age, is_expired
from floorhand.domain.days import day
from floorhand.domain.picking import (
    FEFO_SLACK_DAYS,
    ArriveAt,
    Arrived,
    InHand,
    LotOffered,
    LotSwapped,
    MovePick,
    OfferLot,
    PlaceOffered,
    SkipStop,
    StopGone,
    StopSkipped,
    SwapLot,
    TakeInHand,
)
from floorhand.domain.routing import WALK_STEP
from floorhand.domain.things import AVAILABLE, Goods
from floorhand.errors import Code, Refused
from floorhand.ops.walking import advance, given_back, gone, own_stop
from floorhand.store import holds, ledger, picks, places, shelves
from floorhand.store.ledger import Cause
from floorhand.store.picks import StopRow
from floorhand.store.schema import Pick, Stock


def arrive_at(tx: Session, cause: Cause, command: ArriveAt) -> Arrived | PlaceOffered | StopGone:
    """Check the place that a worker confirmed, and that the stop is still to be done.

    Raises:
        Refused: `Code.WRONG_PLACE`, naming both; `Code.PICK_EXPIRED`; `Code.WALK_LOST`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    stop = given_back(tx, cause, stop) or stop
    if (over := gone(tx, cause, stop)) is not None:
        return over
    today = shelves.site_date(tx, cause.site, cause.at)
    wanted = stop.stop
    if command.place in (wanted.place, wanted.inside):
        if is_expired(wanted.goods.expiry, today):
            raise Refused(Code.PICK_EXPIRED, sku=wanted.goods.sku, expiry=wanted.goods.expiry)
        return Arrived(wanted)
    if (shelf := _same_goods_at(tx, cause, stop, command.place, today)) is not None:
        return PlaceOffered(command.place, shelf.free)
    raise Refused(Code.WRONG_PLACE, code=command.place, place=wanted.place)


def take_in_hand(tx: Session, cause: Cause, command: TakeInHand) -> InHand | StopGone:
    """Let pieces be counted, if their stop is still to be done. Only the tote's scan moves them.

    Raises:
        Gone: As `own_stop`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    again = given_back(tx, cause, stop)
    if again is not None and again.stop.pieces >= command.pieces:
        stop = again
    if (over := gone(tx, cause, stop)) is not None:
        return over
    return InHand(stop.stop, command.pieces, command.of_pack)


def move_pick(tx: Session, cause: Cause, command: MovePick) -> Arrived | StopGone:
    """Take the goods of a stop from another place, as many of the same as are free there.

    The rest stays a stop of the place where it was.

    Raises:
        Refused: `Code.WRONG_PLACE`, if they are no longer free there; `Code.WALK_LOST`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    today = shelves.site_date(tx, cause.site, cause.at)
    shelf = _same_goods_at(tx, cause, stop, command.place, today)
    goods, left = stop.stop.goods, stop.stop.pieces
    taken = min(left, shelf.free) if shelf else 0
    if shelf is None or not ledger.reserve(tx, cause, shelf.place, goods, taken):
        raise Refused(Code.WRONG_PLACE, code=command.place, place=stop.stop.place)
    ledger.release(tx, cause, stop.place, goods, taken)
    pick = command.pick if taken == left else _split_pick(tx, cause, stop, goods, taken)
    _change_pick(tx, cause, pick, place=shelf.place)
    cause.note(job="picking")
    return Arrived(own_stop(tx, cause, command.task, pick).stop)


def offer_lot(tx: Session, cause: Cause, command: OfferLot) -> LotOffered | LotSwapped | StopGone:
    """Say whether another lot in this place may be taken. Serials are swapped at once.

    Which of several equal serial numbers is taken matters to nobody, as long as the books know.

    Raises:
        Refused: `Code.PICK_WRONG_LOT`, `Code.PICK_LOT_HELD`, `Code.PICK_LOT_TOO_NEW`,
            `Code.PICK_EXPIRED`, `Code.PICK_WRONG_SERIAL`, `Code.WALK_LOST`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    goods = stop.stop.goods
    if goods.serial and command.serial and command.serial != goods.serial:
        return _swap_serial(tx, cause, stop, command.serial)
    today = shelves.site_date(tx, cause.site, cause.at)
    told = command.lot or day(command.expiry)
    if is_expired(command.expiry, today):
        raise Refused(Code.PICK_EXPIRED, sku=goods.sku, expiry=command.expiry)
    for other in _other_lots(tx, cause, stop, today):
        fits_lot = not command.lot or other.lot == command.lot
        fits_expiry = not command.expiry or other.expiry == command.expiry
        if fits_lot and fits_expiry:
            if _is_too_new(goods, other):
                raise Refused(Code.PICK_LOT_TOO_NEW, lot=told, wanted=_lot_of(goods))
            return LotOffered(other)
    for shelf in _beside(tx, cause, stop, today):
        fits_lot = command.lot in ("", shelf.goods.lot)
        if fits_lot and command.expiry in ("", shelf.goods.expiry):
            return LotOffered(shelf.goods, shelf.place)
    held = _is_held(tx, cause, stop, command)
    code = Code.PICK_LOT_HELD if held else Code.PICK_WRONG_LOT
    raise Refused(code, lot=told, wanted=_lot_of(goods))


def swap_lot(tx: Session, cause: Cause, command: SwapLot) -> LotSwapped | StopGone:
    """Reserve another lot of the same place for a stop: what is free of it, then what is promised.

    One that is only elsewhere in the same bin, such as in another carton, is taken from there.

    Whoever that lot was promised to gets as many pieces of this one in return. What can be had in
    neither way stays a stop of the lot it was.

    Raises:
        Refused: `Code.PICK_WRONG_LOT` if it is no longer free, `Code.PICK_TOO_MANY`,
            `Code.WALK_LOST`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    today = shelves.site_date(tx, cause.site, cause.at)
    goods, left = stop.stop.goods, stop.stop.pieces
    other = command.goods
    free, displaced = _other_lots(tx, cause, stop, today).get(other, (0, ()))
    if not (free or displaced):
        for shelf in _beside(tx, cause, stop, today):
            if shelf.goods == other:
                return _swap_beside(tx, cause, stop, shelf, command.pieces)
    pieces = min(left, free + sum(one.stop.pieces for one in displaced))
    if not pieces:
        raise Refused(Code.PICK_WRONG_LOT, lot=_lot_of(other), wanted=_lot_of(goods))
    if command.pieces > pieces:
        raise Refused(Code.PICK_TOO_MANY, pieces=pieces, sku=goods.sku)
    unpromised = min(pieces, free)
    if unpromised:
        if not ledger.reserve(tx, cause, stop.place, other, unpromised):
            raise Refused(Code.PICK_WRONG_LOT, lot=_lot_of(other), wanted=_lot_of(goods))
        ledger.release(tx, cause, stop.place, goods, unpromised)
    rest = pieces - unpromised
    for one in displaced:
        if rest:
            given = min(rest, one.stop.pieces)
            _turn_into(tx, cause, one, goods, given)
            rest -= given
    pick = _turn_into(tx, cause, stop, other, pieces)
    cause.note(job="picking")
    return LotSwapped(own_stop(tx, cause, command.task, pick).stop, command.pieces)


def skip_stop(tx: Session, cause: Cause, command: SkipStop) -> StopSkipped | StopGone:
    """Leave a place, with all that is to be taken there, for the end of the walk.

    Raises:
        Refused: `Code.PICK_LAST_PLACE`, if there is no other left; `Code.WALK_LOST`.
    """
    stop = own_stop(tx, cause, command.task, command.pick)
    if (over := gone(tx, cause, stop)) is not None:
        return over
    here = (Pick.site == cause.site) & (Pick.task == command.task) & (Pick.state == "open")
    last = tx.scalar(select(func.max(Pick.walk_no)).where(here, Pick.place != stop.place))
    if last is None:
        raise Refused(Code.PICK_LAST_PLACE, place=stop.stop.place)
    tx.execute(
        update(Pick)
        .where(here, Pick.place == stop.place)
        .values(walk_no=max(last, stop.walk_no) + WALK_STEP, skips=Pick.skips + 1)
    )
    cause.note(job="picking", skipped=1)
    if command.reason:
        cause.note(reason=command.reason)
    return StopSkipped(stop.stop.place, advance(tx, cause, command.task))


def _same_goods_at(
    tx: Session, cause: Cause, stop: StopRow, place: str, today: date
) -> Shelf | None:
    """Find the same goods free in another place; enough for the stop, if there are."""
    goods = stop.stop.goods
    found = [
        shelf
        for shelf in by_age(shelves.shelves_of(tx, cause.site, goods.merchant, goods.sku), today)
        if shelf.goods == goods and place in (shelf.root, shelf.place)
    ]
    enough = (shelf for shelf in found if shelf.free >= stop.stop.pieces)
    return next(enough, next(iter(found), None))


def _beside(tx: Session, cause: Cause, stop: StopRow, today: date) -> list[Shelf]:
    """List other lots of a stop's SKU that are free elsewhere in the same bin, oldest first."""
    goods = stop.stop.goods
    found = by_age(shelves.shelves_of(tx, cause.site, goods.merchant, goods.sku), today)
    root = places.root_of(tx, cause.site, stop.place)
    return [
        shelf
        for shelf in found
        if shelf.root == root
        and shelf.place != stop.place
        and shelf.free > 0
        and shelf.goods != goods
        and not _is_too_new(goods, shelf.goods)
    ]


def _swap_beside(
    tx: Session, cause: Cause, stop: StopRow, shelf: Shelf, scanned: int
) -> LotSwapped:
    """Let a stop be of another lot, elsewhere in the bin, as far as that is free there."""
    goods, left = stop.stop.goods, stop.stop.pieces
    pieces = min(left, shelf.free)
    if scanned > pieces:
        raise Refused(Code.PICK_TOO_MANY, pieces=pieces, sku=goods.sku)
    if not ledger.reserve(tx, cause, shelf.place, shelf.goods, pieces):
        raise Refused(Code.PICK_WRONG_LOT, lot=_lot_of(shelf.goods), wanted=_lot_of(goods))
    ledger.release(tx, cause, stop.place, goods, pieces)
    pick = _turn_into(tx, cause, stop, shelf.goods, pieces)
    _change_pick(tx, cause, pick, place=shelf.place)
    cause.note(job="picking")
    return LotSwapped(own_stop(tx, cause, stop.stop.task, pick).stop, scanned)


Lots = dict[Goods, tuple[int, tuple[StopRow, ...]]]


def _other_lots(tx: Session, cause: Cause, stop: StopRow, today: date) -> Lots:
    """List the other lots of a stop's SKU in its place, oldest first.

    Each with its free pieces, and the stops that it is promised to and that can do with this lot
    as well. Nobody stands at those: a worker who has a lot in hand is never given another.
    """
    goods = stop.stop.goods
    found = shelves.shelves_of(tx, cause.site, goods.merchant, goods.sku)
    free = {s.goods: s.free for s in by_age(found, today) if s.place == stop.place}
    promised: dict[Goods, list[StopRow]] = {}
    for one in picks.stops_at(tx, cause.site, stop.place, goods.merchant, goods.sku):
        lot = one.stop.goods
        fits = not is_expired(lot.expiry, today) and not _is_too_new(lot, goods)
        if lot != goods and fits and not _is_begun(tx, cause, stop, one):
            promised.setdefault(lot, []).append(one)
    lots = sorted({*free, *promised} - {goods}, key=lambda lot: (lot.expiry or LAST_DAY, lot.lot))
    return {lot: (free.get(lot, 0), tuple(promised.get(lot, ()))) for lot in lots}


def _is_begun(tx: Session, cause: Cause, stop: StopRow, other: StopRow) -> bool:
    """Say whether somebody may be at another stop by now: it is the next one of a walk."""
    if other.stop.task == stop.stop.task:
        return False
    at = picks.next_stop(tx, cause.site, other.stop.task)
    return at is None or at.stop.pick == other.stop.pick


def _is_held(tx: Session, cause: Cause, stop: StopRow, told: OfferLot) -> bool:
    """Say whether the place has what was scanned, and it is not for sale, or held."""
    goods = stop.stop.goods
    scanned = replace(goods, lot=told.lot or goods.lot)
    if told.lot and holds.on_goods(tx, cause.site, scanned):
        return True
    asked = select(Stock.pieces).where(
        Stock.site == cause.site,
        Stock.place == stop.place,
        Stock.merchant == goods.merchant,
        Stock.sku == goods.sku,
        Stock.condition != AVAILABLE,
        Stock.pieces > 0,
        *([Stock.lot == told.lot] if told.lot else []),
        *([Stock.expiry == told.expiry] if told.expiry else []),
    )
    return tx.execute(asked.limit(1)).first() is not None


def _is_too_new(wanted: Goods, other: Goods) -> bool:
    """Tell whether taking the other lot would leave the older one lying for too long."""
    if not (wanted.expiry and other.expiry):
        return False
    latest = date.fromisoformat(wanted.expiry) + timedelta(days=FEFO_SLACK_DAYS)
    return date.fromisoformat(other.expiry) > latest


def _lot_of(goods: Goods) -> str:
    return goods.lot or day(goods.expiry) or goods.serial


def _swap_serial(tx: Session, cause: Cause, stop: StopRow, serial: str) -> LotSwapped:
    """Take another serial number from the same place; one wanted later on is exchanged."""
    goods = stop.stop.goods
    row = tx.execute(
        select(Stock.lot, Stock.expiry).where(
            Stock.site == cause.site,
            Stock.place == stop.place,
            Stock.merchant == goods.merchant,
            Stock.sku == goods.sku,
            Stock.serial == serial,
            Stock.condition == AVAILABLE,
            Stock.pieces > 0,
        )
    ).one_or_none()
    refused = Refused(Code.PICK_WRONG_SERIAL, serial=serial, wanted=goods.serial)
    if row is None:
        raise refused
    other = replace(goods, serial=serial, lot=row.lot, expiry=row.expiry)
    if holds.on_goods(tx, cause.site, other):
        raise Refused(Code.PICK_LOT_HELD, lot=serial, wanted=goods.serial)
    if ledger.reserve(tx, cause, stop.place, other, 1):
        ledger.release(tx, cause, stop.place, goods, 1)
    else:
        later = [
            found
            for found in picks.stops_at(tx, cause.site, stop.place, goods.merchant, goods.sku)
            if found.stop.goods == other and found.stop.task == stop.stop.task
        ]
        if not later:
            raise refused
        _change_pick(
            tx,
            cause,
            later[0].stop.pick,
            lot=goods.lot,
            expiry=goods.expiry,
            serial=goods.serial,
        )
    pick = stop.stop.pick
    _change_pick(tx, cause, pick, lot=other.lot, expiry=other.expiry, serial=other.serial)
    cause.note(job="picking")
    return LotSwapped(own_stop(tx, cause, stop.stop.task, pick).stop, 1)


def _change_pick(tx: Session, cause: Cause, pick: str, **values: str) -> None:
    tx.execute(update(Pick).where(Pick.site == cause.site, Pick.id == pick).values(**values))


def _turn_into(tx: Session, cause: Cause, stop: StopRow, goods: Goods, pieces: int) -> str:
    """Let some pieces of a stop be of another lot; gives the stop that these are now."""
    if pieces < stop.stop.pieces or stop.picked:
        return _split_pick(tx, cause, stop, goods, pieces)
    pick = stop.stop.pick
    _change_pick(tx, cause, pick, lot=goods.lot, expiry=goods.expiry, serial=goods.serial)
    return pick


def _split_pick(tx: Session, cause: Cause, stop: StopRow, goods: Goods, pieces: int) -> str:
    """Make a stop of its own for some pieces, just before what is left of the old one."""
    kept = stop.picked + stop.stop.pieces - pieces
    tx.execute(
        update(Pick)
        .where(Pick.site == cause.site, Pick.id == stop.stop.pick)
        .values(pieces=kept, state="picked" if kept == stop.picked else "open")
    )
    pick = cause.new_id()
    tx.execute(
        insert(Pick).values(
            site=cause.site,
            id=pick,
            task=stop.stop.task,
            merchant=stop.merchant,
            order=stop.number,
            line_no=stop.line_no,
            sku=goods.sku,
            lot=goods.lot,
            expiry=goods.expiry,
            serial=goods.serial,
            condition=goods.condition,
            place=stop.place,
            walk_no=stop.walk_no,
            pieces=pieces,
        )
    )
    return pick
