"""Find rows by the code that a label or paper carries. Every scan runs some of these, so each
statement is built once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    TableClause,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from floorhand.domain.things import (
    Badge,
    BoxCode,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    ReturnCode,
)
from floorhand.domain.things import Station as StationThing
from floorhand.store import schema
from floorhand.store.asking import ask, is_known

_PLACE = cast(TableClause, schema.Place.__table__)
_SITE_ROW = cast(TableClause, schema.SiteRow.__table__)
_STOCK = cast(TableClause, schema.Stock.__table__)
_SKU = cast(TableClause, schema.Sku.__table__)
_BARCODE = cast(TableClause, schema.Barcode.__table__)
_WORKER = cast(TableClause, schema.Worker.__table__)
_STATION = cast(TableClause, schema.Station.__table__)
_DELIVERY = cast(TableClause, schema.Delivery.__table__)
_RETURN = cast(TableClause, schema.Return.__table__)
_ORDER = cast(TableClause, schema.Order.__table__)
_PARCEL = cast(TableClause, schema.Parcel.__table__)
_BOX = cast(TableClause, schema.BoxType.__table__)

_Paper = TypeVar("_Paper", DeliveryCode, ReturnCode, OrderCode)

PAPERS_MAX = 20
"""Papers with one number that are looked at; merchants number for themselves."""

_SITE: BindParameter[str] = bindparam("site")
_CODE: BindParameter[str] = bindparam("code")

_HELD = (
    select(func.coalesce(func.sum(_STOCK.c.pieces), 0))
    .where(_STOCK.c.site == _PLACE.c.site, _STOCK.c.place == _PLACE.c.code)
    .scalar_subquery()
)
_ANY_PLACE = select(
    _PLACE.c.code,
    _PLACE.c.kind,
    _PLACE.c.state,
    func.coalesce(_PLACE.c.parent, ""),
    func.coalesce(_PLACE.c.merchant, ""),
    func.coalesce(_PLACE.c.order_no, ""),
    _HELD,
    _PLACE.c.zone,
    _PLACE.c.check_digits,
    _PLACE.c.old_check,
).where(_PLACE.c.site == _SITE, _PLACE.c.kind != "outside")
_TYPED_ONLY = (
    select(_SITE_ROW.c.rules.like('%"check"%'))
    .where(_SITE_ROW.c.site == _PLACE.c.site)
    .scalar_subquery()
)
"""Whether digits alone prove presence in some zone of the site: seldom, so asked for cheaply."""

_PLACE_BY_LABEL = _ANY_PLACE.add_columns(_TYPED_ONLY.label("typed_only")).where(
    _PLACE.c.scan_code == _CODE
)
_PLACE_BY_OLD_LABEL = _ANY_PLACE.where(
    _PLACE.c.old_scan_code == _CODE, is_known(_PLACE.c.old_scan_code)
)
_PLACE_BY_NAME = _ANY_PLACE.where(_PLACE.c.code == _CODE)
_CHECK_DIGITS = select(_PLACE.c.check_digits, _PLACE.c.old_check, _PLACE.c.zone).where(
    _PLACE.c.site == _SITE, _PLACE.c.code == _CODE
)

_PRODUCT = (
    _SKU.c.merchant,
    _SKU.c.code,
    _SKU.c.name,
    _SKU.c.lot_tracked,
    _SKU.c.expiry_tracked,
    _SKU.c.serial_tracked,
)
_PRODUCT_BY_CODE = select(*_PRODUCT).where(
    _SKU.c.site == _SITE, _SKU.c.merchant == bindparam("merchant"), _SKU.c.code == _CODE
)
_PRODUCTS_BY_BARCODE = (
    select(*_PRODUCT, _BARCODE.c.pieces, _BARCODE.c.pack)
    .join_from(
        _BARCODE,
        _SKU,
        (_SKU.c.site == _BARCODE.c.site)
        & (_SKU.c.merchant == _BARCODE.c.merchant)
        & (_SKU.c.code == _BARCODE.c.sku),
    )
    .where(_BARCODE.c.site == _SITE, _BARCODE.c.code.in_(bindparam("codes", expanding=True)))
    .order_by(_SKU.c.merchant, _SKU.c.code, _BARCODE.c.pieces)
)

_WORKERS = select(_WORKER.c.code, _WORKER.c.name).where(_WORKER.c.site == _SITE)
_WORKER_BY_BADGE = _WORKERS.where(_WORKER.c.badge == _CODE)
_WORKER_BY_NUMBER = _WORKERS.where(_WORKER.c.code == _CODE)
_STATION_BY_LABEL = select(_STATION.c.code).where(
    _STATION.c.site == _SITE, _STATION.c.scan_code == _CODE
)

_BOX_BY_CODE = select(_BOX.c.code).where(
    _BOX.c.site == _SITE, func.lower(_BOX.c.code) == func.lower(_CODE)
)


def _is(paper: TableClause, name: str) -> ColumnElement[bool]:
    """Say that a paper has the code for one of its numbers."""
    own = paper.c[name] == _CODE
    return own if name == "number" else own & is_known(paper.c[name])


_DELIVERIES_BY_CODE = (
    select(_DELIVERY.c.number, _DELIVERY.c.merchant, _DELIVERY.c.state)
    .where(
        _DELIVERY.c.site == _SITE,
        or_(_is(_DELIVERY, "number"), _is(_DELIVERY, "paper_no"), _is(_DELIVERY, "tracking")),
    )
    .order_by(
        _DELIVERY.c.number != _CODE,
        _DELIVERY.c.paper_no != _CODE,
        _DELIVERY.c.state == "closed",
        _DELIVERY.c.number,
    )
    .limit(PAPERS_MAX)
)
_OWN_NUMBERS = ("number", "paper_no", "plate", "platform_id")
"""What only one return of a merchant carries, unlike what all in a parcel share."""

_RETURNS_BY_CODE = (
    select(
        _RETURN.c.number,
        func.coalesce(_RETURN.c.merchant, ""),
        _RETURN.c.custody,
        or_(*(_RETURN.c[name] == _CODE for name in _OWN_NUMBERS)),
    )
    .where(
        _RETURN.c.site == _SITE,
        or_(*(_is(_RETURN, name) for name in (*_OWN_NUMBERS, "tracking", "combined_id"))),
    )
    .order_by(
        _RETURN.c.number != _CODE,
        _RETURN.c.paper_no != _CODE,
        _RETURN.c.custody == "disposed",
        _RETURN.c.number,
    )
    .limit(PAPERS_MAX)
)
_ORDERS = select(_ORDER.c.merchant, _ORDER.c.number, _ORDER.c.state).where(_ORDER.c.site == _SITE)
_ORDERS_BY_CODE = (
    _ORDERS.where(or_(_is(_ORDER, "number"), _is(_ORDER, "platform_id")))
    .order_by(_ORDER.c.number != _CODE, _ORDER.c.state == "shipped", _ORDER.c.merchant)
    .limit(PAPERS_MAX)
)
_ORDER_BY_NAME = _ORDERS.where(_ORDER.c.merchant == bindparam("merchant"), _ORDER.c.number == _CODE)
_ORDER_BY_PARCEL = (
    _ORDERS.join_from(
        _ORDER,
        _PARCEL,
        (_PARCEL.c.site == _ORDER.c.site)
        & (_PARCEL.c.merchant == _ORDER.c.merchant)
        & (_PARCEL.c.order == _ORDER.c.number),
    )
    .where(_PARCEL.c.carton == _CODE)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class CheckDigits:
    """What may be typed at a place: its digits, and those of a label that is still replaced."""

    now: str
    old: str
    zone: str


def place_by_label(tx: Session, site: str, code: str) -> tuple[Place, str | None] | None:
    """Find the place whose label holds a code; the scan proves presence.

    Its zone comes with it where there are zones in which only check digits do.
    """
    row = _first(tx, _PLACE_BY_LABEL, site, code)
    if row is None:
        return None
    place = _place(row, proven=True, renewed=bool(row.old_check))
    return place, row.zone if row.typed_only and row.check_digits else None


def place_by_old_label(tx: Session, site: str, code: str) -> Place | None:
    """Find the place whose label held a code until it was replaced.

    It proves presence until the new label was used once.
    """
    row = _first(tx, _PLACE_BY_OLD_LABEL, site, code) if code else None
    return _place(row, proven=bool(row.old_check)) if row else None


def place_by_name(tx: Session, site: str, code: str) -> tuple[Place, str] | None:
    """Find a place by the code that people read, with its zone; typing it proves nothing."""
    row = _first(tx, _PLACE_BY_NAME, site, code)
    return (_place(row, proven=False), row.zone) if row else None


def check_digits(tx: Session, site: str, code: str) -> CheckDigits | None:
    """Give the check digits of a place; None if there is no such place."""
    row = _first(tx, _CHECK_DIGITS, site, code)
    return CheckDigits(*row) if row else None


def product(tx: Session, site: str, merchant: str, sku: str) -> Piece | None:
    """Give a product as if one piece of it had been scanned."""
    row = ask(tx, _PRODUCT_BY_CODE, site=site, merchant=merchant, code=sku).first()
    return _piece(row, 1, "each") if row else None


def products(tx: Session, site: str, codes: Collection[str]) -> tuple[Piece, ...]:
    """List the products that carry one of these barcodes, by merchant and SKU."""
    rows = ask(tx, _PRODUCTS_BY_BARCODE, site=site, codes=list(codes))
    return tuple(_piece(row, row.pieces, row.pack) for row in rows)


def badge(tx: Session, site: str, code: str) -> Badge | None:
    """Find the worker whose badge holds a code."""
    row = _first(tx, _WORKER_BY_BADGE, site, code)
    return Badge(row[0], row[1], scanned=True) if row else None


def worker(tx: Session, site: str, number: str) -> Badge | None:
    """Find a worker by the staff number; typing it proves nothing."""
    row = _first(tx, _WORKER_BY_NUMBER, site, number)
    return Badge(row[0], row[1], scanned=False) if row else None


def station(tx: Session, site: str, code: str) -> StationThing | None:
    """Find the station whose label holds a code."""
    row = _first(tx, _STATION_BY_LABEL, site, code)
    return StationThing(row[0]) if row else None


def box(tx: Session, site: str, code: str) -> BoxCode | None:
    """Find a type of shipping box by its code, in capitals or not."""
    row = _first(tx, _BOX_BY_CODE, site, code)
    return BoxCode(row[0]) if row else None


def deliveries(tx: Session, site: str, code: str) -> tuple[DeliveryCode, ...]:
    """Find deliveries by number, paper number or tracking: the likeliest of each merchant."""
    rows = _rows(tx, _DELIVERIES_BY_CODE, site, code)
    return _of_each_merchant(DeliveryCode(*row) for row in rows)


def returns(tx: Session, site: str, code: str) -> tuple[ReturnCode, ...]:
    """Find returns by number, plate, tracking or platform number: the likeliest of each merchant.

    Of returns that have no more than their parcel in common one is enough: it leads to the others.
    """
    rows = _rows(tx, _RETURNS_BY_CODE, site, code)
    found = [
        ReturnCode(number, merchant, custody, bool(own)) for number, merchant, custody, own in rows
    ]
    return _of_each_merchant(one for one in found if one.plate) or tuple(found[:1])


def orders(tx: Session, site: str, code: str) -> tuple[OrderCode, ...]:
    """Find orders by number, ``merchant/number``, platform number or parcel."""
    rows = _rows(tx, _ORDERS_BY_CODE, site, code)
    merchant, slash, number = code.partition("/")
    if not rows and slash:
        rows = ask(tx, _ORDER_BY_NAME, site=site, merchant=merchant, code=number).all()
    rows = rows or _rows(tx, _ORDER_BY_PARCEL, site, code)
    return _of_each_merchant(OrderCode(*row) for row in rows)


def _of_each_merchant(papers: Iterable[_Paper]) -> tuple[_Paper, ...]:
    """Keep the first paper of each merchant: whose it is, no rule can say."""
    first: dict[str, _Paper] = {}
    for paper in papers:
        first.setdefault(paper.merchant, paper)
    return tuple(first[merchant] for merchant in sorted(first))


def _rows(tx: Session, question: Any, site: str, code: str) -> Any:
    return ask(tx, question, site=site, code=code).all()


def _first(tx: Session, question: Any, site: str, code: str) -> Any:
    """Give the first row, or None. Rows are as wide as their question, which no type says."""
    return ask(tx, question, site=site, code=code).first()


def _place(row: Any, *, proven: bool, renewed: bool = False) -> Place:
    code, kind, state, parent, merchant, order_no, pieces, *_ = row
    return Place(
        code, kind, state, parent, merchant, order_no, int(pieces), proven, renewed=renewed
    )


def _piece(row: Any, pieces: int, pack: str) -> Piece:
    merchant, sku, name, lot, expiry, serial, *_ = row
    return Piece(
        merchant,
        sku,
        name,
        pieces,
        pack,
        lot_tracked=lot,
        expiry_tracked=expiry,
        serial_tracked=serial,
    )
