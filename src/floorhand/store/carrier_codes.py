"""Know a carrier's label again by what is read on it, as bars or as the name of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import TableClause, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import bare_code
from floorhand.store.asking import ask
from floorhand.store.schema import CarrierCode, Order, Parcel

GONE: Final = ("unpacked", "cancelled")
"""States of parcels that need no label any more."""

OF_ORDER: Final = 0
"""In place of a label's number: the order came with this code, and no label is known by it yet."""

CODE_MAX = 200
"""Longer barcodes hold what a carrier's machine reads, and are looked for by nothing."""

END_MIN = 10
"""Shorter ends of a carrier's barcode are no tracking number."""

FOUND_MAX = 50
"""Labels with one code that are looked at; a postcode is on thousands."""

_CODE = cast(TableClause, CarrierCode.__table__)
_PARCEL, _ORDER = cast(TableClause, Parcel.__table__), cast(TableClause, Order.__table__)
_LABELLED = (
    select(
        _CODE.c.code,
        _CODE.c.label_no,
        _CODE.c.merchant,
        _CODE.c.order,
        _ORDER.c.state,
        func.coalesce(_PARCEL.c.carton, "").label("carton"),
    )
    .join_from(
        _CODE,
        _ORDER,
        and_(
            _ORDER.c.site == _CODE.c.site,
            _ORDER.c.merchant == _CODE.c.merchant,
            _ORDER.c.number == _CODE.c.order,
        ),
    )
    .outerjoin(
        _PARCEL,
        and_(
            _PARCEL.c.site == _CODE.c.site,
            _PARCEL.c.merchant == _CODE.c.merchant,
            _PARCEL.c.order == _CODE.c.order,
            _PARCEL.c.state.not_in(GONE),
            or_(_CODE.c.label_no == OF_ORDER, _CODE.c.label_no == _PARCEL.c.label_no),
        ),
    )
    .where(_CODE.c.site == bindparam("site"), _CODE.c.code.in_(bindparam("codes", expanding=True)))
    .order_by(func.length(_CODE.c.code).desc(), _CODE.c.merchant, _CODE.c.order, _CODE.c.label_no)
    .limit(FOUND_MAX)
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a carrier's label is of: an order, and its parcel; empty if no parcel has it yet."""

    merchant: str
    order: str
    state: str
    carton: str


def labelled(tx: Session, site: str, *scanned: str) -> tuple[Labelled, ...]:
    """Say whose label holds a code; several if it is on more than one, or of a combined parcel.

    The longest code that is known counts. Where a label is known by it, the word of the order
    counts no more.

    Args:
        tx: Open transaction.
        site: Where we are.
        scanned: The code in each way that it may be read.
    """
    codes = _ends(scanned)
    rows = ask(tx, _LABELLED, site=site, codes=codes).all() if codes else []
    rows = [row for row in rows if row.code == rows[0].code]
    of_labels = [row for row in rows if row.label_no != OF_ORDER]
    found = (Labelled(r.merchant, r.order, r.state, r.carton) for r in of_labels or rows)
    return tuple(dict.fromkeys(found))


def orders_tracked(tx: Session, site: str, codes: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """Give the orders, by merchant and number, that came with a tracking number in some bars."""
    rows = tx.execute(
        select(CarrierCode.merchant, CarrierCode.order, CarrierCode.code)
        .where(
            CarrierCode.site == site,
            CarrierCode.label_no == OF_ORDER,
            CarrierCode.code.in_(_ends(codes)),
        )
        .order_by(CarrierCode.merchant, CarrierCode.order)
        .limit(FOUND_MAX)
    )
    return {(merchant, order): code for merchant, order, code in rows}


def _ends(codes: Iterable[str]) -> list[str]:
    """List codes with the ends that may be a tracking number, behind a postcode or a service."""
    found: dict[str, None] = {}
    for code in map(bare_code, codes):
        if 0 < len(code) <= CODE_MAX:
            found |= dict.fromkeys([code, *(code[at:] for at in range(len(code) - END_MIN + 1))])
    return list(found)


def codes_known(tx: Session, site: str, merchant: str, order: str) -> Mapping[int, set[str]]:
    """Give all codes of an order by its labels; those that it came with by `OF_ORDER`."""
    query = select(CarrierCode.label_no, CarrierCode.code).filter_by(
        site=site, merchant=merchant, order=order
    )
    found: dict[int, set[str]] = {}
    for label_no, code in tx.execute(query):
        found.setdefault(label_no, set()).add(code)
    return found


def keep_codes(
    tx: Session, site: str, merchant: str, order: str, label_no: int, codes: Iterable[str]
) -> None:
    """Put what is read on a label of an order in place of what was known of it."""
    here = {"site": site, "merchant": merchant, "order": order, "label_no": label_no}
    tx.execute(delete(CarrierCode).filter_by(**here))
    if kept := {code for code in map(bare_code, codes) if 0 < len(code) <= CODE_MAX}:
        tx.execute(insert(_CODE), [here | {"code": code} for code in sorted(kept)])
