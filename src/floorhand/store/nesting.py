"""Which places stand in which: a carton on a pallet on a cart in a bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.store.asking import ask
from floorhand.store.schema import Place

NESTING_MAX: Final = 4
"""A place stands at most this deep (carton on pallet on cart in bin)."""

_CHILDREN = select(Place.code).where(
    Place.site == bindparam("site"), Place.parent.in_(bindparam("level", expanding=True))
)


def children_of(tx: Session, site: str, places: Sequence[str]) -> list[str]:
    """Name what stands directly in these places."""
    return ask(tx, _CHILDREN, site=site, level=list(places)).scalars()


def places_in(tx: Session, site: str, place: str) -> tuple[str, ...]:
    """Name a place and everything that stands in it, itself first."""
    codes, level = [place], [place]
    for _ in range(NESTING_MAX):
        level = children_of(tx, site, level)
        if not level:
            break
        codes += level
    return tuple(codes)
