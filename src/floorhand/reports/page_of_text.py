"""A report as plain text: for terminals of any width, for pipes, for mails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from floorhand.reports.bars import BLOCKS, chart_lines
from floorhand.reports.model import Report, Section, Table
from floorhand.reports.writing import written
from floorhand.text.columns import width
from floorhand.text.plain import can_show, fitted
from floorhand.text.visible import visible

COLUMNS_MIN: Final = 26
COLUMNS_MAX: Final = 120
"""No page is narrower or wider: beyond that an eye loses its line."""

MAIL_COLUMNS: Final = 72
"""What every program for mail shows unbroken.

Source: RFC 3676, section 4.2 (lines of at most 78 characters, quoted once or twice).
"""

ROWS_SHOWN_MAX: Final = 40
"""So many rows of a table are read on a page; files have all."""

_GAP = "  "
_UNBROKEN = "\xa0"

_BREAKABLE = re.compile("[\u2e80-\uffef] *|[^ \u2e80-\uffef]+ *| +")
"""Pieces of a text between which a line may end. A space that is not to be broken is none."""


def text_of(report: Report, columns: int, encoding: str = "") -> str:
    """Lay a report out as lines of so many columns at most; words longer than that are not cut.

    Args:
        report: What to show.
        columns: Width of the page, kept within `COLUMNS_MIN` and `COLUMNS_MAX`.
        encoding: What is shown must fit into this, sign by sign; empty: all of Unicode.
    """
    columns = min(max(columns, COLUMNS_MIN), COLUMNS_MAX)
    plain = bool(encoding) and not can_show(BLOCKS, encoding)
    lines = _lines(report, columns, plain=plain)
    return "\n".join(fitted(line, encoding, width) if encoding else line for line in lines)


def mail_of(report: Report, encoding: str = "") -> str:
    """Write a report as a mail: its subject in the first line, then the text.

    Args:
        report: What to write.
        encoding: What is written must fit into this, sign by sign; empty: all of Unicode.
    """
    subject = f"Subject: {visible(report.subject)}"
    told = fitted(subject, encoding, width) if encoding else subject
    return f"{told}\n\n{text_of(report, MAIL_COLUMNS, encoding)}"


def _lines(report: Report, columns: int, *, plain: bool) -> Iterator[str]:
    yield from _wrapped(report.title, columns)
    for section in report.sections:
        yield ""
        yield from _section(report, section, columns, plain=plain)


def _section(report: Report, section: Section, columns: int, *, plain: bool) -> Iterator[str]:
    yield from _wrapped(section.title.upper() if plain else section.title, columns)
    yield ("-" if plain else "─") * min(columns, width(section.title))
    for sentence in section.said:
        yield from _wrapped(sentence, columns)
    if section.table is not None:
        shown = replace(section.table, rows=section.table.rows[:ROWS_SHOWN_MAX])
        yield from _table(report, shown, columns)
        if left := len(section.table.rows) - len(shown.rows):
            yield f"{_GAP}{left} {report.words.say('board.more')}"
    for chart in section.charts:
        yield ""
        yield from chart_lines(chart, report.words, columns, plain=plain)
    if section.about:
        yield from _wrapped(section.about, columns, _GAP)


def _table(report: Report, table: Table, columns: int) -> Iterator[str]:
    """Write a table; columns that give way are told below it.

    Where it is too wide even so, each row becomes a paragraph of its own, with all columns.
    """
    heads = [column.head for column in table.across]
    rows = [[_cut(written(report, cell), columns // 2) for cell in row] for row in table.rows]
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    kept = _kept(table, widths, columns)
    if not kept:
        yield from _paragraphs(report, table, columns)
        return
    for row in (heads, *rows):
        cells = (_placed(row[n], widths[n], right=table.is_number(n)) for n in kept)
        yield _GAP.join(cells).rstrip()
    if gone := [head for n, head in enumerate(heads) if n not in kept]:
        told = report.words.say("report.wider", {"heads": ", ".join(gone)})
        yield from _wrapped(told, columns, _GAP)


def _kept(table: Table, widths: Sequence[int], columns: int) -> list[int]:
    """Choose the columns that fit on a page; none if those that must be there do not."""
    kept = list(range(len(widths)))
    while sum(widths[n] + len(_GAP) for n in kept) - len(_GAP) > columns:
        last = max(kept, key=lambda n: (table.across[n].rank, n))
        if not table.across[last].rank:
            return []
        kept.remove(last)
    return kept


def _cut(text: str, columns: int) -> str:
    """Shorten a text that would take more than its share of a page; no code is so long."""
    if width(text) <= columns:
        return text
    while width(text) >= columns:
        text = text[: len(text) - max(1, (len(text) - columns) // 2)]
    return f"{text}…"


def _placed(cell: str, wide: int, *, right: bool) -> str:
    spare = " " * (wide - width(cell))
    return spare + cell if right else cell + spare


def _paragraphs(report: Report, table: Table, columns: int) -> Iterator[str]:
    """Write what a row begins with, and below it the rest, each figure behind what it is called."""
    across = table.across
    names = next((n for n in range(len(across)) if table.is_number(n)), len(across)) or 1
    for row in table.rows:
        cells = [_cut(written(report, cell), columns - len(_GAP)) for cell in row]
        yield from _wrapped(" · ".join(filter(None, cells[:names])), columns)
        told = (
            f"{across[n].head} {cells[n]}".replace(" ", _UNBROKEN)
            for n in range(names, len(row))
            if row[n] not in (None, "")
        )
        yield from _wrapped(f"{_UNBROKEN}· ".join(told), columns, _GAP)


def _wrapped(text: str, columns: int, indent: str = "") -> Iterator[str]:
    """Break a text into lines: between words, and between letters that take two columns."""
    line = indent
    for word in _pieces(text, columns - len(indent)):
        if width(line) + width(word.rstrip(" ")) > columns and line.strip():
            yield visible(line.rstrip(" "))
            line = indent
        line += word if line != indent else word.lstrip(" ")
    yield visible(line.rstrip(" "))


def _pieces(text: str, room: int) -> Iterator[str]:
    """Cut a text where a line may end; where nothing fits, anywhere."""
    for word in _BREAKABLE.findall(text):
        if width(word.rstrip(" ")) <= room:
            yield word
        elif _UNBROKEN in word:
            yield from _pieces(word.replace(_UNBROKEN, " "), room)
        else:  # half as many letters fit, even if all of them are wide
            half = room // 2
            yield from (word[at : at + half] for at in range(0, len(word), half))
