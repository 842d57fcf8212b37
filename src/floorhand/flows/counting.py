"""Counting: go to a bin, say what is in it without being told what should be, and say that is all.

A colleague counts again where the difference is not small, and neither is told what the other saw.
"""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.count_rules import APPROVAL, CORRECTED, RECOUNT, RIGHT
from floorhand.domain.counting import read_expiry, read_mark
from floorhand.domain.cycle_counts import (
    LATER_MAX,
    BinTouched,
    CountAll,
    CountEnded,
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
from floorhand.domain.keymap import Key
from floorhand.domain.things import Attributes, Chosen, Goods, Number, Piece, Place, Pressed, Text
from floorhand.errors import Code
from floorhand.flows.counting_screens import prompt
from floorhand.flows.counting_states import (
    START,
    STATES,
    VALUES,
    AtBin,
    Damaged,
    Going,
    Naming,
    NeedBin,
    State,
)
from floorhand.flows.marks import bad_date, bad_mark
from floorhand.flows.telling import fill, heard, told_words
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply

NAME = "counting"

SAID = {
    RIGHT: "counting.right",
    CORRECTED: "counting.corrected",
    RECOUNT: "counting.recount",
    APPROVAL: "counting.approval",
}
"""What a worker is told of the result of a count."""


__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state:
        case NeedBin() | Going():
            return _going(state, event)
        case AtBin():
            return _at_bin(state, event)
        case Naming():
            return _naming(state, event)
        case Damaged(at=at, goods=goods):
            return _damaged(at, goods, event)


def _going(state: NeedBin | Going, event: object) -> Reply:
    """Find a bin to count, and prove to be there."""
    later = state.later if isinstance(state, Going) else ()
    match state, event:
        case _, CountFound(count=count):
            return Ask(Going(count, later))
        case _, CountGivenBack(place=place):
            return Ask(START, "counting.given_back", {"place": place})
        case _, CountOpened(sheet=sheet):
            return Ask(AtBin(sheet, later))
        case _, Place(kind="bin", proven=False, code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case NeedBin(), Place(kind="bin", code=code):
            return Do(OpenCount(code))
        case NeedBin(), Pressed(key=Key.DONE):
            return Do(NextCount())
        case Going(count=count), Place(kind="bin", code=code) if code == count.place:
            return Do(OpenCount(code, count.task))
        case Going(count=count), Place(code=code):
            return Refuse(Code.WRONG_PLACE, {"code": code, "place": count.place})
        case Going(count=count), Pressed(key=Key.SKIP):
            return _skip(state, count.task, count.place)
        case Going(count=count), Pressed(key=Key.BACK):
            return Do(NextCount(instead_of=count.task, give_back=True))
    return _not_now(event)


def _skip(state: Going, task: str, place: str) -> Reply:
    later = (*(other for other in state.later if other != task), task)[-LATER_MAX:]
    return Do(NextCount(after=place, instead_of=task, later=later))


def _at_bin(state: AtBin, event: object) -> Reply:
    """Count what is there."""
    count = state.sheet.count
    match event:
        case Piece():
            return Do(_piece(count.task, fill(event, state.told)))
        case Attributes():
            told = heard(state.told, event)
            return Ask(replace(state, told=told), "counting.told", told_words(told))
        case MarkWanted():
            return Ask(Naming(replace(state, told=None), event))
        case PieceCounted():
            return _counted(state, event)
        case Number(value=pieces) if state.last is not None:
            return Do(SetCounted(count.task, state.last, pieces))
        case Number():
            return Refuse(Code.COUNT_SCAN_FIRST, {"place": count.place})
        case Place(code=code) if code == count.place:
            return Ask(state)
        case Pressed(key=Key.MISMATCH) if state.last is not None:
            return Ask(Damaged(state, state.last))
        case Pressed(key=Key.LIST) if count.sku:
            return Do(CountAll(count.task))
        case Pressed(key=Key.DONE):
            return Do(EndCount(count.task, state.later))
        case _:
            return _after(state, event)


def _after(state: AtBin, event: object) -> Reply:
    """Take what a command led to."""
    match event:
        case CountOpened(sheet=sheet):
            return Ask(
                AtBin(sheet, state.later), "counting.all_of_it", {"place": sheet.count.place}
            )
        case BinTouched(sheet=sheet, skus=skus):
            facts = {"skus": ", ".join(skus), "place": sheet.count.place}
            return Ask(AtBin(sheet, state.later), "counting.touched", facts, look=True)
        case CountEnded(place=place, result=result, then=then):
            after = Going(then.count, state.later) if then else START
            look = result in (RECOUNT, APPROVAL)
            return Ask(after, SAID[result], {"place": place}, look=look)
    return _not_now(event)


def _piece(task: str, piece: Piece) -> CountPiece:
    pieces = max(piece.pieces, 1)
    return CountPiece(
        task, piece.merchant, piece.sku, pieces, piece.lot, piece.expiry, piece.serial
    )


def _counted(state: AtBin, event: PieceCounted) -> Ask:
    goods = event.goods
    total = next((one.pieces for one in event.sheet.entries if one.goods == goods), 0)
    facts: Facts = {"sku": goods.sku, "pieces": total}
    if goods.condition == "damaged":
        return Ask(AtBin(event.sheet, state.later, state.last), "counting.damaged", facts)
    return Ask(AtBin(event.sheet, state.later, goods), "counting.counted", facts)


def _naming(state: Naming, event: object) -> Reply:
    """Hear which of its lots, dates or serial numbers a piece has."""
    wanted, piece = state.wanted, state.wanted.piece
    match event:
        case PieceCounted():
            return _counted(state.at, event)
        case MarkWanted():
            return Ask(Naming(state.at, event))
        case Chosen(code=code):
            lot, expiry = wanted.lots[int(code)]
            return Do(replace(piece, lot=lot, expiry=expiry, named=True))
        case Text(value=text) if wanted.what == "expiry":
            day = read_expiry(text, wanted.order)
            if not day:
                return bad_date(text, wanted.order)
            return Do(replace(piece, expiry=day))
        case Text(value=text):
            return _mark(wanted, read_mark(text))
        case Attributes(lot=lot, expiry=expiry, serial=serial):
            told = replace(
                piece,
                lot=piece.lot or lot,
                expiry=piece.expiry or expiry,
                serial=piece.serial or serial,
            )
            return Ask(state) if told == piece else Do(told)
        case Piece(merchant=merchant, sku=sku) if (merchant, sku) == (piece.merchant, piece.sku):
            return Do(_piece(piece.task, event)) if event.lot or event.serial else Ask(state)
        case Pressed(key=Key.BACK):
            return Ask(state.at)
    return _not_now(event)


def _mark(wanted: MarkWanted, mark: str) -> Reply:
    if not mark:
        return bad_mark(wanted.what)
    if wanted.what == "serial":
        return Do(replace(wanted.piece, serial=mark))
    return Do(replace(wanted.piece, lot=mark))


def _damaged(at: AtBin, goods: Goods, event: object) -> Reply:
    match event:
        case Number(value=pieces):
            return Do(SetDamaged(at.sheet.count.task, goods, pieces))
        case PieceCounted():
            return _counted(at, event)
        case Pressed(key=Key.BACK):
            return Ask(at)
    return _not_now(event)


def _not_now(event: object) -> Reply:
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)
