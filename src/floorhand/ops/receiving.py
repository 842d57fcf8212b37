"""Receiving, as changes: open a delivery, count pieces in, build pallets.

How a delivery is reviewed and closed is in `floorhand.ops.closing_deliveries`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain import counting
from floorhand.domain.holds import MERCHANT, Subject
from floorhand.domain.reasons import HELD, reason_words
from floorhand.domain.receiving import (
    ROWS_MAX,
    Counted,
    CountPieces,
    DamageMarked,
    DeliveriesListed,
    DeliveryOpened,
    DockWanted,
    LinesListed,
    ListDeliveries,
    ListLines,
    ListMerchants,
    MarkDamaged,
    MerchantsListed,
    NotAnnounced,
    OpenBlind,
    OpenDelivery,
    SetCount,
    ShortLife,
    TooMany,
)
from floorhand.domain.rights import Right, may
from floorhand.domain.things import DAMAGED, SUPPLIER, Goods, Line
from floorhand.errors import Code, Gone, Refused
from floorhand.ops import closing_deliveries, held_goods, plates, short_life, works
from floorhand.ops.allowing import must_have
from floorhand.ops.beginning import need_room
from floorhand.store import deliveries, holds, ledger, receipts
from floorhand.store.asking import ask
from floorhand.store.deliveries import Book, Product
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, station_place
from floorhand.store.places import next_number
from floorhand.store.receipts import Spot
from floorhand.store.schema import Place
from floorhand.store.shelves import site_date
from floorhand.store.tasks import retell, tell_on

JOB = "receiving"
BLIND_NUMBER = "blind_delivery"
"""Name of the sequence behind the numbers of deliveries that nobody announced."""

_STATE = select(Place.state).where(
    Place.site == bindparam("site"), Place.code == bindparam("place")
)


def list_deliveries(tx: Session, cause: Cause, _command: ListDeliveries) -> DeliveriesListed:
    """List the deliveries that wait; `Refused` with `Code.NO_DELIVERIES` if none does."""
    waiting = deliveries.waiting(tx, cause.site)
    blind = may(cause.roles, Right.BLIND)
    if not waiting and not blind:
        raise Refused(Code.NO_DELIVERIES)
    return DeliveriesListed(waiting, blind)


def list_merchants(tx: Session, cause: Cause, _command: ListMerchants) -> MerchantsListed:
    """List whose an unannounced delivery can be; `Refused` without the right."""
    must_have(tx, cause.site, cause.roles, Right.BLIND)
    return MerchantsListed(deliveries.merchants(tx, cause.site))


def open_delivery(tx: Session, cause: Cause, command: OpenDelivery) -> DeliveryOpened | DockWanted:
    """Open a delivery at a dock: the named one, the station's, the delivery's, or the only one.

    Raises:
        Refused: `Code.DELIVERY_CLOSED` if it was closed meanwhile; `Code.NO_DOCK` if there is no
            dock at all; `Code.NO_ROOM_FOR_WORK`.
    """
    site = cause.site
    header = deliveries.header(tx, site, command.number)
    if header is None or header.state == "closed":
        at_hand = bool(command.dock)  # else it was scanned, and the next scan may be another
        raise (Gone if at_hand else Refused)(Code.DELIVERY_CLOSED, delivery=command.number)
    if header.state == "announced":
        need_room(tx)
    dock, likeliest = _dock(tx, cause, command.dock, header.dock)
    if not dock:
        return DockWanted(header.number, likeliest)
    deliveries.open_at(tx, site, header.number, dock, cause.at)
    expected, counted = deliveries.totals(tx, site, header.number, blind=header.blind)
    cause.note(job=JOB, merchant=header.merchant, delivery=header.number)
    others = works.who_else(tx, cause, JOB, header.number)
    if others:
        cause.note(beside=", ".join(others))
    held = holds.of_subject(tx, site, Subject(MERCHANT, header.merchant))
    return DeliveryOpened(
        header.number,
        header.merchant,
        dock,
        header.blind,
        merchant_rules(tx, site, header.merchant).expiry_order,
        expected,
        counted,
        deliveries.next_line(tx, site, header.number),
        ", ".join(others.values()),
        tuple(reason_words(held.reason, HELD).items()) if held else (),
    )


def open_blind(tx: Session, cause: Cause, command: OpenBlind) -> DeliveryOpened | DockWanted:
    """Make a delivery for goods that nobody announced, and open it, once the dock is known."""
    must_have(tx, cause.site, cause.roles, Right.BLIND)
    dock, likeliest = _dock(tx, cause, command.dock)
    if not dock:
        return DockWanted("", likeliest, command.merchant)
    number = f"BLIND-{next_number(tx, cause.site, BLIND_NUMBER):05d}"
    deliveries.new_blind(tx, cause.site, number, command.merchant)
    return open_delivery(tx, cause, OpenDelivery(number, dock))


def count_pieces(
    tx: Session, cause: Cause, command: CountPieces
) -> Counted | NotAnnounced | TooMany | ShortLife:
    """Take good pieces in. A label that tells more than may come is asked about, as typing is.

    Raises:
        Refused: `Code.DELIVERY_CLOSED`; `Code.OTHER_MERCHANT` if the delivery's merchant has no
            such SKU; `Code.SERIAL_IN_HOUSE`; `Code.PLACE_CLOSED`; as `short_life.arrival`.
    """
    goods = command.goods
    book, product = _book(tx, cause, command.delivery, goods)
    if not (book.lines or book.header.blind or command.unexpected):
        return NotAnnounced(goods, product.name)
    if command.counted and not command.unexpected and _too_many(book, command.pieces):
        left = sum(line.left for line in book.lines)
        return TooMany(goods, product.name, command.pieces, left)
    if command.dock:
        plates.stand_at_dock(tx, cause, command.place, command.dock, goods.merchant)
    _place_is_open(tx, cause.site, command.place)
    if goods.serial and (place := deliveries.serial_at(tx, cause.site, goods)):
        raise Refused(Code.SERIAL_IN_HOUSE, serial=goods.serial, sku=goods.sku, place=place)
    arrived = short_life.arrival(tx, cause, command, book, product)
    if isinstance(arrived, ShortLife):
        return arrived
    condition, alarm = arrived
    condition = held_goods.arriving(tx, cause.site, goods, condition)
    if not book.lines:
        book = _new_line(tx, cause, book, goods, product)
    goods = replace(goods, condition=condition)
    spot = Spot(cause.site, command.delivery, command.place)
    taken = _take_in(tx, cause, spot, book, goods, command.pieces, command.pack, alarm)
    taken = _weighed(tx, cause, spot, taken, command.net_g, product.weight_g * command.pieces)
    return replace(taken, plate=command.place if command.dock else "")


def _weighed(
    tx: Session, cause: Cause, spot: Spot, taken: Counted, net_g: int, about_g: int
) -> Counted:
    """Keep the net weight that a label told; one that cannot be right is told, not refused."""
    if not net_g:
        return taken
    receipts.weigh(tx, spot, taken.goods, net_g)
    cause.note(net_g=net_g)
    alarm = taken.alarm or ("" if counting.weight_fits(net_g, about_g) else "weight")
    return replace(taken, net_g=net_g, about_g=about_g, alarm=alarm)


def set_count(tx: Session, cause: Cause, command: SetCount) -> Counted:
    """Bring what was counted of some goods on a place to a total, up or down.

    Down is a slip put right (a piece scanned twice): the pieces go back to the supplier's side of
    the books by a move of their own, so that both stay visible.

    Raises:
        Refused: `Code.NOT_COUNTED_HERE` if none were counted there; `Code.NOT_ENOUGH_STOCK` if
            they have left the place; `Code.DELIVERY_CLOSED`.
    """
    goods = command.goods
    book, _ = _book(tx, cause, command.delivery, goods)
    spot = Spot(cause.site, command.delivery, command.place)
    here = receipts.held(tx, spot, goods)
    if not book.lines or here == 0:
        raise Refused(Code.NOT_COUNTED_HERE, sku=goods.sku, place=command.place)
    more = command.pieces - here
    if more > 0:
        _place_is_open(tx, cause.site, command.place)
        return _take_in(tx, cause, spot, book, goods, more, "total", "")
    if more < 0:
        ledger.move(tx, cause, command.place, SUPPLIER, [Line(goods, -more)])
        receipts.lower(tx, spot, goods, -more)
        shares = counting.take_back(book.lines, goods.lot, -more)
        deliveries.add_counts(tx, cause.site, command.delivery, shares, received=-1)
        _tell_over(tx, cause, book, goods, more)
        held_goods.tell_leads(tx, cause, command.delivery, goods, more)
        cause.note(job=JOB, pieces=more, merchant=goods.merchant, delivery=command.delivery)
    return _counted(tx, cause, book, goods, more, "total", command.pieces)


def mark_damaged(tx: Session, cause: Cause, command: MarkDamaged) -> DamageMarked:
    """Change good pieces counted on a place into damaged ones.

    Raises:
        Refused: `Code.NOT_COUNTED_HERE` if fewer were counted there; `Code.NOT_ENOUGH_STOCK`;
            `Code.DELIVERY_CLOSED`.
    """
    goods, pieces = command.goods, command.pieces
    book, _ = _book(tx, cause, command.delivery, goods)
    spot = Spot(cause.site, command.delivery, command.place)
    here = receipts.lower(tx, spot, goods, pieces)
    if here is None:
        raise Refused(Code.NOT_COUNTED_HERE, sku=goods.sku, place=command.place)
    damaged = ledger.change(tx, cause, command.place, goods, pieces, condition=DAMAGED)
    receipts.add(tx, spot, damaged, pieces)
    shares = counting.take_back(book.lines, goods.lot, pieces)
    deliveries.add_counts(
        tx, cause.site, command.delivery, shares, received=-1, damaged=1, reason=command.reason
    )
    held_goods.tell_leads(tx, cause, command.delivery, goods, -pieces)
    cause.note(
        job=JOB,
        damaged=pieces,
        reason=command.reason,
        merchant=goods.merchant,
        delivery=command.delivery,
    )
    return DamageMarked(goods, pieces, here)


def list_lines(tx: Session, cause: Cause, command: ListLines) -> LinesListed:
    """List a delivery's lines, those that still miss pieces first."""
    rows = deliveries.lines(tx, cause.site, command.delivery)
    open_first = sorted(rows, key=lambda row: (row.left == 0, row.line_no))
    return LinesListed(tuple(open_first[:ROWS_MAX]), len(rows))


def _dock(tx: Session, cause: Cause, named: str, before: str = "") -> tuple[str, str]:
    """Choose a dock: the named one, the station's, that of before, or the only one.

    Returns:
        The dock, empty if nothing says which; and the likeliest.
    """
    docks = deliveries.docks(tx, cause.site)
    if not docks:
        raise Refused(Code.NO_DOCK)
    asked = (named, station_place(tx, cause.site, cause.station), before)
    known = [dock for dock in asked if dock in docks] or (list(docks) if len(docks) == 1 else [])
    return (known[0] if known else ""), docks[0]


def _too_many(book: Book, pieces: int) -> bool:
    announced = any(line.expected for line in book.lines)
    return announced and pieces > counting.over_room(book.lines, book.rules.over_tolerance_pct)


def _book(tx: Session, cause: Cause, delivery: str, goods: Goods) -> tuple[Book, Product]:
    book = deliveries.book(tx, cause.site, delivery, goods.sku)
    if book is None or book.header.state != "receiving":
        raise Gone(Code.DELIVERY_CLOSED, delivery=delivery)
    merchant = book.header.merchant
    if book.product is None or goods.merchant != merchant:
        raise Refused(Code.OTHER_MERCHANT, sku=goods.sku, merchant=goods.merchant, wanted=merchant)
    return book, book.product


def _place_is_open(tx: Session, site: str, place: str) -> None:
    """Refuse a pallet that somebody else has closed meanwhile: it waits for put-away."""
    if ask(tx, _STATE, site=site, place=place).scalar() != "open":
        raise Refused(Code.PLACE_CLOSED, place=place)


def _new_line(tx: Session, cause: Cause, book: Book, goods: Goods, product: Product) -> Book:
    header = book.header
    line = deliveries.add_line(
        tx, cause.site, header.number, goods, product.name, unexpected=not header.blind
    )
    return replace(book, lines=(line,))


def _tell_unannounced(tx: Session, cause: Cause, book: Book, goods: Goods) -> None:
    """Keep on the supervisors' list that goods come that nobody announced, and who takes them."""
    about = (book.header.number, goods.merchant)
    if book.header.blind:
        tell_on(tx, cause, "blind_delivery", *about)
    elif any(line.unexpected for line in book.lines):
        tell_on(tx, cause, "unexpected_goods", *about, sku=goods.sku)


def _take_in(
    tx: Session,
    cause: Cause,
    spot: Spot,
    book: Book,
    goods: Goods,
    pieces: int,
    pack: str,
    alarm: str,
) -> Counted:
    """Move pieces from the supplier to the spot and count them on their lines."""
    _tell_unannounced(tx, cause, book, goods)
    ledger.move(tx, cause, SUPPLIER, spot.place, [Line(goods, pieces)])
    here = receipts.add(tx, spot, goods, pieces)
    fresh = here == pieces
    shares = counting.spread(book.lines, goods.lot, pieces)
    deliveries.add_counts(tx, cause.site, spot.delivery, shares, received=1)
    _tell_over(tx, cause, book, goods, pieces)
    held_goods.tell_leads(tx, cause, spot.delivery, goods, pieces)
    if _too_many(book, pieces):
        alarm = "over"
    elif not fresh:
        alarm = ""
    elif not alarm and goods.expiry and _is_older(tx, cause, goods):
        alarm = "older"
    elif not alarm and _is_other_lot(book, goods):
        alarm = "lot"
    cause.note(job=JOB, pieces=pieces, merchant=goods.merchant, delivery=spot.delivery)
    taken = _counted(tx, cause, book, goods, pieces, pack, here, alarm=alarm, fresh=fresh)
    return replace(taken, arrested=held_goods.arrested(tx, cause.site, goods, here))


def _tell_over(tx: Session, cause: Cause, book: Book, goods: Goods, added: int) -> None:
    """Keep on the supervisors' list how many pieces are over, once they are too many to accept."""
    expected = sum(line.expected for line in book.lines)
    if not expected:
        return
    before = sum(line.counted for line in book.lines) - expected
    most = counting.tolerated(book.lines, book.rules.over_tolerance_pct)
    told: list[dict[str, str | int]] = [
        {"sku": goods.sku, "over": over} if over > most else {} for over in (before, before + added)
    ]
    retell(tx, cause, "over_delivery", book.header.number, goods.merchant, *told)


def _is_other_lot(book: Book, goods: Goods) -> bool:
    """Say whether lots were announced, and this is none of them: mistyped, or not what was sent."""
    announced = {line.lot for line in book.lines if line.expected}
    return bool(announced and goods.lot) and not announced & {goods.lot, ""}


def _is_older(tx: Session, cause: Cause, goods: Goods) -> bool:
    return goods.expiry < deliveries.newest_expiry(tx, cause.site, goods)


def _counted(
    tx: Session,
    cause: Cause,
    book: Book,
    goods: Goods,
    added: int,
    pack: str,
    here: int,
    *,
    alarm: str = "",
    fresh: bool = False,
) -> Counted:
    """Sum up after counting; ``book`` is from before it."""
    assert book.product is not None, goods
    expected = sum(line.expected for line in book.lines)
    counted = sum(line.counted for line in book.lines) + added
    announced = expected > 0
    over = max(0, counted - expected)
    over_before = max(0, counted - added - expected)
    *_, days = counting.arrival(False, goods.expiry, site_date(tx, cause.site, cause.at), 0)
    return Counted(
        goods=goods,
        name=book.product.name,
        added=added,
        pack=pack,
        here=here,
        left=max(0, expected - counted),
        room=max(0, counting.over_room(book.lines, book.rules.over_tolerance_pct) - added)
        if announced
        else -1,
        over=over if announced else 0,
        alarm=alarm,
        days=days,
        fresh=fresh,
        serial_tracked=book.product.serial_tracked,
        next=deliveries.next_line(tx, cause.site, book.header.number),
        towards=added if book.header.blind else added - (over - over_before),
    )


HANDLERS: dict[type, Callable[..., object]] = {
    ListDeliveries: list_deliveries,
    ListMerchants: list_merchants,
    OpenDelivery: open_delivery,
    OpenBlind: open_blind,
    CountPieces: count_pieces,
    SetCount: set_count,
    MarkDamaged: mark_damaged,
    ListLines: list_lines,
    **closing_deliveries.HANDLERS,
}
