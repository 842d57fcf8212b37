"""Findings of return inspection: what was counted, and how it was judged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.things import RETURN_PENDING, Goods
from floorhand.domain.verdicts import Found
from floorhand.store.asking import Answer, ask
from floorhand.store.schema import Inspection, Sku

NOT_JUDGED = ""
"""Disposition of a finding that was counted and not yet judged."""

NOTHING_TO_DISPOSE = "none"
"""Disposition of a finding without pieces, such as an empty parcel."""

_PENDING = (
    select(
        Inspection.id,
        Inspection.number,
        Inspection.merchant,
        Inspection.sku,
        Inspection.lot,
        Inspection.expiry,
        Inspection.serial,
        Inspection.pieces,
        Inspection.outcome,
        Sku.name,
        Sku.lot_tracked,
        Sku.expiry_tracked,
        Sku.serial_tracked,
    )
    .join(
        Sku,
        and_(
            Sku.site == Inspection.site,
            Sku.merchant == Inspection.merchant,
            Sku.code == Inspection.sku,
        ),
    )
    .where(Inspection.site == bindparam("site"), Inspection.disposition == NOT_JUDGED)
    .order_by(Inspection.at, Inspection.id)
)
_PENDING_FINDING = _PENDING.where(Inspection.id == bindparam("finding"))
_PENDING_OF = _PENDING.where(Inspection.number == bindparam("number"))
_FOUND = (
    select(
        Inspection.sku,
        Inspection.pieces,
        Inspection.outcome,
        Inspection.grade,
        Inspection.reason,
        Inspection.disposition,
    )
    .where(
        Inspection.site == bindparam("site"),
        Inspection.number == bindparam("number"),
        Inspection.disposition != NOT_JUDGED,
    )
    .order_by(Inspection.at, Inspection.id)
)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is written, with what its SKU is."""

    id: str
    number: str
    merchant: str
    sku: str
    lot: str
    expiry: str
    serial: str
    pieces: int
    outcome: str
    name: str
    lot_tracked: bool
    expiry_tracked: bool
    serial_tracked: bool

    @property
    def goods(self) -> Goods:
        """Give what the pieces are as long as they are not judged."""
        return Goods(self.merchant, self.sku, self.lot, self.expiry, self.serial, RETURN_PENDING)


def pending_finding(tx: Session, site: str, finding: str) -> FindingRow | None:
    """Read a finding that is still to be judged; None if it was, or was taken back."""
    return next(iter(_rows(ask(tx, _PENDING_FINDING, site=site, finding=finding))), None)


def pending_of(tx: Session, site: str, number: str) -> tuple[FindingRow, ...]:
    """List what was counted of a return and is still to be judged, oldest first."""
    return _rows(ask(tx, _PENDING_OF, site=site, number=number))


def _rows(found: Answer) -> tuple[FindingRow, ...]:
    return tuple(FindingRow(*row) for row in found)


def found_in(tx: Session, site: str, number: str) -> tuple[Found, ...]:
    """List the judged findings of a return."""
    rows = ask(tx, _FOUND, site=site, number=number)
    return tuple(Found(*row) for row in rows)
