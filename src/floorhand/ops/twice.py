"""A label that was read twice: what names one thing is scanned already, and nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain.barcodes import read, shown
from floorhand.domain.things import (
    Attributes,
    DeliveryCode,
    OrderCode,
    Piece,
    Place,
    ReturnCode,
    Text,
    Unknown,
)
from floorhand.errors import Refused
from floorhand.flows.turn import Said
from floorhand.ops.naming import what
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import SCANNED_CHARACTERS_MAX, Settled, Sitting
from floorhand.store.lookup import resolve

ONE_OF_A_KIND = frozenset({"tote", "carton", "pallet", "cart"})
"""Places whose label is scanned to say which one. That of a bin also says where somebody stands."""


def read_twice(tx: Session, sitting: Sitting, scanned: str, settled: Settled) -> Settled:
    """Do not refuse the same code directly after it was taken, if it names one thing; say so.

    A refusal would cost the worker all that was scanned ahead, and silence leaves open whether it
    counted. Pieces are another matter: each scan counts one, so that one too many has to be
    refused.
    """
    if sitting.scanned != scanned[:SCANNED_CHARACTERS_MAX]:
        return settled
    before = sitting.said
    stays = (settled.flow, settled.state) == (sitting.flow, sitting.state)
    answered = settled.said is not None and not settled.refused
    if answered or not stays or (before is not None and before.tone == "refused"):
        return settled
    prompt = FLOWS[sitting.flow].prompt(sitting.state)
    try:
        code = _one_thing(resolve(tx, sitting.site, scanned, prompt), scanned)
    except Refused:  # a number taken as a quantity before may be none of the choices now
        return settled
    if not code:
        return settled
    facts = {**dict(prompt.ask_facts), "code": code, "ask_text": prompt.ask}
    return replace(settled, said=Said("road.already_scanned", facts, "look"))


def _one_thing(event: object, scanned: str) -> str | int:
    """Give the code of the one thing that was scanned; empty if there may be more of its kind.

    Paper is named by what stands on it: the number of a carrier says more to who holds the parcel
    than that of the return it was found by.
    """
    match event:
        case Place(kind=kind, code=code) if kind in ONE_OF_A_KIND:
            return code
        case Piece(serial=serial) | Attributes(serial=serial) if serial:
            return serial
        case OrderCode() | DeliveryCode() | ReturnCode():
            return shown(read(scanned).code)
        case Text():
            return what(event)["code"]
        case Unknown(shown=code):  # what was asked for just now, such as a serial or a tracking no.
            return code
        case _:
            return ""
