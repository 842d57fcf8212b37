"""The columns that say what pieces are, in all tables that have some."""

from __future__ import annotations

from typing import Any, Final

from floorhand.domain.things import Goods

GOODS: Final = Goods.__match_args__
"""Their names, in the order of the fields of `Goods`."""


def goods_columns(table: Any) -> tuple[Any, ...]:
    """Give these columns of a table, fit for ``Goods(*row[:6])``."""
    return tuple(getattr(table, name) for name in GOODS)
