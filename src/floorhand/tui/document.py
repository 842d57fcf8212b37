"""Everything that a question holds, nothing cut: what a worker pages through on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from floorhand.flows.turn import Item
from floorhand.text.visible import visible
from floorhand.tui.keys_row import all_keys, packed
from floorhand.tui.rows import Part, Row, joined, padded, width_of
from floorhand.tui.safe import chop, wrap
from floorhand.tui.view import View, fate_row, goods_told, question, sentence

TEXT_ROWS_MAX: Final = 60
"""No text takes more rows than this, whatever it holds."""

MARKS: Final = {"": "", "now": "▶ ", "done": "✓ "}


def document(view: View, width: int) -> list[Row]:
    """Write all of it, in rows of at most ``width`` columns."""
    if view.scans is not None:
        return list(_scans(view, width))
    return list(_question(view, width))


def window(rows: list[Row], first: int, height: int) -> list[Row]:
    """Give the rows of the page that begins ``first`` rows down; the last page is full."""
    start = max(0, min(first, len(rows) - height))
    return rows[start : start + height]


def _question(view: View, width: int) -> Iterator[Row]:
    yield from _text(question(view), width, "ask")
    if (prompt := view.prompt) is not None:
        yield from _code(prompt.place, width, "place")
        if prompt.count:
            yield (Part(prompt.count, "count"),)
        for item in goods_told(prompt, view.words):
            yield from _item(item, width)
        for label, value in (view.words.fact(*one) for one in prompt.facts):
            yield from _text(f"{label} {value}".strip(), width, "value")
        for number, choice in enumerate(prompt.choices, 1):
            chosen = view.words.written(choice.written(view.words.say))
            yield from _text(f"{number:>2}  {chosen}", width, "", f"line:{number}")
        if prompt.progress is not None:
            yield (Part("{}/{}".format(*prompt.progress), "strong"),)
    for said in view.said:
        for row in _text(sentence(said, view.words, width), width, ""):
            yield padded(row, width, f"said-{said.tone}")
    yield from packed(all_keys(view), width)


def _item(item: Item, width: int) -> Iterator[Row]:
    front = f"{MARKS.get(item.mark, '')}{f'{item.pieces} × ' if item.pieces else ''}"
    if width_of(front + item.code) <= width:
        yield (Part(front, "value"), Part(item.code, "code"))
    else:
        yield (Part(front, "value"),)
        yield from _code(item.code, width, "code")
    if item.name and item.name != item.code:
        yield from _text(item.name, width, "")
    yield from _text(item.note, width, "muted")


def _scans(view: View, width: int) -> Iterator[Row]:
    """List the scans, the latest first; a code that is too long for its row takes several."""
    scans = view.scans or ()
    digits = max((len(str(fate.number)) for fate in scans), default=1)
    for fate in reversed(scans):
        row = fate_row(fate, digits)
        if width_of(row) <= width:
            yield row
            continue
        front, rest = row[:2], f"{fate.code}  {fate.note}".strip()
        room = width - width_of(front)
        if room >= width // 2:
            head, *more = chop(visible(rest), room)
            yield joined(front, Part(head))
            for line in more:
                yield (Part(" " * (width - room)), Part(line))
        else:
            yield front
            yield from _code(rest, width, "")


def _text(text: str, width: int, role: str, click: str = "") -> Iterator[Row]:
    for line in wrap(text, max(width, 1), TEXT_ROWS_MAX):
        yield (Part(line, role, click),)


def _code(code: str, width: int, role: str) -> Iterator[Row]:
    for line in chop(visible(code), max(width, 1)):
        yield (Part(line, role),)
