"""Carry out what becomes of returned pieces, and close a return with a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from sqlalchemy import TableClause, bindparam, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.identifying import (
    ReturnOpened,
)
from floorhand.domain.inspection import condition_after, withdraw
from floorhand.domain.returns import (
    DESTROY,
    FOR_SALE,
    RESTOCK,
    CloseReturn,
    Dispose,
    FindingGone,
    NothingFound,
    Option,
    PiecesDisposed,
    PiecesMissing,
    ReturnClosed,
)
from floorhand.domain.things import CORRECTION, SCRAP, Line
from floorhand.domain.verdicts import Verdict, judge, reason_text
from floorhand.errors import Code, Refused
from floorhand.ops import returns_identify, returns_inspect, returns_verdict
from floorhand.ops.returns_bench import (
    JOB,
    expired,
    finding_of,
    open_return,
    parcel,
    restockable,
    said_of,
)
from floorhand.ops.returns_verdict import write_verdict
from floorhand.store import ledger, returns, tasks
from floorhand.store.asking import ask, ask_each
from floorhand.store.inspections import (
    NOT_JUDGED,
    FindingRow,
    found_in,
    pending_finding,
    pending_of,
)
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.places import stand_in
from floorhand.store.returns import LineCounts, ReturnHead
from floorhand.store.schema import Inspection, Place, Return, ReturnLine, Task

MISSING_SHOWN_MAX = 8
"""Missing SKUs that are listed before a return is closed; all are counted."""

_INSPECTION = cast(TableClause, Inspection.__table__)
_JUDGE = (
    update(_INSPECTION)
    .where(
        _INSPECTION.c.site == bindparam("at_site"),
        _INSPECTION.c.id == bindparam("at_id"),
        _INSPECTION.c.disposition == NOT_JUDGED,
    )
    .values(
        grade=bindparam("grade"),
        reason=bindparam("reason"),
        disposition_rule=bindparam("rule"),
        disposition=bindparam("chosen"),
        worker=bindparam("by"),
        at=bindparam("now"),
    )
)
_FITTING_TOTE = select(Place.parent).where(
    Place.site == bindparam("site"),
    Place.code == bindparam("tote"),
    Place.kind == "tote",
    Place.state == "open",
    Place.order_no.is_(None),
    or_(Place.merchant.is_(None), Place.merchant == bindparam("merchant")),
)
_PUTAWAY = (
    select(Task.id)
    .where(
        Task.site == bindparam("site"),
        Task.kind == "putaway",
        Task.state == "open",
        Task.place == bindparam("place"),
    )
    .order_by(Task.created_at, Task.id)  # by what no index has: else it may be looked up by that
    .limit(1)
)
_PUTAWAY_OF_PIECES = _PUTAWAY.where(
    Task.merchant == bindparam("merchant"),
    Task.sku == bindparam("sku"),
    Task.lot == bindparam("lot"),
    Task.reason == bindparam("reason"),
)
_TASK, _LINE = cast(TableClause, Task.__table__), cast(TableClause, ReturnLine.__table__)
_MORE_TO_PUT_AWAY = (
    update(_TASK)
    .where(_TASK.c.site == bindparam("at_site"), _TASK.c.id == bindparam("at_id"))
    .values(pieces=_TASK.c.pieces + bindparam("more"))
)
_COUNT = {
    name: update(_LINE)
    .where(
        _LINE.c.site == bindparam("at_site"),
        _LINE.c.number == bindparam("at_number"),
        _LINE.c.line_no == bindparam("at_line"),
    )
    .values({name: _LINE.c[name] + bindparam("more")})
    for name in ("restocked", "scrapped", "held")
}
"""Counts pieces of a line as one of these."""
_RETURN = cast(TableClause, Return.__table__)
_FINISH = (
    update(_RETURN)
    .where(_RETURN.c.site == bindparam("at_site"), _RETURN.c.number == bindparam("at_number"))
    .values(
        custody="disposed",
        disposed_at=bindparam("now"),
        money=bindparam("owed"),
        worker=None,
        claimed_at=None,
    )
)


def dispose(tx: Session, cause: Cause, command: Dispose) -> PiecesDisposed | FindingGone:
    """Carry out a decision about counted pieces. Nothing else makes them available again.

    Raises:
        Refused: `Code.RETURN_NOT_RESTOCKABLE`, `Code.RETURN_SAME_BADGE` if nobody else witnesses
            a destruction, or `Code.RETURN_TOTE` if the tote takes nothing of this merchant.
        Gone: `Code.RETURN_CLOSED` or `Code.RETURN_TAKEN_OVER`.
    """
    head = open_return(tx, cause, command.number)
    row = pending_finding(tx, cause.site, command.finding)
    if row is None:
        return FindingGone(parcel(tx, cause, command.number))
    _may(tx, cause, command, head, row)
    if not _decide(tx, cause, command):
        return FindingGone(parcel(tx, cause, row.number))
    place = _book(tx, cause, command, row, head.place)
    lines = _count(tx, cause, command, row)
    cause.note(
        job=JOB,
        number=row.number,
        merchant=row.merchant,
        pieces=row.pieces,
        lines=1,
        grade=command.grade,
        reason=command.reason or said_of(head, lines),
        outcome=row.outcome,
        disposition=command.disposition,
        overridden=int(command.rule != command.disposition),
    )
    here = parcel(tx, cause, row.number)
    return PiecesDisposed(here, row.sku, row.pieces, command.disposition, place)


def _may(tx: Session, cause: Cause, command: Dispose, head: ReturnHead, row: FindingRow) -> None:
    if command.disposition in FOR_SALE and not restockable(tx, cause, head, row):
        raise Refused(Code.RETURN_NOT_RESTOCKABLE, sku=row.sku)
    if command.disposition == DESTROY and command.second in ("", cause.worker):
        raise Refused(Code.RETURN_SAME_BADGE, worker=cause.worker)


def _decide(tx: Session, cause: Cause, command: Dispose) -> bool:
    """Write the judgement; False if somebody else was first."""
    done = ask(
        tx,
        _JUDGE,
        at_site=cause.site,
        at_id=command.finding,
        grade=command.grade,
        reason=command.reason,
        rule=command.rule,
        chosen=command.disposition,
        by=cause.worker,
        now=cause.at,
    )
    return done.rowcount == 1


def _book(tx: Session, cause: Cause, command: Dispose, row: FindingRow, bench: str) -> str:
    """Move the pieces to what they are now, and raise the task that takes them away."""
    pending = Line(row.goods, row.pieces)
    if command.disposition == DESTROY:
        ledger.move(tx, cause, bench, SCRAP, [pending])
        return ""
    if command.tote:
        _take_tote(tx, cause, command.tote, row.merchant, bench)
    place = command.tote or bench
    condition = condition_after(command.disposition, expired(tx, cause, row))
    ledger.move(tx, cause, bench, CORRECTION, [pending])
    after = replace(row.goods, condition=condition)
    ledger.move(tx, cause, CORRECTION, place, [Line(after, row.pieces)])
    _send_away(tx, cause, command, row, bench)
    if command.disposition == "quarantine":
        tasks.trouble(
            tx,
            cause,
            "return_quarantine",
            row.number,
            row.merchant,
            sku=row.sku,
            pieces=row.pieces,
            outcome=row.outcome,
            place=place,
        )
    return place


def _take_tote(tx: Session, cause: Cause, tote: str, merchant: str, bench: str) -> None:
    """Make sure that a tote takes the pieces, and that it stands where it has been filled."""
    fits = ask(tx, _FITTING_TOTE, site=cause.site, tote=tote, merchant=merchant).one_or_none()
    if fits is None:
        raise Refused(Code.RETURN_TOTE, tote=tote)
    if fits.parent != bench:
        stand_in(tx, cause, tote, bench)


def _send_away(tx: Session, cause: Cause, command: Dispose, row: FindingRow, bench: str) -> None:
    """Raise a put-away for the tote or for the loose pieces, or add to the one that waits."""
    reason = "" if command.disposition == RESTOCK else command.disposition
    if command.tote:
        what = {"place": command.tote, "merchant": row.merchant}
        found = ask(tx, _PUTAWAY, site=cause.site, place=command.tote)
    else:
        what = {"place": bench, "merchant": row.merchant, "sku": row.sku, "lot": row.lot}
        found = ask(tx, _PUTAWAY_OF_PIECES, site=cause.site, reason=reason, **what)
    waiting = found.scalar()
    if waiting is None:
        tasks.open_task(tx, cause, "putaway", pieces=row.pieces, reason=reason, **what)
    else:
        ask(tx, _MORE_TO_PUT_AWAY, at_site=cause.site, at_id=waiting, more=row.pieces)


def _count(tx: Session, cause: Cause, command: Dispose, row: FindingRow) -> tuple[LineCounts, ...]:
    """Count the pieces on the lines of their SKU as restocked, scrapped or held.

    Returns:
        These lines as they were.
    """
    name = {RESTOCK: "restocked", DESTROY: "scrapped"}.get(command.disposition, "held")
    lines = returns.lines_of(tx, cause.site, row.number, row.merchant, row.sku)
    shares = withdraw(tuple(line.received - line.disposed for line in lines), row.pieces)
    at = {"at_site": cause.site, "at_number": row.number}
    changed = [
        {**at, "at_line": line.line_no, "more": share}
        for line, share in zip(lines, shares, strict=True)
        if share
    ]
    ask_each(tx, _COUNT[name], changed)
    return lines


def close_return(
    tx: Session, cause: Cause, command: CloseReturn
) -> ReturnClosed | PiecesMissing | NothingFound | ReturnOpened:
    """End an inspection: what is missing is told first, then the verdict goes to the outbox.

    Pieces that were counted and not judged are asked about before anything is closed. Nobody is
    told a verdict about a parcel whose owner is not known.

    Raises:
        Gone: `Code.RETURN_CLOSED` or `Code.RETURN_TAKEN_OVER`.
    """
    head = open_return(tx, cause, command.number)
    here = parcel(tx, cause, head.number)
    others = _others(tx, cause, head)
    if pending := pending_of(tx, cause.site, head.number):
        return ReturnOpened(here, (finding_of(tx, cause, head, pending[0]),))
    left = returns.left_lines(tx, cause.site, head.number)
    missing = sum(pieces for *_, pieces in left)
    found = found_in(tx, cause.site, head.number)
    if left and not command.confirmed:
        options = tuple(
            Option(sku, f"{pieces} × {name}") for sku, name, pieces in left[:MISSING_SHOWN_MAX]
        )
        return PiecesMissing(options, missing)
    if not found and not left:
        return NothingFound(here)
    rules = merchant_rules(tx, cause.site, head.merchant)
    short = tuple((sku, pieces) for sku, _, pieces in left)
    verdict = judge(head.platform, found, short, rules.verdicts)
    incomplete = write_verdict(tx, cause, head, verdict) if head.merchant else ""
    why = reason_text(verdict.reject_reason)
    _finish(tx, cause, head, verdict)
    cause.note(
        job=JOB,
        number=head.number,
        merchant=head.merchant,
        orders=1,
        missing=missing,
        decision=verdict.decision,
    )
    if head.received_at is not None:
        cause.note(age_s=int((cause.at - head.received_at).total_seconds()))
    return ReturnClosed(head.number, here.pieces, missing, incomplete, others, why)


def _others(tx: Session, cause: Cause, head: ReturnHead) -> tuple[Option, ...]:
    sharing = returns.in_same_parcel(tx, cause.site, head)
    return tuple(option for option in sharing if option.code != head.number)


def _finish(tx: Session, cause: Cause, head: ReturnHead, verdict: Verdict) -> None:
    """Dispose of the return. A rejection of what was refunded already is in doubt."""
    if head.order:
        cause.touch("order", head.merchant, head.order)
    money = "pending" if head.money == "none" and head.merchant else head.money
    if head.money in ("already_refunded", "settled") and verdict.rejects:
        money = "in_doubt"
        tasks.trouble(tx, cause, "refunded_and_rejected", head.number, head.merchant)
    ask(tx, _FINISH, at_site=cause.site, at_number=head.number, now=cause.at, owed=money)
    if not head.merchant or head.plate:
        tasks.close_trouble(tx, cause, "unknown_return", head.number)


HANDLERS: dict[type, Callable[..., object]] = {
    **returns_identify.HANDLERS,
    **returns_inspect.HANDLERS,
    Dispose: dispose,
    CloseReturn: close_return,
    **returns_verdict.HANDLERS,
}
