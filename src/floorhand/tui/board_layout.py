"""Lay out a board: what leaves in time, who is on what, what waits where, what is wrong.

What needs somebody stands first in each part and has a sign and a word beside its colour. A part
that does not fit says how much more there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from floorhand.domain.cut_offs import Outlook
from floorhand.store.board import Board
from floorhand.tui.board_parts import BoardView, hours, parts_of
from floorhand.tui.rows import Part, Row, between, joined, key_parts, padded
from floorhand.tui.safe import cut
from floorhand.tui.tables import MARK, Table, needed, table_rows
from floorhand.tui.widths import columns

TWO_COLUMNS: Final = 76
"""From so many columns on, people and what waits stand side by side."""

GUTTER: Final = 2
CUT_OFFS_SHARE: Final = 0.3
"""How much of the screen the cut-offs may take, whatever the other parts need."""


REFUSED_ROWS_MIN: Final = 2
"""Below fewer rows of refusals, the most frequent are told beside their number."""

PART_ROWS_MIN: Final = 4
"""A part has a title, headings, a line, and an empty row below it."""


def lay_out_board(view: BoardView, width: int, height: int) -> list[Row]:
    """Lay out a whole screen: exactly ``height`` rows of ``width`` columns."""
    rows = [_header(view, width)]
    shown = key_parts(view.words.say("board.keys"), width - 1)
    keys = [padded(joined(Part(" "), shown), width, "frame-calm")]
    room = height - len(rows) - len(keys)
    if view.board is None:
        rows += [(), (Part(f"  {view.words.say(view.away or 'board.looking')}"),)]
    else:
        rows += _body(view, view.board, width, room)
    rows = [padded(row, width) for row in rows]
    return ((rows + [padded((), width)] * height)[: height - len(keys)] + keys)[:height]


def _header(view: BoardView, width: int) -> Row:
    """Name the building and the shift; say how fresh all of this is."""
    say = view.words.say
    if view.board is None:
        return padded((Part(f" {view.site}", "strong"),), width, "frame-calm")
    board = view.board
    local = board.at.astimezone(view.zone)
    left = board.shift.end - board.at
    facts = {
        "shift": board.shift.name,
        "start": f"{board.shift.start.astimezone(view.zone):%H:%M}",
        "end": f"{board.shift.end.astimezone(view.zone):%H:%M}",
        "left": hours(max(left, timedelta())),
    }
    told = f" {view.site} · {say('board.shift', facts)}"
    clock = f"{local:%H:%M:%S} "
    tone = _worst(view, board)
    if view.away:
        told, clock = f" ✗ {say(view.away)}", say("board.as_of", {"clock": clock.strip()}) + " "
    told = cut(told, width - columns(clock) - 1)
    row = between((Part(told, "strong"),), (Part(clock, "strong"),), width)
    return padded(row, width, f"frame-{tone}")


def _worst(view: BoardView, board: Board) -> str:
    """Give the tone of the worst that the board tells."""
    outlooks = {one.outlook for one in board.forecasts}
    printers = {one.tone for one in board.printers}
    if view.away or Outlook.MISSED in outlooks or "refused" in printers or board.returns.late:
        return "refused"
    waiting = outlooks & {Outlook.HELD, Outlook.LATE}
    held = any(one.cut_off.blocked for one in board.forecasts)
    looks = waiting or held or "look" in printers or board.troubles
    return "look" if looks else "ok"


# The parts ---------------------------------------------------------------------------------------


def _body(view: BoardView, board: Board, width: int, height: int) -> list[Row]:
    parts = parts_of(view, board)
    at, begins = 0, []
    for part in parts:
        begins.append(at)
        at += len(part.body)
    cut_offs, people, waits, printers, troubles = zip(parts, begins, strict=True)
    below, right = (people, waits, troubles, printers), (waits, printers, troubles)
    needed = (
        _rows_of(*below)
        if width < TWO_COLUMNS
        else max(_rows_of(people), _rows_of(*right) + 1 + len(board.refusals))
    )
    room = max(5, int(height * CUT_OFFS_SHARE), height - needed - 2)
    rows: list[Row] = [(), *_part(view, cut_offs, width, room), ()]
    left = height - len(rows)
    if width < TWO_COLUMNS:
        rows += _stacked(view, (waits, troubles, people, printers), width, left)
        if view.chosen == at and board.refusals:  # there is no room for it but when it is asked for
            rows[-1:] = _refusals(view, board, at, width)
        return rows
    half = _left_half(width, people, right)
    aside = width - GUTTER - half
    beside = _stacked(view, right, aside, left - 1)
    beside += _refusals(view, board, at, aside, left - len(beside))
    who = _part(view, people, half, left)
    for index in range(left):
        one = padded(who[index] if index < len(who) else (), half)
        other = beside[index] if index < len(beside) else ()
        rows.append(joined(one, Part(" " * GUTTER, click="-"), other))
    return rows


def _left_half(width: int, people: tuple[Table, int], right: Sequence[tuple[Table, int]]) -> int:
    """Give the width of the left half, which gives way where the right one had to cut a name.

    No more than what is left of the people's table when their names and jobs are cut.
    """
    half = (width - GUTTER) // 2
    told = (needed(table) for table, _ in right if any(one.whole for one in table.across))
    missing = max(told, default=0) - (width - GUTTER - half)
    return min(half, max(half - missing, needed(people[0], names=False)))


def _rows_of(*parts: tuple[Table, int]) -> int:
    """Give how many rows parts need, so that nothing is left out of them."""
    return sum(PART_ROWS_MIN - 1 + len(table.body) for table, _ in parts)


def _refusals(view: BoardView, board: Board, line: int, width: int, height: int = 1) -> list[Row]:
    """Say what was refused in the last hour, most often first; it is the last line of a board.

    In one row, or with a row for each kind as far as there is room below it.
    """
    total = sum(board.refusals.values())
    title = view.words.say("board.refusals", {"count": total})
    kinds = [
        f"{count} × {view.words.outline(f'refusal.{code}')}"
        for code, count in board.refusals.items()
    ]
    is_chosen = view.chosen == line and total
    mark, click = (MARK, "now") if is_chosen else (" ", ""), f"line:{line}" if total else "-"
    head = Part(mark[0], mark[1], click), Part(title, "strong")
    room = height - 1
    if room < min(len(kinds), REFUSED_ROWS_MIN):
        told = cut("  ".join(kinds), max(width - columns(title) - 4, 0)).replace("……", "…")
        return [(*head, Part(f"  {told}", "muted"))]
    if len(kinds) > room:
        rest = f"{len(kinds) - room + 1} {view.words.say('board.more')}"
        kinds = [*kinds[: room - 1], rest]
    return [head, *((Part(cut(f"  {kind}", width), "muted", click),) for kind in kinds)]


def _stacked(
    view: BoardView, parts: Sequence[tuple[Table, int]], width: int, height: int
) -> list[Row]:
    """Put parts under each other; each gets what it needs as long as there is room."""
    rows: list[Row] = []
    for index, part in enumerate(parts):
        later = PART_ROWS_MIN * (len(parts) - index - 1)
        rows += [*_part(view, part, width, max(3, height - len(rows) - later)), ()]
    return rows[:height]


def _part(view: BoardView, part: tuple[Table, int], width: int, height: int) -> list[Row]:
    table, begins = part
    return table_rows(
        table,
        width,
        height,
        chosen=view.chosen - begins,
        first_line=begins,
        none=view.words.say("board.none"),
        more=view.words.say("board.more"),
    )
