"""Flows that stand between a question and its answer, such as "whose goods are these?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floorhand.flows import labelling, learning, which
from floorhand.flows.turn import Flow
from floorhand.ops.freezing import thaw

ASIDE: Mapping[str, Callable[[Any], Any]] = {
    which.NAME: lambda state: state,
    learning.NAME: lambda state: state.lesson,
    labelling.NAME: lambda state: state.asked,
}
"""What of their states tells which question it was, as flow and frozen state."""

_FLOWS: Mapping[str, Flow] = {one.NAME: one for one in (which, learning, labelling)}


def behind(flow: str, state: str) -> tuple[str, str]:
    """Give the question that was asked first, as flow and frozen state."""
    while flow in ASIDE:
        about = ASIDE[flow](thaw(_FLOWS[flow], state))
        flow, state = about.flow, about.state
    return flow, state
