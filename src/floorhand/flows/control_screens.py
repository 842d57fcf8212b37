"""What the control of the work shows."""

from __future__ import annotations

from floorhand.domain.control import Held, Standing, SubjectsListed
from floorhand.domain.holds import REASONS
from floorhand.domain.keymap import Key
from floorhand.domain.reasons import HELD, reason_facts
from floorhand.domain.sorting import WAYS, heading
from floorhand.flows import control_rules, control_work, tabled
from floorhand.flows.columns import columns
from floorhand.flows.control_states import (
    At,
    AtInsert,
    AtPart,
    AtRule,
    AtWork,
    Desk,
    Due,
    Giving,
    Listing,
    Rules,
    State,
    TellInsert,
    Why,
    Working,
)
from floorhand.flows.tabled import TABLE, Tabled, TabledOver
from floorhand.flows.turn import Choice, Item, Prompt, Wants

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")
SORT = (Key.FULL, "key.sort")
TABLES = frozenset({*WAYS, "out"})
"""Lists that are tables on a screen of their own, too."""
LISTS = ("held", "order", "merchant", "work", "rules")
THINGS = Wants(kinds=("choice", "anything", "unknown"))


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case Desk():
            lists = tuple(Choice(kind, f"control.see_{kind}") for kind in LISTS)
            return Prompt("control.desk", keys=(BACK,), choices=lists, wants=THINGS)
        case Listing(listed=listed):
            return _listing(listed)
        case At(now=now):
            return _at(now)
        case Why(now=now, recall=recall):
            reasons = tuple(Choice(name, f"hold.reason.{name}") for name in REASONS)
            return Prompt(
                "control.why_recall" if recall else "control.why",
                ask_facts=(("subject", now.subject.name),),
                keys=(BACK,),
                choices=reasons,
                wants=Wants(kinds=("choice", "text", "piece"), text=True),
            )
        case Tabled() | TabledOver():
            return tabled.prompt(state)
        case Working() | AtWork() | Giving():
            return control_work.prompt(state)
        case Rules() | AtRule() | AtPart() | AtInsert() | TellInsert():
            return control_rules.prompt(state)
        case Due(now=now, found=found):
            moments = tuple(Choice(at, "", shown) for at, shown in found.moments)
            return Prompt(
                "control.due",
                ask_facts=(("subject", now.subject.name),),
                keys=(BACK,),
                choices=moments,
                wants=Wants(kinds=("choice", "number"), number=True),
            )


def _listing(listed: SubjectsListed) -> Prompt:
    rows = tuple(
        Choice(str(number), row.text, facts=row.facts) for number, row in enumerate(listed.rows)
    )
    return Prompt(
        f"control.list_{listed.asked.kind}" if rows else "control.list_empty",
        heading(listed.asked.kind, listed.asked.sort) if rows else (),
        keys=(
            *((SORT,) if rows and listed.asked.kind in WAYS else ()),
            *((TABLE,) if rows and listed.asked.kind in TABLES else ()),
            BACK,
            *((MORE,) if listed.more else ()),
        ),
        choices=rows,
        columns=columns(listed.asked.kind, listed.asked.sort),
        wants=THINGS,
    )


def _at(now: Standing) -> Prompt:
    facts = [fact for held in now.held for fact in _held(held)]
    return Prompt(
        f"control.at_{now.subject.kind}",
        ask_facts=(("subject", now.subject.name),),
        goods=tuple(Item(one.code, one.name, one.pieces, one.note) for one in now.goods),
        facts=(*facts, *now.facts),
        keys=(BACK,),
        choices=tuple(Choice(action, f"control.do_{action}") for action in now.can),
        wants=THINGS,
    )


def _held(held: Held) -> tuple[tuple[str, str], ...]:
    """Say that something is held, why, by whom and since when."""
    who = f"{held.by} {held.since}".strip()
    return (
        ("fact.held_text", f"hold.kind.{held.kind}"),
        *reason_facts(held.reason, HELD),
        *((("fact.held_by", who),) if who else ()),
    )
