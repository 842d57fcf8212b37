"""Find the merchant who asks. What is told of its things is read, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from floorhand.domain.leading import LIST_MAX
from floorhand.domain.rights import Right
from floorhand.domain.serving import (
    FindMerchant,
    ListMerchants,
    MerchantRow,
    MerchantServed,
    MerchantsListed,
)
from floorhand.errors import Code, Refused
from floorhand.ops.leading import must_lead
from floorhand.store import subjects
from floorhand.store.ledger import Cause


def list_merchants(tx: Session, cause: Cause, command: ListMerchants) -> MerchantsListed:
    """List the merchants."""
    must_lead(tx, cause, Right.SERVE)
    found = subjects.merchants(tx, cause.site, LIST_MAX + 1, command.skip, command.sort)
    rows = tuple(MerchantRow(one.code, one.name, one.orders) for one in found[:LIST_MAX])
    return MerchantsListed(rows, command.skip, len(found) > LIST_MAX, command.sort)


def serve_merchant(tx: Session, cause: Cause, command: FindMerchant) -> MerchantServed:
    """Find a merchant by its code.

    Raises:
        Refused: `Code.UNKNOWN_BARCODE`, if there is none.
    """
    must_lead(tx, cause, Right.SERVE)
    found = subjects.merchant(tx, cause.site, command.code)
    if found is None:
        raise Refused(Code.UNKNOWN_BARCODE, code=command.code, ask_text="serving.choose")
    return MerchantServed(found.code, found.name)


HANDLERS: dict[type, Callable[..., object]] = {
    ListMerchants: list_merchants,
    FindMerchant: serve_merchant,
}
"""Who carries out what."""
