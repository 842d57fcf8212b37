"""What the list of exceptions shows."""

from __future__ import annotations

from floorhand.domain.exceptions import (
    REASONS,
    ExceptionRow,
    ExceptionSeen,
    KindsListed,
    NamesListed,
)
from floorhand.domain.keymap import Key
from floorhand.domain.sorting import EXCEPTIONS, KINDS, NAMES, heading
from floorhand.flows import tabled
from floorhand.flows.columns import columns
from floorhand.flows.exceptions_states import Kinds, Listing, Names, Reading, State, Why
from floorhand.flows.tabled import TABLE, Tabled, TabledOver
from floorhand.flows.turn import Choice, Prompt, Wants

ALL = "all"
TAKE = "take"
ASSIGN = "assign"

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")
OF_KINDS = (Key.SKIP, "key.kinds")
SORT = (Key.FULL, "key.sort")
CHOICE = Wants(kinds=("choice",))
Asked = tuple[tuple[str, str | int], ...]
ANYTHING = Wants(kinds=("choice", "anything"))


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case Listing(listed=listed):
            rows = tuple(
                Choice(row.entry, _kind(row), _about(row), facts=_cells(row)) for row in listed.rows
            )
            keys = (*((SORT, TABLE) if rows else ()), OF_KINDS, *_leafing(more=listed.more))
            ask = "exceptions.which" if rows else "exceptions.none"
            facts: Asked = (("count", listed.count), *heading(EXCEPTIONS, listed.asked.sort))
            heads = columns(EXCEPTIONS, listed.asked.sort)
            return Prompt(ask, facts, keys=keys, choices=rows, columns=heads, wants=ANYTHING)
        case Kinds(kinds=kinds):
            return _kinds(kinds)
        case Tabled() | TabledOver():
            return tabled.prompt(state)
        case Reading(seen=seen):
            return _reading(seen)
        case Why(action=action):
            reasons = tuple(Choice(name, f"exceptions.reason.{name}") for name in REASONS[action])
            return Prompt("exceptions.why", keys=(BACK,), choices=reasons, wants=CHOICE)
        case Names(names=names):
            return _names(names)
    return Prompt(ask="exceptions.none")


def _kinds(listed: KindsListed) -> Prompt:
    some = bool(listed.kinds)
    rows = tuple(
        Choice(kind, text, str(n), facts=(("kind_text", text), ("count", n)))
        for kind, text, n in ((kind, f"trouble.{kind}", n) for kind, n in listed.kinds)
    )
    every = (("kind_text", "exceptions.all"), ("count", ""))
    return Prompt(
        "exceptions.kinds",
        heading(KINDS, listed.sort),
        keys=(*((SORT, TABLE) if some else ()), *_leafing(more=listed.more)),
        choices=(*rows, Choice(ALL, "exceptions.all", facts=every)),
        columns=columns(KINDS, listed.sort) if some else (),
        wants=CHOICE,
    )


def _leafing(*, more: bool) -> tuple[tuple[Key, str], ...]:
    return (MORE, BACK) if more else (BACK,)


def _kind(row: ExceptionRow) -> str:
    return f"trouble.{row.kind}"


def _about(row: ExceptionRow) -> str:
    """Say in one line what it is about: value, age, until when, and who has it."""
    parts = (
        row.subject,
        f"{row.pieces} ×" if row.pieces else "",
        row.age,
        f"→ {row.due}" if row.due else "",
        row.owner,
    )
    return " · ".join(part for part in parts if part)


def _cells(row: ExceptionRow) -> tuple[tuple[str, str | int], ...]:
    """Give what stands in the columns of a table."""
    return (
        ("kind_text", _kind(row)),
        ("subject", row.subject),
        ("count", row.pieces or ""),
        ("age", row.age),
        ("due", row.due),
        ("name", row.owner),
    )


def _reading(seen: ExceptionSeen) -> Prompt:
    row = seen.row
    facts = (
        ("fact.merchant", row.merchant),
        ("fact.pieces", str(row.pieces) if row.pieces else ""),
        *seen.facts,
        ("fact.since", row.since),
        ("fact.due", row.due),
        ("fact.owner", row.owner),
    )
    mine = () if seen.mine else (Choice(TAKE, "exceptions.take"),)
    actions = tuple(Choice(name, f"exceptions.{name}") for name in seen.actions)
    return Prompt(
        "exceptions.decide",
        ask_facts=(("kind_text", _kind(row)), ("subject", row.subject)),
        facts=tuple(fact for fact in facts if fact[1]),
        keys=(BACK,),
        choices=(*actions, *mine, Choice(ASSIGN, "exceptions.assign")),
        wants=CHOICE,
    )


def _names(names: NamesListed) -> Prompt:
    owner = names.about == "owner"
    rows = tuple(
        Choice(code, "exceptions.name", facts=(("name", name), ("number", code)))
        for code, name in names.names
    )
    return Prompt(
        "exceptions.owner" if owner else "exceptions.merchant",
        heading(NAMES, names.sort),
        keys=(*((SORT, TABLE) if rows else ()), *_leafing(more=names.more)),
        choices=rows,
        columns=columns(NAMES, names.sort),
        wants=Wants(kinds=("choice", "badge")) if owner else CHOICE,
    )
