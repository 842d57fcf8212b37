"""The end of a parcel: what goes in besides the goods is asked for, then the parcel is closed."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.inserts import Insert
from floorhand.domain.keymap import Key
from floorhand.domain.packing import Bench, CloseParcel, Rest
from floorhand.domain.things import Pressed, Unknown
from floorhand.errors import Code
from floorhand.flows.packing_states import Inserting
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply


def closing(bench: Bench, rest: Rest, said: Ask | None = None) -> Reply:
    """Close the parcel; where something goes in besides, ask for that, having ``said`` this."""
    if not bench.inserts:
        return Do(CloseParcel(bench.order, bench.box))
    asked = Inserting(bench, rest, bench.inserts)
    return replace(said, state=asked) if said else Ask(asked)


def step(state: Inserting, event: object) -> Reply | None:
    """Say what an event leads to while inserts go in; None if it is about none of them."""
    first = state.left[0]
    match event:
        case Unknown(code=code) if found := [one for one in state.left if one.code == code]:
            return _put_in(state, found[0])
        case Unknown(shown=code):
            return Refuse(Code.NOT_EXPECTED_NOW, {"code": code})
        case Pressed(key=Key.DONE) if not first.code:
            return _put_in(state, first)
        case Pressed(key=Key.MISMATCH):
            rest = replace(state, run_out=(*state.run_out, first.name))
            return _next(rest, first, "packing.insert_out", look=True)
    return None


def _put_in(state: Inserting, insert: Insert) -> Reply:
    return _next(replace(state, put=(*state.put, insert.name)), insert, "packing.insert_in")


def _next(state: Inserting, insert: Insert, done: str, *, look: bool = False) -> Reply:
    left = tuple(one for one in state.left if one != insert)
    if not left:
        bench = state.bench
        return Do(CloseParcel(bench.order, bench.box, state.put, state.run_out))
    facts: Facts = {"insert": insert.name}
    return Ask(replace(state, left=left), done, facts, look=look)
