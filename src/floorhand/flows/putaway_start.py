"""How put-away begins: fetch what waits, or open what was scanned."""

from __future__ import annotations

from floorhand.domain.keymap import Key
from floorhand.domain.putaway import (
    CONTAINERS,
    LATER_MAX,
    FindLoose,
    GivenBack,
    HeldByOther,
    Loose,
    LooseFound,
    NextTask,
    NoneLeft,
    OpenSource,
    Proposed,
    Source,
    TaskFound,
)
from floorhand.domain.things import Chosen, Goods, Piece, Place, Pressed
from floorhand.errors import Code
from floorhand.flows.putaway_states import (
    START,
    Fetching,
    Going,
    NeedSource,
    TakeOver,
    WhichLoose,
)
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply


def start(state: NeedSource | Fetching | WhichLoose | TakeOver, event: object) -> Reply:
    """Say what an event leads to while no goods are in hand."""
    match state, event:
        case _, Proposed():
            return asked(event)
        case Fetching(), TaskFound():
            return Ask(Fetching(event, _put_off(state)))
        case _, TaskFound():
            return Ask(Fetching(event))
        case _, HeldByOther():
            return held(event)
        case _, LooseFound():
            return found_loose(event)
        case _, NoneLeft(tasks=tasks):
            return Ask(START, "putaway.none_left", {"tasks": tasks}, look=True)
        case _, GivenBack(place=place):
            return Ask(START, "putaway.given_back", {"place": place})
        case Fetching(), Place() | Piece() | Pressed(key=Key.SKIP | Key.BACK):
            return _fetch(state, event)
        case TakeOver(source=source, worker=worker), Place() | Piece() if _is_it(source, event):
            return Do(OpenSource(source, take_over=worker))
        case WhichLoose(options=options), Chosen(code=code):
            return Do(OpenSource(_loose_source(options[int(code)])))
        case WhichLoose() | TakeOver(), Pressed(key=Key.BACK):
            return Ask(START)
        case NeedSource(), Pressed(key=Key.DONE):
            return Do(NextTask())
        case _, Place(kind=kind, code=code) if kind in CONTAINERS:
            return _open(event, Source(code))
        case _, Piece():
            return Do(FindLoose(event.merchant, event.sku, event.lot, event.expiry))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _fetch(state: Fetching, event: Place | Piece | Pressed) -> Reply:
    """Begin with what was fetched, put it off, or leave it to others."""
    source = state.found.source
    match event:
        case Pressed(key=Key.SKIP):
            return Do(NextTask(state.found.task, later=_put_off(state)))
        case Pressed():
            return Do(NextTask(state.found.task, give_back=True))
        case Place() if _is_it(source, event):
            return _open(event, source)
        case Piece() if _is_it(source, event):
            return Do(OpenSource(source))
        case _:
            return _not_fetched(state.found, event)


def _is_it(source: Source, scanned: Place | Piece) -> bool:
    """Say whether a container, or a piece of goods that stand loose, is of this source."""
    if isinstance(scanned, Place):
        return scanned.code == source.place and not source.sku
    return (scanned.merchant, scanned.sku) == (source.merchant, source.sku)


def _put_off(state: Fetching) -> tuple[str, ...]:
    """List the tasks that the worker leaves for later, with the one at hand as the last."""
    task = state.found.task
    return (*(other for other in state.later if other != task), task)[-LATER_MAX:]


def _open(place: Place, source: Source) -> Reply:
    """Open a container. A tote is in the worker's hands, and its plate may be typed."""
    if not place.proven and place.kind != "tote":
        return Refuse(Code.TYPED_CODE, {"place": place.code})
    return Do(OpenSource(source))


def _not_fetched(found: TaskFound, event: Place | Piece) -> Reply:
    scanned = event.code if isinstance(event, Place) else event.sku
    wanted = found.source.sku or found.source.place
    return Refuse(Code.WRONG_SOURCE, {"scanned": scanned, "wanted": wanted})


def _loose_source(loose: Loose) -> Source:
    goods = loose.goods
    return Source(loose.place, goods.merchant, goods.sku, goods.lot)


def held(event: HeldByOther) -> Ask:
    """Tell who has it; scanned again, it is taken over."""
    facts = {"place": event.source.place, "worker": event.name}
    return Ask(TakeOver(event.source, event.worker, event.name), "putaway.held", facts, look=True)


def found_loose(event: LooseFound) -> Reply:
    """Open the loose goods that a piece is from; ask, if it can be from several."""
    if len(event.options) == 1:
        return Do(OpenSource(_loose_source(event.options[0])))
    return Ask(WhichLoose(event.options))


def asked(
    event: Proposed,
    later: tuple[Goods, ...] = (),
    done: str | None = None,
    facts: Facts | None = None,
    *,
    look: bool = False,
) -> Ask:
    """Ask to take goods to a bin, and say what was done before."""
    left = tuple(goods for goods in later if goods != event.goods)
    return Ask(Going(event, event.take, left), done, facts or {}, look=look)
