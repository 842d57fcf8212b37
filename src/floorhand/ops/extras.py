"""What goes into a parcel besides the goods, and what was not done as its merchant wants."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from floorhand.domain.inserts import Insert, of_texts
from floorhand.domain.packing import CloseParcel
from floorhand.domain.rules import MerchantRules
from floorhand.store import tasks
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, site_zone
from floorhand.store.parcels import OrderHead
from floorhand.store.schema import OrderLine

_ORDERED = select(func.coalesce(func.sum(OrderLine.ordered), 0)).where(
    OrderLine.site == bindparam("site"),
    OrderLine.merchant == bindparam("merchant"),
    OrderLine.order == bindparam("number"),
)


def inserts_for(
    tx: Session, cause: Cause, head: OrderHead, rules: MerchantRules, parcel: int
) -> tuple[Insert, ...]:
    """List what goes into an order's n-th parcel, by the day that it is at the site."""
    if not rules.inserts:
        return ()
    order = {"merchant": head.merchant, "number": head.number}
    ordered = int(ask(tx, _ORDERED, site=cause.site, **order).scalar() or 0)
    today = cause.at.astimezone(site_zone(tx, cause.site)).date()
    each = of_texts(rules.inserts)
    return tuple(insert for insert in each if insert.goes_into(parcel, ordered, today))


def note_extras(
    tx: Session, cause: Cause, head: OrderHead, command: CloseParcel, carton: str
) -> None:
    """Count what was put into a parcel, and tell leads what ran out or went into another box.

    That an insert has run out is told once, until somebody has seen to it.
    """
    if command.inserts:
        cause.note(inserts=len(command.inserts))
    for name in command.run_out:
        subject = f"{head.merchant} {name}"
        if not tasks.is_told(tx, cause.site, "insert_out", subject):
            tasks.trouble(tx, cause, "insert_out", subject, head.merchant, order=head.number)
    allowed = merchant_rules(tx, cause.site, head.merchant).boxes
    if allowed and command.box and command.box not in allowed:
        facts = {"order": head.number, "box": command.box}
        tasks.trouble(tx, cause, "other_box", carton, head.merchant, **facts)
