"""Put-away: fetch what waits, take each of its goods to a bin, until nothing is left."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.keymap import Key
from floorhand.domain.putaway import (
    LATER_MAX,
    BinLegal,
    BinTaken,
    CheckBin,
    Emptied,
    FindLoose,
    GivenUp,
    GiveUp,
    GoodsGone,
    HeldByOther,
    LooseFound,
    MarkedFull,
    MarkFull,
    Propose,
    Proposed,
    PutAway,
    Stored,
)
from floorhand.domain.things import Chosen, Number, Piece, Place, Pressed
from floorhand.errors import Code
from floorhand.flows.putaway_screens import prompt, splits
from floorhand.flows.putaway_start import asked, found_loose, held, start
from floorhand.flows.putaway_states import (
    START,
    STATES,
    VALUES,
    Going,
    HowMany,
    State,
    Why,
)
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply

NAME = "putaway"


__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state:
        case Going():
            return _going(state, event)
        case HowMany():
            return _how_many(state, event)
        case Why():
            return _why(state, event)
        case _:
            return start(state, event)


def _going(state: Going, event: object) -> Reply:
    now = state.now
    match event:
        case Place(code=code) if code == now.source.place:
            return Ask(state)
        case Place(kind="bin", proven=False, code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case Place(kind="bin", code=code) if code == now.bin:
            return Do(_put(state, now.bin))
        case Place(kind="bin", code=code):
            return Do(CheckBin(now.goods, state.take, code, now.bin))
        case BinLegal(bin=code) if not now.bin:
            return Do(_put(state, code, reason="none_proposed"))
        case BinLegal(bin=code):
            return Ask(Why(now, state.take, state.later, code))
        case Number(value=pieces):
            return _split(state, pieces)
        case Piece(sku=sku, merchant=merchant) if (sku, merchant) == (
            now.goods.sku,
            now.goods.merchant,
        ) and event.lot in ("", now.goods.lot):
            return Ask(state, "putaway.right_piece", {"sku": sku})
        case Piece(merchant=merchant, sku=sku, lot=lot, expiry=expiry) if now.source.sku:
            return Do(FindLoose(merchant, sku, lot, expiry, at=now.source.place))
        case Piece(merchant=merchant, sku=sku, lot=lot):
            return Do(Propose(now.source, state.later, sku, lot, merchant))
        case Pressed(key=Key.MISMATCH) if now.bin:
            return Do(MarkFull(now.source, now.bin, state.later))
        case Pressed(key=Key.FULL) if splits(now):
            return Ask(HowMany(now, state.take, state.later))
        case Pressed(key=Key.SKIP) if now.lines > 1:
            return Do(Propose(now.source, (*state.later, now.goods)[-LATER_MAX:]))
        case Pressed(key=Key.DONE) if not now.bin:
            return Do(GiveUp(now.source, now.goods, now.pieces))
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _went(state, event)


def _how_many(state: HowMany, event: object) -> Reply:
    going = Going(state.now, state.take, state.later)
    match event:
        case Number(value=pieces):
            return _split(going, pieces)
        case Pressed(key=Key.BACK):
            return Ask(going)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _went(state: Going | Why, event: object) -> Reply:
    """Take what a command led to."""
    facts: Facts
    match event:
        case Proposed(source=source):
            return asked(event, state.later if source == state.now.source else ())
        case LooseFound():
            return found_loose(event)
        case BinTaken(bin=code, then=Proposed() as then):
            return asked(then, state.later, "putaway.other_bin", {"place": code}, look=True)
        case Stored(bin=code, goods=goods, pieces=pieces, then=then):
            facts = {"place": code, "sku": goods.sku, "pieces": pieces}
            if isinstance(then, Emptied):
                facts = {**facts, "source": then.source.place, "others": then.others}
                key = "putaway.stored_others" if then.others else "putaway.stored_last"
                return Ask(START, key, facts)
            return asked(then, state.later, "putaway.stored", facts)
        case MarkedFull(bin=code, then=Proposed() as then):
            return asked(then, state.later, "putaway.marked_full", {"place": code}, look=True)
        case GoodsGone(goods=goods, source=source, then=Proposed() as then):
            facts = {"sku": goods.sku, "place": source.place}
            return asked(then, state.later, "putaway.gone", facts, look=True)
        case (
            GoodsGone(source=source)
            | Emptied(source=source)
            | BinTaken(then=Emptied(source=source))
            | MarkedFull(then=Emptied(source=source))
        ):
            key = "putaway.gone_already" if source.sku else "putaway.empty_already"
            return Ask(START, key, {"place": source.place, "sku": source.sku}, look=True)
        case HeldByOther():
            return held(event)
        case GivenUp(source=source):
            return Ask(START, "putaway.given_up", {"place": source.place}, look=True)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _why(state: Why, event: object) -> Reply:
    going = Going(state.now, state.take, state.later)
    match event:
        case Chosen(code=reason):
            return Do(_put(going, state.bin, reason=reason))
        case Place(code=code) if code == state.now.bin:
            return Do(_put(going, code))
        case Place(kind="bin", proven=True, code=code):
            return Do(CheckBin(state.now.goods, state.take, code, state.now.bin))
        case BinLegal(bin=code):
            return Ask(replace(state, bin=code))
        case Pressed(key=Key.BACK):
            return Ask(going)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return _went(state, event)


def _put(state: Going, code: str, reason: str = "") -> PutAway:
    now = state.now
    return PutAway(
        now.source, now.stands, now.goods, state.take, code, now.bin, state.later, reason
    )


def _split(state: Going, pieces: int) -> Reply:
    now = state.now
    if now.serials or not 0 < pieces <= now.pieces:
        most = 1 if now.serials else now.pieces
        return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": most})
    facts: Facts = {"pieces": pieces, "all": now.pieces, "sku": now.goods.sku}
    return Ask(replace(state, take=pieces), "putaway.split", facts, look=pieces < now.pieces)
