"""New labels for places: other bars and other check digits, so that nobody knows them by heart.

Bars change with the digits. Only so can be told whether a label that is scanned is the new one,
and until it was, the worker at the shelf has nothing but the old one to prove to be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import SystemRandom
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, case, select, update
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import new_body, own_code
from floorhand.domain.checks import draw_along
from floorhand.store.asking import ask
from floorhand.store.schema import Place

PROVEN_KINDS = ("bin", "dock", "bench")
"""Kinds of places at which a worker must prove to be; they get check digits."""

_chance = SystemRandom()

_PLACE = cast(TableClause, Place.__table__)
_THIS = (_PLACE.c.site == bindparam("at_site")) & (_PLACE.c.code == bindparam("at_code"))


def _first(old: Any, now: Any) -> Any:
    """Keep what the label at the shelf holds, even where a second new one comes before it hung."""
    return case((_PLACE.c.old_check == "", now), else_=old)


_RENEW = (
    update(_PLACE)
    .where(_THIS)
    .values(
        old_check=_first(_PLACE.c.old_check, _PLACE.c.check_digits),
        old_scan_code=_first(_PLACE.c.old_scan_code, _PLACE.c.scan_code),
        check_digits=bindparam("digits"),
        scan_code=bindparam("bars"),
    )
)
_RETIRE = update(_PLACE).where(_THIS).values(old_check="")


def rotate(tx: Session, site: str, zone: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Draw new bars and check digits, and return the places that got them.

    Args:
        tx: Open transaction.
        site: The building.
        zone: Only bins, docks and benches of this zone; empty: of all.
        codes: Only these; empty: all.
    """
    rows = tx.execute(
        select(
            Place.code,
            Place.kind,
            Place.zone,
            Place.check_digits,
            Place.old_check,
            Place.scan_code,
            Place.old_scan_code,
        )
        .where(Place.site == site, Place.kind.in_(PROVEN_KINDS), Place.state != "void")
        .order_by(Place.walk_no, Place.code)
    ).all()
    kinds = {
        row.code: row.kind
        for row in rows
        if zone in ("", row.zone) and (not codes or row.code in codes)
    }
    good = {row.code: {row.check_digits, row.old_check} - {""} for row in rows}
    digits = draw_along(_chance, [row.code for row in rows], good, kinds)
    bars = {code for row in rows for code in (row.scan_code, row.old_scan_code)}
    for code, kind in kinds.items():
        fresh = _fresh(kind, bars)
        bars.add(fresh)
        ask(tx, _RENEW, at_site=site, at_code=code, digits=digits[code], bars=fresh)
    return tuple(kinds)


def retire_old_label(tx: Session, site: str, code: str) -> None:
    """Let the label that was replaced prove nothing any more: the new one hangs."""
    ask(tx, _RETIRE, at_site=site, at_code=code)


def _fresh(kind: str, taken: set[str]) -> str:
    while (code := own_code(kind, new_body(_chance))) in taken:
        pass
    return code
