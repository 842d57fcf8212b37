"""What put-away shows: the prompts of `floorhand.flows.putaway`."""

from __future__ import annotations

from floorhand.domain.putaway import CONTAINERS, OVERRIDE_REASONS, Loose, Proposed, TaskFound
from floorhand.domain.things import AVAILABLE, Key
from floorhand.flows.putaway_states import (
    Fetching,
    Going,
    NeedSource,
    State,
    TakeOver,
    WhichLoose,
    Why,
)
from floorhand.flows.turn import Choice, Item, Prompt, Wants


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedSource():
            return Prompt(
                ask="putaway.scan_source",
                keys=((Key.DONE, "key.next_work"), (Key.BACK, "key.menu")),
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
        case TakeOver(source=source, worker=worker):
            kinds = ("piece",) if source.sku else CONTAINERS
            return Prompt(
                ask="putaway.take_over",
                place=source.place,
                facts=(("fact.worker", worker),),
                keys=((Key.BACK, "key.back"),),
                wants=Wants(kinds=kinds, place=source.place),
            )
        case Going():
            return _go(state)
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
    return Prompt(
        ask="putaway.fetch_piece" if source.sku else "putaway.fetch",
        place=found.at,
        goods=goods,
        facts=tuple(facts),
        keys=((Key.SKIP, "key.other_work"), (Key.BACK, "key.back")),
        wants=Wants(
            kinds=("piece",) if source.sku else CONTAINERS,
            place="" if source.sku else source.place,
            sku=f"{source.merchant}/{source.sku}" if source.sku else "",
            merchants=(source.merchant,) if source.merchant else (),
        ),
    )


def _loose(number: int, one: Loose) -> Choice:
    goods = one.goods
    label = " ".join(part for part in (one.place, goods.merchant, goods.lot, goods.expiry) if part)
    return Choice(str(number), label=f"{label}: {one.pieces}")


def _go(state: Going) -> Prompt:
    now = state.now
    goods = now.goods
    splits = now.pieces > 1 and not now.serials
    keys: list[tuple[Key, str]] = []
    if now.bin:
        keys.append((Key.MISMATCH, "key.no_room"))
    else:
        keys.append((Key.DONE, "key.give_up"))
    if now.lines > 1:
        keys.append((Key.SKIP, "key.skip"))
    return Prompt(
        ask="putaway.scan_bin" if now.bin else "putaway.no_bin",
        place=now.bin,
        count=str(state.take),
        goods=(Item(goods.sku, now.name, now.pieces, goods.lot or goods.serial, "now"),),
        facts=_reason(now) + _traits(now),
        keys=(*keys, (Key.BACK, "key.park")),
        wants=Wants(
            kinds=("bin",) if now.bin else ("done",),
            place=now.bin,
            number=splits,
            merchants=(goods.merchant,),
        ),
    )


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
