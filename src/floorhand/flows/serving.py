"""A merchant who asks: whose things shall be told? Then they are shown until the worker goes back.

A terminal that has no screen for them only says how to go back.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.keymap import Key
from floorhand.domain.serving import (
    FindMerchant,
    ListMerchants,
    MerchantRow,
    MerchantServed,
    MerchantsListed,
)
from floorhand.domain.things import Chosen, Pressed, Text
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "serving"
BACK = (Key.BACK, "key.back")


@dataclass(frozen=True, slots=True)
class Arriving:
    """Which merchants there are is not known yet."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which merchant asks?"""

    listed: MerchantsListed


@dataclass(frozen=True, slots=True)
class Serving:
    """The things of one merchant are looked at."""

    listed: MerchantsListed
    merchant: str
    name: str


State = Arriving | Choosing | Serving
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Choosing, Serving)
VALUES: tuple[type, ...] = (MerchantsListed, MerchantRow)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, MerchantsListed():
            return Ask(Choosing(event))
        case Arriving(), _:
            return Do(ListMerchants())
        case Choosing(listed=MerchantsListed(more=True) as listed), Pressed(key=Key.LIST):
            return Do(ListMerchants(listed.skip + len(listed.rows)))
        case Choosing(), Chosen(code=code) | Text(value=code):
            return Do(FindMerchant(code))
        case Choosing(listed=listed), MerchantServed(code=code, name=name):
            return Ask(Serving(listed, code, name))
        case Serving(listed=listed), Pressed(key=Key.BACK):
            return Ask(Choosing(listed))
        case Choosing(), Pressed(key=Key.BACK):
            return Open("leading", event)
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
    return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    match state:
        case Choosing(listed=listed):
            more = ((Key.LIST, "key.more"),) if listed.more else ()
            return Prompt(
                "serving.choose",
                keys=(BACK, *more),
                choices=tuple(
                    Choice(row.code, label=f"{row.code} {row.name}".strip()) for row in listed.rows
                ),
                wants=Wants(kinds=("choice", "text"), text=True),
            )
        case Serving(merchant=merchant, name=name):
            about = (("merchant", merchant), ("name", name))
            return Prompt("serving.tables", ask_facts=about, place=merchant, keys=(BACK,))
    return Prompt("serving.choose", keys=(BACK,))
