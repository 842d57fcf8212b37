"""What the packing bench shows, for each state of `floorhand.flows.packing_states`."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.days import goods_words
from floorhand.domain.keymap import Key
from floorhand.domain.packing import MISSING_REASONS, Bench, BoxOption, Left
from floorhand.domain.printing import SHIPPING
from floorhand.flows.packing_states import (
    Checking,
    ChoosingBox,
    ConfirmFull,
    HowMany,
    Inserting,
    LeadForBox,
    NeedTote,
    Open,
    Reading,
    State,
    TakeOver,
    Telling,
    WhatMissing,
    WhyMissing,
)
from floorhand.flows.telling import told_count
from floorhand.flows.turn import Choice, Item, Prompt, Wants

_AT_START = Prompt(
    ask="packing.scan_tote",
    keys=((Key.PRINT, "key.reprint"), (Key.BACK, "key.back")),
    wants=Wants(kinds=("tote", "order", "piece", "label")),
    label=(SHIPPING, ""),
)

_AT_BENCH = ("piece", "label", "box")


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedTote():
            return _AT_START
        case TakeOver():
            return _take_over(state)
        case Reading():
            return replace(
                _frame(state, "packing.read_first"),
                facts=(("packing.instruction", state.instruction), *_facts(state.bench)),
                keys=((Key.DONE, "packing.key_read"), (Key.BACK, "packing.key_aside")),
                wants=_wants(state, ("done",)),
            )
        case Checking():
            return _checking_prompt(state)
        case ConfirmFull():
            return _confirm_full(state)
        case Telling():
            return _telling_prompt(state)
        case ChoosingBox() | LeadForBox():
            return _box_prompt(state)
        case Inserting():
            return _inserting(state)
        case WhatMissing():
            return replace(
                _frame(state, "packing.what_missing"),
                choices=_choices(state.rest.lines),
                wants=_wants(state, ("choice", "piece")),
            )
        case HowMany(line=line):
            wants = replace(_wants(state, ("number",)), number=True, number_hint=line.pieces)
            return replace(
                _frame(state, "packing.how_many_missing"), goods=(_item(line, "now"),), wants=wants
            )
        case WhyMissing(line=line, pieces=pieces):
            return replace(
                _frame(state, "packing.why_missing"),
                goods=(_item(replace(line, pieces=pieces), "now"),),
                choices=tuple(
                    Choice(reason, f"packing.reason.{reason}") for reason in MISSING_REASONS
                ),
                wants=_wants(state, ("choice",)),
            )


def _take_over(state: TakeOver) -> Prompt:
    return Prompt(
        ask="packing.take_over",
        place=state.tote or state.order,
        facts=(("fact.worker", state.name), ("fact.since", state.since)),
        keys=((Key.BACK, "key.back"),),
        wants=Wants(kinds=("tote", "order", "piece"), order=state.order),
    )


def _frame(state: Open, ask: str) -> Prompt:
    """Give what all questions about an open order show."""
    rest = state.rest
    return Prompt(
        ask=ask,
        facts=_facts(state.bench),
        progress=(rest.done_pieces, rest.done_pieces + rest.left_pieces),
        keys=((Key.BACK, "key.back"),),
    )


def _checking_prompt(state: Checking) -> Prompt:
    bench, rest = state.bench, state.rest
    if not rest.left_pieces:
        return replace(
            _frame(state, "packing.close_box"),
            keys=(
                (Key.DONE, "packing.key_close"),
                (Key.LIST, "packing.key_box"),
                (Key.BACK, "packing.key_aside"),
            ),
            wants=_wants(state, ("done", "box")),
        )
    first = rest.lines[0]
    number = bool(state.last) and bench.typed
    wants = Wants(
        kinds=("number", *_AT_BENCH) if number else _AT_BENCH,
        sku=f"{bench.merchant}/{first.sku}",
        number=number,
        number_hint=state.checked + state.last[0].pieces if number else 0,
        merchants=(bench.merchant,),
        order=bench.order,
        told_count=told_count(state.told),
    )
    keys = _checking_keys(state)
    return replace(
        _frame(state, "packing.scan_piece"),
        count=_count(state, first),
        goods=tuple(_item(line, "now" if line is first else "") for line in rest.lines),
        keys=keys,
        wants=wants,
        label=(SHIPPING, "") if Key.PRINT in dict(keys) else None,
    )


def _checking_keys(state: Checking) -> tuple[tuple[Key, str], ...]:
    """List what can be done; the label to print again is that of the parcel before."""
    full = ((Key.FULL, "packing.key_full"),) if state.rest.checked_pieces else ()
    again = ((Key.PRINT, "key.reprint"),) if state.bench.parcel > 1 else ()
    return (
        (Key.MISMATCH, "packing.key_missing"),
        *full,
        (Key.LIST, "packing.key_box"),
        *again,
        (Key.BACK, "packing.key_aside"),
    )


def _box_prompt(state: ChoosingBox | LeadForBox) -> Prompt:
    """Ask for another box, or for a lead's word for the one that was scanned."""
    if isinstance(state, LeadForBox):
        wants = _wants(state, ("badge", "box"))
        return replace(_frame(state, "packing.lead_badge"), place=state.box, wants=wants)
    return replace(
        _frame(state, "packing.which_box"),
        choices=tuple(_box_choice(option) for option in state.options),
        wants=_wants(state, ("choice", "box")),
    )


def _inserting(state: Inserting) -> Prompt:
    """Ask for the first insert that is left; one with a barcode is known by its scan only."""
    first = state.left[0]
    done = () if first.code else ((Key.DONE, "packing.key_put_in"),)
    codes = tuple(insert.code for insert in state.left if insert.code)
    kinds = ("insert" if first.code else "done", "unknown", "piece")
    return replace(
        _frame(state, "packing.put_in"),
        ask_facts=(("insert", first.name),),
        goods=tuple(
            Item(insert.code or "–", insert.name, mark="now" if insert is first else "")
            for insert in state.left
        ),
        keys=(*done, (Key.MISMATCH, "packing.key_run_out"), (Key.BACK, "key.back")),
        wants=replace(_wants(state, kinds), codes=codes),
    )


def _confirm_full(state: ConfirmFull) -> Prompt:
    checked, left = state.rest.checked_pieces, state.rest.left_pieces
    return replace(
        _frame(state, "packing.close_part"),
        ask_facts=(("pieces", checked), ("of", checked + left)),
        keys=((Key.DONE, "packing.key_close"), (Key.BACK, "key.back")),
        wants=_wants(state, ("done", "piece")),
    )


def _count(state: Checking, first: Left) -> str:
    """Show how many are left; of goods of which a number may be typed, how many of all are in."""
    if state.bench.typed and state.last[:1] == (replace(first, name=""),):
        return f"{state.checked}/{state.checked + first.pieces}"
    return str(first.pieces)


def _telling_prompt(state: Telling) -> Prompt:
    """Ask for a lot from the list, or for a serial, which only a scan can prove."""
    naming = state.naming
    lots = naming.what == "lot"
    kinds = ("choice", "text", "piece") if lots else ("text", "piece")
    return replace(
        _frame(state, "packing.which_lot" if lots else "packing.scan_serial"),
        goods=(
            (Item(naming.sku, naming.name, naming.pieces),)
            if lots
            else tuple(_serial_item(line) for line in naming.options)
        ),
        choices=_choices(naming.options) if lots else (),
        wants=replace(_wants(state, kinds), text=True),
    )


def _wants(state: Open, kinds: tuple[str, ...]) -> Wants:
    merchant = state.bench.merchant
    return Wants(kinds=kinds, merchants=(merchant,), order=state.bench.order)


def _facts(bench: Bench) -> tuple[tuple[str, str], ...]:
    facts = [
        ("fact.order", bench.order),
        (f"packing.box.{bench.box_why}", bench.box or "–"),
        ("packing.totes", " ".join(bench.totes)),
    ]
    if bench.parcel > 1:
        facts.append(("packing.parcel", str(bench.parcel)))
    return tuple(facts)


def _item(line: Left, mark: str = "") -> Item:
    note = goods_words(line.lot, line.expiry, line.serial)
    return Item(line.sku, line.name, line.pieces, note, mark)


def _serial_item(line: Left) -> Item:
    return Item(line.serial, line.name, 1, line.sku)


def _choices(lines: tuple[Left, ...]) -> tuple[Choice, ...]:
    """Number goods; the code is the index, as two lots of a SKU differ in nothing shorter."""
    return tuple(
        Choice(str(index), label=f"{line.sku} {_item(line).note}".strip() + f" ({line.pieces})")
        for index, line in enumerate(lines)
    )


def _box_choice(option: BoxOption) -> Choice:
    label = f"{option.code} {option.name}".strip()
    return Choice(option.code, label=label, fits=option.fits)
