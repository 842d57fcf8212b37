"""What stands on labels for papers: deliveries and returns that the floor still waits for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from floorhand.store.label_data import LabelWanted, in_parts
from floorhand.store.masters import site_zone
from floorhand.store.origins import OPEN_CUSTODIES
from floorhand.store.schema import Delivery, DeliveryLine, Merchant, Return, ReturnLine, Sku

BARS_CHARACTERS_MAX = 28
"""A longer code is printed as QR: its bars would be too fine, or wider than the label."""

OPEN_RETURN = Return.custody.in_(OPEN_CUSTODIES)
OPEN_DELIVERY = Delivery.state != "closed"


def delivery_labels(
    tx: Session, site: str, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill a note for each delivery that is not closed, with the pieces that are expected.

    Args:
        tx: Open transaction.
        site: Where they go.
        merchant: Only of this one; empty: of all.
        codes: Only these numbers, also of closed ones; empty: all that are open.
    """
    where = [Delivery.site == site]
    if merchant:
        where.append(Delivery.merchant == merchant)
    if not codes:
        where.append(OPEN_DELIVERY)
    owner = and_(Merchant.site == Delivery.site, Merchant.code == Delivery.merchant)
    rows = [
        row
        for some in in_parts(Delivery.number, codes)
        for row in tx.execute(
            select(Delivery, Merchant.name)
            .outerjoin(Merchant, owner)
            .where(*where, *some)
            .order_by(Delivery.expected_on, Delivery.number)
        )
    ]
    return tuple(
        LabelWanted(
            "paper",
            one.number,
            {
                "title": "delivery",
                "number": one.number,
                **bars_of(one.number, one.tracking),
                "merchant": name or one.merchant,
                "carrier": one.carrier,
                "expected": one.expected_on,
                "goods": _announced(tx, site, one.number),
            },
        )
        for one, name in rows
    )


def return_labels(
    tx: Session, site: str, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill a plate for the parcel of each return that is not inspected, most urgent first.

    Its bars hold what its carrier's label would: the tracking code; else the return's number.
    """
    zone = site_zone(tx, site)
    where = [Return.site == site]
    if merchant:
        where.append(Return.merchant == merchant)
    if not codes:
        where.append(OPEN_RETURN)
    owner = and_(Merchant.site == Return.site, Merchant.code == Return.merchant)
    rows = [
        row
        for some in in_parts(Return.number, codes)
        for row in tx.execute(
            select(Return, Merchant.name)
            .outerjoin(Merchant, owner)
            .where(*where, *some)
            .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
        )
    ]
    return tuple(
        LabelWanted(
            "paper",
            one.number,
            {
                "title": "return",
                "number": one.number,
                **bars_of(one.plate, one.tracking, one.number),
                "merchant": name or one.merchant or "",
                "order": one.order,
                "due": one.deadline.astimezone(zone).strftime("%Y-%m-%d %H:%M")
                if one.deadline
                else "",
                "goods": _advised(tx, site, one.number),
            },
        )
        for one, name in rows
    )


def bars_of(*codes: str) -> dict[str, str]:
    """Choose the first code that a barcode can hold; one without any is typed."""
    fit = [code for code in codes if code and code.isascii() and code.isprintable()]
    for code in fit:
        if len(code) <= BARS_CHARACTERS_MAX:
            return {"scan_code": code}
    return {"long_code": fit[0]} if fit else {}


def _announced(tx: Session, site: str, delivery: str) -> list[str]:
    line = DeliveryLine
    rows = tx.execute(
        select(line.expected, line.sku, Sku.name, line.lot, line.expiry)
        .join(Sku, and_(Sku.site == line.site, Sku.merchant == line.merchant, Sku.code == line.sku))
        .where(line.site == site, line.delivery == delivery, line.expected > 0)
        .order_by(line.line_no)
    )
    return [
        "  ".join(filter(None, (f"{row.expected} x {row.sku}", row.lot, row.expiry, row.name)))
        for row in rows
    ]


def _advised(tx: Session, site: str, number: str) -> list[str]:
    line = ReturnLine
    rows = tx.execute(
        select(line.advised, line.sku, Sku.name)
        .join(Sku, and_(Sku.site == line.site, Sku.merchant == line.merchant, Sku.code == line.sku))
        .where(line.site == site, line.number == number, line.advised > 0)
        .order_by(line.line_no)
    )
    return [f"{row.advised} x {row.sku}  {row.name}" for row in rows]
