"""See that whatever a scan writes down can be read again, though a terminal keeps what it wrote."""

from __future__ import annotations

from floorhand.flows.turn import AnyState, Flow
from floorhand.ops import freezing, seats


def prove_frozen() -> None:
    """Read each state back that is kept from now on, in this process."""
    freeze = seats.freeze_next

    def proven(flow: Flow, state: AnyState) -> str:
        text = freeze(flow, state)
        read = freezing.thawed(flow, text)
        assert read == state, (read, state)
        assert freezing.freeze(read) == text, (read, state)
        return text

    seats.freeze_next = proven
