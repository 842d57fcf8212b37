"""What receiving shows and says: the prompts of `floorhand.flows.receiving`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from floorhand.domain.keymap import Key
from floorhand.domain.receiving import DAMAGE_REASONS, ROWS_MAX, Counted, Gap
from floorhand.domain.things import AVAILABLE, Piece
from floorhand.flows.receiving_states import (
    ChooseDelivery,
    ChooseMerchant,
    Closing,
    Count,
    Counting,
    DamagedCount,
    DamagedReason,
    Describing,
    Job,
    LeadWanted,
    Lines,
    NeedDelivery,
    NeedDock,
    State,
    Unexpected,
)
from floorhand.flows.telling import grams, told_count
from floorhand.flows.turn import Choice, Facts, Item, Prompt, Wants

BLIND = "@blind"
"""Choice: this delivery was not announced. No delivery number begins with ``@``."""

OTHER_LOT = "@other_lot"
"""Choice: the next pieces have another lot or date than the last ones."""

GAP_WORDS = {
    "over": "fact.over",
    "short": "fact.short",
    "unexpected": "fact.unexpected",
    "damaged": "fact.damaged",
}


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case NeedDelivery():
            return Prompt(
                ask="receiving.scan_delivery",
                keys=((Key.LIST, "key.list"), (Key.MISMATCH, "key.blind"), (Key.BACK, "key.back")),
                wants=Wants(kinds=("delivery",)),
            )
        case ChooseDelivery() | ChooseMerchant():
            return _choose(state)
        case NeedDock(number=number, dock=dock, merchant=merchant):
            return Prompt(
                ask="receiving.scan_dock",
                place=dock,
                facts=(("fact.delivery", number) if number else ("fact.merchant", merchant),),
                keys=((Key.BACK, "key.back"),),
                wants=Wants(kinds=("dock",), place=dock),
            )
        case Counting() | Unexpected():
            return _counting(state)
        case LeadWanted():
            return _lead_wanted(state)
        case Describing():
            return _describing(state)
        case DamagedCount() | DamagedReason():
            return _damaged(state)
        case Lines():
            return _lines(state)
        case Closing():
            return _closing(state)


def _lead_wanted(state: LeadWanted) -> Prompt:
    short = state.short
    goods = short.asked.goods
    return Prompt(
        ask="receiving.lead_badge",
        goods=(Item(goods.sku, short.name, short.asked.pieces, mark="now"),),
        facts=(
            ("fact.expiry", goods.expiry),
            ("fact.days_left", str(short.days)),
            ("fact.days_wanted", str(short.least)),
        ),
        keys=((Key.BACK, "key.back"),),
        wants=Wants(kinds=("badge",)),
    )


def missing(piece: Piece) -> str:
    """Name what has to be asked about a piece next; empty if nothing."""
    if piece.lot_tracked and not piece.lot:
        return "lot"
    if piece.expiry_tracked and not piece.expiry:
        return "expiry"
    if piece.serial_tracked and not piece.serial:
        return "serial"
    return ""


def day_words(iso: str) -> Facts:
    """Give an ISO date as facts of a text: ``day``, ``month_text`` and ``year``."""
    day = date.fromisoformat(iso)
    return {"day": day.day, "month_text": f"month.{day.month}", "year": day.year}


def counted_words(event: Counted) -> tuple[str, Facts]:
    """Say what was counted, as a text key and its facts; what needs a look comes first."""
    facts: dict[str, str | int] = {
        "sku": event.goods.sku,
        "lot": event.goods.lot,
        "here": event.here,
        "added": event.added,
        "pack_text": f"pack.{event.pack}",
        "days": abs(event.days),
        "over": event.over,
        "net_g": event.net_g,
        "about_g": event.about_g,
    }
    dated = bool(event.goods.expiry)
    if dated:
        facts |= day_words(event.goods.expiry)
    if (held := event.arrested) is not None:
        to = "receiving.to_bin" if held.bin else "receiving.to_lead"
        told = {"goods": held.goods, "place": held.bin, "to_text": to, **dict(held.why)}
        return f"receiving.alarm_{held.kind}", facts | told
    if event.alarm == "life" and event.days < 0:
        return "receiving.alarm_expired", facts
    if event.alarm:
        return f"receiving.alarm_{event.alarm}", facts
    if event.added < 0:
        return "receiving.lowered", facts | {"added": -event.added}
    if event.fresh and dated:
        return "receiving.counted_dated", facts
    if event.pack in ("case", "inner"):
        return "receiving.counted_pack", facts
    return "receiving.counted", facts


def _choose(state: ChooseDelivery | ChooseMerchant) -> Prompt:
    if isinstance(state, ChooseMerchant):
        return Prompt(
            ask="receiving.whose",
            keys=((Key.BACK, "key.back"),),
            choices=tuple(Choice(code, label=f"{code} {name}") for code, name in state.merchants),
            wants=Wants(kinds=("choice", "piece")),
        )
    choices = tuple(
        Choice(row.number, label=f"{row.number} {row.merchant} {row.pieces}")
        for row in state.waiting
    )
    return Prompt(
        ask="receiving.choose",
        keys=((Key.BACK, "key.back"),),
        choices=(*choices, Choice(BLIND, text="receiving.choice_blind"))
        if state.blind
        else choices,
        wants=Wants(kinds=("choice", "delivery")),
    )


def _counting(state: Counting | Unexpected) -> Prompt:
    job, now = state.job, state.now
    ask = "receiving.all_counted" if _all_counted(job, now) else "receiving.scan_piece"
    wants = _wants(job, now)
    if isinstance(state, Counting):
        told = told_count(state.told)
        kinds = (*wants.kinds, "plate")
        wants = replace(wants, kinds=kinds, told_count=told, learns=True, delivery=job.delivery)
    if isinstance(state, Unexpected):
        ask = "receiving.scan_again" if not state.pieces else "receiving.scan_number_again"
        wants = replace(wants, kinds=("piece",), number=False, number_hint=0)
    return Prompt(
        ask=ask,
        count=_count(now) if now and ask == "receiving.scan_piece" else "",
        goods=_unexpected(state) or _goods(job, now),
        facts=_facts(job, now),
        progress=(job.counted, job.expected) if job.expected else None,
        keys=_keys(job, now) if isinstance(state, Counting) else ((Key.BACK, "key.back"),),
        wants=wants,
        label=("pallet", job.onto) if isinstance(state, Counting) and job.onto else None,
    )


def _count(now: Count) -> str:
    """Show what is counted here, and the total to type if all the rest is here too."""
    return f"{now.here}/{now.here + now.left}" if now.left else str(now.here)


def _all_counted(job: Job, now: Count | None) -> bool:
    return not job.blind and not job.next.sku and not (now and now.left > 0)


def _unexpected(state: Counting | Unexpected) -> tuple[Item, ...]:
    if isinstance(state, Unexpected):
        return (Item(state.goods.sku, state.name, state.pieces, mark="now"),)
    return ()


def _goods(job: Job, now: Count | None) -> tuple[Item, ...]:
    """Show what was counted last with what is left of it, then the line that comes next."""
    items = []
    if now is not None:
        items.append(Item(now.goods.sku, now.name, now.left, mark="now" if now.left else "done"))
    if job.next.sku and not (now and now.left and now.goods.sku == job.next.sku):
        items.append(Item(job.next.sku, job.next.name, job.next.left, job.next.lot))
    return tuple(items)


def _facts(job: Job, now: Count | None) -> tuple[tuple[str, str], ...]:
    where = ("fact.pallet", job.onto) if job.onto else ("fact.loose", job.dock)
    facts = [("fact.delivery", job.delivery), where]
    if now is not None:
        goods = now.goods
        told = (
            ("fact.lot", goods.lot),
            ("fact.expiry", goods.expiry),
            ("fact.net_weight", grams(now.net_g)),
        )
        facts += [(key, value) for key, value in told if value]
        if goods.condition != AVAILABLE:
            facts.append((f"fact.condition_{goods.condition}", goods.sku))
    return tuple(facts)


def _keys(job: Job, now: Count | None) -> tuple[tuple[Key, str], ...]:
    keys = [(Key.DONE, "key.done"), (Key.FULL, "key.next_pallet" if job.onto else "key.pallet")]
    if now is not None and now.here:
        keys.append((Key.MISMATCH, "key.damaged"))
    keys.append((Key.LIST, "key.lines"))
    if job.onto:
        keys.append((Key.PRINT, "key.reprint"))
    return (*keys, (Key.BACK, "key.back"))


def _wants(job: Job, now: Count | None) -> Wants:
    """Say what answers: the total of what is being counted, then the next line, then the end.

    The hint is the total at which nothing is left: who types it has received the SKU in full.
    """
    merchants = (job.merchant,)
    countable = now is not None and not now.serial_tracked
    if now is not None and now.left > 0:
        begun = countable and now.here > 0
        return Wants(
            kinds=("number", "piece") if begun else ("piece",),
            sku=f"{job.merchant}/{now.goods.sku}",
            number=countable,
            number_hint=now.here + now.left if begun else 0,
            merchants=merchants,
        )
    if job.next.sku:
        sku = f"{job.merchant}/{job.next.sku}"
        return Wants(kinds=("piece",), sku=sku, number=countable, merchants=merchants)
    kinds = ("piece",) if job.blind and not job.counted else ("done",)
    return Wants(kinds=kinds, number=countable, merchants=merchants)


def _describing(state: Describing) -> Prompt:
    piece = state.piece
    wanted = missing(piece)
    facts = [("fact.lot", piece.lot)] if piece.lot else []
    if wanted == "lot" and state.job.next.sku == piece.sku and state.job.next.lot:
        facts.append(("fact.announced", state.job.next.lot))
    if wanted == "expiry":
        facts.append(("fact.date_order_text", f"date_order.{state.job.expiry_order}"))
    return Prompt(
        ask=f"receiving.{wanted}",
        goods=(Item(piece.sku, piece.name, piece.pieces, mark="now"),),
        facts=tuple(facts),
        keys=((Key.BACK, "key.back"),),
        wants=Wants(
            kinds=("text", "piece"),
            sku=f"{piece.merchant}/{piece.sku}",
            text=True,
            merchants=(state.job.merchant,),
        ),
    )


def _damaged(state: DamagedCount | DamagedReason) -> Prompt:
    now = state.now
    goods = (Item(now.goods.sku, now.name, now.here, mark="now"),)
    keys = ((Key.BACK, "key.back"),)
    if isinstance(state, DamagedCount):
        return Prompt(
            ask="receiving.damaged_count",
            ask_facts=(("here", now.here),),
            goods=goods,
            keys=keys,
            wants=Wants(kinds=("number",), number=True, number_hint=1),
        )
    return Prompt(
        ask="receiving.damaged_reason",
        count=str(state.pieces),
        goods=(replace(goods[0], pieces=state.pieces),),
        keys=keys,
        choices=tuple(Choice(code, text=f"damage.{code}") for code in DAMAGE_REASONS),
        wants=Wants(kinds=("choice",)),
    )


def _lines(state: Lines) -> Prompt:
    tracked = state.now is not None and bool(state.now.goods.lot or state.now.goods.expiry)
    return Prompt(
        ask="receiving.lines",
        ask_facts=(("lines", state.lines),),
        goods=tuple(
            Item(
                row.sku,
                row.name,
                row.left,
                f"{row.counted}/{row.expected}",
                "" if row.left else "done",
            )
            for row in state.rows
        ),
        facts=(("fact.delivery", state.job.delivery),),
        keys=((Key.BACK, "key.back"),),
        choices=(Choice(OTHER_LOT, text="receiving.choice_lot"),) if tracked else (),
        wants=Wants(
            kinds=("piece", "choice") if tracked else ("piece",),
            sku=f"{state.job.merchant}/{state.job.next.sku}" if state.job.next.sku else "",
            merchants=(state.job.merchant,),
        ),
    )


def _closing(state: Closing) -> Prompt:
    facts = tuple((GAP_WORDS[gap.kind], _gap_text(gap)) for gap in state.gaps[:ROWS_MAX])
    more = state.differing - len(facts)
    if more > 0:
        facts += (("fact.more_lines", str(more)),)
    if state.job.blind:
        facts = (("fact.pieces", str(state.counted)), *facts)
    elif not facts:
        facts = (("fact.as_announced", str(state.lines)),)
    if state.net_g:
        facts += (("fact.net_weight", grams(state.net_g)),)
    return Prompt(
        ask="receiving.close",
        facts=(("fact.delivery", state.job.delivery), *facts),
        progress=(state.counted, state.job.expected) if state.job.expected else None,
        keys=((Key.DONE, "key.close"), (Key.BACK, "key.back")),
        wants=Wants(kinds=("done",), merchants=(state.job.merchant,)),
    )


def _gap_text(gap: Gap) -> str:
    return f"{gap.pieces} × {gap.sku} ({gap.counted}/{gap.expected})"
