"""What put-away shows: the prompts of `floorhand.flows.putaway`."""

from __future__ import annotations

from floorhand.domain.days import goods_words
from floorhand.domain.keymap import Key
from floorhand.domain.putaway import (
    CONTAINERS,
    OVERRIDE_REASONS,
    Loose,
    Proposed,
    Source,
    TaskFound,
)
from floorhand.domain.things import AVAILABLE
from floorhand.flows.putaway_states import (
    Fetching,
    Going,
    HowMany,
    NeedSource,
    State,
    TakeOver,
    WhichLoose,
    Why,
)
from floorhand.flows.turn import Choice, Item, Prompt, Wants

FETCH = {
    "": "putaway.fetch_piece",
    "pallet": "putaway.fetch_pallet",
    "tote": "putaway.fetch_tote",
    "carton": "putaway.fetch_carton",
}
"""What to ask for a kind of container; loose goods have none."""


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedSource():
            return Prompt(
                ask="putaway.scan_source",
                keys=((Key.DONE, "key.next_work"), (Key.BACK, "key.back")),
                wants=Wants(kinds=("done", *CONTAINERS, "piece")),
            )
        case Fetching(found=found):
            return _fetching(found)
        case WhichLoose(options=options):
            return Prompt(
                ask="putaway.which",
                keys=((Key.BACK, "key.back"),),
                choices=tuple(_loose(number, one) for number, one in enumerate(options)),
                wants=Wants(kinds=("choice",)),
            )
        case TakeOver(source=source, name=name):
            return Prompt(
                ask="putaway.take_over",
                place=source.place,
                facts=(("fact.worker", name),),
                keys=((Key.BACK, "key.back"),),
                wants=_wanted(source),
            )
        case Going():
            return _go(state)
        case HowMany(now=now, take=take):
            return Prompt(
                ask="putaway.how_many",
                place=now.bin,
                count=str(take),
                goods=_in_hand(now),
                keys=((Key.BACK, "key.back"),),
                wants=Wants(kinds=("number",), number=True, number_hint=take),
            )
        case Why(now=now, take=take, bin=code):
            return Prompt(
                ask="putaway.why_other",
                place=code,
                count=str(take),
                goods=(Item(now.goods.sku, now.name, now.pieces, mark="now"),),
                facts=(("fact.instead_of", now.bin),),
                keys=((Key.BACK, "key.back"),),
                choices=tuple(Choice(c, text=f"override.{c}") for c in OVERRIDE_REASONS),
                wants=Wants(kinds=("choice", "bin"), place=now.bin),
            )


def _fetching(found: TaskFound) -> Prompt:
    source = found.source
    goods = (Item(source.sku, found.name, found.pieces),) if source.sku else ()
    facts = [("fact.lot", source.lot)] if source.lot else []
    if not source.sku:
        facts = [("fact.container", source.place), ("fact.pieces", str(found.pieces))]
    facts += [(f"fact.condition_{condition}", str(pieces)) for condition, pieces in found.apart]
    return Prompt(
        ask=FETCH[found.container],
        place=found.at,
        goods=goods,
        facts=tuple(facts),
        keys=((Key.SKIP, "key.other_work"), (Key.BACK, "key.back")),
        wants=_wanted(source),
    )


def _wanted(source: Source) -> Wants:
    """Ask for the one container, or for a piece of the goods that stand loose."""
    if not source.sku:
        return Wants(kinds=CONTAINERS, place=source.place)
    sku = f"{source.merchant}/{source.sku}"
    return Wants(kinds=("piece",), sku=sku, merchants=(source.merchant,))


def _loose(number: int, one: Loose) -> Choice:
    goods = one.goods
    label = f"{one.place} {goods.merchant} {goods_words(goods.lot, goods.expiry)}".strip()
    return Choice(str(number), label=f"{label}: {one.pieces}")


def _go(state: Going) -> Prompt:
    now = state.now
    goods = now.goods
    keys: list[tuple[Key, str]] = []
    if now.bin:
        keys.append((Key.MISMATCH, "key.no_room"))
    else:
        keys.append((Key.DONE, "key.give_up"))
    if splits(now):
        keys.append((Key.FULL, "key.part"))
    if now.lines > 1:
        keys.append((Key.SKIP, "key.skip"))
    return Prompt(
        ask="putaway.scan_bin" if now.bin else "putaway.no_bin",
        place=now.bin,
        count=str(state.take),
        goods=_in_hand(now),
        facts=_reason(now) + _traits(now),
        keys=(*keys, (Key.BACK, "key.back")),
        wants=Wants(
            kinds=("bin",) if now.bin else ("done",),
            place=now.bin,
            merchants=(goods.merchant,),
        ),
    )


def splits(now: Proposed) -> bool:
    """Say whether a part of the goods can be named by its number alone."""
    return now.pieces > 1 and not now.serials


def _in_hand(now: Proposed) -> tuple[Item, ...]:
    goods = now.goods
    return (Item(goods.sku, now.name, now.pieces, goods.lot or goods.serial, "now"),)


def _reason(now: Proposed) -> tuple[tuple[str, str], ...]:
    """Say in one line why this bin: the rule, and what speaks for the bin."""
    if not now.bin:
        return ()
    room = str(now.room) if now.room >= 0 else f"{now.pieces}+"
    return ((f"putaway.why_{now.rule}", now.near or room),)


def _traits(now: Proposed) -> tuple[tuple[str, str], ...]:
    goods = now.goods
    traits = [("fact.from", now.stands)]
    if goods.expiry:
        traits.append(("fact.expiry", goods.expiry))
    if goods.condition != AVAILABLE:
        traits.append((f"fact.condition_{goods.condition}", goods.sku))
    if now.lines > 1:
        traits.append(("fact.lines_left", str(now.lines)))
    return tuple(traits)
