"""Lay out the middle of a screen: where to go, how many, of what, and what to choose from.

Room is given out in the order of need: first everything in its smallest form, then large letters
for the place, then lists, then large digits, then air. Whoever works with large letters gets them
first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from floorhand.flows.turn import Item, Prompt
from floorhand.text.catalog import Catalog
from floorhand.text.visible import visible
from floorhand.tui.large import huge, large
from floorhand.tui.list_tables import tabled
from floorhand.tui.listing import (
    NAME_COLUMNS_MIN,
    Block,
    beginning,
    goods_blocks,
    listed,
    numbered,
)
from floorhand.tui.rows import Part, Row, joined, width_of
from floorhand.tui.safe import chop, cut, wrap
from floorhand.tui.view import goods_told

GOODS_NEEDED: Final = 2
"""Rows of a list of goods that is all there is to act on."""

GOODS_FIRST_MAX: Final = 4
"""Rows of goods that come before large digits; the rest of the list comes after them."""

CHOICES_FIRST: Final = 3
"""Entries of a numbered list that come before everything but place and number."""

AIR_ROWS: Final = 4
"""Rows that stay free when the place is drawn as large as can be."""

FACT_ROWS_MAX: Final = 2
BAR_COLUMNS_MAX: Final = 60


@dataclass(slots=True)
class Room:
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


@dataclass(frozen=True, slots=True)
class Body:
    """The middle of a screen; ``whole`` unless a row was left out."""

    rows: list[Row]
    whole: bool


def rows_needed(prompt: Prompt, words: Catalog, width: int) -> int:
    """Count the rows without which the question cannot be acted on."""
    head, rest = _split(prompt)
    acted_on = len(_small(prompt.place, width, "place")) + len(_head(prompt.count, head, width)[0])
    first = numbered(prompt.choices, words, width).rows_first(CHOICES_FIRST)
    if not first and not acted_on:
        first = min(sum(map(len, goods_blocks(rest, width))), GOODS_NEEDED)
    return acted_on + first or min(1, len(prompt.facts))


def rows_enlarged(prompt: Prompt, words: Catalog, width: int, *, plain: bool) -> int:
    """Count the rows of place and number in large letters, and of the beginning of a list."""
    head, _ = _split(prompt)
    place = _drawn(large(prompt.place, plain=plain), width) or _small(prompt.place, width, "place")
    number = (
        _large_head(prompt.count, head, width, plain=plain) or _head(prompt.count, head, width)[0]
    )
    choices = numbered(prompt.choices, words, width)
    return len(place) + len(number) + choices.rows_first(CHOICES_FIRST)


def lay_out_body(
    prompt: Prompt, words: Catalog, width: int, height: int, *, big: bool = False, plain: bool
) -> Body:
    """Lay out at most ``height`` rows.

    Args:
        prompt: The question.
        words: The texts of the worker's language.
        width: Columns of a row.
        height: Rows there are.
        big: Large letters come before everything that is not needed at once.
        plain: Draw with characters that every terminal has.
    """
    prompt = replace(prompt, goods=goods_told(prompt, words))
    body = _Body(prompt, words, width, Room(height), plain)
    body.begin()
    texts = [body.add_facts, body.add_headings, body.add_name]
    lists = [body.add_goods, body.add_all_goods]
    if big:
        steps = [body.enlarge_place, body.enlarge_number, body.enlarge_place_more, *texts, *lists]
    else:
        steps = [*texts, body.enlarge_place, body.add_goods, body.enlarge_number]
        steps += [body.add_all_goods, body.loosen_facts, body.enlarge_place_more]
    for step in steps:
        step()
    return body.end()


@dataclass(slots=True)
class _Body:
    """A body that grows from its smallest form, one step after the other, while there is room."""

    prompt: Prompt
    words: Catalog
    width: int
    room: Room
    plain: bool
    head: Item | None = None
    place: list[Row] = field(default_factory=list)
    number: list[Row] = field(default_factory=list)
    name: list[Row] = field(default_factory=list)
    facts: list[Row] = field(default_factory=list)
    goods: list[Block] = field(default_factory=list)
    table: tuple[Row, ...] = ()
    table_whole: bool = False
    facts_rows: int = 0
    choices_rows: int = 0
    goods_rows: int = 0
    named: bool = False
    bar: int = 0

    def begin(self) -> None:
        """Place, number and list in their smallest form."""
        prompt, width = self.prompt, self.width
        self.head, rest = _split(prompt)
        self.goods = goods_blocks(rest, width)
        self.place = _small(prompt.place, width, "place")
        self.number, self.name = _head(prompt.count, self.head, width)
        self.facts = _facts(prompt, self.words, width, packed=True)
        self.room.take(len(self.place) + len(self.number))
        choices = numbered(prompt.choices, self.words, width)
        self.choices_rows = self.room.take(choices.rows_first(CHOICES_FIRST))
        if not self.place and not self.number:
            self.goods_rows = self.room.take(min(self._goods_rows_all, GOODS_NEEDED))

    def add_facts(self) -> None:
        """Add the list and the facts, of which one comes before the end of a long list."""
        kept = min(1, len(self.facts)) if self.room.left > 1 else 0
        choices = numbered(self.prompt.choices, self.words, self.width)
        missing = choices.rows_short - self.choices_rows
        self.choices_rows += self.room.take(min(missing, self.room.left - kept))
        self.facts_rows = self.room.take(len(self.facts))
        if self.choices_rows == choices.rows_short:
            self.choices_rows += self.room.take(choices.rows_whole - choices.rows_short)

    def add_headings(self) -> None:
        """Set the list as a table, if there is room for all of it."""
        prompt = self.prompt
        found = tabled(prompt.choices, prompt.columns, self.words, self.width)
        if found and self.room.upgrade(max(len(found[0]) - self.choices_rows, 0)):
            self.table, self.table_whole = found

    def add_name(self) -> None:
        """Add the name of the goods in hand."""
        if self.name and self.room.upgrade(len(self.name)):
            self.number = self.number + self.name
            self.named = True

    def enlarge_place(self) -> None:
        """Draw the place large."""
        self._enlarge(large(self.prompt.place, plain=self.plain), 0)

    def enlarge_place_more(self) -> None:
        """Draw the place as large as can be, if it is drawn large already."""
        if len(self.place) > 1 and self.place[0][0].role == "place":
            self._enlarge(huge(self.prompt.place, plain=self.plain), AIR_ROWS)

    def _enlarge(self, drawn: tuple[str, ...], air: int) -> None:
        rows = _drawn(drawn, self.width)
        if rows and self.room.upgrade(len(rows) - len(self.place) + air):
            self.place = rows
            self.room.left += air

    def enlarge_number(self) -> None:
        """Draw the number large, with the goods beside it."""
        drawn = _large_head(self.prompt.count, self.head, self.width, plain=self.plain)
        if drawn and self.room.upgrade(max(0, len(drawn) - len(self.number))):
            self.number, self.named = drawn, True

    def add_goods(self) -> None:
        """Add the first of the list, and how far the job is."""
        self._add_goods(GOODS_FIRST_MAX)
        self.bar = self.room.take(1 if self.prompt.progress else 0)

    def add_all_goods(self) -> None:
        """Add the rest of the list."""
        self._add_goods(self._goods_rows_all)

    def _add_goods(self, rows_max: int) -> None:
        wanted = min(self._goods_rows_all, rows_max) - self.goods_rows
        self.goods_rows += self.room.take(wanted)

    @property
    def _goods_rows_all(self) -> int:
        return sum(map(len, self.goods))

    def loosen_facts(self) -> None:
        """Give each fact a row of its own."""
        loose = _facts(self.prompt, self.words, self.width, packed=False)
        if self.facts_rows == len(self.facts) and self.room.upgrade(len(loose) - len(self.facts)):
            self.facts, self.facts_rows = loose, len(loose)

    def end(self) -> Body:
        """Stack what there is, with air between as far as there is room."""
        prompt, width = self.prompt, self.width
        chosen, all_chosen = list(self.table), self.table_whole
        if not chosen:
            chosen, all_chosen = listed(prompt.choices, self.choices_rows, self.words, width)
        blocks = [
            self.place,
            self.number,
            self.facts[: self.facts_rows],
            beginning(self.goods, self.goods_rows, self.words, width),
            chosen,
            [_bar(prompt.progress, width, plain=self.plain)]
            if self.bar and prompt.progress
            else [],
        ]
        whole = (
            self.facts_rows == len(self.facts)
            and self.goods_rows == self._goods_rows_all
            and all_chosen
            and (self.named or not self.name)
        )
        return Body(_stacked([block for block in blocks if block], self.room), whole)


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


def _stacked(blocks: list[list[Row]], room: Room) -> list[Row]:
    rows: list[Row] = []
    for number, block in enumerate(blocks):
        if number and room.upgrade(1):
            rows.append(())
        rows.extend(block)
    return rows


def _small(code: str, width: int, role: str) -> list[Row]:
    """Write a code in ordinary letters. It is never cut: a long one takes several rows."""
    return [(Part(line, role),) for line in chop(visible(code), width)]


def _drawn(lines: tuple[str, ...], width: int) -> list[Row]:
    """Give drawn letters as rows; none if they are too wide."""
    if not lines or len(lines[0]) > width:
        return []
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


def _large_head(count: str, item: Item | None, width: int, *, plain: bool) -> list[Row]:
    """Draw the number large, with code, name and note beside it."""
    drawn = large(count, plain=plain)
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
    texts += [()] * (len(drawn) - len(texts))
    middle = len(drawn) // 2
    signs = ["×" if row == middle else " " for row in range(len(drawn))]
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


def _bar(progress: tuple[int, int], width: int, *, plain: bool) -> Row:
    done, total = progress
    columns = min(width, BAR_COLUMNS_MAX)
    filled = columns * min(done, total) // total if total > 0 else 0
    done_sign, open_sign = ("=", "-") if plain else ("━", "─")
    return (Part(done_sign * filled, "bar"), Part(open_sign * (columns - filled), "muted"))
