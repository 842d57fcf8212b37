"""The box of a parcel: which ones its merchant allows, and who takes another one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from floorhand.domain.cartons import OUTSIDE, Box, Pieces, fit, lies_in, weight_of
from floorhand.domain.packing import (
    BoxesListed,
    BoxForbidden,
    BoxOption,
    BoxTaken,
    ListBoxes,
    OrderGone,
    OrderStopped,
    TakeBox,
)
from floorhand.domain.rights import Right
from floorhand.errors import Code, Refused
from floorhand.ops.allowing import must_have
from floorhand.ops.bench import Work, order_at_bench, proposal_for
from floorhand.store import boxes
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, worker_facts


def list_boxes(
    tx: Session, cause: Cause, command: ListBoxes
) -> BoxesListed | OrderStopped | OrderGone:
    """List the boxes that the merchant allows, and which of them take what is in the totes.

    Where none of those does, all of the site are listed.

    Raises:
        Refused: `Code.NO_BOX_TYPES` if the site has none.
    """
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    options = _options(tx, cause, command.order, _allowed(tx, cause, work))
    if not options:
        raise Refused(Code.NO_BOX_TYPES)
    return BoxesListed(options)


def take_box(
    tx: Session, cause: Cause, command: TakeBox
) -> BoxTaken | BoxForbidden | OrderStopped | OrderGone:
    """Take a box for the open parcel; one that the merchant does not allow takes a lead's word.

    Raises:
        Refused: `Code.ROLE_MISSING` if whose badge was scanned may not allow it.
    """
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    (option,) = _options(tx, cause, command.order, (command.box,))
    allowed = _allowed(tx, cause, work)
    if not allowed or command.box in allowed:
        return BoxTaken(option)
    if not command.allowed_by:
        return BoxForbidden(command.box, allowed)
    lead = worker_facts(tx, cause.site, command.allowed_by)
    must_have(tx, cause.site, lead.roles if lead else (), Right.OTHER_BOX)
    head = work.head
    cause.note(job="packing", merchant=head.merchant, order=head.number)
    cause.note(box=command.box, allowed_by=command.allowed_by)
    return BoxTaken(option, by_lead=True)


def _allowed(tx: Session, cause: Cause, work: Work) -> tuple[str, ...]:
    """Name the boxes that the order may go into; none: all, also where no box allowed takes it."""
    own = merchant_rules(tx, cause.site, work.head.merchant).boxes
    outside = own and proposal_for(tx, cause, work.head).why == OUTSIDE
    return () if outside else own


def _options(tx: Session, cause: Cause, order: str, own: tuple[str, ...]) -> tuple[BoxOption, ...]:
    goods = boxes.goods_to_box(tx, cause.site, order)
    types = boxes.box_types(tx, cause.site, own)
    return tuple(BoxOption(box.code, name, _fits(box, goods)) for box, name in types)


def _fits(box: Box, goods: Sequence[Pieces]) -> bool:
    """Say whether a box takes goods, as far as their sizes are known."""
    sized = [line for line in goods if line.known]
    lies = all(lies_in(line, box) for line in sized)
    carries = weight_of(goods) <= box.carries_g
    return lies and carries and (len(sized) < len(goods) or bool(fit(box, sized)))
