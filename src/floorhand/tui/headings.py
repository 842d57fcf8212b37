"""Headings that are cut so that no two of a table read the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from floorhand.tui.safe import CUT, chop, cut
from floorhand.tui.widths import columns

LEAD_COLUMNS: Final = 2
"""A letter and an ellipsis stand before what tells a heading from another one."""

BETWEEN: Final = " .\u00a0"
"""What tells nothing where a word begins with it, or ends."""


def told_apart(heads: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Cut headings; of those that begin alike, what differs is shown behind an ellipsis.

    Args:
        heads: Of all columns.
        widths: How many columns of the screen each has; 0 for those that are not shown.
    """
    shown = [cut(head, width) for head, width in zip(heads, widths, strict=True)]
    others = _alike(shown)
    return [
        _from_where_it_differs(head, width, [heads[other] for other in others[index]])
        if index in others and shown[index] != head
        else shown[index]
        for index, (head, width) in enumerate(zip(heads, widths, strict=True))
    ]


def alike(heads: Sequence[str], widths: Sequence[int]) -> Collection[int]:
    """Say which headings are cut to the same beginnings as others."""
    return _alike([cut(head, width) for head, width in zip(heads, widths, strict=True)]).keys()


def _alike(shown: Sequence[str]) -> Mapping[int, list[int]]:
    """Give for each heading that reads like others which these are."""
    found: dict[int, list[int]] = {}
    for one, text in enumerate(shown):
        for other, longer in enumerate(shown):
            begins = longer and longer.startswith(text.removesuffix(CUT))
            if one != other and text.endswith(CUT) and begins:
                found.setdefault(one, []).append(other)
                found.setdefault(other, []).append(one)
    return found


def _from_where_it_differs(head: str, width: int, others: Sequence[str]) -> str:
    """Cut a heading before what it has and the others have not."""
    same = max(_same(head, other) for other in others)
    parts = chop(head[same:].strip(BETWEEN), width - LEAD_COLUMNS)
    if not parts:
        return cut(head, width)
    return cut(head, width - columns(parts[0])).lstrip() + parts[0]


def _same(one: str, other: str) -> int:
    """Count the letters that both begin with."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))
