"""Lay out the middle of a screen: where to go, how many, of what, and what to choose from.

Room is given out in the order of need: first everything in its smallest form, then large letters
for the place, then lists, then large digits, then air.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floorhand.flows.turn import Choice, Item, Prompt
from floorhand.text.catalog import Catalog
from floorhand.text.visible import visible
from floorhand.tui.large import HUGE_ROWS, LARGE_ROWS, huge, large
from floorhand.tui.rows import Part, Row, joined, width_of
from floorhand.tui.safe import chop, cut, wrap

MARKS: Final = {"": "  ", "now": "▶ ", "done": "✓ "}

NAME_COLUMNS_MIN: Final = 8
"""A name that gets less room than this says nothing; it gets a row of its own or none."""

GOODS_FIRST_MAX: Final = 4
"""Rows of goods that come before large digits; the rest of the list comes after them."""

CHOICE_COLUMNS_MIN: Final = 24
"""A list is set in two columns only if each has this much room."""

FACT_ROWS_MAX: Final = 2
BAR_COLUMNS_MAX: Final = 60


@dataclass(slots=True)
class _Room:
    """Rows that are not given out yet."""

    left: int

    def take(self, wanted: int) -> int:
        """Give as many of the wanted rows as there are."""
        given = max(0, min(wanted, self.left))
        self.left -= given
        return given

    def upgrade(self, more: int) -> bool:
        """Give all of these rows or none."""
        if self.left < more:
            return False
        self.left -= more
        return True


def lay_out_body(
    prompt: Prompt, words: Catalog, width: int, height: int, first: int = 0
) -> list[Row]:
    """Lay out at most ``height`` rows; ``first`` is the first row of a list too long for them."""
    room = _Room(height)
    head, rest = _split(prompt)
    place = _small(prompt.place, width, "place")
    number, name = _head(prompt.count, head, width)
    facts = _facts(prompt, words, width, packed=True)
    choices = [_choice(n, choice, words) for n, choice in enumerate(prompt.choices, 1)]
    room.take(len(place) + len(number))
    kept_for_facts = min(1, len(facts)) if room.left > 1 else 0
    choices_rows = room.take(min(len(choices), room.left - kept_for_facts))
    facts_rows = room.take(len(facts))
    if name and room.upgrade(len(name)):
        number += name
    if (drawn := _large(prompt.place, width)) and room.upgrade(LARGE_ROWS - 1):
        place = drawn
    goods_rows = room.take(min(len(rest), GOODS_FIRST_MAX))
    bar = room.take(1 if prompt.progress else 0)
    if (drawn := _large_head(prompt.count, head, width)) and room.upgrade(
        max(0, len(drawn) - len(number))
    ):
        number = drawn
    goods_rows += room.take(len(rest) - goods_rows)
    loose = _facts(prompt, words, width, packed=False)
    if facts_rows == len(facts) and room.upgrade(len(loose) - len(facts)):
        facts, facts_rows = loose, len(loose)
    if (
        len(place) == LARGE_ROWS
        and (drawn := _huge(prompt.place, width))
        and room.upgrade(HUGE_ROWS - LARGE_ROWS + 4)
    ):
        place = drawn
        room.left += 4
    blocks = [
        place,
        number,
        facts[:facts_rows],
        _window([_item(item, rest, width) for item in rest], goods_rows, first, words),
        _chosen(choices, choices_rows, first, words, width),
        [_bar(prompt.progress, width)] if bar and prompt.progress else [],
    ]
    return _stacked([block for block in blocks if block], room)


def _split(prompt: Prompt) -> tuple[Item | None, tuple[Item, ...]]:
    """Take the goods in hand apart from the list, if there is a number that belongs to them.

    They stay in the list as well if it tells another number of them, such as how many are left.
    """
    if not prompt.count or not prompt.goods:
        return None, prompt.goods
    at = next((n for n, item in enumerate(prompt.goods) if item.mark == "now"), 0)
    item = prompt.goods[at]
    if item.pieces and "/" not in prompt.count and str(item.pieces) != prompt.count:
        return item, prompt.goods
    return item, prompt.goods[:at] + prompt.goods[at + 1 :]


def _stacked(blocks: list[list[Row]], room: _Room) -> list[Row]:
    rows: list[Row] = []
    for number, block in enumerate(blocks):
        if number and room.upgrade(1):
            rows.append(())
        rows.extend(block)
    return rows


def _small(code: str, width: int, role: str) -> list[Row]:
    """Write a code in ordinary letters. It is never cut: a long one takes several rows."""
    return [(Part(line, role),) for line in chop(visible(code), width)]


def _large(code: str, width: int) -> list[Row]:
    drawn = large(code)
    return _drawn(drawn) if drawn and len(drawn[0]) <= width else []


def _huge(code: str, width: int) -> list[Row]:
    drawn = huge(code)
    return _drawn(drawn) if drawn and len(drawn[0]) <= width else []


def _drawn(lines: tuple[str, ...]) -> list[Row]:
    return [(Part(line, "place"),) for line in lines]


def _head(count: str, item: Item | None, width: int) -> tuple[list[Row], list[Row]]:
    """Write number, code and name of what is in hand; in a second row what does not fit in one."""
    if item is None:
        return ([(Part(count, "count"),)] if count else []), []
    front: Row = (Part(count, "count"), Part(" × ", "muted"), Part(item.code, "code"))
    name = "  ".join(part for part in (item.name, item.note) if part)
    spare = width - width_of(front) - 2
    if name and spare >= min(width_of(name), NAME_COLUMNS_MIN):
        return [joined(front, Part("  "), Part(cut(name, spare)))], []
    rows = [front]
    if width_of(front) > width:
        rows = [(front[0], front[1]), *_small(item.code, width, "code")]
    return rows, ([(Part(cut(name, width)),)] if name else [])


def _large_head(count: str, item: Item | None, width: int) -> list[Row]:
    """Draw the number large, with code, name and note beside it."""
    drawn = large(count)
    if not drawn:
        return []
    if item is None:
        return [(Part(line, "count"),) for line in drawn] if len(drawn[0]) <= width else []
    beside = width - len(drawn[0]) - 4
    if beside < max(width_of(item.code), NAME_COLUMNS_MIN):
        return []
    name = wrap(item.name, beside, 1 if item.note else 2)
    texts: list[Row] = [(Part(item.code, "code"),), *((Part(line),) for line in name)]
    if item.note:
        texts.append((Part(cut(item.note, beside), "muted"),))
    texts += [()] * (LARGE_ROWS - len(texts))
    signs = (" ", "×", " ")
    return [
        joined(Part(line, "count"), Part(f" {sign}  ", "muted"), text)
        for line, sign, text in zip(drawn, signs, texts, strict=False)
    ]


def _facts(prompt: Prompt, words: Catalog, width: int, *, packed: bool) -> list[Row]:
    """Write the facts, one in a row, or packed as many in a row as fit."""
    rows: list[Row] = []
    for label, value in (words.fact(*one) for one in prompt.facts):
        one: Row = (Part(label, "muted"), Part(" "), Part(value, "value"))
        if packed and rows and width_of(rows[-1]) + 3 + width_of(one) <= width:
            rows[-1] = joined(rows[-1], Part(" · ", "muted"), one)
        elif width_of(one) <= width:
            rows.append(one)
        else:
            lines = wrap(f"{label} {value}", width, FACT_ROWS_MAX)
            rows += [(Part(line, "value"),) for line in lines]
    return rows


def _item(item: Item, among: tuple[Item, ...], width: int) -> Row:
    """Write one row of a list: mark, number, code whole, then name and note as room allows."""
    digits = max(len(str(other.pieces)) if other.pieces else 0 for other in among)
    pieces = f"{item.pieces:>{digits}} × " if item.pieces else " " * (digits + 3 if digits else 0)
    mark = MARKS.get(item.mark, "  ") if any(other.mark for other in among) else ""
    codes = max(min(width_of(other.code) for other in among), width_of(item.code))
    role = {"now": "now", "done": "muted"}.get(item.mark, "")
    code = item.code + " " * (codes - width_of(item.code))
    note = f"  {item.note}" if item.note else ""
    spare = width - width_of(mark + pieces + code + note) - 2
    name = "" if item.name == item.code else item.name
    if spare < min(NAME_COLUMNS_MIN, width_of(name)):
        name = ""
        note = cut(note, max(0, width - width_of(mark + pieces + code)))
    shown = f"  {cut(name, spare)}" if name else ""
    return (
        Part(mark, role),
        Part(pieces, role or "value"),
        Part(code, role or "code"),
        Part(shown, role),
        Part(note, "muted"),
    )


def _choice(number: int, choice: Choice, words: Catalog) -> Row:
    return (Part(f"{number:>2} ", "choice"), Part(f" {choice.written(words.say)}"))


def _chosen(choices: list[Row], rows_max: int, first: int, words: Catalog, width: int) -> list[Row]:
    """Set the numbered list; in two columns if it is too long and the screen wide enough."""
    if len(choices) <= rows_max or width < 2 * CHOICE_COLUMNS_MIN:
        return _window([_cut_row(row, width) for row in choices], rows_max, first, words)
    half = -(-len(choices) // 2)
    column = width // 2 - 1
    pairs = []
    for at in range(half):
        left = _cut_row(choices[at], column)
        gap = Part(" " * (column + 2 - width_of(left)))
        right = _cut_row(choices[half + at], column) if half + at < len(choices) else ()
        pairs.append(joined(left, gap, right))
    return _window(pairs, rows_max, first, words)


def _cut_row(row: Row, width: int) -> Row:
    *front, last = row
    return (*front, Part(cut(last.text, max(0, width - width_of(tuple(front)))), last.role))


def _window(rows: list[Row], rows_max: int, first: int, words: Catalog) -> list[Row]:
    """Show part of a list, from a row on, and how much more there is."""
    if len(rows) <= rows_max or rows_max == 0:
        return rows[:rows_max]
    shown = max(rows_max - 1, 0)
    start = min(first, len(rows) - shown)
    more = words.say("terminal.more", {"pieces": len(rows) - shown})
    return [*rows[start : start + shown], (Part(f"… {more}", "muted"),)]


def _bar(progress: tuple[int, int], width: int) -> Row:
    done, total = progress
    columns = min(width, BAR_COLUMNS_MAX)
    filled = columns * min(done, total) // total if total > 0 else 0
    return (Part("━" * filled, "bar"), Part("─" * (columns - filled), "muted"))
