"""The menu: choose a job, or scan any known thing and the job that fits it opens."""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.keymap import Key
from floorhand.domain.scanner_test import TestCode, TestOpened
from floorhand.domain.signing_in import (
    FindJob,
    JobFound,
    LookAt,
    OpenMenu,
    Row,
    Seen,
    SignedIn,
    StandAt,
    StoodAt,
)
from floorhand.domain.things import (
    Chosen,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
    Station,
)
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Item, Open, Prompt, Refuse, Reply, Wants

NAME = "menu"


@dataclass(frozen=True, slots=True)
class Arriving:
    """The menu is being opened; what the worker may do is not known yet."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """The worker chooses; ``seen`` is the answer to the last look-up, if any."""

    worker: str
    name: str
    jobs: tuple[str, ...]
    parked: tuple[str, ...]
    seen: tuple[Seen, ...] = ()


State = Arriving | Choosing
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Choosing)
VALUES: tuple[type, ...] = (Seen, Row)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, SignedIn(worker=worker, name=name, jobs=jobs, parked=parked):
            return Ask(Choosing(worker, name, jobs, parked))
        case Arriving(), _:
            return Do(OpenMenu())
        case Choosing(), Pressed(key=Key.LIST):
            return Open("settings", event)
        case Choosing(), TestCode():
            return Open("scanner", TestOpened("menu"))
        case Choosing(), Station(code=code):
            return Do(StandAt(code))
        case Choosing(), StoodAt(place=place, jobs=jobs):
            return Ask(replace(state, seen=(), jobs=jobs), "packing.at_bench", {"place": place})
        case Choosing(), Seen():
            return Ask(replace(state, seen=(event,)))
        case Choosing(), Chosen(code="leading"):
            return Open("leading", event)
        case Choosing(), Chosen(code=job):
            return Open(job)
        case Choosing(), DeliveryCode():
            return Open("receiving", event)
        case Choosing(), ReturnCode():
            return Open("returns", event)
        case Choosing(), Place(kind="pallet", pieces=pieces) if pieces:
            return Open("putaway", event)
        case Choosing(), Place(kind="tote" | "carton", pieces=pieces) if pieces:
            return Do(FindJob(event))
        case Choosing(), JobFound(job=job, container=container):
            return Open(job, container)
        case Choosing(), Place(kind="cart"):
            return Open("picking", event)
        case Choosing(), Place(code=code):
            return Do(LookAt("place", code))
        case Choosing(), Piece(merchant=merchant, sku=sku):
            return Do(LookAt("sku", f"{merchant}/{sku}"))
        case Choosing(), OrderCode(merchant=merchant, number=number):
            return Do(LookAt("order", f"{merchant}/{number}"))
        case Choosing(seen=(_, *_)), Pressed(key=Key.BACK):
            return Ask(replace(state, seen=()))
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    if isinstance(state, Arriving):
        return Prompt(ask="menu.choose")
    choices = tuple(
        Choice(job, f"{'parked' if job in state.parked else 'job'}.{job}") for job in state.jobs
    )
    keys: tuple[tuple[Key, str], ...] = (
        (Key.LIST, "key.settings"),
        (Key.LOCK, "key.sign_out"),
    )
    wants = Wants(kinds=("choice", "anything"), learns=True)
    for seen in state.seen:
        return Prompt(
            ask="menu.choose",
            place=seen.place,
            goods=tuple(Item(r.code, r.name, r.pieces, r.note) for r in seen.rows),
            facts=seen.facts,
            keys=((Key.BACK, "key.back"), *keys),
            choices=choices,
            wants=wants,
        )
    return Prompt(
        ask="menu.choose",
        facts=(("fact.worker", state.name),),
        keys=keys,
        choices=choices,
        wants=wants,
    )
