"""Lay out how the last scans went: a row for each, or one for all where rows are scarce."""

from __future__ import annotations

from typing import Final

from floorhand.tui.rows import Part, Row, joined, width_of
from floorhand.tui.safe import cut
from floorhand.tui.view import SIGNS, Fate, fate_row

GAP: Final = "  "
"""Stands between scans that share a row."""


def recent_rows(fates: tuple[Fate, ...], width: int, rows_max: int, *, every: bool) -> list[Row]:
    """Write the last scans, the latest last.

    Args:
        fates: How they went.
        width: Columns of a row.
        rows_max: Rows there are.
        every: Whether all are told in a single row, with their codes cut, rather than the latest.
    """
    if not fates or rows_max <= 0:
        return []
    if rows_max >= len(fates):
        return [_one_row(fate_row(fate), width) for fate in fates]
    return [_side_by_side(fates, width, len(fates) if every else 1)]


def _one_row(row: Row, width: int) -> Row:
    """Cut a row at the end of its longest part but one, the code; F11 shows it whole."""
    front, code, note = row[:2], row[2], row[3]
    room = max(0, width - width_of(front))
    if width_of((code, note)) > room:
        note = Part("")
    return joined(front, Part(cut(code.text, room - width_of((note,))), code.role), note)


def _side_by_side(fates: tuple[Fate, ...], width: int, count_min: int) -> Row:
    """Write as many of the latest as fit whole, but so many at least, in one row."""
    for count in range(len(fates), 0, -1):
        shown = fates[-count:]
        signs = [f"{SIGNS[fate.tone][:1] or '·'} " for fate in shown]
        room = width - width_of("".join(signs) + GAP * (count - 1))
        columns = [width_of(fate.code) for fate in shown]
        if count <= count_min or sum(columns) <= room:
            break
    row: list[Part] = []
    for fate, sign, given in zip(shown, signs, _shared(columns, room), strict=True):
        row += [Part(GAP if row else ""), Part(sign, "value"), Part(cut(fate.code, given))]
    return tuple(row)


def _shared(columns: list[int], room: int) -> list[int]:
    """Share columns out: what is short gets what it needs, the rest is shared alike."""
    given = list(columns)
    left = max(room, 0)
    for rank, at in enumerate(sorted(range(len(columns)), key=columns.__getitem__)):
        given[at] = min(columns[at], left // (len(columns) - rank))
        left -= given[at]
    return given
