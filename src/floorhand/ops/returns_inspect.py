"""Carry out the counting of returned pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlalchemy import TableClause, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.inspection import outcome_of, spread, withdraw
from floorhand.domain.returns import (
    EMPTY,
    NO_CODE,
    OTHER_MERCHANT,
    QUARANTINE,
    WRONG_PIECE,
    CountTakenBack,
    FindingGone,
    GradePieces,
    LinesListed,
    ListLines,
    Option,
    OutcomeRecorded,
    PickLine,
    PiecesCounted,
    PiecesGraded,
    RecordOutcome,
    Recount,
    TakePieces,
)
from floorhand.domain.things import CUSTOMER, RETURN_PENDING, Goods, Line, Piece
from floorhand.errors import Code, Refused
from floorhand.ops.returns_bench import JOB, bought, finding_of, open_return, parcel
from floorhand.store import ledger, origins, returns, tasks
from floorhand.store.asking import ask, ask_each
from floorhand.store.inspections import (
    NOT_JUDGED,
    NOTHING_TO_DISPOSE,
    FindingRow,
    pending_finding,
)
from floorhand.store.ledger import Cause
from floorhand.store.lookup import product
from floorhand.store.returns import LineCounts, ReturnHead
from floorhand.store.schema import Inspection, ReturnLine

_INSPECTION = cast(TableClause, Inspection.__table__)
_LINE = cast(TableClause, ReturnLine.__table__)
_ADD_FINDING, _ADD_LINE = insert(_INSPECTION), insert(_LINE)
_LAST_LINE = select(func.max(_LINE.c.line_no)).where(
    _LINE.c.site == bindparam("site"), _LINE.c.number == bindparam("number")
)
_RECEIVE = (
    update(_LINE)
    .where(
        _LINE.c.site == bindparam("at_site"),
        _LINE.c.number == bindparam("at_number"),
        _LINE.c.line_no == bindparam("at_line"),
    )
    .values(received=_LINE.c.received + bindparam("more"))
)
_FINDING = (_INSPECTION.c.site == bindparam("at_site")) & (_INSPECTION.c.id == bindparam("at_id"))
_SET, _FORGET = update(_INSPECTION).where(_FINDING), delete(_INSPECTION).where(_FINDING)
_DROP_LINE = delete(_LINE).where(
    _LINE.c.site == bindparam("at_site"),
    _LINE.c.number == bindparam("at_number"),
    _LINE.c.merchant == bindparam("at_merchant"),
    _LINE.c.sku == bindparam("at_sku"),
    _LINE.c.advised == 0,
    _LINE.c.received == 0,
)
"""Drops what was neither announced nor received."""


def take_pieces(tx: Session, cause: Cause, command: TakePieces) -> PiecesCounted:
    """Move pieces from the customer to the bench, as return pending.

    More than was announced or bought is taken all the same, and told.

    Raises:
        Gone: As `open_return`.
        Refused: `Code.RETURN_SERIAL_HERE` if this very piece stands in
            the house already.
    """
    head = open_return(tx, cause, command.number)
    goods = Goods(
        command.merchant,
        command.sku,
        command.lot,
        command.expiry,
        command.serial,
        RETURN_PENDING,
    )
    if command.serial:
        _serial_is_away(tx, cause, goods)
    lines = returns.lines_of(tx, cause.site, head.number, goods.merchant, goods.sku)
    outcome = _outcome(tx, cause, head, goods, lines, command.pieces)
    lines = _add(tx, cause, head.number, goods, lines, command.pieces)
    ledger.move(tx, cause, CUSTOMER, head.place, [Line(goods, command.pieces)])
    finding = cause.new_id()
    ask(
        tx,
        _ADD_FINDING,
        site=cause.site,
        id=finding,
        number=head.number,
        merchant=goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        expiry=goods.expiry,
        serial=goods.serial,
        pieces=command.pieces,
        outcome=outcome,
        grade=0,
        disposition_rule="",
        disposition=NOT_JUDGED,
        worker=cause.worker,
        at=cause.at,
    )
    cause.note(job=JOB, number=head.number, merchant=goods.merchant, counted=command.pieces)
    row = pending_finding(tx, cause.site, finding)
    assert row is not None, finding
    here = parcel(tx, cause, head.number) if command.show else None
    return PiecesCounted(finding_of(tx, cause, head, row, lines), parcel=here)


def _serial_is_away(tx: Session, cause: Cause, goods: Goods) -> None:
    here = origins.serial_in_house(tx, cause.site, goods.merchant, goods.sku, goods.serial)
    if here:
        raise Refused(Code.RETURN_SERIAL_HERE, serial=goods.serial, sku=goods.sku, place=here)


def _outcome(
    tx: Session,
    cause: Cause,
    head: ReturnHead,
    goods: Goods,
    lines: tuple[LineCounts, ...],
    pieces: int,
) -> str:
    """Compare with what was announced; what this finding brings is not yet in ``lines``."""
    if goods.merchant != head.merchant:
        return OTHER_MERCHANT
    advised = sum(line.advised for line in lines)
    received = sum(line.received for line in lines)
    shipped = (
        origins.serial_shipped(tx, cause.site, goods.serial, goods.merchant, goods.sku)
        if goods.serial and head.order
        else None
    )
    if shipped is not None and shipped[2] != head.order:
        return WRONG_PIECE
    if shipped is None and goods.serial and _was_packed_here(tx, cause, head):
        return WRONG_PIECE
    owned = None if advised else bought(tx, cause, head, goods.sku)
    announced = bool(advised) or returns.advised_pieces(tx, cause.site, head.number) > 0
    return outcome_of(pieces, advised=advised, received=received, announced=announced, bought=owned)


def _was_packed_here(tx: Session, cause: Cause, head: ReturnHead) -> bool:
    """Tell whether the serials of the order are known: it was packed here, piece by piece."""
    return bool(head.order) and origins.has_parcel(tx, cause.site, head.merchant, head.order)


def _add(
    tx: Session,
    cause: Cause,
    number: str,
    goods: Goods,
    lines: tuple[LineCounts, ...],
    pieces: int,
) -> tuple[LineCounts, ...]:
    """Count pieces on the lines of their SKU; a SKU that has none gets one, not announced."""
    if not lines:
        last = ask(tx, _LAST_LINE, site=cause.site, number=number).scalar() or 0
        of_sku = {"merchant": goods.merchant, "sku": goods.sku, "received": pieces}
        ask(tx, _ADD_LINE, site=cause.site, number=number, line_no=last + 1, **of_sku)
    else:
        shares = spread(tuple(line.advised - line.received for line in lines), pieces)
        _change(tx, cause, number, lines, shares)
    return returns.lines_of(tx, cause.site, number, goods.merchant, goods.sku)


def _change(
    tx: Session,
    cause: Cause,
    number: str,
    lines: tuple[LineCounts, ...],
    shares: tuple[int, ...],
) -> None:
    at = {"at_site": cause.site, "at_number": number}
    changed = [
        {**at, "at_line": line.line_no, "more": share}
        for line, share in zip(lines, shares, strict=True)
        if share
    ]
    ask_each(tx, _RECEIVE, changed)


def recount(
    tx: Session, cause: Cause, command: Recount
) -> PiecesCounted | CountTakenBack | FindingGone:
    """Set how many pieces a finding has; what is too many goes back to where it came from.

    Raises:
        Gone: As `open_return`.
    """
    head = open_return(tx, cause, command.number)
    row = pending_finding(tx, cause.site, command.finding)
    if row is None:
        return FindingGone(parcel(tx, cause, command.number))
    more = command.pieces - row.pieces
    lines = returns.lines_of(tx, cause.site, row.number, row.merchant, row.sku)
    if more > 0:
        outcome = _outcome(tx, cause, head, row.goods, lines, more)
        lines = _add(tx, cause, row.number, row.goods, lines, more)
        ledger.move(tx, cause, CUSTOMER, head.place, [Line(row.goods, more)])
        _set(tx, cause, row, pieces=command.pieces, outcome=outcome)
    elif more < 0:
        held = tuple(line.received - line.disposed for line in lines)
        shares = tuple(-share for share in withdraw(held, -more))
        _change(tx, cause, row.number, lines, shares)
        ledger.move(tx, cause, head.place, CUSTOMER, [Line(row.goods, -more)])
        if not command.pieces:
            return _take_back(tx, cause, row)
        lines = returns.lines_of(tx, cause.site, row.number, row.merchant, row.sku)
        outcome = _outcome_again(tx, cause, head, row, lines, command.pieces)
        _set(tx, cause, row, pieces=command.pieces, outcome=outcome)
    cause.note(job=JOB, number=row.number, merchant=row.merchant, counted=more)
    counted = pending_finding(tx, cause.site, row.id)
    assert counted is not None, row.id
    return PiecesCounted(finding_of(tx, cause, head, counted, lines), command.final)


def _outcome_again(
    tx: Session,
    cause: Cause,
    head: ReturnHead,
    row: FindingRow,
    lines: tuple[LineCounts, ...],
    pieces: int,
) -> str:
    """Judge a finding that has become smaller as if the rest had never been counted."""
    without = withdraw(tuple(line.received - line.disposed for line in lines), pieces)
    before = tuple(
        LineCounts(n.line_no, n.advised, n.received - share, n.disposed, n.reason)
        for n, share in zip(lines, without, strict=True)
    )
    return _outcome(tx, cause, head, row.goods, before, pieces)


def _set(tx: Session, cause: Cause, row: FindingRow, *, pieces: int, outcome: str) -> None:
    new = {"pieces": pieces, "outcome": outcome, "worker": cause.worker, "at": cause.at}
    ask(tx, _SET, at_site=cause.site, at_id=row.id, **new)


def _take_back(tx: Session, cause: Cause, row: FindingRow) -> CountTakenBack:
    """Forget a finding without pieces, and the line that only it had called for."""
    ask(tx, _FORGET, at_site=cause.site, at_id=row.id)
    of_sku = {"at_merchant": row.merchant, "at_sku": row.sku}
    ask(tx, _DROP_LINE, at_site=cause.site, at_number=row.number, **of_sku)
    cause.note(job=JOB, number=row.number, merchant=row.merchant, counted=-row.pieces)
    return CountTakenBack(parcel(tx, cause, row.number))


def grade_pieces(tx: Session, cause: Cause, command: GradePieces) -> PiecesGraded | FindingGone:
    """Look once more at what is graded: it may be judged, or somebody else's, in the meantime.

    Raises:
        Gone: `Code.RETURN_CLOSED` or `Code.RETURN_TAKEN_OVER`.
    """
    head = open_return(tx, cause, command.number)
    row = pending_finding(tx, cause.site, command.finding)
    if row is None:
        return FindingGone(parcel(tx, cause, command.number))
    return PiecesGraded(finding_of(tx, cause, head, row), command.grade)


def record_outcome(tx: Session, cause: Cause, command: RecordOutcome) -> OutcomeRecorded:
    """Record an empty parcel, or a piece that nobody can name.

    Raises:
        Gone: As `open_return`.
    """
    head = open_return(tx, cause, command.number)
    here = parcel(tx, cause, command.number)
    empty = command.outcome == EMPTY
    assert not (empty and here.pieces), command
    disposition = NOTHING_TO_DISPOSE if empty else QUARANTINE
    ask(
        tx,
        _ADD_FINDING,
        site=cause.site,
        id=cause.new_id(),
        number=head.number,
        merchant=head.merchant,
        sku="",
        pieces=0,
        outcome=command.outcome,
        grade=0,
        disposition_rule=disposition,
        disposition=disposition,
        worker=cause.worker,
        at=cause.at,
    )
    if command.outcome == NO_CODE:
        tasks.trouble(tx, cause, "unknown_piece", head.number, head.merchant, place=head.place)
    cause.note(job=JOB, number=head.number, merchant=head.merchant, outcome=command.outcome)
    return OutcomeRecorded(here, command.outcome)


def list_lines(tx: Session, cause: Cause, command: ListLines) -> LinesListed:
    """List what is still to be found."""
    open_return(tx, cause, command.number)
    left = returns.left_lines(tx, cause.site, command.number)[: returns.LINES_SHOWN_MAX]
    return LinesListed(
        tuple(Option(sku, f"{pieces} × {sku} {name}".strip()) for sku, name, pieces in left)
    )


def pick_line(tx: Session, cause: Cause, command: PickLine) -> Piece:
    """Give the product of a line as if one piece had been scanned."""
    head = open_return(tx, cause, command.number)
    piece = product(tx, cause.site, head.merchant, command.sku)
    assert piece is not None, command
    return piece


HANDLERS: dict[type, Callable[..., object]] = {
    TakePieces: take_pieces,
    Recount: recount,
    GradePieces: grade_pieces,
    RecordOutcome: record_outcome,
    ListLines: list_lines,
    PickLine: pick_line,
}
