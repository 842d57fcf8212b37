"""Lay out lists: as many entries as there is room for, each as whole as there is room for.

Of a numbered list no two entries ever look the same, and no code is cut inside: an entry that does
not fit in a row takes as many as that needs, or all that it has if there are rows for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from floorhand.flows.turn import Choice, Item
from floorhand.text.catalog import Catalog
from floorhand.text.visible import visible
from floorhand.tui.keys_row import MORE_KEY
from floorhand.tui.rows import Part, Row, joined, width_of
from floorhand.tui.safe import CUT, chop, cut, wrap

MARKS: Final = {"": "  ", "now": "▶ ", "done": "✓ "}

NAME_COLUMNS_MIN: Final = 8
"""A name that gets less room than this says nothing; it gets a row of its own or none."""

COLUMN_MIN: Final = 24
"""A list is set in two columns only if each has this much room."""

NUMBER_COLUMNS: Final = 4

ENTRY_ROWS_MAX: Final = 8
"""No entry takes more rows than this, whatever it holds."""

LISTS_MAX: Final = 32
"""Lists that are kept: a question is laid out several times, and with every key that is typed."""

Block = tuple[Row, ...]
"""The rows of one entry."""


# Numbered lists ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered list: each entry in as few rows as tell it from all others, and whole."""

    texts: tuple[str, ...]
    short: tuple[Block, ...]
    whole: tuple[Block, ...]

    def rows_first(self, entries: int) -> int:
        """Count the rows of the first entries in short."""
        return sum(map(len, self.short[:entries]))

    @property
    def rows_short(self) -> int:
        """Count the rows of all entries in short."""
        return self.rows_first(len(self.short))

    @property
    def rows_whole(self) -> int:
        """Count the rows of all entries."""
        return sum(map(len, self.whole))


@lru_cache(LISTS_MAX)
def numbered(choices: tuple[Choice, ...], words: Catalog, width: int) -> Numbered:
    """Write a numbered list in rows of ``width`` columns."""
    texts = [words.written(choice.written(words.say)) for choice in choices]
    squeezed = [_squeezed(text) for text in texts]
    room = _beside_number(width)
    short, whole = [], []
    for number, text in enumerate(texts, 1):
        lines = _lines(text, room, ENTRY_ROWS_MAX)
        others = squeezed[: number - 1] + squeezed[number:]
        fewest = next(
            (n for n in range(1, len(lines)) if _tells(_lines(text, room, n), text, others)),
            len(lines),
        )
        short.append(_entry(number, _lines(text, room, fewest)))
        whole.append(_entry(number, lines))
    return Numbered(tuple(texts), tuple(short), tuple(whole))


def listed(
    choices: tuple[Choice, ...], rows_max: int, words: Catalog, width: int
) -> tuple[list[Row], bool]:
    """Show as much of a numbered list as fits in so many rows; say whether that is all of it.

    It is set in two columns if it is too long for one and the screen wide enough.
    """
    one = numbered(choices, words, width)
    if one.rows_short <= rows_max:
        blocks = _as_whole_as_fits(one, rows_max, width)
        return [row for block in blocks for row in block], tuple(blocks) == one.whole
    column = width // 2 - 1
    if column >= COLUMN_MIN - 1:
        two = numbered(choices, words, column)
        if two.rows_short == len(choices):
            rows = _two_columns([row for (row,) in two.short], rows_max, words, width)
            return rows, two.rows_whole == len(choices) <= 2 * rows_max
    return beginning(list(one.short), rows_max, words, width), False


def _as_whole_as_fits(entries: Numbered, rows_max: int, width: int) -> list[Block]:
    """Give the rows that are to spare to the first entries that need them."""
    spare = rows_max - entries.rows_short
    blocks = []
    for number, short in enumerate(entries.short, 1):
        whole = entries.whole[number - 1]
        more = min(len(whole) - len(short), spare)
        spare -= more
        lines = _lines(entries.texts[number - 1], _beside_number(width), len(short) + more)
        blocks.append(_entry(number, lines) if more else short)
    return blocks


def _two_columns(rows: list[Row], rows_max: int, words: Catalog, width: int) -> list[Row]:
    """Set rows in two columns, read down the left one and then down the right one."""
    half = -(-len(rows) // 2)
    if half > rows_max:
        half = max(rows_max - 1, 0)
    pairs = []
    for left, right in zip(rows[:half], [*rows[half : 2 * half], ()], strict=False):
        gap = Part(" " * (width // 2 + 1 - width_of(left)))
        pairs.append(joined(left, gap, right))
    hidden = len(rows) - 2 * half
    return [*pairs, _more(hidden, words, width)][:rows_max] if hidden > 0 else pairs


def _beside_number(width: int) -> int:
    return max(width - NUMBER_COLUMNS, 1)


def _lines(text: str, width: int, lines_max: int) -> list[str]:
    """Break a text into lines; if it is cut inside a code, that code is left out altogether."""
    lines = wrap(text, width, lines_max) or [""]
    if not _cuts_code(lines, text):
        return lines
    whole = list(lines)
    while whole and not (before := whole.pop().rpartition(" ")[0]):
        if whole and width_of(whole[-1]) + 2 <= width:
            before = whole.pop()
            break
    return [*whole, f"{before} {CUT}"] if before else lines


def _tells(lines: list[str], text: str, others: list[str]) -> bool:
    """Say whether lines of a text that is cut tell it from others, and cut no code inside."""
    kept = _squeezed("".join(lines).removesuffix(CUT))
    return not (_cuts_code(lines, text) or any(other.startswith(kept) for other in others))


def _cuts_code(lines: list[str], text: str) -> bool:
    """Say whether the last of some lines of a text ends inside a word that has a digit."""
    kept, at = len(_squeezed("".join(lines).removesuffix(CUT))), 0
    for word in visible(text).split():
        if at < kept < at + len(word):
            return any(map(str.isdecimal, word))
        at += len(word)
    return False


def _squeezed(text: str) -> str:
    return "".join(visible(text).split())


def _entry(number: int, lines: list[str]) -> Block:
    first, *more = lines
    click = f"line:{number}"
    head: Row = (Part(f"{number:>2} ", "choice", click), Part(f" {first}"))
    return (head, *((Part(" " * NUMBER_COLUMNS, click=click), Part(line)) for line in more))


# Lists of goods ----------------------------------------------------------------------------------


def goods_blocks(goods: tuple[Item, ...], width: int) -> list[Block]:
    """Write a list of goods, each in one row unless its code is longer than that."""
    return [tuple(_item(item, goods, width)) for item in goods]


def _item(item: Item, among: tuple[Item, ...], width: int) -> Iterator[Row]:
    """Write one entry: mark, number, code whole, then name and note as room allows."""
    digits = max(len(str(other.pieces)) if other.pieces else 0 for other in among)
    pieces = f"{item.pieces:>{digits}} × " if item.pieces else " " * (digits + 3 if digits else 0)
    mark = MARKS.get(item.mark, "  ") if any(other.mark for other in among) else ""
    codes = max(min(width_of(other.code) for other in among), width_of(item.code))
    role = {"now": "now", "done": "muted"}.get(item.mark, "")
    front: Row = (Part(mark, role), Part(pieces, role or "value"))
    beside = width - width_of(front)
    if width_of(item.code) > beside:
        for line in chop(visible(item.code), max(beside, 1)):
            yield joined(front, Part(line, role or "code"))
            front = (Part(" " * (width - beside)),)
        return
    code = item.code + " " * (codes - width_of(item.code))
    note = f"  {item.note}" if item.note else ""
    spare = beside - width_of(code + note) - 2
    name = "" if item.name == item.code else item.name
    if spare < min(NAME_COLUMNS_MIN, width_of(name)):
        name = ""
        note = cut(note, max(0, beside - width_of(code)))
    shown = f"  {cut(name, spare)}" if name else ""
    yield joined(front, Part(code, role or "code"), Part(shown, role), Part(note, "muted"))


def beginning(blocks: list[Block], rows_max: int, words: Catalog, width: int) -> list[Row]:
    """Show the beginning of a list, and how much more there is to page to."""
    rows = [row for block in blocks for row in block]
    if len(rows) <= rows_max or rows_max <= 1:
        return rows[:rows_max]
    shown: list[Row] = []
    hidden = len(blocks)
    for block in blocks:
        if len(shown) + len(block) >= rows_max:
            break
        shown += block
        hidden -= 1
    return [*shown, _more(hidden, words, width)]


def _more(hidden: int, words: Catalog, width: int) -> Row:
    more = words.say("terminal.more", {"pieces": hidden, "key": MORE_KEY})
    return (Part(cut(f"{CUT} {more}", width), "muted", "key:pagedown"),)
