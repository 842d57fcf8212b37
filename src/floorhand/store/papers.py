"""Find the paper that a code names, or whose parcel a carrier's label is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain import barcodes
from floorhand.domain.barcodes import Scanned
from floorhand.domain.things import Ambiguous, OrderCode, Paper, Place
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Wants
from floorhand.store import finders
from floorhand.store.carrier_codes import labelled

Find = Callable[[Session, str, str], tuple[Paper, ...]]


def paper(tx: Session, site: str, code: str, wants: Wants) -> Paper | Ambiguous | None:
    """Find a delivery, return, order or parcel; what the question asks for comes first.

    Where anything may be scanned no kind of paper is likelier than another.
    """
    known: dict[str, Find] = {
        "delivery": finders.deliveries,
        "return": finders.returns,
        "order": finders.orders,
    }
    if "anything" in wants.kinds:
        return _only([paper for find in known.values() for paper in find(tx, site, code)], wants)
    asked = [known[kind] for kind in wants.kinds if kind in known]
    for find in dict.fromkeys((*asked, *known.values())):
        if found := find(tx, site, code):
            return _only(found, wants)
    return None


def parcel_labelled(tx: Session, site: str, read: Scanned) -> Place | None:
    """Find the parcel whose carrier's label was scanned, if it can be no other's."""
    found = labelled(tx, site, read.code, read.raw)
    if len(found) != 1 or not found[0].carton:
        return None
    named = finders.place_by_name(tx, site, found[0].carton)
    return replace(named[0], proven=True) if named else None


def order_labelled(tx: Session, site: str, read: Scanned, wants: Wants) -> Paper | Ambiguous | None:
    """Find the order whose carrier's label was scanned.

    Raises:
        Refused: Where the question is whether a label is the right one. `Code.LABEL_TOO_EARLY` if
            no parcel has it yet, `Code.LABEL_UNSURE` if it can be that of several.
    """
    found = labelled(tx, site, read.code, read.raw)
    if not found:
        return None
    if "label" not in wants.kinds:
        orders = dict.fromkeys(OrderCode(one.merchant, one.order, one.state) for one in found)
        return _only(tuple(orders), wants)
    code = barcodes.shown(read.raw)
    if len(found) > 1:
        raise Refused(Code.LABEL_UNSURE, code=code)
    raise Refused(Code.LABEL_TOO_EARLY, code=code, order=found[0].order)


def _only(papers: Sequence[Paper], wants: Wants) -> Paper | Ambiguous | None:
    """Give the paper that must be meant, or all that can be."""
    of_order = [one for one in papers if f"{one.merchant}/{one.number}" == wants.order]
    own = [one for one in papers if one.merchant in wants.merchants]
    found = of_order or own or papers
    if len(found) > 1:
        return Ambiguous(tuple(found))
    return found[0] if found else None
