"""Put the rows of a list into the order that is asked for, or the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from floorhand.domain.sorting import is_turned, plain

Keys = tuple[Any, ...]
"""Columns, or ``column.desc()``."""


def in_order(ways: Mapping[str, Keys], sort: str, usual: Keys) -> Keys:
    """Say by what to order.

    Args:
        ways: By what each way sorts first; a way that is missing sorts as is usual.
        sort: A way of `floorhand.domain.sorting`, which may be turned round.
        usual: By what is sorted without it, and rows that are alike in all the others.
    """
    by = ways.get(plain(sort), ())
    if not is_turned(sort):
        return (*by, *usual)
    return (*map(_from_the_end, by), *usual) if by else tuple(map(_from_the_end, usual))


def _from_the_end(key: Any) -> Any:
    if isinstance(key, UnaryExpression) and key.modifier is desc_op:
        return key.element
    return key.desc()
