"""Put-away: fetch what waits, take each of its goods to a bin, until nothing is left."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.putaway import (
    CONTAINERS,
    LATER_MAX,
    BinLegal,
    BinTaken,
    CheckBin,
    Emptied,
    FindLoose,
    GivenBack,
    GivenUp,
    GiveUp,
    GoodsGone,
    HeldByOther,
    Loose,
    LooseFound,
    MarkedFull,
    MarkFull,
    NextTask,
    NoneLeft,
    OpenSource,
    Propose,
    Proposed,
    PutAway,
    Source,
    Stored,
    TaskFound,
)
from floorhand.domain.things import (
    Chosen,
    Goods,
    Key,
    Number,
    Piece,
    Place,
    Pressed,
)
from floorhand.errors import Code
from floorhand.flows.putaway_screens import prompt, splits
from floorhand.flows.putaway_states import (
    START,
    STATES,
    VALUES,
    Fetching,
    Going,
    HowMany,
    NeedSource,
    State,
    TakeOver,
    WhichLoose,
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
            return _starting(state, event)


def _starting(state: NeedSource | Fetching | WhichLoose | TakeOver, event: object) -> Reply:
    match state, event:
        case _, Proposed():
            return _asked(event)
        case Fetching(), TaskFound():
            return Ask(Fetching(event, _put_off(state)))
        case _, TaskFound():
            return Ask(Fetching(event))
        case _, HeldByOther():
            return _held(event)
        case _, LooseFound():
            return _found_loose(event)
        case NeedSource(), Pressed(key=Key.DONE):
            return Do(NextTask())
        case Fetching(found=found), Pressed(key=Key.SKIP):
            return Do(NextTask(found.task, later=_put_off(state)))
        case Fetching(found=TaskFound(source=source)), Place(code=code) if (
            code == source.place and not source.sku
        ):
            return _open(event, source)
        case Fetching(found=TaskFound(source=source)), Piece(merchant=merchant, sku=sku) if (
            merchant,
            sku,
        ) == (source.merchant, source.sku):
            return Do(OpenSource(source))
        case Fetching(found=found), Place() | Piece():
            return _not_fetched(found, event)
        case TakeOver(source=source), Place(code=code) if code == source.place:
            return Do(OpenSource(source, take_over=True))
        case TakeOver(source=source), Piece(merchant=merchant, sku=sku) if (
            merchant,
            sku,
        ) == (source.merchant, source.sku):
            return Do(OpenSource(source, take_over=True))
        case WhichLoose(options=options), Chosen(code=code):
            return Do(OpenSource(_loose_source(options[int(code)])))
        case _, Place(kind=kind, code=code) if kind in CONTAINERS:
            return _open(event, Source(code))
        case _, Piece():
            return Do(FindLoose(event.merchant, event.sku, event.lot, event.expiry))
        case Fetching(found=found), Pressed(key=Key.BACK):
            return Do(NextTask(instead_of=found.task, give_back=True))
        case WhichLoose() | TakeOver(), Pressed(key=Key.BACK):
            return Ask(START)
        case _, NoneLeft(tasks=tasks):
            return Ask(START, "putaway.none_left", {"tasks": tasks}, look=True)
        case _, GivenBack(place=place):
            return Ask(START, "putaway.given_back", {"place": place})
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _put_off(state: Fetching) -> tuple[str, ...]:
    """List the tasks that the worker leaves for later, with the one at hand as the last."""
    task = state.found.task
    return (*(other for other in state.later if other != task), task)[-LATER_MAX:]


def _held(event: HeldByOther) -> Ask:
    facts = {"place": event.source.place, "worker": event.worker}
    return Ask(TakeOver(event.source, event.worker), "putaway.held", facts, look=True)


def _found_loose(event: LooseFound) -> Reply:
    if len(event.options) == 1:
        return Do(OpenSource(_loose_source(event.options[0])))
    return Ask(WhichLoose(event.options))


def _open(place: Place, source: Source) -> Reply:
    """Open a container. A tote is in the worker's hands, and its plate may be typed."""
    if not place.proven and place.kind != "tote":
        return Refuse(Code.TYPED_CODE, {"place": place.code})
    return Do(OpenSource(source))


def _loose_source(loose: Loose) -> Source:
    goods = loose.goods
    return Source(loose.place, goods.merchant, goods.sku, goods.lot)


def _not_fetched(found: TaskFound, event: Place | Piece) -> Reply:
    scanned = event.code if isinstance(event, Place) else event.sku
    wanted = found.source.sku or found.source.place
    return Refuse(Code.WRONG_SOURCE, {"scanned": scanned, "wanted": wanted})


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
            return Do(CheckBin(now.goods, state.take, code))
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
            return _asked(event, state.later if source == state.now.source else ())
        case LooseFound():
            return _found_loose(event)
        case BinTaken(bin=code, then=Proposed() as then):
            return _asked(then, state.later, "putaway.other_bin", {"place": code}, look=True)
        case Stored(bin=code, goods=goods, pieces=pieces, then=then):
            facts = {"place": code, "sku": goods.sku, "pieces": pieces}
            if isinstance(then, Emptied):
                facts = {**facts, "source": then.source.place, "others": then.others}
                key = "putaway.stored_others" if then.others else "putaway.stored_last"
                return Ask(START, key, facts)
            return _asked(then, state.later, "putaway.stored", facts)
        case MarkedFull(bin=code, then=Proposed() as then):
            return _asked(then, state.later, "putaway.marked_full", {"place": code}, look=True)
        case GoodsGone(goods=goods, source=source, then=Proposed() as then):
            facts = {"sku": goods.sku, "place": source.place}
            return _asked(then, state.later, "putaway.gone", facts, look=True)
        case (
            GoodsGone(source=source)
            | Emptied(source=source)
            | BinTaken(then=Emptied(source=source))
            | MarkedFull(then=Emptied(source=source))
        ):
            key = "putaway.gone_already" if source.sku else "putaway.empty_already"
            return Ask(START, key, {"place": source.place, "sku": source.sku}, look=True)
        case HeldByOther():
            return _held(event)
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
            return Do(CheckBin(state.now.goods, state.take, code))
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


def _asked(
    event: Proposed,
    later: tuple[Goods, ...] = (),
    done: str | None = None,
    facts: Facts | None = None,
    *,
    look: bool = False,
) -> Ask:
    left = tuple(goods for goods in later if goods != event.goods)
    return Ask(Going(event, event.take, left), done, facts or {}, look=look)
