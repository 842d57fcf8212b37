"""What stands on labels of goods under way: cartons, packing slips, back to stock, hold tags."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from floorhand.domain.gs1 import check_is_good
from floorhand.domain.labels import LabelData
from floorhand.domain.returns import FOR_SALE
from floorhand.domain.slotting import propose
from floorhand.domain.things import AVAILABLE, CUSTOMER, Goods, Line
from floorhand.store import bins
from floorhand.store.label_data import LabelWanted, in_parts, piece_barcode
from floorhand.store.label_papers import bars_of
from floorhand.store.ledger import inside
from floorhand.store.masters import site_zone
from floorhand.store.schema import (
    Inspection,
    Merchant,
    Move,
    Operation,
    Order,
    OrderLine,
    Parcel,
    Place,
    Sku,
    Stock,
    Worker,
)

SLIP_LINES = 11
"""Lines of an order on one packing slip, each with room for a name of two rows."""

TO_PACK = ("picked", "packing")

MOVES_LOOKED_AT_MAX = 20
"""Moves of held goods, newest first, that are asked for the reason."""

LOT_CHARACTERS_MAX = 20
"""Source: GS1 General Specifications, AI (10)."""

COUNT_DIGITS_MAX = 8
"""Source: GS1 General Specifications, AI (37)."""

LINEAR_DIGITS_MAX = 4
"""Digits of a count that is in linear bars, too; with more they would be wider than the label."""


def carton_labels(tx: Session, site: str, *, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill GS1 logistic labels of cartons that have an SSCC.

    Without codes these are the cartons of goods that stand in the house; parcels of orders have
    shipping labels.
    """
    where = [Place.site == site, Place.kind == "carton", Place.state != "void"]
    if not codes:
        parcel = select(Parcel.carton).where(Parcel.site == site, Parcel.carton == Place.code)
        where += [~parcel.exists(), Place.state != "shipped"]
    found = [
        code
        for some in in_parts(Place.code, codes)
        for code in tx.scalars(select(Place.code).where(*where, *some).order_by(Place.code))
    ]
    return tuple(
        LabelWanted("carton", code, _carton(tx, site, code))
        for code in found
        if len(code) == 18 and check_is_good(code)
    )


def slot_labels(tx: Session, site: str, *, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill a label for each slot of carts; its bars are the cart's, to be scanned on any side."""
    where = [Place.site == site, Place.kind == "cart", Place.state != "void"]
    columns = (Place.code, Place.scan_code, Place.slots)
    carts = [
        row
        for some in in_parts(Place.code, codes)
        for row in tx.execute(select(*columns).where(*where, *some).order_by(Place.code))
    ]
    return tuple(
        LabelWanted(
            "slot",
            cart.code,
            {"code": cart.code, "scan_code": cart.scan_code, "slot": slot, "title": "cart"},
        )
        for cart in carts
        for slot in range(1, cart.slots + 1)
    )


def slip_labels(
    tx: Session, site: str, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill packing slips: what an order sends, on as many pages as its lines need.

    They name no buyer. What was declared short is not on them.

    Args:
        tx: Open transaction.
        site: Whose orders.
        merchant: Only of this one; empty: of all.
        codes: Only these orders; empty: those that wait to be packed, most urgent first.
    """
    where = [Order.site == site]
    if merchant:
        where.append(Order.merchant == merchant)
    if not codes:
        where.append(Order.state.in_(TO_PACK))
    owner = and_(Merchant.site == Order.site, Merchant.code == Order.merchant)
    rows = [
        row
        for some in in_parts(Order.number, codes)
        for row in tx.execute(
            select(Order.merchant, Order.number, Merchant.name)
            .outerjoin(Merchant, owner)
            .where(*where, *some)
            .order_by(Order.due_at, Order.merchant, Order.number)
        )
    ]
    return tuple(
        LabelWanted("slip", row.number, page)
        for row in rows
        for page in _slip(tx, site, row.merchant, row.number, row.name or row.merchant)
    )


def restock_labels(
    tx: Session, site: str, now: datetime, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill labels of returned pieces that go back on the shelf, with the bin to bring them to.

    Args:
        tx: Open transaction.
        site: Whose returns.
        now: The moment.
        merchant: Only of this one; empty: of all.
        codes: Only of these returns; empty: of all that were inspected in the last day.
    """
    where = [Inspection.site == site, Inspection.disposition.in_(FOR_SALE)]
    if merchant:
        where.append(Inspection.merchant == merchant)
    if not codes:
        where.append(Inspection.at > now - timedelta(days=1))
    zone = site_zone(tx, site)
    found = [
        one
        for some in in_parts(Inspection.number, codes)
        for one in tx.scalars(
            select(Inspection).where(*where, *some).order_by(Inspection.at, Inspection.id)
        )
    ]
    return tuple(
        LabelWanted(
            "restock",
            one.number,
            {
                **_product(tx, site, one.merchant, one.sku),
                "title": "restock",
                "pieces": one.pieces,
                "lot": one.lot,
                "expiry": one.expiry,
                "number": one.number,
                "grade": str(one.grade),
                "place": _next_bin(tx, site, Goods(one.merchant, one.sku, one.lot, one.expiry)),
                "worker": _worker(tx, site, one.worker),
                "date": one.at.astimezone(zone).date().isoformat(),
            },
        )
        for one in found
    )


def hold_labels(
    tx: Session, site: str, *, merchant: str = "", zone: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill tags for goods that must not be taken, with who put them aside, when and why.

    Args:
        tx: Open transaction.
        site: Where they are.
        merchant: Only goods of this one; empty: of all.
        zone: Only in this zone; empty: in all.
        codes: Only in these places; empty: in all.
    """
    where = [
        Stock.site == site,
        Stock.pieces > 0,
        Stock.condition != AVAILABLE,
        Place.kind != "outside",
    ]
    if merchant:
        where.append(Stock.merchant == merchant)
    if zone:
        where.append(Place.zone == zone)
    here = and_(Place.site == Stock.site, Place.code == Stock.place)
    found = [
        one
        for some in in_parts(Stock.place, codes)
        for one in tx.scalars(
            select(Stock)
            .join(Place, here)
            .where(*where, *some)
            .order_by(Place.zone, Place.walk_no, Stock.place, Stock.merchant, Stock.sku, Stock.lot)
        )
    ]
    return tuple(LabelWanted("hold", one.place, _hold(tx, site, one)) for one in found)


def _carton(tx: Session, site: str, code: str) -> LabelData:
    """Say what is in a carton; its contents are in bars only if they are all of one kind."""
    lines = [line for _, line in inside(tx, site, code)]
    data: dict[str, str | int | list[str]] = {"sscc": code}
    if lines:
        data["pieces"] = sum(line.pieces for line in lines)
    skus = {(line.goods.merchant, line.goods.sku) for line in lines}
    if len(skus) != 1:
        return {**data, "sku": f"{len(skus)} SKU"} if skus else data
    ((merchant, sku),) = skus
    product = _product(tx, site, merchant, sku)
    gtin = product.pop("barcode")
    data |= product
    for field in ("lot", "expiry"):
        values = {getattr(line.goods, field) for line in lines}
        data[field] = values.pop() if len(values) == 1 else ""
    return {**data, **_contents(gtin, lines, str(data["lot"]), str(data["expiry"]))}


def _contents(gtin: str, lines: Sequence[Line], lot: str, expiry: str) -> dict[str, str]:
    """Write what is in a carton as GS1 elements; nothing if the product has no GTIN.

    Those of known length come first, so that no separator is needed between them. A lot that GS1
    cannot hold is left out; it stands there in clear.
    """
    pieces = sum(line.pieces for line in lines)
    if not (len(gtin) == 14 and check_is_good(gtin)) or len(str(pieces)) > COUNT_DIGITS_MAX:
        return {}
    best_before = f"(15){expiry[2:4]}{expiry[5:7]}{expiry[8:10]}" if expiry else ""
    plain = lot.isascii() and lot.isprintable() and not set("() ") & set(lot)
    batch = f"(10){lot}" if lot and plain and len(lot) <= LOT_CHARACTERS_MAX else ""
    linear = len(str(pieces)) <= LINEAR_DIGITS_MAX
    return {
        "counted": f"(02){gtin}(37){pieces}" if linear else "",
        "contents": f"(02){gtin}{best_before}(37){pieces}{batch}",
    }


def _slip(tx: Session, site: str, merchant: str, number: str, owner: str) -> list[LabelData]:
    line = OrderLine
    rows = tx.execute(
        select(line.ordered, line.short, line.sku, Sku.name)
        .join(Sku, and_(Sku.site == line.site, Sku.merchant == line.merchant, Sku.code == line.sku))
        .where(line.site == site, line.merchant == merchant, line.order == number)
        .order_by(line.line_no)
    ).all()
    sent = [(row.ordered - row.short, row.sku, row.name) for row in rows if row.ordered > row.short]
    pages = [sent[at : at + SLIP_LINES] for at in range(0, len(sent), SLIP_LINES)]
    return [
        {
            "title": "slip",
            "order": number,
            "merchant": owner,
            **bars_of(number),
            "goods": [f"{pieces} x {sku}  {name}" for pieces, sku, name in page],
            "pieces": sum(pieces for pieces, _, _ in page),
            "page": no,
            "pages": len(pages),
        }
        for no, page in enumerate(pages, 1)
    ]


def _hold(tx: Session, site: str, stock: Stock) -> LabelData:
    """Say what stands aside; who brought it there, when, and why any of the last moves says."""
    rows = tx.execute(
        select(Move.target, Move.worker, Move.at, Operation.command)
        .join(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
        .where(
            Move.site == site,
            Move.merchant == stock.merchant,
            Move.sku == stock.sku,
            Move.lot == stock.lot,
            Move.expiry == stock.expiry,
            Move.serial == stock.serial,
            Move.condition == stock.condition,
            Move.source != CUSTOMER,
        )
        .order_by(Move.at.desc(), Move.operation.desc(), Move.row.desc())
        .limit(MOVES_LOOKED_AT_MAX)
    ).all()
    data: dict[str, str | int | list[str]] = {
        **_product(tx, site, stock.merchant, stock.sku),
        "condition": stock.condition,
        "pieces": stock.pieces,
        "lot": stock.lot,
        "expiry": stock.expiry,
        "place": stock.place,
    }
    brought = next((row for row in rows if row.target == stock.place), None)
    if brought is not None:
        data["worker"] = _worker(tx, site, brought.worker)
        data["date"] = brought.at.astimezone(site_zone(tx, site)).date().isoformat()
    reasons = (str(json.loads(row.command).get("reason") or "") for row in rows)
    data["reason"] = next(filter(None, reasons), "")
    return data


def _product(tx: Session, site: str, merchant: str, sku: str) -> dict[str, str]:
    row = tx.execute(
        select(Sku.name, Merchant.name.label("owner"))
        .join(Merchant, and_(Merchant.site == Sku.site, Merchant.code == Sku.merchant))
        .where(Sku.site == site, Sku.merchant == merchant, Sku.code == sku)
    ).one()
    return {
        "merchant": row.owner,
        "sku": sku,
        "name": row.name,
        "barcode": piece_barcode(tx, site, merchant, sku),
    }


def _worker(tx: Session, site: str, code: str) -> str:
    name = tx.scalar(select(Worker.name).where(Worker.site == site, Worker.code == code))
    return name or code


def _next_bin(tx: Session, site: str, goods: Goods) -> str:
    """Name the bin that put-away would propose now; empty if none has room."""
    need, _ = bins.need_of(tx, site, goods, 1)
    shelves = {shelf.code: shelf for shelf in bins.homes(tx, site, need)}
    for page in bins.empty_shelves(tx, site, need, frozenset()):
        shelves |= {shelf.code: shelf for shelf in page}
        break
    proposal = propose(need, shelves.values())
    return proposal.code if proposal else ""
