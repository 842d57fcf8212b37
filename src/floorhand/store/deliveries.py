"""Questions about deliveries and their lines, and the counts on the lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Integer,
    TableClause,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from floorhand.domain.receiving import MERCHANTS_MAX, WAITING_MAX, LineCount, Next, Waiting
from floorhand.domain.rules import MerchantRules
from floorhand.domain.things import OUTSIDE, Goods
from floorhand.store.asking import ask, hold
from floorhand.store.schema import Delivery, DeliveryLine, Merchant, Place, Receipt, Sku, Stock
from floorhand.store.was import keep

_COUNTED = DeliveryLine.received + DeliveryLine.damaged
_LINE_SKU = and_(
    Sku.site == DeliveryLine.site,
    Sku.merchant == DeliveryLine.merchant,
    Sku.code == DeliveryLine.sku,
)
_SITE: BindParameter[str] = bindparam("site")
_NUMBER: BindParameter[str] = bindparam("number")
_OF_SKU: BindParameter[str] = bindparam("sku")
_BOOK = (
    select(
        Delivery.number,
        Delivery.merchant,
        Delivery.state,
        Delivery.blind,
        Delivery.dock,
        Merchant.rules,
        Sku.name,
        Sku.min_life_days,
        Sku.serial_tracked,
        Sku.weight_g,
        DeliveryLine.line_no,
        DeliveryLine.lot,
        DeliveryLine.expected,
        DeliveryLine.received,
        DeliveryLine.damaged,
        DeliveryLine.unexpected,
    )
    .join(Merchant, and_(Merchant.site == _SITE, Merchant.code == Delivery.merchant))
    .outerjoin(Sku, and_(Sku.site == _SITE, Sku.merchant == Delivery.merchant, Sku.code == _OF_SKU))
    .outerjoin(
        DeliveryLine,
        and_(
            DeliveryLine.site == _SITE,
            DeliveryLine.delivery == Delivery.number,
            DeliveryLine.merchant == Delivery.merchant,
            DeliveryLine.sku == _OF_SKU,
        ),
    )
    .where(Delivery.site == _SITE, Delivery.number == _NUMBER)
    .order_by(DeliveryLine.line_no)
)
_THIS = (Delivery.site == _SITE, Delivery.number == _NUMBER)
_OF_DELIVERY = (DeliveryLine.site == _SITE, DeliveryLine.delivery == _NUMBER)
_LOCK = select(Delivery.number).where(*_THIS).with_for_update()
_HEADER = (
    select(Delivery.number, Delivery.merchant, Delivery.state, Delivery.blind, Delivery.dock)
    .where(*_THIS)
    .with_for_update()
)
_BEGUN = select(Delivery.opened_at).where(*_THIS, Delivery.state == "receiving")
_DOCKS = (
    select(Place.code)
    .where(Place.site == _SITE, Place.kind == "dock", Place.state == "open")
    .order_by(Place.walk_no, Place.code)
)
_FOUND = case((DeliveryLine.expected < _COUNTED, DeliveryLine.expected), else_=_COUNTED)
_TOTALS = select(
    func.coalesce(func.sum(DeliveryLine.expected), 0),
    func.coalesce(func.sum(_FOUND), 0),
    func.coalesce(func.sum(_COUNTED), 0),
).where(*_OF_DELIVERY)
_LINES = (
    select(
        DeliveryLine.line_no,
        DeliveryLine.sku,
        Sku.name,
        DeliveryLine.lot,
        DeliveryLine.expected,
        DeliveryLine.received,
        DeliveryLine.damaged,
        DeliveryLine.unexpected,
        DeliveryLine.reason,
    )
    .join(Sku, _LINE_SKU)
    .where(*_OF_DELIVERY)
    .order_by(DeliveryLine.line_no)
)
_LAST_LINE = select(func.max(DeliveryLine.line_no)).where(*_OF_DELIVERY)
_NEXT_LINE = (
    select(DeliveryLine.sku, Sku.name, DeliveryLine.lot, DeliveryLine.expected - _COUNTED)
    .join(Sku, _LINE_SKU)
    .where(
        DeliveryLine.site == _SITE,
        DeliveryLine.delivery == _NUMBER,
        DeliveryLine.expected > _COUNTED,
    )
    .order_by(DeliveryLine.line_no)
    .limit(1)
)
_NEWEST_EXPIRY = select(func.max(Stock.expiry)).where(
    Stock.site == _SITE,
    Stock.merchant == bindparam("merchant"),
    Stock.sku == _OF_SKU,
    Stock.pieces > 0,
    Stock.place.not_in(OUTSIDE),
)
_SERIAL_AT = select(Stock.place).where(
    Stock.site == _SITE,
    Stock.merchant == bindparam("merchant"),
    Stock.sku == _OF_SKU,
    Stock.serial == bindparam("serial"),
    Stock.pieces > 0,
    Stock.place.not_in(OUTSIDE),
)
_DELIVERY = cast(TableClause, Delivery.__table__)
_AT = (_DELIVERY.c.site == bindparam("at_site")) & (_DELIVERY.c.number == bindparam("at_number"))
_NOW = bindparam("now", type_=_DELIVERY.c.opened_at.type)
_OPEN = (
    update(_DELIVERY)
    .where(_AT, _DELIVERY.c.state != "closed")
    .values(
        state="receiving",
        dock=bindparam("at_dock"),
        opened_at=func.coalesce(_DELIVERY.c.opened_at, _NOW),
    )
)
_CLOSE = update(_DELIVERY).where(_AT).values(state="closed", closed_at=_NOW)
_LINE = cast(TableClause, DeliveryLine.__table__)
_ADD_COUNTS = (
    update(_LINE)
    .where(
        _LINE.c.site == bindparam("at_site"),
        _LINE.c.delivery == bindparam("at_delivery"),
        _LINE.c.line_no == bindparam("at_line"),
    )
    .values(
        received=_LINE.c.received + bindparam("more", type_=Integer),
        damaged=_LINE.c.damaged + bindparam("more_damaged", type_=Integer),
    )
)
_ADD_LINE = insert(_LINE)
_LINES_AT = (_LINE.c.site == bindparam("at_site")) & (_LINE.c.delivery == bindparam("at_number"))
_MORE = _LINE.c.received + _LINE.c.damaged - _LINE.c.expected
_SET_OVER = update(_LINE).where(_LINES_AT, _MORE > 0).values(over=_MORE)
_SET_SHORT = update(_LINE).where(_LINES_AT, _MORE < 0).values(short=-_MORE)
_ADD_WITH_REASON = _ADD_COUNTS.values(reason=bindparam("why"))


@dataclass(frozen=True, slots=True)
class Header:
    """A delivery as far as counting needs it."""

    number: str
    merchant: str
    state: str
    blind: bool
    dock: str


@dataclass(frozen=True, slots=True)
class Product:
    """What counting must know of a SKU."""

    name: str
    min_life_days: int
    serial_tracked: bool
    weight_g: int


@dataclass(frozen=True, slots=True)
class Book:
    """All that counting one SKU of one delivery needs, read at once.

    ``product`` is None if the delivery's merchant has no such SKU; ``lines`` are those of the SKU.
    """

    header: Header
    rules: MerchantRules
    product: Product | None
    lines: tuple[LineCount, ...]


def header(tx: Session, site: str, number: str) -> Header | None:
    """Give a delivery and keep others from counting on it or closing it until the commit."""
    row = ask(tx, _HEADER, site=site, number=number).one_or_none()
    return Header(*row) if row else None


def book(tx: Session, site: str, number: str, sku: str) -> Book | None:
    """Read what counting a SKU needs; others who count on the delivery wait for the commit.

    The lock comes first: of a query that waits for one, PostgreSQL reads only the locked row again.
    """
    hold(tx, _LOCK, site=site, number=number)
    rows = ask(tx, _BOOK, site=site, number=number, sku=sku).all()
    if not rows:
        return None
    first = rows[0]
    product = None
    if first.name is not None:
        product = Product(first.name, first.min_life_days, first.serial_tracked, first.weight_g)
    lines = tuple(
        LineCount(row.line_no, sku, row.name, *row[11:16])
        for row in rows
        if row.line_no is not None
    )
    return Book(Header(*first[:5]), MerchantRules.of_json(first.rules), product, lines)


def waiting(tx: Session, site: str) -> tuple[Waiting, ...]:
    """List deliveries that can be opened: begun ones first, then by the day they are expected."""
    left = func.coalesce(func.sum(DeliveryLine.expected - _COUNTED), 0)
    rows = tx.execute(
        select(Delivery.number, Delivery.merchant, left, Delivery.state)
        .outerjoin(
            DeliveryLine,
            and_(
                DeliveryLine.site == Delivery.site,
                DeliveryLine.delivery == Delivery.number,
                DeliveryLine.expected > _COUNTED,
            ),
        )
        .where(Delivery.site == site, Delivery.state != "closed")
        .group_by(Delivery.number, Delivery.merchant, Delivery.state, Delivery.expected_on)
        .order_by(
            Delivery.state.desc(), Delivery.expected_on == "", Delivery.expected_on, Delivery.number
        )
        .limit(WAITING_MAX)
    )
    return tuple(Waiting(number, merchant, int(n), state) for number, merchant, n, state in rows)


def merchants(tx: Session, site: str) -> tuple[tuple[str, str], ...]:
    """List whose goods can come, as (code, name)."""
    rows = tx.execute(
        select(Merchant.code, Merchant.name)
        .where(Merchant.site == site)
        .order_by(Merchant.code)
        .limit(MERCHANTS_MAX)
    )
    return tuple((code, name) for code, name in rows)


def docks(tx: Session, site: str) -> tuple[str, ...]:
    """List the docks that are open, in walking order."""
    return tuple(ask(tx, _DOCKS, site=site).scalars())


def open_at(tx: Session, site: str, number: str, dock: str, now: datetime) -> bool:
    """Mark a delivery as being received at a dock; False if it is closed."""
    opened = ask(tx, _OPEN, at_site=site, at_number=number, at_dock=dock, now=now)
    return opened.rowcount == 1


def new_blind(tx: Session, site: str, number: str, merchant: str) -> None:
    """Make a delivery that nobody announced."""
    tx.execute(insert(Delivery).values(site=site, number=number, merchant=merchant, blind=True))


def remove(tx: Session, site: str, number: str, now: datetime) -> None:
    """Remove a delivery that has no lines."""
    this = (Delivery.site == site, Delivery.number == number)
    keep(tx, "delivery", now, *this)
    forget_places(tx, site, number)
    tx.execute(delete(Delivery).where(*this))


def forget_places(tx: Session, site: str, number: str) -> None:
    """Forget where goods of a delivery were put that were all counted off again."""
    nothing = (Receipt.site == site, Receipt.delivery == number, Receipt.pieces == 0)
    tx.execute(delete(Receipt).where(*nothing))


def totals(tx: Session, site: str, number: str, *, blind: bool) -> tuple[int, int]:
    """Add up what is expected and what of it was counted, in pieces; all that came if blind."""
    expected, found, counted = ask(tx, _TOTALS, site=site, number=number).one()
    return int(expected), int(counted if blind else found)


def progress(tx: Session, site: str, number: str) -> tuple[datetime | None, int, int] | None:
    """Say since when a delivery is received, and how many pieces are counted of how many.

    None if it is not being received. Of one that nobody announced as many are expected as came.
    """
    found = ask(tx, _BEGUN, site=site, number=number).one_or_none()
    if found is None:
        return None
    expected, _, counted = ask(tx, _TOTALS, site=site, number=number).one()
    return found.opened_at, int(counted), int(expected)


def next_line(tx: Session, site: str, number: str) -> Next:
    """Give the first line that is still expected."""
    row = ask(tx, _NEXT_LINE, site=site, number=number).first()
    return Next(*row) if row else Next()


def lines(tx: Session, site: str, number: str) -> tuple[LineCount, ...]:
    """List the lines of a delivery."""
    return tuple(LineCount(*row) for row in ask(tx, _LINES, site=site, number=number))


def add_line(
    tx: Session, site: str, number: str, goods: Goods, name: str, *, unexpected: bool
) -> LineCount:
    """Add a line for a SKU that the note does not have."""
    line_no = (ask(tx, _LAST_LINE, site=site, number=number).scalar() or 0) + 1
    of_sku = {"merchant": goods.merchant, "sku": goods.sku, "unexpected": unexpected}
    ask(tx, _ADD_LINE, site=site, delivery=number, line_no=line_no, **of_sku)
    return LineCount(line_no, goods.sku, name, "", 0, 0, 0, unexpected)


def add_counts(
    tx: Session,
    site: str,
    number: str,
    shares: Iterable[tuple[int, int]],
    *,
    received: int = 0,
    damaged: int = 0,
    reason: str = "",
) -> None:
    """Add ``received`` and ``damaged`` times the share to each (line number, share)."""
    for line_no, share in shares:
        named: dict[str, Any] = {"more": received * share, "more_damaged": damaged * share}
        if reason:
            named["why"] = reason
        ask(
            tx,
            _ADD_WITH_REASON if reason else _ADD_COUNTS,
            at_site=site,
            at_delivery=number,
            at_line=line_no,
            **named,
        )


def serial_at(tx: Session, site: str, goods: Goods) -> str:
    """Name the place in the house where a serial is already; empty if nowhere."""
    named = {"merchant": goods.merchant, "sku": goods.sku, "serial": goods.serial}
    return ask(tx, _SERIAL_AT, site=site, **named).scalar() or ""


def newest_expiry(tx: Session, site: str, goods: Goods) -> str:
    """Give the latest expiry date of a SKU in the house; empty if there is none."""
    named = {"site": site, "merchant": goods.merchant, "sku": goods.sku}
    return ask(tx, _NEWEST_EXPIRY, **named).scalar() or ""


def is_as_closed(tx: Session, site: str, number: str) -> bool:
    """Say whether a closed delivery is as short and over as its lines are counted."""
    more = _LINE.c.received + _LINE.c.damaged - _LINE.c.expected
    found = select(_LINE.c.line_no).where(
        *(_LINE.c.site == site, _LINE.c.delivery == number, _LINE.c.over - _LINE.c.short != more)
    )
    blind = select(Delivery.blind).where(Delivery.site == site, Delivery.number == number)
    return bool(tx.scalar(blind)) or tx.scalar(found.limit(1)) is None


def close(tx: Session, site: str, number: str, blind: bool, now: datetime) -> None:
    """Make over and short final, and the delivery closed."""
    at = {"at_site": site, "at_number": number}
    if not blind:
        ask(tx, _SET_OVER, **at)
    ask(tx, _SET_SHORT, **at)
    ask(tx, _CLOSE, **at, now=now)
