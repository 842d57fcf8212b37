"""Tables: what is in their cells, how many rows are shown, and how a cell is written in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from floorhand.domain.reasons import Where, reason_key
from floorhand.text.catalog import Catalog

ROWS_MAX: Final = 500
"""More rows than that nobody reads; it is said how many there are."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the catalog, with its facts."""

    key: str
    facts: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """A name that leads on, to a thing of this kind; ``shown`` may be a part of it."""

    kind: str
    name: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the words that it is written in: a share, a length, a rate."""

    number: float
    told: str


@dataclass(frozen=True, slots=True)
class Hour:
    """A moment of which a clock alone is shown, as in a chart of a day; a file has it whole."""

    at: datetime
    told: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A text of the catalog whose facts are not known any more."""

    key: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts in one line, as names of texts with their values."""

    told: tuple[tuple[str, str], ...]


Value = str | int | datetime | Word | Lead | Figure | Hour | Outline | Facts | None
"""What is in a cell."""

EMPTY: Final = (None, "", Facts(()))
"""Cells in which nothing is."""


@dataclass(frozen=True, slots=True)
class Details:
    """A table of what is behind a line.

    ``heads`` name the columns; ``rows`` have a cell for each. ``count`` is how many rows there are
    in all, of which no more than `ROWS_MAX` are given. ``facts`` are told above it, as names of
    texts with their values; ``said`` are sentences above it, in words already.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    count: int
    facts: tuple[tuple[str, str], ...] = ()
    said: tuple[str, ...] = ()


def table(
    heads: tuple[str, ...],
    rows: Iterable[tuple[Value, ...]],
    count: int = 0,
    facts: tuple[tuple[str, str], ...] = (),
) -> Details:
    """Keep so many rows, and the columns in which something is.

    Args:
        heads: Names of the columns.
        rows: With a cell for each.
        count: How many there are, if these are not all.
        facts: What is told above it.
    """
    found = list(rows)
    kept = [
        index
        for index in range(len(heads))
        if index == 0 or any(row[index] not in EMPTY for row in found)
    ]
    return Details(
        tuple(heads[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in found[:ROWS_MAX]),
        max(count, len(found)),
        facts,
    )


def why(reason: str, where: Where) -> Value:
    """Give a reason as a cell: its word, or else the reason itself."""
    key = reason_key(reason, where)
    return Word(key) if key else reason


def in_words(value: Value, words: Catalog, moment: Callable[[datetime], str]) -> str:
    """Write a cell; ``moment`` writes a moment. What is data in it is not yet safe to be shown."""
    match value:
        case None:
            return ""
        case datetime():
            return moment(value)
        case Word(key=key, facts=facts):
            return words.say(key, dict(facts))
        case Outline(key=key):
            return f"✗ {words.outline(key)}"
        case Lead(name=name, shown=shown):
            return shown or name
        case Figure(told=written) | Hour(told=written):
            return written
        case Facts(told=pairs):
            told = (" ".join(part for part in words.fact(*pair) if part) for pair in pairs)
            return ", ".join(told)
        case _:
            return str(value)
