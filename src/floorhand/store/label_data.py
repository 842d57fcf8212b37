"""What stands on labels of things that exist: bins, totes, pallets, badges, products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from floorhand.domain.gs1 import check_is_good
from floorhand.domain.labels import LabelData
from floorhand.store.ledger import inside
from floorhand.store.schema import Barcode, Merchant, Place, SiteRow, Sku, Station, Worker

LOWEST_LEVEL = 1
"""Bins up to this level are below their label, which hangs on the beam; others are above it."""

IN_MAX = 500
"""Codes asked for in one statement; databases limit how many there may be."""


@dataclass(frozen=True, slots=True)
class LabelWanted:
    """One label to make."""

    template: str
    subject: str
    data: LabelData


def place_labels(
    tx: Session, site: str, kind: str, *, zone: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill labels of places of a kind, in walking order.

    Args:
        tx: Open transaction.
        site: Whose places.
        kind: Kind of place: ``bin``, ``tote``, ``cart``, ``bench``, ``dock`` or ``pallet``.
        zone: Only of this zone; empty: of all.
        codes: Only these; empty: all that are not void.
    """
    where = [Place.site == site, Place.kind == kind, Place.state != "void"]
    if zone:
        where.append(Place.zone == zone)
    order = (Place.zone, Place.walk_no, Place.code)
    columns = (Place.code, Place.scan_code, Place.check_digits, Place.zone, Place.level)
    rows = [
        row
        for some in in_parts(Place.code, codes)
        for row in tx.execute(select(*columns).where(*where, *some).order_by(*order))
    ]
    return tuple(_place_label(tx, site, kind, row) for row in rows)


def badge_labels(tx: Session, site: str, *, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill badges of workers, by staff number; the number itself is not on them."""
    name = tx.scalar(select(SiteRow.name).where(SiteRow.site == site)) or site
    return tuple(
        LabelWanted("badge", row.code, {"name": row.name, "badge": row.badge, "site": name})
        for some in in_parts(Worker.code, codes)
        for row in tx.execute(
            select(Worker.code, Worker.name, Worker.badge)
            .where(Worker.site == site, *some)
            .order_by(Worker.code)
        )
    )


def station_labels(tx: Session, site: str, *, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill plates of stations."""
    return tuple(
        LabelWanted(
            "tote",
            row.code,
            {"code": row.code, "scan_code": row.scan_code, "title": "station", "slot": row.name},
        )
        for some in in_parts(Station.code, codes)
        for row in tx.execute(
            select(Station.code, Station.scan_code, Station.name)
            .where(Station.site == site, *some)
            .order_by(Station.code)
        )
    )


def sku_labels(
    tx: Session, site: str, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill stickers of products, with the barcode of one piece, or the SKU if there is none.

    ``codes`` may be SKUs or barcodes.
    """
    where = [Sku.site == site]
    if merchant:
        where.append(Sku.merchant == merchant)
    found: dict[tuple[str, str], LabelWanted] = {}
    for some in _codes_or_barcodes(site, codes):
        rows = tx.execute(
            select(Sku.merchant, Sku.code, Sku.name, Merchant.name.label("owner"))
            .join(Merchant, (Merchant.site == Sku.site) & (Merchant.code == Sku.merchant))
            .where(*where, *some)
            .order_by(Sku.merchant, Sku.code)
        ).all()
        for row in rows:
            data: dict[str, str | int | list[str]] = {
                "merchant": row.owner,
                "sku": row.code,
                "name": row.name,
                "barcode": piece_barcode(tx, site, row.merchant, row.code),
            }
            found[row.merchant, row.code] = LabelWanted("sku", row.code, data)
    return tuple(found.values())


def _place_label(
    tx: Session, site: str, kind: str, row: Row[str, str, str, str, int]
) -> LabelWanted:
    if kind == "bin":
        data = {
            "code": row.code,
            "scan_code": row.scan_code,
            "check_digits": row.check_digits,
            "zone": row.zone,
            "arrow": _arrow(row.level),
        }
        return LabelWanted("bin", row.code, data)
    if kind in ("dock", "bench") and row.check_digits:
        data = {
            "code": row.code,
            "scan_code": row.scan_code,
            "check_digits": row.check_digits,
            "zone": row.zone,
            "title": kind,
        }
        return LabelWanted("bin", row.code, data)
    if kind == "pallet" and len(row.code) == 18 and check_is_good(row.code):
        return LabelWanted("pallet", row.code, _pallet(tx, site, row.code))
    plate = {"code": row.code, "scan_code": row.scan_code, "title": kind}
    return LabelWanted("tote", row.code, plate)


def _arrow(level: int) -> str:
    if level == 0:
        return ""
    return "down" if level <= LOWEST_LEVEL else "up"


def _pallet(tx: Session, site: str, code: str) -> LabelData:
    """Say what stands on a pallet; goods in clear only if they are all of one kind."""
    lines = [line for _, line in inside(tx, site, code)]
    data: dict[str, str | int | list[str]] = {"sscc": code}
    merchants = {line.goods.merchant for line in lines}
    if len(merchants) == 1:
        merchant = merchants.pop()
        owner = tx.scalar(
            select(Merchant.name).where(Merchant.site == site, Merchant.code == merchant)
        )
        data["merchant"] = owner or merchant
    data["pieces"] = sum(line.pieces for line in lines)
    skus = {(line.goods.merchant, line.goods.sku) for line in lines}
    if len(skus) == 1:
        merchant, sku = skus.pop()
        name = tx.scalar(
            select(Sku.name).where(Sku.site == site, Sku.merchant == merchant, Sku.code == sku)
        )
        data |= {"sku": sku, "name": name or ""}
        for field in ("lot", "expiry"):
            values = {getattr(line.goods, field) for line in lines}
            data[field] = values.pop() if len(values) == 1 else ""
    elif skus:
        data["sku"] = f"{len(skus)} SKU"
    return data


def piece_barcode(tx: Session, site: str, merchant: str, sku: str) -> str:
    """Give the barcode of one piece of a product, a GTIN if it has one; empty if none."""
    codes = tx.scalars(
        select(Barcode.code)
        .where(
            Barcode.site == site,
            Barcode.merchant == merchant,
            Barcode.sku == sku,
            Barcode.pieces == 1,
        )
        .order_by(Barcode.code)
    ).all()
    gtins = [code for code in codes if len(code) == 14 and check_is_good(code)]
    return next(iter(gtins or codes), "")


def in_parts(
    column: InstrumentedAttribute[str], codes: Sequence[str]
) -> list[list[ColumnElement[bool]]]:
    """Give the conditions for codes, in parts that a database takes; one empty part for all."""
    parts = [list(codes[at : at + IN_MAX]) for at in range(0, len(codes), IN_MAX)]
    return [[column.in_(part)] for part in parts] or [[]]


def _codes_or_barcodes(site: str, codes: Sequence[str]) -> list[list[ColumnElement[bool]]]:
    parts = [list(codes[at : at + IN_MAX]) for at in range(0, len(codes), IN_MAX)]
    conditions: list[list[ColumnElement[bool]]] = []
    for part in parts:
        scanned = [*part, *(code.zfill(14) for code in part if code.isdecimal())]
        has_barcode = select(Barcode.code).where(
            Barcode.site == site,
            Barcode.merchant == Sku.merchant,
            Barcode.sku == Sku.code,
            Barcode.code.in_(scanned),
        )
        conditions.append([or_(Sku.code.in_(part), has_barcode.exists())])
    return conditions or [[]]
