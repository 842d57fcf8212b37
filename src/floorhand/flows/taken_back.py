"""What a worker is told whose open work a lead changed, or a colleague has taken over.

Every scan made before that was seen is refused: it answered a question that is no more.
"""

from __future__ import annotations

from floorhand.domain.keymap import Key
from floorhand.domain.things import LeadTookBack, Pressed, TakenOver
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Prompt, Refuse, Reply, Wants
from floorhand.flows.which import Answered

NAME = "taken_back"

State = LeadTookBack | TakenOver | Answered
START = None
STATES: tuple[type, ...] = (LeadTookBack, TakenOver)
VALUES: tuple[type, ...] = ()


def step(state: LeadTookBack | TakenOver, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply.

    Work that was taken over asks nothing: the road tells so, whatever is scanned.
    """
    if isinstance(state, TakenOver):
        return Refuse(Code.NOT_EXPECTED_NOW)
    if event == Pressed(Key.DONE):
        return Ask(Answered(state.job, state.state, None))
    return told(state)


def told(state: LeadTookBack) -> Refuse:
    """Say what a lead has taken back."""
    facts = {**dict(state.facts), "told_text": state.text, "by": state.name}
    return Refuse(Code.LEAD_TOOK_BACK, facts)


def prompt(state: LeadTookBack | TakenOver) -> Prompt:
    """Say what to show."""
    if isinstance(state, TakenOver):
        return Prompt(
            ask="taken_over.scan",
            facts=(("fact.taken_over_by", dict(state.facts)["name"]),),
            keys=((Key.DONE, "key.go_on"),),
            wants=Wants(kinds=("done", "unknown")),
        )
    return Prompt(
        ask="taken_back.seen",
        facts=(("fact.taken_back_by", state.name),),
        keys=((Key.DONE, "key.go_on"),),
        wants=Wants(kinds=("done", "unknown")),
    )
