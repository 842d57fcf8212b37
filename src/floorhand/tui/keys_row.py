"""List the keys that work now, in as few rows as there are for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from floorhand.domain.keymap import BARCODES_ONLY, KEYS, Key, named
from floorhand.tui.rows import Part, Row, joined, width_of
from floorhand.tui.safe import cut
from floorhand.tui.view import View

ORDER: Final = (*KEYS, *BARCODES_ONLY)
"""Keys are listed in this order."""

EVERYWHERE: Final = frozenset({Key.HELP, Key.UNDO, Key.REDO, Key.BACK, Key.SCANS, Key.LOCK})
"""Keys whose word is the first to go: they mean the same at every question."""

SPARE: Final = frozenset({Key.SCANS})
"""Keys that are not listed where there is no room; they work all the same."""

COLUMNS_OF_WORDS: Final = (99, 16, 12, 10, 8, 7, 6, 5, 4)
"""Words beside keys are cut to fewer and fewer columns; shorter than this they say nothing."""

FITTED_MAX: Final = 256
"""Rows of keys that are kept: a job has few, and shows them again and again."""

MORE_KEY: Final = "PgDn"

Label = tuple[Key | None, str, str]
"""A key, the name that stands on it, and its word; no key for what turns pages."""


def all_keys(view: View, *, more: bool = False) -> tuple[Label, ...]:
    """Give every key with its whole word; ``more`` says that there is something to page to."""
    return tuple(_labels(view, more=more))


def keys_rows(labels: tuple[Label, ...], width: int, rows_max: int) -> list[Row]:
    """List the keys in at most so many rows if at all possible. Words are cut, keys never.

    Args:
        labels: All of them, see `all_keys`.
        width: Columns of a row.
        rows_max: Rows that it should take; bare keys take more if there are too many.
    """
    return list(_fitted(labels, width, rows_max))


@lru_cache(FITTED_MAX)
def _fitted(labels: tuple[Label, ...], width: int, rows_max: int) -> tuple[Row, ...]:
    for shorter in _shortened(labels):
        if _rows_of(shorter, width) <= rows_max:
            break
    return tuple(packed(shorter, width))


def _shortened(labels: Sequence[Label]) -> Iterator[list[Label]]:
    """Give the labels whole, then without what can be done without, step by step."""
    yield list(labels)
    yield [(key, name, "" if key in EVERYWHERE else word) for key, name, word in labels]
    fewer = [label for label in labels if label[0] not in SPARE]
    yield fewer
    for columns in COLUMNS_OF_WORDS:
        yield [
            (key, name, "" if key in EVERYWHERE else cut(word, columns))
            for key, name, word in fewer
        ]
    yield [(key, name, "") for key, name, _ in fewer]


def _rows_of(labels: list[Label], width: int) -> int:
    """Count the rows that labels take side by side."""
    rows, taken = 1, 0
    for _, name, word in labels:
        columns = 1 + len(name) + (1 + width_of(word) if word else 0)
        if taken and taken + 1 + columns > width:
            rows, taken = rows + 1, columns
        else:
            taken += columns + (1 if taken else 0)
    return rows


def _labels(view: View, *, more: bool) -> Iterator[Label]:
    if more:
        yield None, MORE_KEY, view.words.say("key.more")
    for key, text in _offered(view):
        yield key, named(key), view.words.say(text)


def _offered(view: View) -> list[tuple[Key, str]]:
    """The keys of the prompt, and those that work at every question."""
    if view.prompt is None:
        return []
    offered = list(view.prompt.keys)
    always = [(Key.HELP, "key.help")]
    if view.worker:
        always += [(Key.SCANS, "key.scans"), (Key.LOCK, "key.sign_out")]
        if view.job != "menu":
            always.append((Key.BACK, "key.back"))
    elif view.may_leave:
        always.append((Key.LOCK, "terminal.leave_key"))
    there = {key for key, _ in offered}
    offered += [(key, text) for key, text in always if key not in there]
    return sorted(offered, key=lambda pair: ORDER.index(pair[0]))


def packed(labels: Sequence[Label], width: int) -> list[Row]:
    """Put labels side by side, as many in a row as fit."""
    rows: list[Row] = []
    row: Row = ()
    for key, name, word in labels:
        room = width - len(name) - 2
        shown = f" {cut(word, room)}" if word and room > 1 else ""
        one: Row = (Part(f" {name}", "key", _click(key)), Part(shown))
        if row and width_of(row) + 1 + width_of(one) > width:
            rows.append(joined(row, Part("", click="-")))
            row = ()
        row = joined(row, Part(" ", click="-"), one) if row else one
    return [*rows, joined(row, Part("", click="-"))] if row else rows


def _click(key: Key | None) -> str:
    """Say what a click on a key means: the key, or its command where it is no key."""
    if key is None:
        return "key:pagedown"
    return f"key:{KEYS[key][0] if key in KEYS else BARCODES_ONLY[key]}"
