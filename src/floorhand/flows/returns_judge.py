"""What shape are the pieces in, and what becomes of them? The second half of return inspection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from floorhand.domain.counting import good_mark, read_expiry
from floorhand.domain.inspection import proposal
from floorhand.domain.keymap import Key
from floorhand.domain.receiving import PIECES_MAX
from floorhand.domain.returns import (
    AS_ADVISED,
    DESTROY,
    FOR_SALE,
    REASON_FROM_GRADE,
    TRACKED,
    UNDELIVERED,
    Dispose,
    Finding,
    GradePieces,
    Parcel,
    PiecesGraded,
    Recount,
)
from floorhand.domain.things import (
    Attributes,
    Badge,
    Chosen,
    Number,
    Piece,
    Place,
    Pressed,
    Text,
)
from floorhand.errors import Code
from floorhand.flows.marks import bad_date
from floorhand.flows.returns_states import (
    ChooseDisposition,
    ChooseReason,
    Counting,
    Deciding,
    Grading,
    Inspecting,
    Judged,
    NeedBadge,
    NeedTracked,
    OnBench,
)
from floorhand.flows.telling import joined, tells
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply

LIKE_NEW = 1
"""Grade of a parcel's goods that never reached the buyer, unless somebody says otherwise."""


DOUBTFUL_TIMES = 10
"""Typed numbers beyond so many times the announced pieces have to be typed twice."""


def next_untold(piece: Piece, asked: str) -> str:
    """Name what to ask about a piece next: tracked, not told, and not asked before."""
    rest = TRACKED[TRACKED.index(asked) + 1 :] if asked else TRACKED
    return next(
        (what for what in rest if getattr(piece, f"{what}_tracked") and not getattr(piece, what)),
        "",
    )


def tell(state: NeedTracked, event: object) -> Piece | Reply:
    """Fill in what a piece's barcode did not tell; gives the piece, or a reply that ends the scan.

    F7 says that it cannot be read. The piece is counted all the same, but never sold again. F3
    goes one question back, and at the first one puts the piece aside: it is not counted yet.
    """
    piece, ask = state.piece, state.ask
    match event:
        case Attributes() | Piece(merchant=piece.merchant, sku=piece.sku) if not isinstance(
            event, Piece
        ) or tells(event):
            return _told(state, event)
        case Text(value=text) if ask == "expiry":
            if iso := read_expiry(text, state.parcel.expiry_order):
                return replace(piece, expiry=iso)
            return bad_date(text, state.parcel.expiry_order)
        case Text(value=text) if good_mark(text):
            return replace(piece, lot=text) if ask == "lot" else replace(piece, serial=text)
        case Text():
            return Refuse(Code.RETURN_BAD_MARK)
        case Pressed(key=Key.SKIP):
            return piece
        case Pressed(key=Key.BACK):
            return _asked_before(state)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _told(state: NeedTracked, event: Attributes | Piece) -> Piece | Reply:
    """Take what another code on the same unit tells; it may be something else than was asked."""
    told = joined(state.piece, event)
    if not isinstance(told, Piece):
        return told
    if told == state.piece:
        return Refuse(Code.NOT_EXPECTED_NOW)
    if told.serial_tracked and told.pieces != 1:
        return Refuse(Code.SCAN_EACH_SERIAL, {"sku": told.sku})
    return told if getattr(told, state.ask) else Ask(replace(state, piece=told))


def _asked_before(state: NeedTracked) -> Ask:
    if not state.asked:
        facts = {"sku": state.piece.sku}
        return Ask(Inspecting(state.parcel), "returns.not_counted", facts, look=True)
    *before, ask = state.asked
    blank: dict[str, Any] = {ask: ""}
    return Ask(NeedTracked(state.parcel, replace(state.piece, **blank), ask, tuple(before)))


def after_count(state: OnBench, finding: Finding, final: bool) -> Reply:
    """Ask for more pieces of the same SKU as long as some are announced, then for the grade.

    What was never delivered is not graded piece by piece: it is proposed as like new.
    """
    parcel = state.parcel
    over = final or finding.serial_tracked or finding.pieces >= finding.left
    asked: Counting | Grading | Deciding = Counting(parcel, finding)
    if over or isinstance(state, Grading):
        asked = _judged_next(parcel, finding)
    look, done = _look(finding)
    return Ask(asked, done=done, facts=_counted_facts(finding), look=look)


def _judged_next(parcel: Parcel, finding: Finding, *, counted: bool = False) -> Grading | Deciding:
    if parcel.kind == UNDELIVERED:
        return Deciding(parcel, finding, LIKE_NEW, "")
    return Grading(parcel, finding, counted)


def _look(finding: Finding) -> tuple[bool, str]:
    """Say whether a count needs a look, and how it is told."""
    if finding.outcome != AS_ADVISED:
        return True, f"returns.{finding.outcome}"
    if finding.over:
        return True, "returns.more_than_bought"
    if not finding.restockable:
        return True, "returns.not_restockable"
    return False, "returns.counted"


def _counted_facts(finding: Finding) -> Facts:
    return {
        "pieces": finding.pieces,
        "sku": finding.sku,
        "merchant": finding.merchant,
        "over": finding.over,
    }


def judge(state: Counting | Grading | ChooseReason | Judged, event: object) -> Reply:
    """Say what an event leads to while counted pieces wait for their judgement."""
    finding = state.finding
    match state, event:
        case Counting() | Grading(), Piece() if _same(finding, event):
            total = finding.pieces + event.pieces
            doubt = _doubtful(state, total) if event.count else None
            return doubt or _count(state, total, final=False)
        case Counting() | Grading(), Number(value=pieces):
            if pieces == finding.pieces:
                return Ask(_judged_next(state.parcel, finding, counted=True))
            return _doubtful(state, pieces) or _count(state, pieces, final=True)
        case _, Piece(sku=sku):
            return Refuse(Code.RETURN_JUDGE_FIRST, {"sku": finding.sku, "scanned": sku})
        case Counting(), Pressed(key=Key.DONE):
            return Ask(_judged_next(state.parcel, finding, counted=True))
        case Grading(), Chosen(code=grade):
            return Do(GradePieces(state.parcel.number, finding.id, int(grade)))
        case _, PiecesGraded(finding=now, grade=grade):
            if grade < REASON_FROM_GRADE:
                return Ask(Deciding(state.parcel, now, grade, ""))
            return Ask(ChooseReason(state.parcel, now, grade))
        case Grading(counted=True), Pressed(key=Key.BACK):
            return Ask(Counting(state.parcel, finding))
        case Grading(), Pressed(key=Key.LIST):
            return Ask(Counting(state.parcel, finding))
        case ChooseReason(), Chosen(code=reason):
            said = finding.said if reason == "said" else reason
            return Ask(Deciding(state.parcel, finding, state.grade, said))
        case ChooseReason(), Pressed(key=Key.BACK):
            return Ask(Grading(state.parcel, finding))
        case Deciding() | ChooseDisposition() | NeedBadge(), _:
            return _decide(state, event)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _same(finding: Finding, piece: Piece) -> bool:
    """Tell whether a piece belongs to the finding: what it does not say about itself may differ."""
    return (
        (piece.merchant, piece.sku) == (finding.merchant, finding.sku)
        and not finding.serial_tracked
        and all(getattr(piece, n) in ("", getattr(finding, n)) for n in ("lot", "expiry"))
    )


def _doubtful(state: Counting | Grading, pieces: int) -> Ask | None:
    """Let a number be typed again that is a multiple of what was announced: a slip of the hand."""
    finding = state.finding
    most = max(finding.left, 1) * DOUBTFUL_TIMES
    again = isinstance(state, Counting) and state.typed == pieces
    if pieces <= most or pieces > PIECES_MAX or finding.serial_tracked or again:
        return None
    facts: Facts = {"asked": pieces, "sku": finding.sku, "most": finding.left}
    asked = Counting(state.parcel, finding, typed=pieces)
    return Ask(asked, "returns.type_again", facts, look=True)


def _count(state: Counting | Grading, pieces: int, *, final: bool) -> Reply:
    finding = state.finding
    if pieces > PIECES_MAX or (finding.serial_tracked and pieces > 1):
        limit = 1 if finding.serial_tracked else PIECES_MAX
        return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": limit})
    return Do(Recount(state.parcel.number, finding.id, pieces, final))


def _decide(state: Judged, event: object) -> Reply:
    finding, grade = state.finding, state.grade
    told = proposal(finding, state.parcel.kind, grade)
    match state, event:
        case Deciding(), Pressed(key=Key.DONE):
            return _dispose(state, told, state.parcel.tote)
        case Deciding(), Place(kind="tote", code=code, state="open", order="", merchant=owner) if (
            told != DESTROY and owner in ("", finding.merchant)
        ):
            return _dispose(state, told, code)
        case Deciding(), Place(kind="tote", code=code):
            return Refuse(Code.RETURN_TOTE, {"tote": code})
        case Deciding(), Pressed(key=Key.LIST):
            return Ask(ChooseDisposition(state.parcel, finding, grade, state.reason))
        case Deciding(), Pressed(key=Key.BACK):
            return Ask(Grading(state.parcel, finding))
        case ChooseDisposition(), Chosen(code=disposition):
            return _dispose(state, disposition, state.parcel.tote)
        case NeedBadge(), Badge(scanned=True, worker=second):
            return Do(_disposal(state, DESTROY, "", second))
        case NeedBadge(), Badge():
            return Refuse(Code.RETURN_BADGE_TYPED)
        case ChooseDisposition() | NeedBadge(), Pressed(key=Key.BACK):
            return Ask(Deciding(state.parcel, finding, grade, state.reason))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _dispose(state: Judged, disposition: str, tote: str) -> Reply:
    finding = state.finding
    if disposition in FOR_SALE and not finding.restockable:
        return Refuse(Code.RETURN_NOT_RESTOCKABLE, {"sku": finding.sku})
    if disposition == DESTROY:
        return Ask(NeedBadge(state.parcel, finding, state.grade, state.reason))
    return Do(_disposal(state, disposition, tote, ""))


def _disposal(state: Judged, disposition: str, tote: str, second: str) -> Dispose:
    return Dispose(
        number=state.parcel.number,
        finding=state.finding.id,
        grade=state.grade,
        reason=state.reason,
        rule=proposal(state.finding, state.parcel.kind, state.grade),
        disposition=disposition,
        tote=tote,
        second=second,
    )
