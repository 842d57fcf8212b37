"""Places: make them, stand one in another, number them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused
from floorhand.store.ledger import NESTING_MAX, Cause
from floorhand.store.schema import Place, Sequence, SiteRow

SSCC_SERIAL = "sscc"
"""Name of the sequence behind SSCCs: one per site, as a site has one company prefix."""


def new_place(
    tx: Session,
    site: str,
    *,
    code: str,
    kind: str,
    parent: str | None = None,
    scan_code: str | None = None,
    **columns: Any,
) -> str:
    """Make a place and return its code; its barcode is its code unless another is given."""
    values = {"site": site, "code": code, "kind": kind, "parent": parent, **columns}
    tx.execute(insert(Place).values(**values, scan_code=scan_code or code))
    return code


def stand_in(tx: Session, cause: Cause, code: str, parent: str | None) -> None:
    """Put a place into another; one row, whatever is in it.

    Raises:
        Refused: `Code.PLACE_CLOSED` if the parent takes nothing in, `Code.NESTED_TOO_DEEP`, or
            `Code.IN_ITSELF`.
    """
    if parent is not None:
        state = tx.scalar(select(Place.state).where(Place.site == cause.site, Place.code == parent))
        if state != "open":
            raise Refused(Code.PLACE_CLOSED, place=parent)
        above = ancestors(tx, cause.site, parent)
        if code in above:
            raise Refused(Code.IN_ITSELF, place=code)
        if len(above) + _height(tx, cause.site, code) > NESTING_MAX:
            raise Refused(Code.NESTED_TOO_DEEP, place=code)
    tx.execute(
        update(Place).where(Place.site == cause.site, Place.code == code).values(parent=parent)
    )


def ancestors(tx: Session, site: str, code: str) -> tuple[str, ...]:
    """List a place and everything it stands in, innermost first."""
    chain: list[str] = []
    here: str | None = code
    while here is not None:
        chain.append(here)
        assert len(chain) <= NESTING_MAX + 1, chain
        here = tx.scalar(select(Place.parent).where(Place.site == site, Place.code == here))
    return tuple(chain)


def root_of(tx: Session, site: str, code: str) -> str:
    """Name the outermost place that a place stands in; itself if it stands in none."""
    return ancestors(tx, site, code)[-1]


def next_number(tx: Session, site: str, name: str) -> int:
    """Draw the next number of a sequence, 1 first; never the same twice."""
    dialect: Any = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(Sequence).values(site=site, name=name, last=1)
    drawn = tx.scalar(
        fresh.on_conflict_do_update(
            index_elements=[Sequence.site, Sequence.name], set_={"last": Sequence.last + 1}
        ).returning(Sequence.last)
    )
    assert isinstance(drawn, int)
    return drawn


def next_sscc(tx: Session, site: str) -> str:
    """Draw the next SSCC of the site: 18 digits, check digit included."""
    from floorhand.domain.barcodes import sscc

    prefix = tx.scalar(select(SiteRow.gs1_prefix).where(SiteRow.site == site))
    assert prefix is not None, site
    return sscc(prefix, next_number(tx, site, SSCC_SERIAL))


def _height(tx: Session, site: str, code: str) -> int:
    """Count the levels of places from this one down, itself included."""
    level, height = [code], 0
    while level:
        height += 1
        assert height <= NESTING_MAX + 1, code
        level = list(
            tx.scalars(select(Place.code).where(Place.site == site, Place.parent.in_(level)))
        )
    return height
