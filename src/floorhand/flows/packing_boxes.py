"""The box at the packing bench: chosen from the list, scanned, or allowed by a lead."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.cartons import ALLOWED, CHOSEN
from floorhand.domain.packing import (
    Bench,
    BoxesListed,
    BoxForbidden,
    BoxOption,
    BoxTaken,
    Rest,
    TakeBox,
)
from floorhand.domain.things import Badge, BoxCode, Chosen
from floorhand.errors import Code
from floorhand.flows.packing_states import Checking, ChoosingBox, LeadForBox, State
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply


def step(state: State, event: object) -> Reply | None:
    """Say what an event about the box leads to; None if it is about none."""
    match state, event:
        case Checking() | ChoosingBox() | LeadForBox(), BoxCode(code=code):
            return Do(TakeBox(state.bench.order, code))
        case ChoosingBox(options=options), Chosen(code=code):
            chosen = next(option for option in options if option.code == code)
            return _take(state.bench, state.rest, chosen, CHOSEN)
        case LeadForBox(box=box), Badge(scanned=True, worker=worker):
            return Do(TakeBox(state.bench.order, box, allowed_by=worker))
        case LeadForBox(), Badge():
            return Refuse(Code.RETURN_BADGE_TYPED)
        case Checking() | ChoosingBox() | LeadForBox(), BoxTaken(option=option, by_lead=by_lead):
            return _take(state.bench, state.rest, option, ALLOWED if by_lead else CHOSEN)
        case Checking() | ChoosingBox() | LeadForBox(), BoxForbidden(box=box, allowed=allowed):
            facts: Facts = {"box": box, "boxes": ", ".join(allowed)}
            wanted = LeadForBox(state.bench, state.rest, box)
            facts = {**facts, "merchant": state.bench.merchant}
            return Ask(wanted, "packing.box_forbidden", facts, look=True)
        case Checking(), BoxesListed(options=options):
            return Ask(ChoosingBox(state.bench, state.rest, options))
    return None


def _take(bench: Bench, rest: Rest, option: BoxOption, why: str) -> Reply:
    taken = replace(bench, box=option.code, box_why=why)
    done = "packing.box_taken" if option.fits else "packing.box_tight"
    return Ask(Checking(taken, rest), done, {"box": option.code}, look=not option.fits)
