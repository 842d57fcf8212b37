"""What a question shows, beyond what its flow says: the keys of the road."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from floorhand.domain.keymap import Key
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import Pressed
from floorhand.errors import Code
from floorhand.flows.turn import AnyState, Prompt, Refuse, Reply
from floorhand.ops.allowing import keys_allowed
from floorhand.ops.aside import ASIDE
from floorhand.ops.registry import FLOWS
from floorhand.store.undo_steps import NO_STEPS, Steps

AT_THE_DESK: Final = ("exceptions", "correcting", "handing_over", "control", "planning")
TAKES_BACK: Final = frozenset({*JOBS, *AT_THE_DESK})
"""Conversations in which scans can be taken back: the jobs, and what leads decide at their desk."""


def in_a_job(flow: str, state: AnyState) -> bool:
    """Say whether a question belongs to a conversation where scans can be taken back."""
    return (ASIDE[flow](state).flow if flow in ASIDE else flow) in TAKES_BACK


def shown(
    flow: str,
    state: AnyState,
    steps: Steps = NO_STEPS,
    roles: frozenset[str] = frozenset(),
) -> Prompt:
    """Give the question that a state asks, and call the key that leads back by what it does.

    Where a job has no way back of its own, that key leaves it: for the menu, or parked. Steps to
    undo and to redo bring the keys for that; what the roles do not allow is left out.
    """
    prompt = FLOWS[flow].prompt(state)
    keys = keys_allowed(prompt.keys, roles)
    if flow in JOBS and leaves(FLOWS[flow].step(state, Pressed(Key.BACK))):
        name = "key.menu" if state == FLOWS[flow].START else "key.park"
        named = {(Key.BACK, "key.back"): (Key.BACK, name)}
        keys = tuple(named.get(key, key) for key in keys)
    if steps != NO_STEPS and in_a_job(flow, state):
        both = zip((Key.UNDO, Key.REDO), steps, strict=True)
        keys = (*keys, *((key, f"key.{key}") for key, step in both if step))
    return prompt if keys == prompt.keys else replace(prompt, keys=keys)


def leaves(back: Reply) -> bool:
    """Say whether a flow has no way back of its own, by what it replies to that key."""
    return isinstance(back, Refuse) and back.code in (Code.KEY_NOT_NOW, Code.NOT_EXPECTED_NOW)
