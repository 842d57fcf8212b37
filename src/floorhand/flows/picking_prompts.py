"""What a picker sees at each question."""

from __future__ import annotations

from floorhand.domain.keymap import Key
from floorhand.domain.picking import SHORT_REASONS, SKIP_REASONS, NeedBench, NeedTote, Stop
from floorhand.flows.picking_states import (
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
    State,
    TakeOver,
)
from floorhand.flows.telling import told_count
from floorhand.flows.turn import Choice, Item, Prompt, Wants

BACK = (Key.BACK, "key.back")
SHORT = (Key.MISMATCH, "key.short")
FULL = (Key.FULL, "key.full")
SKIP = (Key.SKIP, "key.skip")


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case TakeOver(cart=cart, name=name, since=since, order=order):
            held = (("fact.order", order),) if order else ()
            return Prompt(
                ask="picking.take_over",
                place=cart,
                facts=(*held, ("fact.worker", name), ("fact.since", since)),
                keys=((Key.DONE, "key.no_cart"), BACK),
                wants=Wants(kinds=("cart", "done", "order")),
            )
        case Binding(need=need):
            return _bind(need)
        case AtPlace(stop=stop):
            return _place(stop)
        case AtPiece():
            return _piece(state)
        case AtSerial(stop=stop):
            return _serial(stop)
        case AtTote():
            return _tote(state)
        case AtFull():
            return _full(state)
        case AtCount() | AtReason() | AtSkip():
            return _exception(state)
        case AtBench(need=need):
            return _bench(need)
        case _:
            return Prompt(
                ask="picking.scan_cart",
                keys=((Key.DONE, "key.no_cart"), BACK),
                wants=Wants(kinds=("cart", "done", "order")),
            )


def _bind(need: NeedTote) -> Prompt:
    return Prompt(
        ask="picking.scan_empty_tote",
        count=str(need.slot),
        facts=(("fact.slot", f"{need.slot}/{need.slots}"), ("fact.order", need.order)),
        progress=(need.slot - 1, need.slots),
        keys=((Key.DONE, "key.start_with"), BACK) if need.bound else (BACK,),
        wants=Wants(kinds=("tote", "done") if need.bound else ("tote",), order=need.order),
    )


def _place(stop: Stop) -> Prompt:
    return Prompt(
        ask="picking.scan_place",
        place=stop.place,
        goods=_goods(stop, stop.pieces),
        facts=(*_facts(stop), ("fact.tote", stop.tote)),
        progress=(stop.done, stop.stops),
        keys=(SHORT, FULL, SKIP, BACK),
        wants=_wants(stop, "bin", place=stop.place),
    )


def _piece(state: AtPiece) -> Prompt:
    stop = state.stop
    started = state.taken > 0
    return Prompt(
        ask="picking.scan_piece",
        place=stop.place,
        count=f"{state.taken}/{stop.pieces}",
        goods=_goods(stop, stop.pieces - state.taken),
        facts=(*_facts(stop), ("fact.tote", stop.tote)),
        progress=(stop.done, stop.stops),
        keys=(SHORT, FULL, BACK) if started else (SHORT, FULL, SKIP, BACK),
        wants=_wants(
            stop,
            *(("piece", "number") if started else ("piece",)),
            number=started,
            number_hint=stop.pieces if started else 0,
            told_count=told_count(state.told),
        ),
    )


def _serial(stop: Stop) -> Prompt:
    return Prompt(
        ask="picking.scan_serial",
        place=stop.place,
        goods=_goods(stop, stop.pieces),
        facts=_facts(stop),
        progress=(stop.done, stop.stops),
        keys=(SHORT, BACK),
        wants=_wants(stop, "text", "piece", text=True),
    )


def _tote(state: AtTote) -> Prompt:
    stop = state.stop
    return Prompt(
        ask="picking.scan_tote",
        place=stop.tote,
        count=str(state.taken),
        goods=_goods(stop, state.taken),
        facts=(("fact.slot", str(stop.slot)), *_facts(stop)),
        progress=(stop.done, stop.stops),
        keys=(BACK,) if state.reason else (SHORT, FULL, BACK),
        wants=_wants(stop, "tote", place=stop.tote),
    )


def _full(state: AtFull) -> Prompt:
    stop = state.stop
    hint = (("fact.in_hand", str(state.taken)),) if state.taken else ()
    return Prompt(
        ask="picking.scan_new_tote",
        count=str(stop.slot),
        goods=_goods(stop, state.taken) if state.taken else (),
        facts=(*hint, ("fact.tote_full", stop.tote), ("fact.order", stop.order)),
        keys=(BACK,),
        wants=Wants(kinds=("tote",), order=stop.order),
    )


def _exception(state: AtCount | AtReason | AtSkip) -> Prompt:
    stop = state.stop
    match state:
        case AtCount(taken=taken):
            done = "key.none_again" if stop.missed and not taken else "key.as_counted"
            short = taken < stop.pieces
            return Prompt(
                ask="picking.how_many",
                place=stop.place,
                count=f"{taken}/{stop.pieces}",
                goods=_goods(stop, stop.pieces),
                facts=_facts(stop),
                keys=((Key.DONE, done), BACK) if short else (BACK,),
                wants=_wants(
                    stop,
                    *(("number", "done") if short else ("number",)),
                    number=True,
                    number_hint=taken if short else 0,
                ),
            )
        case AtReason(taken=taken):
            ask, count = "picking.why_short", f"{taken}/{stop.pieces}"
            reasons: tuple[str, ...] = SHORT_REASONS
        case _:
            ask, count, reasons = "picking.why_skip", "", SKIP_REASONS
    return Prompt(
        ask=ask,
        place=stop.place,
        count=count,
        keys=(BACK,),
        choices=tuple(Choice(reason, f"{ask}.{reason}") for reason in reasons),
        wants=_wants(stop, "choice"),
    )


def _bench(need: NeedBench) -> Prompt:
    order = need.order or "–"
    return Prompt(
        ask="picking.bring_tote",
        ask_facts=(("tote", need.tote),),
        place=need.bench,
        count=need.tote,
        facts=(("fact.slot", str(need.slot)), ("fact.order", order)),
        keys=((Key.DONE, "key.all_here"), BACK) if need.bench else (BACK,),
        wants=Wants(kinds=("bench", "dock", "done"), place=need.bench, order=need.order),
    )


def _goods(stop: Stop, pieces: int) -> tuple[Item, ...]:
    return (Item(stop.goods.sku, stop.name, pieces, mark="now"),)


def _facts(stop: Stop) -> tuple[tuple[str, str], ...]:
    told = (
        ("fact.inside", stop.inside),
        ("fact.lot", stop.goods.lot),
        ("fact.expiry", stop.goods.expiry),
        ("fact.serial", stop.goods.serial),
    )
    return tuple((key, value) for key, value in told if value)


def _wants(
    stop: Stop,
    *kinds: str,
    place: str = "",
    number: bool = False,
    number_hint: int = 0,
    text: bool = False,
    told_count: int | None = None,
) -> Wants:
    goods = stop.goods
    return Wants(
        kinds=kinds,
        place=place,
        sku=f"{goods.merchant}/{goods.sku}",
        number=number,
        number_hint=number_hint,
        text=text,
        merchants=(goods.merchant,),
        order=stop.order,
        told_count=told_count,
    )
