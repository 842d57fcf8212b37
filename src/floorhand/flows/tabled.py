"""A list at the desk as a table on a screen of its own: whole, sorted, searched, kept as a file.

A terminal that has no screen for it only says how to go back.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.control import ListSubjects, ListWork
from floorhand.domain.exceptions import ListExceptions
from floorhand.domain.keymap import Key
from floorhand.domain.leading import ListPeople, ListSeats
from floorhand.domain.planning import LookAtPlan
from floorhand.domain.reversing import FindDeeds
from floorhand.domain.ruling import ListRules
from floorhand.domain.things import Pressed
from floorhand.errors import Code
from floorhand.flows.turn import AnyState, Ask, Do, Prompt, Refuse, Reply

ASK = "leading.table"
TABLE = (Key.PRINT, "key.table")
"""Leads to the table; there the same key keeps it as a file."""

SERVED = "served"
"""The merchants, as those see them who serve them and look at nothing else here."""

Asked = (
    ListExceptions
    | ListSubjects
    | ListWork
    | LookAtPlan
    | ListRules
    | ListSeats
    | ListPeople
    | FindDeeds
)


@dataclass(frozen=True, slots=True)
class Tabled:
    """The table is looked at.

    ``which`` is one of `floorhand.store.desk_tables`, ``of`` whose or which part of it; ``asked``
    leads back to the list. ``rights`` are what the lead may do, where the list needs to know.
    """

    which: str
    of: str
    asked: Asked
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabledOver:
    """The table is looked at over a list that stays as it is: ``behind`` is the state of that."""

    which: str
    of: str
    behind: AnyState


VALUES: tuple[type, ...] = (
    *(ListExceptions, ListSubjects, ListWork, LookAtPlan, ListRules, ListSeats, ListPeople),
    FindDeeds,
)


def step(state: Tabled | TabledOver, event: object) -> Reply:
    """Say what an event leads to while a table is looked at."""
    if event == Pressed(Key.BACK):
        return Ask(state.behind) if isinstance(state, TabledOver) else Do(state.asked)
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)


def prompt(state: Tabled | TabledOver) -> Prompt:
    """Say what to show."""
    return shown(state.which, state.of)


def shown(which: str, of: str) -> Prompt:
    """Say what to show while a table is looked at."""
    about = (("list_text", f"desk.{which}"), ("of", of))
    return Prompt(ASK, about, keys=((Key.BACK, "key.back"),))
