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
from floorhand.domain.sorting import MERCHANTS, heading, next_way
from floorhand.domain.things import Chosen, Pressed, SortBy, Text
from floorhand.errors import Code
from floorhand.flows import tabled
from floorhand.flows.columns import columns
from floorhand.flows.tabled import SERVED, TABLE, TabledOver
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "serving"
BACK = (Key.BACK, "key.back")
SORT = (Key.FULL, "key.sort")


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


State = Arriving | Choosing | Serving | TabledOver
START = Arriving()
STATES: tuple[type, ...] = (Arriving, Choosing, Serving, TabledOver)
VALUES: tuple[type, ...] = (MerchantsListed, MerchantRow)


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, MerchantsListed():
            return Ask(Choosing(event))
        case Arriving(), _:
            return Do(ListMerchants())
        case Choosing(listed=MerchantsListed(more=True) as listed), Pressed(key=Key.LIST):
            return Do(ListMerchants(listed.skip + len(listed.rows), listed.sort))
        case Choosing(listed=listed), Pressed(key=Key.FULL) if listed.rows:
            return Do(ListMerchants(sort=next_way(MERCHANTS, listed.sort)))
        case Choosing(listed=listed), Pressed(key=Key.PRINT) if listed.rows:
            return Ask(TabledOver(SERVED, "", state))
        case Choosing(), SortBy(way=way):
            return Do(ListMerchants(sort=way))
        case Choosing(), Chosen(code=code) | Text(value=code):
            return Do(FindMerchant(code))
        case Choosing(listed=listed), MerchantServed(code=code, name=name):
            return Ask(Serving(listed, code, name))
        case TabledOver(), _:
            return tabled.step(state, event)
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
            return _choosing(listed)
        case TabledOver():
            return tabled.prompt(state)
        case Serving(merchant=merchant, name=name):
            about = (("merchant", merchant), ("name", name))
            return Prompt("serving.tables", ask_facts=about, place=merchant, keys=(BACK,))
    return Prompt("serving.choose", keys=(BACK,))


def _choosing(listed: MerchantsListed) -> Prompt:
    rows = tuple(
        Choice(
            row.code,
            label=f"{row.code} {row.name}".strip(),
            facts=(("merchant", row.code), ("name", row.name), ("orders", row.orders)),
        )
        for row in listed.rows
    )
    return Prompt(
        "serving.choose",
        heading(MERCHANTS, listed.sort) if rows else (),
        keys=(
            *((SORT, TABLE) if rows else ()),
            BACK,
            *(((Key.LIST, "key.more"),) if listed.more else ()),
        ),
        choices=rows,
        columns=columns(MERCHANTS, listed.sort),
        wants=Wants(kinds=("choice", "text"), text=True),
    )
