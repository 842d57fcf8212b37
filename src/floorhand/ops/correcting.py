"""Correct the books of a place: at once if it is little, else when another person has approved it.

What one person has corrected of the same product in the same place within a day counts together:
a large correction does not become small by being made in parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.correcting import (
    COUNT_MAX,
    REASONS,
    TOGETHER,
    BookCorrection,
    CorrectionAsked,
    CorrectStock,
    LookAtStock,
    StockCorrected,
    StockSeen,
)
from floorhand.domain.leading import LIST_MAX
from floorhand.domain.rights import Right
from floorhand.domain.things import CORRECTION, OUTSIDE, Line
from floorhand.domain.troubles import ADJUSTMENT
from floorhand.errors import Code, Refused
from floorhand.ops.deciding import propose
from floorhand.ops.leading import must_lead
from floorhand.store import corrections, ledger
from floorhand.store.ledger import Cause
from floorhand.store.masters import rules_of_merchants, site_rules
from floorhand.store.origins import serial_in_house
from floorhand.store.schema import Place

JOB: Final = "lead"


def look_at_stock(tx: Session, cause: Cause, command: LookAtStock) -> StockSeen:
    """List what the books have in a place."""
    must_lead(tx, cause, Right.CORRECT)
    _must_be_open(tx, cause, command.place)
    about = (command.place, command.merchant, command.sku)
    found = corrections.stock_rows(tx, cause.site, *about, command.skip, LIST_MAX + 1, command.sort)
    rules = rules_of_merchants(tx, cause.site)
    day_first = tuple(code for code, one in rules.items() if one.expiry_order == "DDMMYY")
    return StockSeen(command, found[:LIST_MAX], len(found) > LIST_MAX, day_first)


def correct_stock(
    tx: Session, cause: Cause, command: CorrectStock
) -> StockCorrected | CorrectionAsked:
    """Correct what the books believe of a place, or ask for it.

    Raises:
        Refused: `Code.CORRECTION_MOVED` if they believe something else by now;
            `Code.CORRECTION_SAME` if they are right; as `book`.
    """
    must_lead(tx, cause, Right.CORRECT)
    assert command.reason in REASONS, command
    assert 0 <= command.counted <= COUNT_MAX, command
    place, goods = command.place, command.goods
    now, _ = corrections.pieces_at(tx, cause.site, place, goods)
    if now != command.believed:
        raise Refused(Code.CORRECTION_MOVED, sku=goods.sku, place=place, pieces=now)
    if now == command.counted:
        raise Refused(Code.CORRECTION_SAME, sku=goods.sku, place=place, pieces=now)
    booking = BookCorrection(place, goods, command.counted - now, command.reason)
    if not _needs_another(tx, cause, booking):
        return book(tx, cause, booking)
    _must_be_possible(tx, cause, booking)
    propose(
        tx,
        cause,
        ADJUSTMENT,
        place,
        booking,
        goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        expiry=goods.expiry,
        serial=goods.serial,
        condition=goods.condition,
        believed=now,
        counted=command.counted,
        pieces=abs(booking.change),
        reason=command.reason,
    )
    cause.note(job=JOB, asked=abs(booking.change), sku=goods.sku, reason=command.reason)
    return CorrectionAsked(place, goods.sku, booking.change)


def _needs_another(tx: Session, cause: Cause, booking: BookCorrection) -> bool:
    """Say whether a correction is so large that another person has to approve it."""
    limit = site_rules(tx, cause.site).correction_pieces_max
    if abs(booking.change) > limit:
        return True
    before = corrections.corrected_since(
        tx,
        cause.site,
        cause.worker,
        (booking.place,),
        booking.goods,
        CorrectStock.__name__,
        cause.at - TOGETHER,
    )
    return before + abs(booking.change) > limit


def book(tx: Session, cause: Cause, command: BookCorrection) -> StockCorrected:
    """Write a correction into the ledger.

    Raises:
        Refused: `Code.CORRECTION_PROMISED` if fewer pieces are left that nobody has promised;
            `Code.PLACE_CLOSED`; `Code.SERIAL_IN_HOUSE`, as there is only one piece of a serial.
    """
    _must_be_possible(tx, cause, command)
    goods, change = command.goods, command.change
    ends = (command.place, CORRECTION) if change < 0 else (CORRECTION, command.place)
    ledger.move(tx, cause, *ends, [Line(goods, abs(change))])
    cause.note(
        job=JOB,
        corrected=change,
        merchant=goods.merchant,
        sku=goods.sku,
        place=command.place,
        reason=command.reason,
    )
    return StockCorrected(command.place, goods.sku, change)


def _must_be_possible(tx: Session, cause: Cause, command: BookCorrection) -> None:
    _must_be_open(tx, cause, command.place)
    goods = command.goods
    now, promised = corrections.pieces_at(tx, cause.site, command.place, goods)
    if now - promised + command.change < 0:
        at = {"sku": goods.sku, "place": command.place}
        raise Refused(Code.CORRECTION_PROMISED, **at, pieces=now, promised=promised)
    if goods.serial and command.change > 1:
        raise Refused(Code.SCAN_EACH_SERIAL, sku=goods.sku)
    if goods.serial and command.change > 0:
        here = serial_in_house(tx, cause.site, goods.merchant, goods.sku, goods.serial)
        if here:
            facts = {"serial": goods.serial, "sku": goods.sku, "place": here}
            raise Refused(Code.SERIAL_IN_HOUSE, **facts)


def _must_be_open(tx: Session, cause: Cause, place: str) -> None:
    """See that goods can be in a place."""
    asked = select(Place.state).where(Place.site == cause.site, Place.code == place)
    if place in OUTSIDE or tx.scalar(asked) in (None, "shipped", "void"):
        raise Refused(Code.PLACE_CLOSED, place=place)


HANDLERS: dict[type, Callable[..., object]] = {
    LookAtStock: look_at_stock,
    CorrectStock: correct_stock,
    BookCorrection: book,
}
