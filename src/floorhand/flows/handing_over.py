"""The end of a shift at the lead's desk: look at what is left, hand it over, take it on."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.days import day
from floorhand.domain.handing_over import (
    NOTE_CHARACTERS_MAX,
    HandedOver,
    HandOver,
    LeftListed,
    LeftRow,
    ListLeft,
    LookOver,
    SeenLeft,
    TakenOn,
    TakeOn,
    Waiting,
)
from floorhand.domain.keymap import Key
from floorhand.domain.things import Chosen, Pressed, Text
from floorhand.errors import Code
from floorhand.flows import tabled
from floorhand.flows.columns import columns
from floorhand.flows.tabled import TABLE
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "handing_over"
BACK = (Key.BACK, "key.back")


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is left over is not known yet."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What is left over is shown by kind."""

    seen: SeenLeft


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of it is listed."""

    seen: SeenLeft
    listed: LeftListed


@dataclass(frozen=True, slots=True)
class Tabling:
    """All of it, or the kind that is listed, is looked at as a table."""

    seen: SeenLeft
    listed: LeftListed | None = None


@dataclass(frozen=True, slots=True)
class Noting:
    """It shall be handed over: with which note? Nothing is written before it is read again."""

    seen: SeenLeft
    note: str = ""


State = Arriving | Looking | Reading | Tabling | Noting
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Looking, Reading, Tabling, Noting)
VALUES: tuple[type, ...] = (SeenLeft, Waiting, LeftListed, LeftRow)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, SeenLeft():
            return Ask(Looking(event))
        case Arriving(), Pressed(key=Key.BACK):
            return Open("leading", event)
        case Arriving(), _:
            return Do(LookOver())
        case Looking(seen=seen) | Noting(seen=seen), HandedOver():
            facts = {"count": seen.total}
            return Ask(Looking(event.seen), "handing_over.handed", facts)
        case Looking(), TakenOn(seen=seen, name=name):
            return Ask(Looking(seen), "handing_over.taken", {"name": name})
        case Looking(), Chosen(code=kind):
            return Do(ListLeft(kind))
        case Looking(seen=seen) | Reading(seen=seen), LeftListed():
            return Ask(Reading(seen, event))
        case Looking(seen=SeenLeft(waiting=Waiting(mine=False) as waiting)), Pressed(key=Key.DONE):
            return Do(TakeOn(waiting.handover))
        case Looking(seen=seen), Pressed(key=Key.DONE):
            return Ask(Noting(seen))
        case Looking(), Pressed(key=Key.BACK):
            return Open("leading", event)
        case Looking(seen=SeenLeft(counts=(_, *_)) as seen), Pressed(key=Key.PRINT):
            return Ask(Tabling(seen))
        case Reading(seen=seen, listed=listed), Pressed(key=Key.PRINT):
            return Ask(Tabling(seen, listed))
        case Tabling(seen=seen, listed=LeftListed() as listed), Pressed(key=Key.BACK):
            return Ask(Reading(seen, listed))
        case Reading(listed=LeftListed(kind=kind, more=True)), Pressed(key=Key.LIST):
            return Do(ListLeft(kind, state.listed.skip + len(state.listed.rows)))
        case Noting(note=note), Pressed(key=Key.DONE):
            return Do(HandOver(note))
        case Noting(), Text(value=note) if len(note) > NOTE_CHARACTERS_MAX:
            return Refuse(Code.RETURN_TEXT_LONG, {"limit": NOTE_CHARACTERS_MAX})
        case Noting(seen=seen), Text(value=note):
            return Ask(Noting(seen, note))
        case Reading(seen=seen) | Tabling(seen=seen) | Noting(seen=seen), Pressed(key=Key.BACK):
            return Ask(Looking(seen))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
    return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case Looking(seen=seen):
            return _looking(seen)
        case Reading(listed=listed):
            more = ((Key.LIST, "key.more"),) if listed.more else ()
            return Prompt(
                "handing_over.listed",
                ask_facts=(("kind_text", f"left.{listed.kind}"),),
                facts=tuple(_fact(listed.kind, row) for row in listed.rows),
                keys=(BACK, *more, TABLE),
            )
        case Tabling(listed=listed):
            return tabled.shown("left", listed.kind if listed else "")
        case Noting(note=note):
            key = "handing_over.key_hand" if note else "handing_over.key_no_note"
            return Prompt(
                "handing_over.note",
                facts=(("fact.note", note),) if note else (),
                keys=((Key.DONE, key), BACK),
                wants=Wants(kinds=("text", "done"), text=True),
            )
    return Prompt("handing_over.left", keys=(BACK,))


def _looking(seen: SeenLeft) -> Prompt:
    waiting = seen.waiting
    facts: tuple[tuple[str, str], ...] = ()
    ask, key = "handing_over.left", "handing_over.key_hand"
    if waiting is not None:
        facts = (("fact.when", waiting.at), ("fact.note", waiting.note or "–"))
        ask = "handing_over.waits"
        if not waiting.mine:
            ask, key = "handing_over.take", "handing_over.key_take"
    return Prompt(
        ask,
        ask_facts=(("name", waiting.name if waiting else ""), ("count", seen.total)),
        facts=facts,
        choices=tuple(
            Choice(kind, "handing_over.kind", facts=(("kind_text", f"left.{kind}"), ("n", count)))
            for kind, count in seen.counts
        ),
        columns=columns("left", ""),
        keys=((Key.DONE, key), BACK, *((TABLE,) if seen.counts else ())),
        wants=Wants(kinds=("choice", "done")),
    )


def _fact(kind: str, row: LeftRow) -> tuple[str, str]:
    """Say what one thing is, its name, how much of it, who has it, and since when or by when."""
    pieces = f"× {row.pieces}" if row.pieces else ""
    when = row.since if len(row.since) <= len("00:00") else day(row.since)
    told = (row.what, pieces, row.owner, when)
    return row.text or f"left.{kind}", " · ".join(part for part in told if part)
