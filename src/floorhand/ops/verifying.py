"""Verify pieces at the bench: each scan is held against what lies in the order's totes."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.days import goods_words
from floorhand.domain.packing import (
    NAMED_MAX,
    CheckPieces,
    Left,
    Naming,
    OrderGone,
    OrderStopped,
    PiecesChecked,
)
from floorhand.errors import Code, Refused
from floorhand.ops.bench import Work, order_at_bench
from floorhand.ops.holding import goods_must_be_free, order_must_be_free
from floorhand.store import checking, parcels
from floorhand.store.asking import ask
from floorhand.store.checking import InTote
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.schema import OrderLine, Sku

_PACKED = (
    select(OrderLine.packed)
    .where(
        OrderLine.site == bindparam("site"),
        OrderLine.merchant == bindparam("merchant"),
        OrderLine.order == bindparam("number"),
        OrderLine.sku == bindparam("sku"),
        OrderLine.packed > 0,
    )
    .limit(1)
)
_NAME = select(Sku.name).where(
    Sku.site == bindparam("site"),
    Sku.merchant == bindparam("merchant"),
    Sku.code == bindparam("sku"),
)


def check_pieces(
    tx: Session, cause: Cause, command: CheckPieces
) -> PiecesChecked | Naming | OrderStopped | OrderGone:
    """Verify pieces against what is in the order's totes.

    Raises:
        Refused: If they are not in this order, are more than are left, or are of another lot or
            serial than was picked; each with its own code.
    """
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    if command.typed and not merchant_rules(tx, cause.site, work.head.merchant).typed_quantity:
        raise Refused(Code.SCAN_EACH_PIECE, code=command.pieces)
    order_must_be_free(tx, cause, work.head.merchant, work.head.number)
    same = _matching(tx, cause, command)
    rows = tuple(row for row in same if row.left)
    if not command.typed and (naming := _to_be_named(tx, cause, command, rows)):
        return naming
    goods = rows[0].goods
    alike = tuple(row for row in same if row.goods == goods)
    checked = sum(row.checked for row in alike)
    left = sum(row.left for row in (alike if command.typed else rows))
    more = command.pieces - checked if command.typed else command.pieces
    if more > left:
        raise Refused(Code.TOO_MANY_CHECKED, sku=command.sku, asked=command.pieces, left=left)
    counted = alike if command.typed else rows
    goods_must_be_free(tx, cause, (row.goods for row in counted))
    _count(tx, cause, counted, more)
    cause.note(job="packing", verified=more, merchant=work.head.merchant, order=work.head.number)
    rest = checking.rest_of(tx, cause.site, command.order, command.sku)
    of = Left(goods.sku, "", left - more, goods.lot, goods.expiry, goods.serial)
    return PiecesChecked(of, more, rest, command.pack, checked + more, command.typed)


def _count(tx: Session, cause: Cause, rows: tuple[InTote, ...], more: int) -> None:
    """Count so many more pieces as verified; or fewer, if the worker had counted too many."""
    for row in rows:
        taken = max(-row.checked, min(row.left, more))
        more -= taken
        if taken > 0:
            checking.mark(tx, cause.site, row, taken)
        elif taken < 0:
            checking.lower(tx, cause.site, row, row.checked + taken)


def _matching(tx: Session, cause: Cause, command: CheckPieces) -> tuple[InTote, ...]:
    """Find what in the totes the scanned piece can be; some of it is left to verify."""
    order, sku = command.order, command.sku
    merchant = order.partition("/")[0]
    rows = checking.in_totes(tx, cause.site, order, sku) if command.merchant == merchant else ()
    if not rows:
        raise _stranger(tx, cause, command)
    told = (command.lot, command.expiry, command.serial)
    agrees = _is_called if command.typed else _agrees
    same = tuple(row for row in rows if agrees(row, told))
    if not same:
        serials = [row.goods.serial for row in rows if row.goods.serial and row.left]
        if command.serial and serials:
            want = " ".join(serials[:3])
            raise Refused(Code.PACK_WRONG_SERIAL, sku=sku, serial=command.serial, want=want)
        found = goods_words(*told[:2])
        lots = dict.fromkeys(goods_words(row.goods.lot, row.goods.expiry) for row in rows)
        raise Refused(Code.PACK_WRONG_LOT, sku=sku, lot=found, want=", ".join(lots))
    left = any(row.left for row in same)
    if not left and command.serial and same[0].goods.serial:
        raise Refused(Code.SERIAL_CHECKED, sku=sku, serial=command.serial)
    if not left:
        raise _extra(tx, cause, command)
    return same


def _agrees(row: InTote, told: tuple[str, str, str]) -> bool:
    """Tell whether goods can be what the code told; what either does not know cannot differ."""
    known = (row.goods.lot, row.goods.expiry, row.goods.serial)
    return all(not a or not b or a == b for a, b in zip(known, told, strict=True))


def _is_called(row: InTote, told: tuple[str, str, str]) -> bool:
    """Tell whether goods are those that were named on the screen."""
    return (row.goods.lot, row.goods.expiry, row.goods.serial) == told


def _stranger(tx: Session, cause: Cause, command: CheckPieces) -> Refused:
    """Make the refusal of a piece that no tote of this order holds, naming whose it is."""
    merchant, _, number = command.order.partition("/")
    of_sku = {"merchant": merchant, "number": number, "sku": command.sku}
    packed = ask(tx, _PACKED, site=cause.site, **of_sku).first()
    if packed is not None and command.merchant == merchant:
        return _extra(tx, cause, command)
    if owner := parcels.owner_of(tx, cause.site, command.merchant, command.sku, command.order):
        tote, order = owner
        return Refused(Code.BELONGS_TO, sku=command.sku, tote=tote, order=_shown(order, command))
    return Refused(Code.NOT_IN_ORDER, sku=command.sku, order=number)


def _extra(tx: Session, cause: Cause, command: CheckPieces) -> Refused:
    """Make the refusal of a piece more than was ordered, naming whose it may be."""
    if owner := parcels.owner_of(tx, cause.site, command.merchant, command.sku, command.order):
        tote, order = owner
        return Refused(
            Code.EXTRA_BELONGS_TO, sku=command.sku, tote=tote, order=_shown(order, command)
        )
    return Refused(Code.ALL_CHECKED, sku=command.sku)


def _shown(order: str, command: CheckPieces) -> str:
    """Name another order as briefly as is clear beside the open one."""
    return order.removeprefix(command.order.partition("/")[0] + "/")


def _to_be_named(
    tx: Session, cause: Cause, command: CheckPieces, rows: tuple[InTote, ...]
) -> Naming | None:
    """Say what the scan should have told: which serial, or which of several lots."""
    serials = [row for row in rows if row.goods.serial]
    lots = {(row.goods.lot, row.goods.expiry) for row in rows}
    if serials and not command.serial:
        if command.pieces > 1:
            raise Refused(Code.SCAN_EACH_PIECE, code=command.sku)
        what = "serial"
    elif len(lots) > 1 and command.pieces != sum(row.left for row in rows):
        what = "lot"
    else:
        return None
    of_sku = {"merchant": command.merchant, "sku": command.sku}
    name = ask(tx, _NAME, site=cause.site, **of_sku).scalar() or ""
    options: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.goods.lot, row.goods.expiry, row.goods.serial)
        options[key] = options.get(key, 0) + row.left
    listed = tuple(Left(command.sku, name, n, *key) for key, n in options.items())
    return Naming(what, command.sku, name, command.pieces, listed[:NAMED_MAX])
