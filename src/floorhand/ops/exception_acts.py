"""Which decisions fit an exception as things are now, and who carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain import exceptions as words
from floorhand.domain import troubles
from floorhand.domain.exceptions import Decide
from floorhand.flows.turn import Facts
from floorhand.ops import (
    exception_counts,
    exception_orders,
    exception_stock,
    exception_work,
    picking_again,
)
from floorhand.ops.deciding import carry_out_proposal
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause

Act = Callable[[Session, Cause, Standing, Decide], Facts]
Fits = Callable[[Session, str, Standing], object]

OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "short_order": (words.PICK_AGAIN, words.SHIP_REST, words.DROP_LINES, words.WAIT),
    "missing_at_bench": (words.PICK_AGAIN, words.SHIP_REST, words.WAIT),
    "suspect_stock": (words.RELEASE, words.RECOUNT),
    "place_misses": (words.RECOUNT,),
    "overrides": (words.RECOUNT,),
    troubles.LINE_NOT_FOUND: (words.RECOUNT,),
    "blind_delivery": (words.ACCEPT,),
    "over_delivery": (words.ACCEPT, words.HOLD),
    troubles.HELD_GOODS: (words.ACCEPT,),
    "unexpected_goods": (words.ACCEPT, words.HOLD),
    "unknown_return": (words.NAME_MERCHANT,),
    troubles.PUTBACK_WAITING: (words.PUT_BACK,),
    troubles.STRAY_TOTE: (words.PUT_BACK,),
    troubles.STRAY_UNIT: (words.PUT_BACK, words.RETIRE),
    troubles.STUCK_TASK: (words.FREE,),
    troubles.PARKED_TASK: (words.FREE,),
    troubles.LABEL_FAILED: (words.REPRINT, words.VOID),
    troubles.LABEL_DOUBT: (words.CONFIRM, words.REPRINT, words.VOID),
}
"""What can be decided about each kind, besides that nothing is to be done."""

_FITS: Final[Mapping[str, Fits]] = {
    words.PICK_AGAIN: picking_again.may_be,
    words.SHIP_REST: exception_orders.stopped,
    words.DROP_LINES: exception_orders.stopped,
    words.WAIT: exception_orders.stopped,
    words.RELEASE: exception_stock.suspect,
    words.RECOUNT: exception_counts.countable,
    words.ACCEPT: exception_stock.acceptable,
    words.HOLD: exception_stock.to_hold,
    words.NAME_MERCHANT: exception_orders.unnamed,
    words.PUT_BACK: exception_stock.to_put_back,
    words.RETIRE: exception_stock.to_retire,
}
"""When a decision fits; the others always do."""


def actions_for(tx: Session, site: str, one: Standing) -> tuple[str, ...]:
    """List the decisions that fit an exception now.

    What waits for approval is approved or rejected; it is never just settled, or somebody would
    wait for an answer for ever.
    """
    if one.proposal:
        able: tuple[str, ...] = (words.APPROVE, words.REJECT, words.RECOUNT)
    else:
        able = (*OF_KIND.get(one.kind, ()), words.SETTLE)
    fitting = (name for name in able if name not in _FITS or _FITS[name](tx, site, one))
    return tuple(sorted(fitting, key=words.ACTIONS.index))


def _approve(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    carry_out_proposal(tx, cause, one)
    return {}


def _nothing(_tx: Session, _cause: Cause, _one: Standing, _command: Decide) -> Facts:
    return {}


ACTS: Final[Mapping[str, Act]] = {
    words.APPROVE: _approve,
    words.REJECT: _nothing,
    words.SETTLE: _nothing,
    words.WAIT: _nothing,
    words.RECOUNT: exception_counts.recount,
    words.RELEASE: exception_stock.release,
    words.ACCEPT: exception_stock.accept,
    words.HOLD: exception_stock.hold,
    words.PUT_BACK: exception_stock.have_put_back,
    words.RETIRE: exception_stock.retire,
    words.PICK_AGAIN: picking_again.pick_again,
    words.SHIP_REST: exception_orders.ship_rest,
    words.DROP_LINES: exception_orders.ship_rest,
    words.NAME_MERCHANT: exception_orders.name_merchant,
    words.REPRINT: exception_work.reprint,
    words.CONFIRM: exception_work.confirm,
    words.VOID: exception_work.void,
    words.FREE: exception_work.free_work,
}
"""Who carries a decision out; gives facts for the words of what came of it."""
