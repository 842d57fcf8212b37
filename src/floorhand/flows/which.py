"""Whose goods are these? Asked when the barcode that was scanned belongs to several merchants.

This is no job: the road puts it between a question and its answer, and gives the chosen product
to the flow that had asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.things import Chosen, Key, Piece, Pressed
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Prompt, Refuse, Reply, Wants

NAME = "which"


@dataclass(frozen=True, slots=True)
class Which:
    """The question that was asked, as flow and frozen state, and the products it may be."""

    flow: str
    state: str
    options: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The merchant is known; ``piece`` is None if the worker went back. Never stored."""

    flow: str
    state: str
    piece: Piece | None


State = Which | Answered
START = None
STATES: tuple[type, ...] = (Which,)
VALUES: tuple[type, ...] = ()


def step(state: Which, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match event:
        case Chosen(code=merchant):
            chosen = [piece for piece in state.options if piece.merchant == merchant]
            return Ask(Answered(state.flow, state.state, chosen[0]))
        case Pressed(key=Key.BACK):
            return Ask(Answered(state.flow, state.state, None))
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: Which) -> Prompt:
    """Say what to show."""
    return Prompt(
        ask="which.whose",
        keys=((Key.BACK, "key.back"),),
        choices=tuple(
            Choice(piece.merchant, label=f"{piece.merchant}: {piece.name}")
            for piece in state.options
        ),
        wants=Wants(kinds=("choice",)),
    )
