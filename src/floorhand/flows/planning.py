"""The desk's plan of what keeps the bins right: how much is due, and how much of it is done today.

A bin that is scanned here is counted, whether it is due or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floorhand.domain.count_plan import DOUBT, DUE, PLANNED_MAX
from floorhand.domain.keymap import Key
from floorhand.domain.planning import (
    CountBin,
    CountsPlanned,
    LookAtPlan,
    PlanChanged,
    PlanCounts,
    PlanRefills,
    PlanSeen,
    RefillsPlanned,
)
from floorhand.domain.things import Chosen, Place, Pressed
from floorhand.domain.worded import word
from floorhand.errors import Code
from floorhand.flows import tabled
from floorhand.flows.tabled import TABLE, Tabled
from floorhand.flows.turn import Ask, Choice, Do, Item, Open, Prompt, Refuse, Reply, Wants

NAME = "planning"

_DOUBTED: Final = {"full": "counting.why.no_room", DOUBT: "counting.why.doubt"}
"""What doubts are called that are no exceptions of their own."""

BINS = (10, 25, 50, 100)
"""So many counts can be planned with one key."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is due is not known yet."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What is due is shown."""

    seen: PlanSeen


State = Arriving | Planning | Tabled
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Planning, Tabled)
VALUES: tuple[type, ...] = (PlanSeen, *tabled.VALUES)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, PlanSeen():
            return Ask(Planning(event))
        case Arriving(), _:
            return Do(LookAtPlan())
        case Tabled(), _:
            return tabled.step(state, event)
        case _, Pressed(key=Key.PRINT):
            return Ask(Tabled("plan", "", LookAtPlan()))
        case _, CountsPlanned():
            return _planned(event)
        case _, RefillsPlanned(faces=faces, seen=seen):
            return Ask(Planning(seen), "planning.refills_planned", {"faces": len(faces)})
        case Planning(seen=seen), Chosen(code="refills"):
            return Do(PlanRefills(seen.dry, seen=seen.faces))
        case Planning(seen=seen), Chosen(code=bins):
            return Do(PlanCounts(int(bins), places=seen.bins[: int(bins)]))
        case _, PlanChanged(place=place, seen=seen):
            return Refuse(Code.PLAN_CHANGED, {"place": place}, Planning(seen))
        case Planning(), Place(kind="bin", code=code):
            return Do(CountBin(code))
        case _, Pressed(key=Key.BACK):
            return Open("leading", event)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
    return Refuse(Code.NOT_EXPECTED_NOW)


def _planned(event: CountsPlanned) -> Ask:
    places = event.places
    if not places:
        return Ask(Planning(event.seen), "planning.none", look=True)
    if len(places) == 1:
        return Ask(Planning(event.seen), "planning.planned_one", {"place": places[0]})
    return Ask(Planning(event.seen), "planning.planned", {"bins": len(places)})


def _refills(seen: PlanSeen) -> Choice:
    return Choice("refills", "planning.fill_up", facts=(("faces", seen.dry),))


def _why(grade: str, reason: str, days: int) -> str:
    """Say why a bin is to be counted, what matters most first."""
    parts = (
        word(_DOUBTED.get(reason, f"trouble.{reason}")) if reason != DUE else "",
        f"{word('board.head.days_late')} {days}" if days > 0 else "",
        f"{word('board.head.grade')} {grade}",
    )
    return " · ".join(part for part in parts if part)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    if isinstance(state, Arriving):
        return Prompt(ask="planning.counts")
    if isinstance(state, Tabled):
        return tabled.prompt(state)
    seen = state.seen
    goods = tuple(
        Item(place, note=_why(grade, reason, days)) for place, grade, reason, days in seen.first
    )
    offered = [bins for bins in BINS if bins < seen.due]
    if seen.due:
        offered.append(min(seen.due, PLANNED_MAX))
    return Prompt(
        ask="planning.counts",
        goods=goods,
        facts=(
            ("fact.counts_open", str(seen.open_counts)),
            ("fact.counts_due", str(seen.due)),
            ("fact.counts_doubted", str(seen.doubted)),
            ("fact.refills_open", str(seen.open_refills)),
            ("fact.faces_dry", str(seen.dry)),
            ("fact.faces_without", str(seen.without_reserve)),
        ),
        keys=((Key.BACK, "key.back"), TABLE),
        choices=(
            *(Choice(str(bins), "planning.plan", facts=(("bins", bins),)) for bins in offered),
            *([_refills(seen)] if seen.dry else ()),
        ),
        wants=Wants(kinds=("choice", "bin")),
    )
