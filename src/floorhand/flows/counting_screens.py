"""What counting shows: the prompts of `floorhand.flows.counting`.

No number comes from the books.
"""

from __future__ import annotations

from floorhand.domain.count_rules import reason_told
from floorhand.domain.cycle_counts import CountTask, Entry, MarkWanted
from floorhand.domain.days import goods_words
from floorhand.domain.keymap import Key
from floorhand.domain.things import DAMAGED
from floorhand.flows.counting_states import AtBin, Damaged, Going, Naming, NeedBin, State
from floorhand.flows.turn import Choice, Item, Prompt, Wants

BACK = (Key.BACK, "key.back")

WHICH = {
    "lot": "counting.which_lot",
    "expiry": "counting.which_expiry",
    "serial": "counting.which_serial",
}
"""What to ask for that has to be told of a piece."""


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedBin():
            return Prompt(
                ask="counting.find_bin",
                keys=((Key.DONE, "key.next_work"), BACK),
                wants=Wants(kinds=("done", "bin")),
            )
        case Going(count=count):
            return Prompt(
                ask="counting.scan_bin",
                place=count.place,
                goods=_asked_for(count),
                facts=(("fact.why_text", f"counting.why.{reason_told(count.reason)}"),),
                keys=((Key.SKIP, "key.other_work"), BACK),
                wants=Wants(kinds=("bin",), place=count.place),
            )
        case AtBin():
            return _at_bin(state)
        case Naming(wanted=wanted):
            return _naming(wanted)
        case Damaged(at=at, goods=goods):
            counted = [one for one in at.sheet.entries if one.goods == goods]
            return Prompt(
                ask="counting.how_many_damaged",
                place=at.sheet.count.place,
                goods=tuple(_item(one, "now") for one in counted),
                keys=(BACK,),
                wants=Wants(kinds=("number",), number=True, number_hint=1),
            )


def _asked_for(count: CountTask) -> tuple[Item, ...]:
    return (Item(count.sku, count.name, mark="now"),) if count.sku else ()


def _at_bin(state: AtBin) -> Prompt:
    sheet, count = state.sheet, state.sheet.count
    done = "counting.key_done" if sheet.entries else "counting.key_empty"
    if count.sku and not sheet.entries:
        done = "counting.key_none"
    keys: list[tuple[Key, str]] = [(Key.DONE, done)]
    if state.last is not None:
        keys.append((Key.MISMATCH, "counting.key_worn"))
    if count.sku:
        keys.append((Key.LIST, "counting.key_all"))
    last = [one for one in sheet.entries if one.goods == state.last]
    others = [one for one in sheet.entries if one.goods != state.last]
    goods = (*(_item(one, "now") for one in last), *(_item(one) for one in others))
    return Prompt(
        ask="counting.count_sku" if count.sku else "counting.count",
        place=count.place,
        count=str(last[0].pieces) if last else "",
        goods=goods or _asked_for(count),
        facts=(("fact.counted", str(sheet.pieces)),),
        keys=(*keys, BACK),
        wants=Wants(
            kinds=("piece", "done"),
            sku=f"{count.merchant}/{count.sku}" if count.sku else "",
            number=True,
            learns=True,
        ),
    )


def _item(entry: Entry, mark: str = "") -> Item:
    goods = entry.goods
    worn = "✗" if goods.condition == DAMAGED else ""
    note = goods_words(goods.lot, goods.expiry, goods.serial, worn)
    return Item(goods.sku, entry.name, entry.pieces, note, mark)


def _naming(wanted: MarkWanted) -> Prompt:
    choices = tuple(
        Choice(str(number), label=goods_words(lot, expiry) or "–")
        for number, (lot, expiry) in enumerate(wanted.lots)
    )
    return Prompt(
        ask=WHICH[wanted.what],
        goods=(Item(wanted.piece.sku, wanted.name, wanted.piece.pieces, wanted.piece.lot, "now"),),
        keys=(BACK,),
        choices=choices,
        wants=Wants(
            kinds=("choice", "text", "piece") if choices else ("text", "piece"),
            sku=f"{wanted.piece.merchant}/{wanted.piece.sku}",
            text=True,
            merchants=(wanted.piece.merchant,),
        ),
    )
