"""Receiving, as changes: begin and close pallets, review and close a delivery."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

from sqlalchemy import TableClause, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain import counting
from floorhand.domain.receiving import (
    ROWS_MAX,
    CloseDelivery,
    DeliveryClosed,
    DeliveryReviewed,
    Gap,
    LineCount,
    NotEmpty,
    PalletPrinted,
    PalletStarted,
    PrintPallet,
    ReviewDelivery,
    StartPallet,
    TakeBack,
    TakenBack,
)
from floorhand.domain.things import Goods
from floorhand.domain.troubles import DAMAGED_DELIVERY
from floorhand.errors import Code, Gone, Refused
from floorhand.ops import plates
from floorhand.store import deliveries, receipts
from floorhand.store.asking import ask
from floorhand.store.deliveries import Header
from floorhand.store.ledger import Cause, lines_in
from floorhand.store.places import new_place, next_sscc
from floorhand.store.print_jobs import queue_label
from floorhand.store.schema import Delivery, Merchant, Outbox, Place, Stock
from floorhand.store.shelves import site_date
from floorhand.store.tasks import open_task, trouble

JOB = "receiving"

_PLACE = cast(TableClause, Place.__table__)
_CLOSE_PALLET = update(_PLACE).where(
    _PLACE.c.site == bindparam("at_site"),
    _PLACE.c.code == bindparam("at_code"),
    _PLACE.c.state == "open",
)
_OTHERS = select(func.count()).where(
    Delivery.site == bindparam("site"),
    Delivery.state == "receiving",
    Delivery.dock == bindparam("dock"),
    Delivery.merchant == bindparam("merchant"),
    Delivery.number != bindparam("number"),
)
_EMPTY = (
    select(Place.code)
    .outerjoin(Stock, and_(Stock.site == Place.site, Stock.place == Place.code))
    .where(
        Place.site == bindparam("site"),
        Place.kind == "pallet",
        Place.state == "open",
        Place.parent == bindparam("dock"),
        Place.merchant == bindparam("merchant"),
        Stock.place.is_(None),
    )
)
_MERCHANT = select(Merchant.name).where(
    Merchant.site == bindparam("site"), Merchant.code == bindparam("merchant")
)
_REPORT = insert(cast(TableClause, Outbox.__table__))


def start_pallet(tx: Session, cause: Cause, command: StartPallet) -> PalletStarted:
    """Make a pallet at the dock and queue its label; close the full one it follows.

    The full one can be put away at once, so that perishables need not wait for the delivery.

    Raises:
        Refused: `Code.PALLET_EMPTY` if there is nothing on the full one; `Code.DELIVERY_CLOSED`;
            as `plates.stand_at_dock`.
    """
    header = _open_header(tx, cause, command.delivery)
    if command.full and not close_pallet(tx, cause, header, command.full):
        raise Refused(Code.PALLET_EMPTY, place=command.full)
    dock, merchant = command.dock, header.merchant
    if pallet := command.plate:
        plates.stand_at_dock(tx, cause, pallet, dock, merchant)
    else:
        code = next_sscc(tx, cause.site)
        pallet = new_place(tx, cause.site, code=code, kind="pallet", parent=dock, merchant=merchant)
        _label(tx, cause, header, pallet)
    cause.note(job=JOB, merchant=header.merchant, delivery=header.number, pallets=1)
    return PalletStarted(pallet, command.full, labelled=not command.plate)


def print_pallet(tx: Session, cause: Cause, command: PrintPallet) -> PalletPrinted:
    """Queue the label of a pallet that has none yet."""
    _label(tx, cause, _open_header(tx, cause, command.delivery), command.pallet)
    cause.note(job=JOB, labels=1)
    return PalletPrinted(command.pallet)


def close_pallet(tx: Session, cause: Cause, header: Header, pallet: str) -> str:
    """Close a pallet and raise its put-away task; an empty one becomes void.

    Returns:
        The task's id; empty if nothing stands on the pallet.
    """
    held = lines_in(tx, cause.site, pallet)
    state = "closed" if held else "void"
    closed = ask(tx, _CLOSE_PALLET, at_site=cause.site, at_code=pallet, state=state)
    if not held or not closed.rowcount:
        return ""
    pieces = sum(line.pieces for line in held)
    skus = {line.goods.sku for line in held}
    return open_task(
        tx,
        cause,
        "putaway",
        place=pallet,
        merchant=header.merchant,
        sku=skus.pop() if len(skus) == 1 else "",
        pieces=pieces,
        reason=header.number,
    )


def take_back(tx: Session, cause: Cause, command: TakeBack) -> TakenBack | NotEmpty:
    """Take an unannounced delivery back of which nothing ever came: it was opened by a slip."""
    header = _open_header(tx, cause, command.number)
    if not header.blind or deliveries.lines(tx, cause.site, header.number):
        return NotEmpty()
    for pallet in _empty_pallets(tx, cause, header):
        close_pallet(tx, cause, header, pallet)
    deliveries.remove(tx, cause.site, header.number, cause.at)
    cause.note(job=JOB, merchant=header.merchant, delivery=header.number)
    return TakenBack(header.number)


def review_delivery(
    tx: Session, cause: Cause, command: ReviewDelivery
) -> DeliveryReviewed | TakenBack:
    """List what is not as announced. An unannounced delivery without anything is taken back.

    Raises:
        Refused: `Code.NOTHING_COUNTED` if nothing came of an announced delivery: closing it would
            declare all of it short by a slip.
    """
    taken_back = take_back(tx, cause, TakeBack(command.delivery))
    if isinstance(taken_back, TakenBack):
        return taken_back
    return _review(tx, cause, _open_header(tx, cause, command.delivery))


def close_delivery(
    tx: Session, cause: Cause, command: CloseDelivery
) -> DeliveryClosed | DeliveryReviewed:
    """Make the counts final, report to the merchants, and raise put-away tasks.

    If somebody has counted since the worker looked, it is shown again instead: nobody makes final
    what they have not seen.
    """
    header = _open_header(tx, cause, command.delivery)
    lines = deliveries.lines(tx, cause.site, header.number)
    if sum(line.counted for line in lines) != command.counted:
        return _review(tx, cause, header)
    tasks = _raise_tasks(tx, cause, header)
    deliveries.close(tx, cause.site, header.number, header.blind, cause.at)
    gaps = counting.gaps(lines, header.blind)
    short = sum(gap.pieces for gap in gaps if gap.kind == "short")
    over = sum(gap.pieces for gap in gaps if gap.kind in ("over", "unexpected"))
    _raise_troubles(tx, cause, header, gaps)
    _report(tx, cause, header, lines)
    cause.note(
        job=JOB,
        merchant=header.merchant,
        delivery=header.number,
        lines=len(lines),
        deliveries=1,
        over=over,
        short=short,
        expected_pieces=sum(line.expected for line in lines),
        counted_pieces=command.counted,
        damaged_pieces=sum(line.damaged for line in lines),
        blind=int(header.blind),
    )
    return DeliveryClosed(header.number, command.counted, short, over, tasks)


def _raise_troubles(tx: Session, cause: Cause, header: Header, gaps: tuple[Gap, ...]) -> None:
    """Tell leads what is missing, and what came damaged: somebody has to tell the merchant."""
    for kind, name in (("short", "short_delivery"), ("damaged", DAMAGED_DELIVERY)):
        found = [gap for gap in gaps if gap.kind == kind]
        if not found:
            continue
        told = ", ".join(gap.sku for gap in found)  # all: it is looked for by each of them
        pieces = sum(gap.pieces for gap in found)
        about = name, header.number, header.merchant
        trouble(tx, cause, *about, pieces=pieces, lines=len(found), sku=told)


def _open_header(tx: Session, cause: Cause, number: str) -> Header:
    header = deliveries.header(tx, cause.site, number)
    if header is None or header.state != "receiving":
        raise Gone(Code.DELIVERY_CLOSED, delivery=number)
    return header


def _review(tx: Session, cause: Cause, header: Header) -> DeliveryReviewed:
    lines = deliveries.lines(tx, cause.site, header.number)
    counted = sum(line.counted for line in lines)
    if not counted and not header.blind:
        raise Refused(Code.NOTHING_COUNTED, delivery=header.number)
    found = counting.gaps(lines, header.blind)
    net_g = receipts.net_g(tx, cause.site, header.number)
    return DeliveryReviewed(found[:ROWS_MAX], len(found), len(lines), counted, net_g)


def _raise_tasks(tx: Session, cause: Cause, header: Header) -> int:
    """Raise put-away for the delivery's open pallets, and for what still stands loose."""
    tasks = 0
    received = receipts.of_delivery(tx, cause.site, header.number)
    for pallet in sorted({place for place, kind, *_ in received if kind == "pallet"}):
        tasks += bool(close_pallet(tx, cause, header, pallet))
    for pallet in _empty_pallets(tx, cause, header):
        close_pallet(tx, cause, header, pallet)
    loose: dict[tuple[str, str, str, str], int] = {}
    for place, kind, goods, pieces in received:
        if kind != "pallet":
            key = (place, goods.merchant, goods.sku, goods.lot)
            loose[key] = loose.get(key, 0) + pieces
    for (place, merchant, sku, lot), pieces in loose.items():
        standing = min(pieces, _standing(tx, cause.site, place, Goods(merchant, sku, lot)))
        if standing:
            open_task(
                tx,
                cause,
                "putaway",
                place=place,
                merchant=merchant,
                sku=sku,
                lot=lot,
                pieces=standing,
                reason=header.number,
            )
            tasks += 1
    return tasks


def _empty_pallets(tx: Session, cause: Cause, header: Header) -> list[str]:
    """List open pallets of the merchant at this dock that nothing was ever put on.

    None while another of its deliveries is received there: a pallet may just have been begun.
    """
    at = {"site": cause.site, "dock": header.dock, "merchant": header.merchant}
    if ask(tx, _OTHERS, **at, number=header.number).scalar():
        return []
    return ask(tx, _EMPTY, **at).scalars()


def _standing(tx: Session, site: str, place: str, goods: Goods) -> int:
    return sum(
        line.pieces
        for line in lines_in(tx, site, place, merchant=goods.merchant, sku=goods.sku)
        if line.goods.lot == goods.lot
    )


def _report(tx: Session, cause: Cause, header: Header, lines: tuple[LineCount, ...]) -> None:
    """Tell the merchant what came, line by line and lot by lot."""
    lots = [
        {
            "sku": goods.sku,
            "lot": goods.lot,
            "expiry": goods.expiry,
            "condition": goods.condition,
            "place": place,
            "pieces": pieces,
        }
        for place, _, goods, pieces in receipts.of_delivery(tx, cause.site, header.number)
        if pieces
    ]
    body = {
        "delivery": header.number,
        "merchant": header.merchant,
        "blind": header.blind,
        "closed_at": cause.at.isoformat(),
        "lines": [_report_line(line, header.blind) for line in lines],
        "lots": lots,
    }
    ask(
        tx,
        _REPORT,
        site=cause.site,
        id=cause.new_id(),
        kind="delivery_report",
        subject=header.number,
        body=json.dumps(body, ensure_ascii=False),
        created_at=cause.at,
    )


def _report_line(line: LineCount, blind: bool) -> dict[str, str | int | bool]:
    return {
        "line": line.line_no,
        "sku": line.sku,
        "expected": line.expected,
        "received": line.received,
        "damaged": line.damaged,
        "over": 0 if blind else max(0, line.counted - line.expected),
        "short": line.left,
        "unexpected": line.unexpected,
        "reason": line.reason,
    }


def _label(tx: Session, cause: Cause, header: Header, pallet: str) -> None:
    name = ask(tx, _MERCHANT, site=cause.site, merchant=header.merchant).scalar()
    data = {
        "sscc": pallet,
        "merchant": name or header.merchant,
        "delivery": header.number,
        "received": site_date(tx, cause.site, cause.at).isoformat(),
    }
    queue_label(tx, cause, "pallet", pallet, data)


HANDLERS: dict[type, Callable[..., object]] = {
    StartPallet: start_pallet,
    PrintPallet: print_pallet,
    TakeBack: take_back,
    ReviewDelivery: review_delivery,
    CloseDelivery: close_delivery,
}
