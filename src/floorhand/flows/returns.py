"""Return inspection: whose parcel is it, what is in it, in what shape, and what becomes of that.

Pieces are booked onto the bench as *return pending* when they are counted, and nothing but a
disposition makes them anything else. What was counted and not yet judged is kept in the database,
so that whoever opens the return next is asked about exactly that.

The decision is a key of its own (F10) and never the next scan: a scan made ahead must not put a
damaged piece back on the shelf. A return is closed by number, so that the decision's key, pressed
twice, closes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.identifying import (
    FindOfPiece,
    OpenReturn,
    ParcelShared,
    PieceOrigins,
    RejectionWaits,
    ReturnHeld,
    ReturnOpened,
)
from floorhand.domain.keymap import Key
from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    EMPTY,
    NO_CODE,
    UNDELIVERED,
    AddToVerdict,
    CloseReturn,
    CountTakenBack,
    FindingGone,
    LinesListed,
    ListLines,
    NothingFound,
    OutcomeRecorded,
    Parcel,
    PickLine,
    PiecesCounted,
    PiecesDisposed,
    PiecesMissing,
    PlateQueued,
    PrintPlate,
    RecordOutcome,
    ReturnClosed,
    SetKind,
    TakePieces,
    VerdictExtended,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    Piece,
    Place,
    Pressed,
    Resumed,
    ReturnCode,
    Text,
)
from floorhand.errors import Code
from floorhand.flows.marks import SHOWN_CHARACTERS_MAX
from floorhand.flows.returns_identify import identify
from floorhand.flows.returns_judge import after_count, judge, next_untold, tell
from floorhand.flows.returns_prompts import closes_by_number, prompt
from floorhand.flows.returns_states import (
    START,
    STATES,
    VALUES,
    ChooseDisposition,
    ChooseLine,
    ChooseOrigin,
    ChooseOther,
    ChooseReason,
    ChooseReturn,
    ConfirmMissing,
    Counting,
    Deciding,
    Grading,
    Inspecting,
    NeedBadge,
    NeedComment,
    NeedPicture,
    NeedTracked,
    OnBench,
    State,
)
from floorhand.flows.telling import fill, heard, told_words
from floorhand.flows.turn import Ask, Do, Refuse, Reply

NAME = "returns"

COMMENT_CHARACTERS_MAX = 400

__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, Resumed():
            return Ask(state)
        case _, ReturnOpened():
            return _opened(state, event)
        case _, PieceOrigins(merchant=merchant, options=options, piece=piece):
            parcel = state.parcel if isinstance(state, OnBench) else None
            return Ask(ChooseOrigin(merchant, piece, options, parcel))
        case _, ReturnClosed():
            return _closed(event)
        case _, RejectionWaits(verdict=verdict, number=number, why=why):
            asked = NeedPicture if event.commented else NeedComment
            here = asked(verdict, number, (), why)
            return Ask(here, "returns.verdict_waits", {"number": number}, look=True)
        case NeedComment() | NeedPicture(), _:
            return _reject(state, event)
        case _, FindingGone(parcel=parcel):
            return Ask(_on(state, parcel), done="returns.decided_elsewhere", look=True)
        case _, CountTakenBack(parcel=parcel):
            return Ask(_on(state, parcel), done="returns.taken_back")
        case _, PiecesDisposed():
            return _disposed(state, event)
        case _, PiecesCounted(finding=finding, final=final, parcel=Parcel() as parcel):
            return after_count(Inspecting(parcel), finding, final)
        case _, PiecesCounted(finding=finding, final=final):
            assert isinstance(state, OnBench), state
            return after_count(state, finding, final)
        case Inspecting() | ChooseLine() | ChooseOther() | ConfirmMissing(), _:
            return _inspect(state, event)
        case NeedTracked(), _:
            told = tell(state, event)
            if not isinstance(told, Piece):
                return told
            return _take(state.parcel, told, (*state.asked, state.ask))
        case (
            (
                Counting()
                | Grading()
                | ChooseReason()
                | Deciding()
                | ChooseDisposition()
                | NeedBadge()
            ),
            _,
        ):
            return judge(state, event)
        case _:
            return identify(state, event)


def _on(state: State, parcel: Parcel) -> Inspecting:
    """Go on with a return. Where restocked pieces go, and which order was likely, stays known."""
    if not isinstance(state, OnBench) or state.parcel.number != parcel.number:
        return Inspecting(parcel)
    before = state.parcel
    if not (parcel.maybe or parcel.order):
        parcel = replace(parcel, maybe=before.maybe, maybes=before.maybes)
    return Inspecting(replace(parcel, tote=before.tote, due=parcel.due or before.due))


def _opened(state: State, event: ReturnOpened) -> Reply:
    here = _on(state, event.parcel)
    if event.pending:
        asked = after_count(here, event.pending[0], final=True)
        assert isinstance(asked, Ask)
        return replace(asked, done="returns.judge_first", look=True)
    piece = state.piece if isinstance(state, ChooseOrigin) else None
    if piece is not None and _goes_by_serial(piece):
        return Ask(here, "returns.one_by_one", {"sku": piece.sku}, look=True)
    if piece is not None:
        return _take(here.parcel, piece, show=True)
    number, due = event.parcel.number, event.parcel.due
    if isinstance(state, ChooseOther) and event.parcel.kind != state.parcel.kind:
        kind = {"number": number, "kind_text": f"returns.other.{event.parcel.kind}"}
        return Ask(here, "returns.kind_set", kind)
    if due:
        return Ask(here, "returns.opened_late", {"number": number, "due": due}, look=True)
    return Ask(here, "returns.opened", {"number": number})


def _inspect(state: Inspecting | ChooseLine | ChooseOther | ConfirmMissing, event: object) -> Reply:
    """Take a piece, a word about the parcel, or the end."""
    parcel = state.parcel
    match state, event:
        case Inspecting(told=told), Piece():
            return _piece(parcel, fill(event, told))
        case _, Piece():
            return _piece(parcel, event)
        case Inspecting(told=before), Attributes():
            told = heard(before, event)
            return Ask(Inspecting(parcel, told), "returns.told", told_words(told))
        case _, OutcomeRecorded(outcome="empty"):
            return Do(CloseReturn(parcel.number, confirmed=True))
        case _, OutcomeRecorded():
            return Ask(_on(state, event.parcel), done="returns.no_code_recorded", look=True)
        case _, LinesListed(options=()):
            return Refuse(Code.RETURN_NOTHING_LEFT, {"number": parcel.number})
        case _, LinesListed(options=options):
            return Ask(ChooseLine(parcel, options))
        case _, PlateQueued(number=number):
            return Ask(Inspecting(parcel), done="returns.plate_queued", facts={"number": number})
        case _, NothingFound(parcel=parcel):
            return Ask(ChooseOther(_on(state, parcel).parcel), "returns.nothing_found", look=True)
        case _, PiecesMissing(options=options, pieces=pieces):
            return Ask(ConfirmMissing(parcel, options, pieces))
        case ChooseLine(), Chosen(code=sku):
            return Do(PickLine(parcel.number, sku))
        case ChooseOther(), Chosen(code=code):
            return _other(parcel, code)
        case ConfirmMissing(), Chosen():
            return Do(CloseReturn(parcel.number, confirmed=True))
        case ChooseLine() | ChooseOther() | ConfirmMissing(), Pressed(key=Key.BACK):
            return Ask(Inspecting(parcel))
        case Inspecting(), _:
            return _between_pieces(parcel, event)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _between_pieces(parcel: Parcel, event: object) -> Reply:
    match event:
        case ParcelShared() | ReturnHeld():  # the empty one was let go
            return identify(START, event)
        case Place(kind="tote", code=code, state="open", order="", merchant=owner) if owner in (
            "",
            parcel.merchant,
        ):
            return Ask(Inspecting(replace(parcel, tote=code)), "returns.tote_set", {"tote": code})
        case Place(kind="tote", code=code):
            return Refuse(Code.RETURN_TOTE, {"tote": code})
        case ReturnCode(number=number) if number == parcel.number:
            return Ask(Inspecting(parcel), "returns.opened", {"number": number}, look=True)
        case ReturnCode(number=number) if not (parcel.pieces or parcel.tote):
            return Do(OpenReturn(number, alone=event.plate, leaving=parcel.number))
        case ReturnCode(number=number):
            return Refuse(Code.RETURN_NOT_CLOSED, {"number": parcel.number, "scanned": number})
        case Chosen():
            return Do(CloseReturn(parcel.number))
        case Pressed(key=Key.DONE) if not closes_by_number(parcel):
            return Do(CloseReturn(parcel.number))
        case Pressed(key=Key.LIST):
            return Do(ListLines(parcel.number))
        case Pressed(key=Key.MISMATCH):
            return Ask(ChooseOther(parcel))
        case Pressed(key=Key.PRINT):
            return Do(PrintPlate(parcel.number))
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _piece(parcel: Parcel, piece: Piece) -> Reply:
    """Count a piece in, once it is known whose return it is and what its barcode did not tell."""
    if _goes_by_serial(piece):
        return Refuse(Code.SCAN_EACH_SERIAL, {"sku": piece.sku})
    if not parcel.merchant:
        return Do(FindOfPiece(piece.merchant, piece.sku, piece, parcel.number))
    return _take(parcel, piece)


def _goes_by_serial(piece: Piece) -> bool:
    """Say whether a barcode stands for several pieces of which each has a serial of its own."""
    return piece.serial_tracked and piece.pieces > 1


def _take(
    parcel: Parcel, piece: Piece, asked: tuple[str, ...] = (), *, show: bool = False
) -> Reply:
    if ask := next_untold(piece, asked[-1] if asked else ""):
        return Ask(NeedTracked(parcel, piece, ask, asked))
    return Do(
        TakePieces(
            parcel.number,
            piece.merchant,
            piece.sku,
            piece.pieces,
            piece.lot if piece.lot_tracked else "",
            piece.expiry if piece.expiry_tracked else "",
            piece.serial if piece.serial_tracked else "",
            show,
        )
    )


def _other(parcel: Parcel, code: str) -> Reply:
    match code:
        case "empty":
            return Do(RecordOutcome(parcel.number, EMPTY))
        case "no_code":
            return Do(RecordOutcome(parcel.number, NO_CODE))
        case "undelivered":
            return Do(SetKind(parcel.number, UNDELIVERED))
        case "customer":
            return Do(SetKind(parcel.number, CUSTOMER_RETURN))
        case _:
            return Do(FindOfPiece(parcel.merchant, parcel.next_sku, None, parcel.number))


def _disposed(state: State, event: PiecesDisposed) -> Reply:
    facts: dict[str, str | int] = {
        "pieces": event.pieces,
        "sku": event.sku,
        "disposition_text": f"disposition.{event.disposition}",
        "place": event.place,
    }
    done = "returns.disposed" if event.place else "returns.destroyed"
    return Ask(_on(state, event.parcel), done=done, facts=facts)


def _closed(event: ReturnClosed) -> Reply:
    facts: dict[str, str | int] = {"number": event.number, "pieces": event.pieces}
    done = "returns.closed"
    if event.missing:
        facts["missing"] = event.missing
        done = "returns.closed_missing"
    state: State = ChooseReturn(event.others) if event.others else START
    if event.incomplete:
        state = NeedComment(event.incomplete, event.number, event.others, event.why)
    return Ask(state, done=done, facts=facts, look=bool(event.missing or event.incomplete))


def _reject(state: NeedComment | NeedPicture, event: object) -> Reply:
    """Collect what a rejection needs; what is skipped is left to the supervisor's list."""
    after: State = ChooseReturn(state.others) if state.others else START
    picture = NeedPicture(state.verdict, state.number, state.others, state.why)
    match state, event:
        case _, Text(value=value) if len(value) > COMMENT_CHARACTERS_MAX:
            return Refuse(Code.RETURN_TEXT_LONG, {"limit": COMMENT_CHARACTERS_MAX})
        case NeedComment(), Text(value=comment) if not any(map(str.isalpha, comment)):
            return Refuse(Code.RETURN_NO_WORDS, {"text": comment[:SHOWN_CHARACTERS_MAX].rstrip()})
        case NeedComment(), Text(value=comment):
            return Do(AddToVerdict(state.verdict, comment=comment))
        case NeedPicture(), Text(value=name):
            return Do(AddToVerdict(state.verdict, picture=name))
        case NeedComment(), VerdictExtended() | Pressed(key=Key.SKIP):
            return Ask(picture)
        case NeedPicture(), VerdictExtended(complete=True):
            return Ask(after, "returns.verdict_complete", {"number": state.number})
        case NeedPicture(), VerdictExtended() | Pressed(key=Key.SKIP):
            return Ask(after, "returns.verdict_waits", {"number": state.number}, look=True)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)
