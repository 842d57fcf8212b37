"""Which is meant? Asked when the code that was scanned stands for things of several merchants.

This is no job: the road puts it between a question and its answer, and gives what was chosen to
the flow that had asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.keymap import Key
from floorhand.domain.things import (
    Chosen,
    DeliveryCode,
    OrderCode,
    Paper,
    Piece,
    Pressed,
    ReturnCode,
)
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Prompt, Refuse, Reply, Wants

NAME = "which"


@dataclass(frozen=True, slots=True)
class Which:
    """The question that was asked, as flow and frozen state, and what the code may stand for."""

    flow: str
    state: str
    options: tuple[Piece | Paper, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the question is answered with; None if it is asked once more. Never stored."""

    flow: str
    state: str
    meant: object | None


State = Which | Answered
START = None
STATES: tuple[type, ...] = (Which,)
VALUES: tuple[type, ...] = ()

PAPERS: dict[type, str] = {DeliveryCode: "delivery", ReturnCode: "return", OrderCode: "order"}
"""What a question that takes such a paper calls it; ``which.<kind>`` is the text."""


def kind_of(option: Piece | Paper) -> str:
    """Name the kind of thing, as questions ask for it."""
    return PAPERS.get(type(option), "piece")


def step(state: Which, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match event:
        case Chosen(code=code):
            chosen = [option for option in state.options if _code(option) == code]
            return Ask(Answered(state.flow, state.state, chosen[0]))
        case Pressed(key=Key.BACK):
            return Ask(Answered(state.flow, state.state, None))
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: Which) -> Prompt:
    """Say what to show."""
    goods = isinstance(state.options[0], Piece)
    return Prompt(
        ask="which.whose" if goods else "which.paper",
        keys=((Key.BACK, "key.back"),),
        choices=tuple(_choice(option) for option in state.options),
        wants=Wants(kinds=("choice",)),
    )


def _choice(option: Piece | Paper) -> Choice:
    if isinstance(option, Piece):
        return Choice(_code(option), label=f"{option.merchant}: {option.name}")
    label = f"{option.merchant} {option.number}".strip()
    return Choice(_code(option), f"which.{kind_of(option)}", label)


def _code(option: Piece | Paper) -> str:
    """Name an option: goods by their merchant, papers so that no two kinds are called the same."""
    if isinstance(option, Piece):
        return option.merchant
    return f"{kind_of(option)}:{option.merchant}/{option.number}"
