"""Refill: fetch goods from a reserve, carry them in a tote to their pick face, put them there."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.keymap import Key
from floorhand.domain.refilling import (
    LATER_MAX,
    GoodsPut,
    GoodsTaken,
    NextRefill,
    NothingThere,
    PutGoods,
    RefillFound,
    RefillGivenBack,
    RefillJob,
    TakeGoods,
)
from floorhand.domain.things import Goods, Number, Piece, Place, Pressed
from floorhand.errors import Code
from floorhand.flows.refill_screens import prompt
from floorhand.flows.refill_states import (
    START,
    STATES,
    VALUES,
    Bringing,
    Going,
    HowMany,
    NeedRefill,
    Part,
    State,
    Taking,
)
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply

NAME = "refill"

__all__ = ["NAME", "START", "STATES", "VALUES", "prompt", "step"]


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    later = () if isinstance(state, NeedRefill) else state.later
    match state, event:
        case _, RefillFound(job=job):
            return Ask(_begin(job, later))
        case NeedRefill(), Pressed(key=Key.DONE):
            return Do(NextRefill())
        case Going(), _:
            return _going(state, event)
        case Taking(), _:
            return _taking(state, event)
        case HowMany(job=job), Number(value=pieces):
            if pieces >= job.pieces:
                facts: Facts = {"pieces": job.pieces, "sku": job.goods.sku}
                return Refuse(Code.PICK_NOTHING_SHORT, facts)
            if not pieces:
                return Do(TakeGoods(job.task, 0, "", short=True))
            return Ask(Taking(job, later, pieces, short=True))
        case HowMany(), NothingThere():
            return _nothing(state, event)
        case HowMany(job=job, pieces=pieces), Pressed(key=Key.BACK):
            return Ask(Taking(job, later, pieces))
        case Bringing(), _:
            return _bringing(state, event)
        case Part(job=job), Number(value=pieces):
            return _part(job, later, pieces)
        case Part(job=job), Pressed(key=Key.BACK):
            return Ask(Bringing(job, later, job.taken))
    return _not_now(event)


def _begin(job: RefillJob, later: tuple[str, ...]) -> Going | Bringing:
    return Bringing(job, later, job.taken) if job.tote else Going(job, later)


def _going(state: Going, event: object) -> Reply:
    job = state.job
    match event:
        case Place(kind="bin" | "pallet" | "carton", proven=False, code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case Place(code=code) if code == job.source:
            return Ask(Taking(job, state.later))
        case Place(code=code):
            return Refuse(Code.WRONG_PLACE, {"code": code, "place": job.source})
        case Pressed(key=Key.SKIP):
            later = (*(one for one in state.later if one != job.task), job.task)[-LATER_MAX:]
            return Do(NextRefill(job.task, later=later))
        case Pressed(key=Key.BACK):
            return Do(NextRefill(job.task, give_back=True))
        case RefillGivenBack(face=face):
            return Ask(START, "refill.given_back", {"place": face})
    return _not_now(event)


def _taking(state: Taking, event: object) -> Reply:
    job = state.job
    match event:
        case Piece() if not _same(job.goods, event):
            return _other_goods(job, event)
        case Piece(pieces=pieces):
            return _in_hand(state, state.pieces + max(pieces, 1))
        case Number() if not state.pieces:
            return Refuse(Code.PICK_SCAN_FIRST, {"sku": job.goods.sku})
        case Number(value=pieces):
            return _in_hand(state, pieces)
        case Place(kind="tote") if not state.pieces:
            return Refuse(Code.PICK_SCAN_FIRST, {"sku": job.goods.sku})
        case Place(kind="tote", code=code):
            return Do(TakeGoods(job.task, state.pieces, code, short=state.short))
        case Place(code=code) if code == job.source:
            return Ask(state)
        case GoodsTaken(job=taken):
            facts: Facts = {"pieces": taken.taken, "sku": taken.goods.sku, "tote": taken.tote}
            return Ask(Bringing(taken, state.later, taken.taken), "refill.taken", facts)
        case Pressed(key=Key.MISMATCH):
            return Ask(HowMany(job, state.later, state.pieces))
    return _not_now(event)


def _in_hand(state: Taking, pieces: int) -> Reply:
    job = state.job
    if pieces > job.pieces:
        return Refuse(Code.PICK_TOO_MANY, {"pieces": job.pieces, "sku": job.goods.sku})
    return Ask(replace(state, pieces=pieces, short=False))


def _same(goods: Goods, piece: Piece) -> bool:
    """Say whether a scanned piece can be of the goods that are wanted."""
    return (
        (piece.merchant, piece.sku) == (goods.merchant, goods.sku)
        and piece.lot in ("", goods.lot)
        and piece.expiry in ("", goods.expiry)
    )


def _other_goods(job: RefillJob, piece: Piece) -> Refuse:
    goods = job.goods
    if (piece.merchant, piece.sku) == (goods.merchant, goods.sku):
        lots = {"lot": piece.lot or piece.expiry, "wanted": goods.lot or goods.expiry}
        return Refuse(Code.PICK_WRONG_LOT, lots)
    facts: Facts = {"sku": piece.sku, "name": piece.name}
    return Refuse(Code.PICK_WRONG_PIECE, {**facts, "wanted": goods.sku, "wanted_name": job.name})


def _nothing(state: HowMany, event: NothingThere) -> Ask:
    after = _begin(event.then.job, state.later) if event.then else START
    return Ask(after, "refill.nothing_there", {"place": event.source}, look=True)


def _bringing(state: Bringing, event: object) -> Reply:
    job = state.job
    match event:
        case Place(kind="bin", proven=False, code=code):
            return Refuse(Code.TYPED_CODE, {"place": code})
        case Place(code=code) if code == job.target:
            return Do(PutGoods(job.task, state.pieces, state.later))
        case Place(code=code) if code == job.tote:
            return Ask(state)
        case Place(code=code):
            return Refuse(Code.WRONG_PLACE, {"code": code, "place": job.target})
        case Pressed(key=Key.FULL):
            return Ask(Part(job, state.later))
        case GoodsPut():
            return _put(state, event)
    return _not_now(event)


def _part(job: RefillJob, later: tuple[str, ...], pieces: int) -> Reply:
    if pieces > job.taken:
        return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": job.taken})
    facts: Facts = {"pieces": pieces, "all": job.taken, "sku": job.goods.sku}
    return Ask(Bringing(job, later, pieces), "refill.part", facts, look=pieces < job.taken)


def _put(state: Bringing, event: GoodsPut) -> Ask:
    after = _begin(event.then.job, state.later) if event.then else START
    facts: Facts = {"pieces": event.pieces, "sku": event.sku, "place": event.face}
    if event.left:
        facts = {**facts, "left": event.left, "tote": event.tote}
        return Ask(after, "refill.put_part", facts, look=True)
    return Ask(after, "refill.put", facts)


def _not_now(event: object) -> Reply:
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)
