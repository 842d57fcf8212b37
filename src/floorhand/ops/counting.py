"""Cycle counts, as changes: find a bin to count, count it, compare, and say what comes of it.

What a count leads to is in `floorhand.ops.count_ending`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.cycle_counts import (
    BookCount,
    CountAll,
    CountFound,
    CountGivenBack,
    CountOpened,
    CountPiece,
    EndCount,
    MarkWanted,
    NextCount,
    OpenCount,
    PieceCounted,
    SetCounted,
    SetDamaged,
)
from floorhand.domain.receiving import PIECES_MAX
from floorhand.domain.things import AVAILABLE, DAMAGED, Goods
from floorhand.errors import Clash, Code, Refused
from floorhand.ops import count_ending
from floorhand.ops.colleagues import since
from floorhand.ops.count_work import (
    CLOCKS_APART_S,
    JOB,
    is_asked,
    known_count,
    moves_json,
    moves_of,
    next_in_line,
    own_count,
    takes_another,
)
from floorhand.store import count_sheets, counts, tasks
from floorhand.store.counts import CountRow
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules

ASKED: Final = "asked"
"""Why a bin is counted: a worker began by scanning it."""


def next_count(tx: Session, cause: Cause, command: NextCount) -> CountFound | CountGivenBack:
    """Claim the next bin to count on the walk, or give one back.

    Raises:
        Refused: `Code.NOTHING_TO_COUNT`.
    """
    cause.note(job=JOB)
    if command.instead_of:
        count_sheets.give_back(tx, cause.site, command.instead_of, cause.worker)
    if command.give_back:
        row = counts.count_row(tx, cause.site, command.instead_of)
        return CountGivenBack(row.count.place if row else "")
    found = next_in_line(tx, cause, command.after, command.later)
    if found is None:
        raise Refused(Code.NOTHING_TO_COUNT)
    return found


def open_count(tx: Session, cause: Cause, command: OpenCount) -> CountOpened:
    """Begin to count a bin, or go on with one's count of it.

    Raises:
        Refused: `Code.COUNT_TAKEN` if somebody else counts it; `Code.COUNTED_BEFORE` if the worker
            has counted for the same difference before, or asked for the count.
        Clash: If somebody else has begun just now.
    """
    site = cause.site
    here = counts.open_counts(tx, site, command.place)
    mine = [row for row in here if counts.may_count(tx, site, row, cause.worker)]
    mine.sort(key=lambda row: (row.count.task != command.task, row.count.sku != ""))
    free = [row for row in mine if row.worker in ("", cause.worker)]
    if free:
        row = free[0]
        if not tasks.claim_task(tx, cause, row.count.task):
            raise Clash(f"{cause.operation}: {row.count.task}")
    elif mine:
        name, begun = mine[0].name, since(tx, cause, mine[0].claimed_at)
        raise Refused(Code.COUNT_TAKEN, place=command.place, name=name, since=begun)
    elif here:
        raise takes_another(tx, cause, *here)
    else:
        task = tasks.open_task(tx, cause, "count", place=command.place, reason=ASKED)
        assert tasks.claim_task(tx, cause, task), task
        row = known_count(tx, site, task)
    _begin(tx, cause, row)
    cause.note(job=JOB)
    return CountOpened(counts.sheet(tx, site, known_count(tx, site, row.count.task)))


def _begin(tx: Session, cause: Cause, row: CountRow) -> None:
    """Look at what is moved at the bin from now on; once for each count."""
    if row.since is not None:
        return
    begun = cause.at - timedelta(seconds=CLOCKS_APART_S)
    moves = moves_of(tx, cause.site, row, begun)
    task, count = row.count.task, row.count
    if not row.first:
        named = {"place": count.place, "merchant": count.merchant, "sku": count.sku}
        count_sheets.add_sheet(tx, cause.site, task=task, first=task, **named)
    count_sheets.set_sheet(
        tx, cause.site, task, worker=cause.worker, since=begun, moves=moves_json(moves)
    )


def count_all(tx: Session, cause: Cause, command: CountAll) -> CountOpened:
    """Let all of a bin be counted, not only the product that was asked for.

    Raises:
        Gone: As `own_count`.
        Refused: `Code.COUNT_TAKEN` if somebody counts all of it; `Code.COUNTED_BEFORE` if that is
            to be done by another person.
    """
    row = own_count(tx, cause, command.task)
    for other in counts.open_counts(tx, cause.site, row.count.place):
        if not other.count.sku and other.count.task != command.task:
            if other.worker:
                name, begun = other.name, since(tx, cause, other.claimed_at)
                raise Refused(Code.COUNT_TAKEN, place=row.count.place, name=name, since=begun)
            if not counts.may_count(tx, cause.site, other, cause.worker):
                raise takes_another(tx, cause, other)
            tasks.close_task(tx, cause, other.count.task, "cancelled")
    count_sheets.widen(tx, cause.site, command.task)
    row = known_count(tx, cause.site, command.task)
    assert row.since is not None, row
    moves = moves_of(tx, cause.site, row, row.since)
    count_sheets.set_sheet(tx, cause.site, command.task, moves=moves_json(moves))
    cause.note(job=JOB)
    return CountOpened(counts.sheet(tx, cause.site, row))


def count_piece(tx: Session, cause: Cause, command: CountPiece) -> PieceCounted | MarkWanted:
    """Count pieces of a product, or say what has to be told of them first.

    Raises:
        Gone: As `own_count`.
        Refused: `Code.COUNT_ONLY` if another product is asked for; `Code.SERIAL_CHECKED`;
            `Code.BAD_QUANTITY`.
    """
    row = own_count(tx, cause, command.task)
    if not is_asked(row, command.merchant, command.sku):
        raise Refused(Code.COUNT_ONLY, sku=row.count.sku, scanned=command.sku)
    wanted = _completed(tx, cause, command)
    if isinstance(wanted, MarkWanted):
        return wanted
    goods = Goods(command.merchant, command.sku, wanted.lot, wanted.expiry, wanted.serial)
    found = counts.found_by(tx, cause.site, command.task)
    before = found.get(goods, 0)
    if goods.serial and any(replace(one, condition=AVAILABLE) == goods for one in found):
        raise Refused(Code.SERIAL_CHECKED, serial=goods.serial)
    return _write(tx, cause, row, goods, before + command.pieces, command.pieces)


def _completed(tx: Session, cause: Cause, command: CountPiece) -> CountPiece | MarkWanted:
    """Fill in what the books know of goods, or say what somebody has to read off them."""
    site, merchant, sku = cause.site, command.merchant, command.sku
    product = counts.tracked(tx, site, merchant, sku)
    known = counts.lots_of(tx, site, merchant, sku)
    lot = command.lot if product.lot or (command.lot in (lot for lot, _ in known)) else ""
    expiry = command.expiry if product.expiry else ""
    if product.serial and not command.serial:
        return _wanted(tx, cause, command, product.name, "serial", ())
    if product.serial and command.pieces != 1:
        raise Refused(Code.SCAN_EACH_SERIAL, sku=sku)
    if lot and not expiry:
        expiry = counts.expiry_of(tx, site, merchant, sku, lot)
    told = replace(command, lot=lot, expiry=expiry, serial=command.serial if product.serial else "")
    if command.named:
        return replace(told, lot=command.lot, expiry=command.expiry)
    if product.lot and not lot:
        return _wanted(tx, cause, told, product.name, "lot", known)
    if product.expiry and not expiry:
        return _wanted(tx, cause, told, product.name, "expiry", known)
    if not lot and len(known) > 1 and not product.expiry:
        return _wanted(tx, cause, told, product.name, "lot", known)
    if not lot and not expiry and known:
        lot, expiry = known[0]
    return replace(told, lot=lot, expiry=expiry)


def _wanted(
    tx: Session,
    cause: Cause,
    command: CountPiece,
    name: str,
    what: str,
    lots: tuple[tuple[str, str], ...],
) -> MarkWanted:
    known = tuple(
        one for one in lots if command.expiry in ("", one[1]) and command.lot in ("", one[0])
    )
    order = merchant_rules(tx, cause.site, command.merchant).expiry_order
    return MarkWanted(command, name, what, known, order)


def set_counted(tx: Session, cause: Cause, command: SetCounted) -> PieceCounted:
    """Take a typed number for all that is there of some goods.

    Raises:
        Gone: As `own_count`.
        Refused: `Code.BAD_QUANTITY`.
    """
    row = own_count(tx, cause, command.task)
    return _write(tx, cause, row, command.goods, command.pieces, command.pieces)


def set_damaged(tx: Session, cause: Cause, command: SetDamaged) -> PieceCounted:
    """Take some of the counted pieces for damaged.

    Raises:
        Gone: As `own_count`.
        Refused: `Code.BAD_QUANTITY` if fewer were counted.
    """
    row = own_count(tx, cause, command.task)
    good = replace(command.goods, condition=AVAILABLE)
    worn = replace(command.goods, condition=DAMAGED)
    found = counts.found_by(tx, cause.site, command.task)
    counted = found.get(good, 0) + found.get(worn, 0)
    if not 0 <= command.pieces <= counted:
        raise Refused(Code.BAD_QUANTITY, number=command.pieces, limit=counted)
    count_sheets.set_counted(tx, cause.site, command.task, good, counted - command.pieces, cause.at)
    return _write(tx, cause, row, worn, command.pieces, command.pieces)


def _write(
    tx: Session, cause: Cause, row: CountRow, goods: Goods, pieces: int, added: int
) -> PieceCounted:
    most = 1 if goods.serial else PIECES_MAX
    if not 0 <= pieces <= most:
        raise Refused(Code.BAD_QUANTITY, number=pieces, limit=most)
    count_sheets.set_counted(tx, cause.site, row.count.task, goods, pieces, cause.at)
    cause.note(job=JOB)
    return PieceCounted(counts.sheet(tx, cause.site, row), goods, added)


HANDLERS: dict[type, Callable[..., object]] = {
    NextCount: next_count,
    OpenCount: open_count,
    CountAll: count_all,
    CountPiece: count_piece,
    SetCounted: set_counted,
    SetDamaged: set_damaged,
    EndCount: count_ending.end_count,
    BookCount: count_ending.book_count,
}
