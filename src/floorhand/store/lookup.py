"""Find what a barcode stands for. The precedence is that of the floor contracts:

what the question asks for, command barcodes, our own labels, product barcodes, papers, unknown.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain import barcodes
from floorhand.domain.barcodes import Scanned
from floorhand.domain.things import (
    KEYS,
    Ambiguous,
    Attributes,
    Badge,
    Chosen,
    DeliveryCode,
    Key,
    Number,
    OrderCode,
    Piece,
    Pressed,
    ReturnCode,
    Text,
    Unknown,
)
from floorhand.domain.things import Place as PlaceThing
from floorhand.domain.things import Station as StationThing
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Prompt, Wants
from floorhand.store.masters import site_rules
from floorhand.store.schema import (
    Barcode,
    Delivery,
    Order,
    Parcel,
    Place,
    Return,
    Sku,
    Station,
    Stock,
    Worker,
)

QUANTITY_DIGITS_MAX = 5
"""A longer number is a code that was typed or scanned in the wrong place."""

COMMANDS: dict[str, Key] = {
    **{barcode: key for key, (_, barcode) in KEYS.items()},
    **{f"*{function_key[1:]}": key for key, (function_key, _) in KEYS.items()},
}
"""Command barcodes, and ``*<n>`` for terminals without function keys."""

PLACE_KINDS = frozenset({"place", "bin", "dock", "bench", "cart", "tote", "pallet", "carton"})

Event = (
    Piece
    | Attributes
    | PlaceThing
    | OrderCode
    | DeliveryCode
    | ReturnCode
    | Badge
    | StationThing
    | Ambiguous
    | Unknown
    | Number
    | Text
    | Chosen
    | Pressed
)


def resolve(tx: Session, site: str, scanned: str, prompt: Prompt) -> Event:
    """Find what a scan means at this question.

    Args:
        tx: An open transaction.
        site: Where we are.
        scanned: The scan as the scanner sent it, without its end; or what was typed.
        prompt: The question it answers; its `Wants` decides between readings.

    Raises:
        Refused: If it can be said already here why the scan is no answer to anything.
    """
    wants = prompt.wants
    if len(scanned) > barcodes.SCAN_CHARACTERS_MAX:
        raise Refused(Code.SCAN_TOO_LONG, characters=len(scanned))
    event = _command(scanned, prompt) or _typed(tx, site, scanned.strip(" "), prompt)
    if event is not None:
        return event
    read = barcodes.read(scanned)
    if read.damaged:
        raise Refused(Code.BARCODE_DAMAGED, code=barcodes.shown(scanned))
    found = _find(tx, site, read, wants)
    if isinstance(found, Unknown):
        if "badge" in wants.kinds and (badge := _worker(tx, site, read.code, typed=True)):
            return badge
        if wants.text:
            return Text(scanned.strip(" "))
    elif wants.text and "piece" not in wants.kinds and isinstance(found, Piece | OrderCode):
        return Text(scanned.strip(" "))
    return found


def product(tx: Session, site: str, merchant: str, sku: str) -> Piece | None:
    """Give a product as if one piece of it had been scanned."""
    row = tx.execute(_pieces(site, (Sku.merchant == merchant) & (Sku.code == sku))).first()
    if row is None:
        return None
    merchant, code, name, _, _, lot, expiry, serial = row
    tracked = {"lot_tracked": lot, "expiry_tracked": expiry, "serial_tracked": serial}
    return Piece(merchant, code, name, **tracked)


def _command(scanned: str, prompt: Prompt) -> Event | None:
    if not scanned.startswith("*"):
        return None
    word, _, rest = scanned.strip().upper().partition(" ")
    if word in COMMANDS and not rest:
        return Pressed(COMMANDS[word])
    if word == "*QTY" and rest.isdecimal() and len(rest) <= QUANTITY_DIGITS_MAX:
        return Number(int(rest))
    if word in ("*CHOOSE", "*GRADE", "*REASON") and rest.isdecimal():
        return _choice(rest, prompt)
    raise Refused(Code.UNKNOWN_BARCODE, code=barcodes.shown(scanned))


def _typed(tx: Session, site: str, text: str, prompt: Prompt) -> Event | None:
    """Read what only a person would type at this question: numbers, check digits, a PIN."""
    wants = prompt.wants
    if "pin" in wants.kinds:
        return Text(text)
    if not (text.isascii() and text.isdecimal()):
        return None
    if prompt.choices and len(text) <= 2:
        return _choice(text, prompt)
    if wants.place and (place := _by_check_digits(tx, site, text, wants)):
        return place
    if wants.number and len(text) <= QUANTITY_DIGITS_MAX:
        return Number(int(text))
    return None


def _choice(digits: str, prompt: Prompt) -> Event:
    index = int(digits) - 1
    if not 0 <= index < len(prompt.choices):
        raise Refused(Code.NO_SUCH_CHOICE, number=digits, choices=len(prompt.choices))
    return Chosen(prompt.choices[index].code)


def _by_check_digits(tx: Session, site: str, text: str, wants: Wants) -> PlaceThing | None:
    row = tx.execute(
        select(Place.check_digits, Place.zone).where(Place.site == site, Place.code == wants.place)
    ).one_or_none()
    if row is None or not row.check_digits or len(text) != len(row.check_digits):
        return None
    if text != row.check_digits:
        if wants.number:
            return None
        raise Refused(Code.WRONG_CHECK, place=wants.place)
    if _policy(tx, site, row.zone) == "scan":
        raise Refused(Code.SCAN_ONLY, place=wants.place)
    return _place(tx, site, Place.code == wants.place)


def _policy(tx: Session, site: str, zone: str) -> str:
    rules = site_rules(tx, site)
    return rules.place_policy.get(zone, rules.default_place_policy)


def _find(tx: Session, site: str, read: Scanned, wants: Wants) -> Event:
    """Look a code up among everything that has one, most specific first."""
    places_first = bool(PLACE_KINDS & set(wants.kinds)) or bool(read.own_kind) or bool(read.sscc)
    if places_first and (place := _any_place(tx, site, read)):
        return place
    if piece := _any_piece(tx, site, read, wants):
        return piece
    if not places_first and (place := _any_place(tx, site, read)):
        return place
    code = read.code
    paper = (
        _worker(tx, site, code, typed=False)
        or _station(tx, site, code)
        or _paper(tx, site, code, wants)
        or _place_by_name(tx, site, code)
    )
    if paper is not None:
        return paper
    if read.lot or read.expiry or read.serial:
        return Attributes(read.lot, read.expiry, read.serial)
    return Unknown(code, barcodes.shown(read.raw))


def _any_place(tx: Session, site: str, read: Scanned) -> PlaceThing | None:
    return _place(tx, site, Place.scan_code == (read.sscc or read.code))


def _place_by_name(tx: Session, site: str, code: str) -> PlaceThing | None:
    """Find a place by the code that people read; typing it proves nothing unless policy says so."""
    row = tx.execute(
        select(Place.zone).where(Place.site == site, Place.code == code.upper())
    ).one_or_none()
    if row is None or code.startswith("@"):
        return None
    proven = _policy(tx, site, row.zone) == "none"
    return _place(tx, site, Place.code == code.upper(), proven=proven)


def _place(
    tx: Session, site: str, where: ColumnElement[bool], *, proven: bool = True
) -> PlaceThing | None:
    held = (
        select(func.coalesce(func.sum(Stock.pieces), 0))
        .where(Stock.site == Place.site, Stock.place == Place.code)
        .scalar_subquery()
    )
    row = tx.execute(
        select(
            Place.code,
            Place.kind,
            Place.state,
            Place.parent,
            Place.merchant,
            Place.order_no,
            held.label("pieces"),
        ).where(Place.site == site, where, Place.kind != "outside")
    ).one_or_none()
    if row is None:
        return None
    return PlaceThing(
        row.code,
        row.kind,
        row.state,
        row.parent or "",
        row.merchant or "",
        row.order_no or "",
        int(row.pieces),
        proven,
    )


def _pieces(site: str, where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            Sku.merchant,
            Sku.code,
            Sku.name,
            Barcode.pieces,
            Barcode.pack,
            Sku.lot_tracked,
            Sku.expiry_tracked,
            Sku.serial_tracked,
        )
        .outerjoin_from(
            Sku,
            Barcode,
            (Barcode.site == Sku.site)
            & (Barcode.merchant == Sku.merchant)
            & (Barcode.sku == Sku.code),
        )
        .where(Sku.site == site, where)
    )


def _any_piece(tx: Session, site: str, read: Scanned, wants: Wants) -> Piece | Ambiguous | None:
    codes = {code for code in (read.gtin, read.code, read.raw) if code}
    rows = tx.execute(_pieces(site, Barcode.code.in_(codes) & (Barcode.site == site))).all()
    if not rows:
        return None
    if wants.sku and (wanted := [r for r in rows if f"{r[0]}/{r[1]}" == wants.sku]):
        rows = wanted
    elif wants.merchants and (own := [r for r in rows if r[0] in wants.merchants]):
        rows = own
    count = read.count or 1
    options = tuple(
        Piece(
            merchant=row[0],
            sku=row[1],
            name=row[2],
            pieces=row[3] * count,
            pack=row[4],
            lot=read.lot,
            expiry=read.expiry,
            serial=read.serial,
            lot_tracked=row[5],
            expiry_tracked=row[6],
            serial_tracked=row[7],
        )
        for row in sorted(rows, key=lambda row: (row[0], row[1]))
    )
    return options[0] if len(options) == 1 else Ambiguous(options)


def _worker(tx: Session, site: str, code: str, *, typed: bool) -> Badge | None:
    column = Worker.code if typed else Worker.badge
    row = tx.execute(
        select(Worker.code, Worker.name).where(Worker.site == site, column == code)
    ).one_or_none()
    return Badge(row.code, row.name, scanned=not typed) if row else None


def _station(tx: Session, site: str, code: str) -> StationThing | None:
    found = tx.scalar(select(Station.code).where(Station.site == site, Station.scan_code == code))
    return StationThing(found) if found else None


def _paper(tx: Session, site: str, code: str, wants: Wants) -> Event | None:
    """Find a delivery, return, order or parcel; what the question asks for comes first."""
    finders = {"delivery": _delivery, "return": _return, "order": _order}
    asked = [finders[kind] for kind in wants.kinds if kind in finders]
    for find in (*asked, *(f for f in finders.values() if f not in asked)):
        if (paper := find(tx, site, code)) is not None:
            return paper
    return None


def _delivery(tx: Session, site: str, code: str) -> DeliveryCode | None:
    row = tx.execute(
        select(Delivery.number, Delivery.merchant, Delivery.state)
        .where(Delivery.site == site, or_(Delivery.number == code, Delivery.tracking == code))
        .order_by(Delivery.number != code, Delivery.state == "closed", Delivery.number)
    ).first()
    return DeliveryCode(*row) if row else None


def _return(tx: Session, site: str, code: str) -> ReturnCode | None:
    found = or_(
        Return.number == code,
        Return.plate == code,
        Return.tracking == code,
        Return.platform_id == code,
        Return.combined_id == code,
    )
    row = tx.execute(
        select(Return.number, Return.merchant, Return.custody, Return.plate)
        .where(Return.site == site, found)
        .order_by(Return.number != code, Return.custody == "disposed", Return.number)
    ).first()
    return ReturnCode(row[0], row[1] or "", row[2], code in (row[0], row[3])) if row else None


def _order(tx: Session, site: str, code: str) -> OrderCode | None:
    merchant, _, number = code.rpartition("/")
    named = (Order.number == number) & (Order.merchant == merchant) if merchant else None
    found = or_(
        Order.number == code, Order.platform_id == code, *([] if named is None else [named])
    )
    row = tx.execute(
        select(Order.merchant, Order.number, Order.state)
        .where(Order.site == site, found)
        .order_by(Order.state == "shipped", Order.merchant)
    ).first()
    if row is None:
        row = tx.execute(
            select(Order.merchant, Order.number, Order.state)
            .join(
                Parcel,
                (Parcel.site == Order.site)
                & (Parcel.merchant == Order.merchant)
                & (Parcel.order == Order.number),
            )
            .where(Parcel.site == site, or_(Parcel.carton == code, Parcel.tracking == code))
        ).first()
    return OrderCode(*row) if row else None
