"""Picking: a cart and its totes, then place, piece and tote at each stop, then the bench."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.counting import read_mark
from floorhand.domain.days import day
from floorhand.domain.keymap import Key
from floorhand.domain.picking import (
    ArriveAt,
    BindTote,
    BringTotes,
    ConfirmPick,
    DeclareShort,
    GetWork,
    MovePick,
    NeedBench,
    OfferLot,
    ReplaceTote,
    SkipStop,
    Stop,
    SwapLot,
    TakeInHand,
)
from floorhand.domain.things import (
    Attributes,
    Chosen,
    Goods,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    Resumed,
    Text,
)
from floorhand.domain.walks import LeaveOrders
from floorhand.errors import Code
from floorhand.flows.marks import bad_mark
from floorhand.flows.picking_outcomes import lot_of, outcome, question_at, too_many
from floorhand.flows.picking_prompts import prompt
from floorhand.flows.picking_states import (
    STATES,
    VALUES,
    AtBench,
    AtCount,
    AtFull,
    AtPiece,
    AtPlace,
    AtReason,
    AtSerial,
    AtSkip,
    AtTote,
    Binding,
    Start,
    State,
    TakeOver,
)
from floorhand.flows.telling import heard, told_words
from floorhand.flows.turn import Ask, Do, Refuse, Reply

__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]

NAME = "picking"
START = Start()

SHELVES = ("bin", "pallet", "carton")
"""What a worker may take for the place to pick from; other places are simply not expected."""


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    if (reply := outcome(state, event)) is not None:
        return reply
    match state, event:
        case _, Resumed():
            return Ask(state)
        case Start() | TakeOver(), Place(kind="cart", code=cart):
            return Do(GetWork(cart, _from(state, cart)))
        case Start() | TakeOver(), OrderCode(merchant=merchant, number=number):
            name = f"{merchant}/{number}"
            return Do(GetWork("", _from(state, order=name), name))
        case Start() | TakeOver(), Pressed(key=Key.DONE):
            return Do(GetWork(""))
        case TakeOver(), Pressed(key=Key.BACK):
            return Ask(START)
        case Binding(need=need), Place(kind="tote", code=tote):
            return Do(BindTote(need.task, need.slot, tote))
        case Binding(need=need), Pressed(key=key) if key is (Key.DONE if need.bound else Key.BACK):
            return Do(LeaveOrders(need.task))
        case AtPlace(), _:
            return _at_place(state, event)
        case AtPiece(), _:
            return _at_piece(state, event)
        case AtSerial(), _:
            return _at_serial(state, event)
        case AtTote(), _:
            return _at_tote(state, event)
        case AtFull(), _:
            return _at_full(state, event)
        case ((AtCount() | AtReason() | AtSkip()), _):
            return _at_exception(state, event)
        case AtBench(need=need), _:
            return _at_bench(need, event)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _from(state: Start | TakeOver, cart: str = "", order: str = "") -> str:
    """Give the worker from whom a walk is taken over: who was told to have it, scanned again."""
    if isinstance(state, TakeOver) and (cart == state.cart if cart else order == state.order):
        return state.worker
    return ""


def _at_place(state: AtPlace, event: object) -> Reply:
    stop = state.stop
    match event:
        case Place(proven=False, code=code, kind=kind) if kind in SHELVES:
            return Refuse(Code.TYPED_CODE, {"place": code})
        case Place(code=code) if code == state.offered:
            return Do(MovePick(stop.task, stop.pick, code))
        case Place(code=code, kind=kind) if kind in SHELVES:
            return Do(ArriveAt(stop.task, stop.pick, code))
        case Pressed(key=Key.MISMATCH):
            return Ask(AtCount(stop, 0, placed=False))
        case Pressed(key=Key.FULL):
            return Ask(AtFull(stop, 0, placed=False))
        case Pressed(key=Key.SKIP):
            return _skip(stop)
    return _not_now(event)


def _at_piece(state: AtPiece, event: object) -> Reply:
    stop, goods = state.stop, state.stop.goods
    match event:
        case Piece(merchant=merchant, sku=sku) if (merchant, sku) != (goods.merchant, goods.sku):
            return _wrong_piece(stop, event)
        case Piece() if _differs(goods, event):
            return _other_lot(state, event, event.pieces)
        case Attributes() if _differs(goods, event):
            return _other_lot(state, event, heard(state.told, event).count or 1)
        case Attributes():
            told = heard(state.told, event)
            return Ask(replace(state, other=(), told=told), "picking.told", told_words(told))
        case Piece(serial="") if goods.serial:
            named = state.told is not None and state.told.serial == goods.serial
            return _in_hand(stop, 1 if named else 0)
        case Piece(pieces=pieces, pack=pack):
            return _in_hand(stop, state.taken + pieces, pieces if pack != "each" else 0)
        case Number() if state.taken == 0:
            return Refuse(Code.PICK_SCAN_FIRST, {"sku": goods.sku})
        case Number(value=value):
            return _in_hand(stop, value)
        case Place(kind="tote", code=code):
            return _tote_too_early(state, code)
        case Place(code=code) if code in (stop.place, stop.inside):
            return Ask(state, "picking.already_here", {"place": stop.place}, look=True)
        case Place(kind="carton" | "pallet", proven=True, code=code) if not state.taken:
            return Do(ArriveAt(stop.task, stop.pick, code))
        case Pressed(key=Key.MISMATCH):
            return Ask(AtCount(stop, state.taken, placed=True))
        case Pressed(key=Key.FULL):
            return Ask(AtFull(stop, state.taken, placed=True))
        case Pressed(key=Key.SKIP) if state.taken == 0:
            return _skip(stop)
    return _not_now(event)


def _at_serial(state: AtSerial, event: object) -> Reply:
    stop, goods = state.stop, state.stop.goods
    match event:
        case Piece(merchant=merchant, sku=sku) if (merchant, sku) != (goods.merchant, goods.sku):
            return _wrong_piece(stop, event)
        case Text(value=text) if not read_mark(text):
            return bad_mark("serial")
        case Piece(serial=serial) | Attributes(serial=serial) | Text(value=serial) if serial:
            if serial == goods.serial:
                return _in_hand(stop, 1)
            return Do(OfferLot(stop.task, stop.pick, "", "", serial, 1))
        case Pressed(key=Key.MISMATCH):
            return Ask(AtCount(stop, 0, placed=True))
        case Pressed(key=Key.BACK):
            return Ask(AtPiece(stop))
    return _not_now(event)


def _at_tote(state: AtTote, event: object) -> Reply:
    stop = state.stop
    match event:
        case Place(kind="tote", code=code) if code != stop.tote:
            return Refuse(Code.PICK_WRONG_TOTE, {"code": code, "tote": stop.tote})
        case Place(kind="tote", code=code) if state.reason:
            return Do(DeclareShort(stop.task, stop.pick, state.taken, code, state.reason))
        case Place(kind="tote", code=code):
            return Do(ConfirmPick(stop.task, stop.pick, state.taken, code))
        case Place(code=code) if code in (stop.place, stop.inside):
            return Ask(state, "picking.already_here", {"place": stop.place}, look=True)
        case Piece(merchant=merchant, sku=sku):
            if (merchant, sku) == (stop.goods.merchant, stop.goods.sku):
                return too_many(stop)
            return _wrong_piece(stop, event)
        case Pressed(key=Key.MISMATCH) if not state.reason:
            return Ask(AtCount(stop, state.taken, placed=True))
        case Pressed(key=Key.FULL) if not state.reason:
            return Ask(AtFull(stop, state.taken, placed=True))
        case Pressed(key=Key.BACK):
            return Ask(AtPiece(stop), "picking.count_again", {"sku": stop.goods.sku}, look=True)
    return _not_now(event)


def _at_full(state: AtFull, event: object) -> Reply:
    stop = state.stop
    match event:
        case Place(kind="tote", code=code) if code == stop.tote and state.taken:
            return Do(ConfirmPick(stop.task, stop.pick, state.taken, code))
        case Place(kind="tote", code=code):
            return Do(ReplaceTote(stop.task, stop.pick, stop.slot, code))
        case Pressed(key=Key.BACK):
            return Ask(question_at(stop, state.taken, state.placed))
    return _not_now(event)


def _at_exception(state: AtCount | AtReason | AtSkip, event: object) -> Reply:
    stop = state.stop
    match state, event:
        case AtCount(taken=0), Pressed(key=Key.DONE) if stop.missed:
            return Do(DeclareShort(stop.task, stop.pick, 0, "", stop.missed))
        case AtCount(), Pressed(key=Key.DONE) if state.taken < stop.pieces:
            return _short(state, state.taken)
        case AtCount(), Number(value=value):
            return _short(state, value)
        case AtCount(), Pressed(key=Key.BACK):
            return Ask(question_at(stop, state.taken, state.placed))
        case AtReason(taken=0), Chosen(code=reason):
            return Do(DeclareShort(stop.task, stop.pick, 0, "", reason))
        case AtReason(), Chosen(code=reason):
            return Ask(AtTote(stop, state.taken, reason))
        case AtReason(), Pressed(key=Key.BACK):
            return Ask(AtCount(stop, state.taken, state.placed))
        case AtSkip(), Chosen(code=reason):
            return Do(SkipStop(stop.task, stop.pick, reason))
        case AtSkip(), Pressed(key=Key.BACK):
            return Ask(AtPlace(stop))
    return _not_now(event)


def _at_bench(need: NeedBench, event: object) -> Reply:
    match event:
        case Place(kind="bench" | "dock", code=place, proven=False):
            return Refuse(Code.TYPED_CODE, {"place": place})
        case Place(kind="bench" | "dock", code=place):
            return Do(BringTotes(need.task, need.tote, place))
        case Place(kind="tote", code=tote) if tote == need.tote:
            return Ask(AtBench(need), "picking.tote_right", {"tote": tote})
        case Place(kind="tote", code=tote):
            return Refuse(Code.PICK_WRONG_TOTE, {"code": tote, "tote": need.tote})
        case Pressed(key=Key.DONE) if need.bench:
            return Do(BringTotes(need.task, "", need.bench))
    return _not_now(event)


def _in_hand(stop: Stop, pieces: int, of_pack: int = 0) -> Reply:
    """Count pieces, unless the stop is gone meanwhile; none of a serial: which one is asked."""
    return Do(TakeInHand(stop.task, stop.pick, pieces, of_pack))


def _short(state: AtCount, taken: int) -> Reply:
    """Note how many could be taken, if they are fewer than wanted."""
    stop = state.stop
    if taken > stop.pieces:
        return too_many(stop)
    if taken and not state.placed:
        return Refuse(Code.PICK_PLACE_FIRST, {"place": stop.place})
    if taken == stop.pieces:
        return Refuse(Code.PICK_NOTHING_SHORT, {"pieces": stop.pieces, "sku": stop.goods.sku})
    return Ask(AtReason(stop, taken, state.placed))


def _skip(stop: Stop) -> Reply:
    """Leave a place for later; the second time a reason is asked first."""
    return Ask(AtSkip(stop)) if stop.skips else Do(SkipStop(stop.task, stop.pick, ""))


def _differs(goods: Goods, told: Piece | Attributes) -> bool:
    """Tell whether a code speaks of another lot, expiry or serial than the goods have."""
    pairs = (
        (told.lot, goods.lot),
        (told.expiry, goods.expiry),
        (told.serial, goods.serial),
    )
    return any(said and has and said != has for said, has in pairs)


def _other_lot(state: AtPiece, told: Piece | Attributes, pieces: int) -> Reply:
    """Offer another lot, or take it if it is scanned again; lots are never mixed in one stop."""
    stop = state.stop
    for other in state.other:
        if not _differs(other, told):
            return Do(SwapLot(stop.task, stop.pick, other, pieces))
    if state.taken:
        facts = {"lot": told.lot or day(told.expiry) or told.serial, "wanted": lot_of(stop.goods)}
        return Refuse(Code.PICK_WRONG_LOT, facts)
    return Do(OfferLot(stop.task, stop.pick, told.lot, told.expiry, told.serial, pieces))


def _tote_too_early(state: AtPiece, code: str) -> Reply:
    stop = state.stop
    left = stop.pieces - state.taken
    if code != stop.tote:
        return Refuse(Code.PICK_PIECE_FIRST, {"code": code, "pieces": left, "sku": stop.goods.sku})
    return Refuse(Code.PICK_TOO_FEW, {"pieces": left, "sku": stop.goods.sku})


def _wrong_piece(stop: Stop, scanned: Piece) -> Reply:
    facts = {
        "sku": scanned.sku,
        "name": scanned.name,
        "wanted": stop.goods.sku,
        "wanted_name": stop.name,
    }
    return Refuse(Code.PICK_WRONG_PIECE, facts)


def _not_now(event: object) -> Reply:
    if isinstance(event, Pressed):
        return Refuse(Code.KEY_NOT_NOW)
    return Refuse(Code.NOT_EXPECTED_NOW)
