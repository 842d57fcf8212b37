"""What a worker is told and asked once a command of picking was carried out."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain import picking as words
from floorhand.domain.days import day
from floorhand.domain.picking import NeedBench, NeedTote, Next, Stop, WalkDone
from floorhand.domain.things import Goods
from floorhand.domain.walks import OrdersLeft
from floorhand.errors import Code
from floorhand.flows.picking_states import (
    AtBench,
    AtFull,
    AtPiece,
    AtPlace,
    AtReason,
    AtSerial,
    AtTote,
    Binding,
    Start,
    State,
    TakeOver,
)
from floorhand.flows.turn import Ask, Facts, Refuse, Reply

GONE = {
    why: f"picking.gone_{why}"
    for why in ("cancelled", "changed", "held", "order_held", "released", "no_tote")
}
"""What is said of a stop that is no longer to be done, by why."""


def outcome(state: State, event: object) -> Reply | None:
    """Turn the outcome of a command into the next question; None for anything else."""
    match event:
        case words.WorkFound() | words.WalkTaken() | words.NoWork() | OrdersLeft():
            return _work(event)
        case words.ToteBound(tote=tote, order=order, next=following):
            return _ask(following, "picking.tote_bound", {"tote": tote, "order": order})
        case words.ToteReplaced(full=full, tote=tote, next=following):
            return _replaced(state, following, {"full": full, "tote": tote})
        case words.Arrived(stop=stop):
            return Ask(AtPiece(stop))
        case words.PlaceOffered(place=place, pieces=pieces) if isinstance(state, AtPlace | AtPiece):
            facts: Facts = {"place": place, "pieces": pieces, "wanted": state.stop.place}
            return Ask(AtPlace(state.stop, place), "picking.place_offered", facts, look=True)
        case words.LotOffered(goods=goods, place=place) if isinstance(state, AtPiece):
            facts = {"lot": goods.lot or day(goods.expiry), "wanted": lot_of(state.stop.goods)}
            done = "picking.lot_beside" if place else "picking.lot_offered"
            facts |= {"place": place} if place else {}
            return Ask(replace(state, other=(goods,)), done, facts, look=True)
        case words.InHand(stop=stop, pieces=0) if stop.goods.serial:
            return Ask(AtSerial(stop))
        case words.InHand(stop=stop, pieces=pieces, of_pack=of_pack):
            return _count(stop, pieces, of_pack)
        case words.LotSwapped(stop=stop, pieces=pieces):
            return _count(stop, pieces, 0)
        case words.Picked(pieces=pieces, sku=sku, tote=tote, left=left, next=following):
            facts = {"pieces": pieces, "sku": sku, "tote": tote}
            if isinstance(state, AtFull) and left and isinstance(following, Stop):
                return Ask(AtFull(following, 0, placed=True), "picking.picked", facts)
            return _ask(following, "picking.picked", facts, at=_where(state))
        case words.StopSkipped(place=place, next=following):
            return _ask(following, "picking.skipped", {"place": place}, look=True)
        case words.ShortDeclared():
            return _short_said(state, event)
        case words.StopGone(why=why, order=order, place=place, next=following):
            facts = {"order": order, "place": place}
            return _ask(following, GONE[why], facts, at=_where(state), look=True)
        case words.TotesBrought() if isinstance(state, AtBench):
            return _brought(state.need, event)
    return None


def _work(event: words.WorkFound | words.WalkTaken | words.NoWork | OrdersLeft) -> Reply:
    """Say which orders there are to pick, who has them, or that they were given back."""
    match event:
        case words.WorkFound(resumed=True, next=following):
            return _ask(following, "picking.walk_resumed", look=True)
        case words.WorkFound(orders=orders, next=following):
            return _ask(following, "picking.work_found", {"orders": orders})
        case words.WalkTaken(cart=cart, worker=worker, name=name, since=since, order=order):
            said = "picking.taken_order" if order else "picking.taken"
            whose = "order" if order else "cart"
            held: Facts = {whose: order or cart, "name": name, "since": since}
            return Ask(TakeOver(cart, worker, name, since, order), said, held, look=True)
        case words.NoWork(waiting=0):
            return Ask(Start(), "picking.no_work", look=True)
        case words.NoWork(waiting=waiting):
            return Ask(Start(), "picking.no_stock_yet", {"orders": waiting}, look=True)
        case OrdersLeft(orders=orders, next=WalkDone()):
            return Ask(Start(), "picking.left", {"orders": orders})
        case OrdersLeft(orders=orders, next=following):
            return _ask(following, "picking.left", {"orders": orders})


def _brought(need: NeedBench, event: words.TotesBrought) -> Reply:
    """Count the totes of the walk that are away, of all that it had."""
    following, every = event.next, need.of or need.totes
    if not isinstance(following, NeedBench):
        return _ask(following, "picking.brought", {"totes": event.totes, "place": event.place})
    away = every - following.totes
    facts: Facts = {"tote": need.tote, "place": event.place, "away": away, "of": every}
    return _ask(replace(following, of=every), "picking.brought_one", facts)


def _ask(
    following: Next,
    done: str,
    facts: Facts | None = None,
    *,
    at: Stop | None = None,
    look: bool = False,
) -> Reply:
    """Ask the next question. A place that was proven is not asked again for the next stop."""
    match following:
        case NeedTote():
            state: State = Binding(following)
        case Stop():
            here = at is not None and following.same_place(at)
            state = AtPiece(following) if here else AtPlace(following)
        case NeedBench():
            state = AtBench(following)
        case WalkDone(orders=orders, pieces=pieces):
            if look:
                return Ask(Start(), done, facts or {}, look=True)
            return Ask(Start(), "picking.walk_done", {"orders": orders, "pieces": pieces})
    return Ask(state, done, facts or {}, look)


def _where(state: State) -> Stop | None:
    """Give the stop whose place the worker has proven, if there is one."""
    match state:
        case AtPiece(stop=stop) | AtSerial(stop=stop) | AtTote(stop=stop):
            return stop
        case AtFull(stop=stop, placed=True) | AtReason(stop=stop, placed=True):
            return stop
    return None


def question_at(stop: Stop, taken: int, placed: bool) -> State:
    """Give the question of a stop at which so much was taken."""
    if not placed:
        return AtPlace(stop)
    return AtTote(stop, taken) if taken == stop.pieces else AtPiece(stop, taken)


def _replaced(state: State, following: Next, facts: Facts) -> Reply:
    """Go on where the tote turned out to be full, with what is in hand."""
    if isinstance(state, AtFull) and isinstance(following, Stop):
        same = following.pick == state.stop.pick
        if same and state.taken <= following.pieces:
            here = question_at(following, state.taken, state.placed)
            return Ask(here, "picking.tote_replaced", facts)
    return _ask(following, "picking.tote_replaced", facts, at=_where(state))


def _short_said(state: State, event: words.ShortDeclared) -> Reply:
    facts: Facts = {
        "pieces": event.found or event.missing,
        "place": event.place,
        "short": event.short + event.waits,
        "order": event.order,
    }
    if event.found == event.missing:
        said = "picking.short_found"
    elif event.found:
        said = "picking.short_partly"
    else:
        said = "picking.short_waits" if event.waits else "picking.short_final"
    if event.others:
        facts = {**facts, "others": event.others, "own_text": said}
        said = "picking.short_others"
    return _ask(event.next, said, facts, at=_where(state), look=True)


def _count(stop: Stop, taken: int, of_pack: int) -> Reply:
    """Set what was taken so far; at the wanted number the tote is asked for."""
    if taken > stop.pieces:
        return too_many(stop)
    facts: Facts = {"taken": taken, "wanted": stop.pieces, "sku": stop.goods.sku}
    said = "picking.counted"
    if of_pack:
        said, facts = "picking.counted_pack", {**facts, "pieces": of_pack}
    if taken == stop.pieces:
        return Ask(AtTote(stop, taken), said, facts)
    return Ask(AtPiece(stop, taken), said, facts)


def lot_of(goods: Goods) -> str:
    """Name what tells these pieces from others of their SKU."""
    return goods.lot or day(goods.expiry) or goods.serial


def too_many(stop: Stop) -> Reply:
    """Refuse more pieces than are wanted."""
    return Refuse(Code.PICK_TOO_MANY, {"pieces": stop.pieces, "sku": stop.goods.sku})
