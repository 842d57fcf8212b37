"""The board of the building at a terminal: it is shown as long as this question is open.

A terminal that has no screen for it only says how to go back.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.keymap import Key
from floorhand.domain.things import Pressed
from floorhand.errors import Code
from floorhand.flows.turn import Open, Prompt, Refuse, Reply

NAME = "watching"


@dataclass(frozen=True, slots=True)
class Watching:
    """The board is looked at."""


State = Watching
START = Watching()
STATES: tuple[type, ...] = (Watching,)
VALUES: tuple[type, ...] = ()


def step(_state: Watching, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    if event == Pressed(Key.BACK):
        return Open("leading", event)
    return Refuse(Code.KEY_NOT_NOW if isinstance(event, Pressed) else Code.NOT_EXPECTED_NOW)


def prompt(_state: Watching) -> Prompt:
    """Say what to show."""
    return Prompt("watching.board", keys=((Key.BACK, "key.back"),))
