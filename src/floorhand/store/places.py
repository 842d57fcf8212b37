"""Places: make them, stand one in another, number them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.nesting import NESTING_MAX, children_of
from floorhand.store.schema import Place, Sequence, SiteRow

SSCC_SERIAL = "sscc"
"""Name of the sequence behind SSCCs: one per site, as a site has one company prefix."""

_THIS = (Place.site == bindparam("site"), Place.code == bindparam("code"))
_PARENT = select(Place.parent).where(*_THIS)
_STATE = select(Place.state, Place.kind).where(*_THIS)
_GS1_PREFIX = select(SiteRow.gs1_prefix).where(SiteRow.site == bindparam("site"))
_PLACE = cast(TableClause, Place.__table__)
_SET = update(_PLACE).where(
    _PLACE.c.site == bindparam("at_site"), _PLACE.c.code == bindparam("at_code")
)
_ADD_PLACE = insert(_PLACE)
_SEQUENCE = cast(TableClause, Sequence.__table__)


def _drawing(dialect: Any) -> Any:
    fresh = dialect.insert(_SEQUENCE).values(last=1)
    return fresh.on_conflict_do_update(
        index_elements=list(_SEQUENCE.primary_key), set_={"last": _SEQUENCE.c.last + 1}
    ).returning(_SEQUENCE.c.last)


_DRAW = {"sqlite": _drawing(sqlite), "postgresql": _drawing(postgresql)}


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
    ask(tx, _ADD_PLACE, **values, scan_code=scan_code or code)
    return code


def stand_in(tx: Session, cause: Cause, code: str, parent: str | None) -> None:
    """Put a place into another; one row, whatever is in it.

    Raises:
        Refused: `Code.PLACE_CLOSED` if the parent takes nothing in, `Code.NESTED_TOO_DEEP`, or
            `Code.IN_ITSELF`.
    """
    if parent is not None:
        state = ask(tx, _STATE, site=cause.site, code=parent).scalar()
        if state != "open":
            raise Refused(Code.PLACE_CLOSED, place=parent)
        above = ancestors(tx, cause.site, parent)
        if code in above:
            raise Refused(Code.IN_ITSELF, place=code)
        if len(above) + _height(tx, cause.site, code) > NESTING_MAX:
            raise Refused(Code.NESTED_TOO_DEEP, place=code)
    cause.touch("place", code)
    if parent is not None:
        cause.touch("place", parent)
    set_place(tx, cause.site, code, parent=parent, stood_at=cause.at)


def set_place(tx: Session, site: str, code: str, **columns: Any) -> None:
    """Change columns of a place. Where it stands is changed with `stand_in`."""
    ask(tx, _SET, at_site=site, at_code=code, **columns)


def blocked(tx: Session, site: str, code: str) -> str:
    """Say why nothing may be picked from a place; empty if it is open to picking."""
    return tx.scalar(select(Place.blocked).where(Place.site == site, Place.code == code)) or ""


def kind_of(tx: Session, site: str, code: str) -> str:
    """Give the kind of a place; empty if there is none of this code."""
    row = ask(tx, _STATE, site=site, code=code).first()
    return row.kind if row else ""


def ancestors(tx: Session, site: str, code: str) -> tuple[str, ...]:
    """List a place and everything it stands in, innermost first."""
    chain: list[str] = []
    here: str | None = code
    while here is not None:
        chain.append(here)
        assert len(chain) <= NESTING_MAX + 1, chain
        here = ask(tx, _PARENT, site=site, code=here).scalar()
    return tuple(chain)


def root_of(tx: Session, site: str, code: str) -> str:
    """Name the outermost place that a place stands in; itself if it stands in none."""
    return ancestors(tx, site, code)[-1]


def next_number(tx: Session, site: str, name: str) -> int:
    """Draw the next number of a sequence, 1 first; never the same twice."""
    drawn = ask(tx, _DRAW, site=site, name=name).scalar()
    assert isinstance(drawn, int)
    return drawn


def next_sscc(tx: Session, site: str) -> str:
    """Draw the next SSCC of the site: 18 digits, check digit included."""
    from floorhand.domain.barcodes import sscc

    prefix = ask(tx, _GS1_PREFIX, site=site).scalar()
    assert prefix is not None, site
    return sscc(prefix, next_number(tx, site, SSCC_SERIAL))


def _height(tx: Session, site: str, code: str) -> int:
    """Count the levels of places from this one down, itself included."""
    level, height = [code], 0
    while level:
        height += 1
        assert height <= NESTING_MAX + 1, code
        level = children_of(tx, site, level)
    return height
