"""Lay out one screen as rows of text: what goes where, and what gives way when room is short.

One layout serves all sizes. What a worker acts on (question, place, number, code, answer, keys)
is always whole; names are cut, large letters shrink, lists are shown in part with what is left.
What a small screen leaves out is a page further: `document` has all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from floorhand.flows.turn import Said
from floorhand.text.catalog import FULL_STOPS, Catalog
from floorhand.text.visible import visible
from floorhand.tui.body import Body, Room, lay_out_body, rows_enlarged, rows_needed
from floorhand.tui.document import TEXT_ROWS_MAX, document, window
from floorhand.tui.header import header_row, is_urgent
from floorhand.tui.keys_row import all_keys, keys_rows
from floorhand.tui.large import large, lettering
from floorhand.tui.recent import recent_rows
from floorhand.tui.rows import Part, Row, between, padded, width_of
from floorhand.tui.safe import CUT, KEPT_MAX, chop, cut, wrap
from floorhand.tui.view import (
    LOW_ROWS,
    NARROW_COLUMNS,
    View,
    question,
    sentence,
)

TIGHT_ROWS: Final = 12
"""Below this even the header gives way to what is acted on."""

TALL_ROWS: Final = 24
"""From here on the last scans come before the largest letters; on lower screens after them."""

AIRY_ROWS: Final = 8
"""With more rows than this for the body, one stays free below the question."""

NAME: Final = "FLOORHAND"
ROOMY_COLUMNS, ROOMY_ROWS = 40, 20
"""From here on the last scans are always there, in one row at least."""

LARGE_KEYS_MAX: Final = 2
"""Rows of keys beside large letters, which come first."""

HINT_ROWS_MAX: Final = 2
RECENT_MAX: Final = 3
"""So many of the last scans are shown beside the question."""

NOTICE_SHARE: Final = 0.4
"""How much of a page may be taken by what stays in sight whatever is paged through."""

MASK: Final = "•"

PAGES: Final = {"pagedown": 1, "pageup": -1}
LINES: Final = {"down": 1, "up": -1}
PAGING: Final = frozenset({*PAGES, *LINES})
"""Keys that turn pages. They are nobody's business but the screen's."""


def lay_out(view: View, width: int, height: int) -> list[Row]:
    """Lay out a whole screen: exactly ``height`` rows of ``width`` columns."""
    if view.first or view.scans is not None:
        middle, keys, header = _page(view, width, height)
    else:
        middle, keys, header = _asked(view, width, height)
    frame = f"frame-{view.tone}"
    side, air = Part(" ", frame), Part(" " * _margin(width))
    rows = [header_row(view, width)] if header else []
    rows += [(side, *padded((air, *row), max(width - 2, 0)), side) for row in middle]
    rows += [padded(row, width, frame) for row in keys]
    return (rows + [padded((), width)] * height)[:height]


def turned(view: View, width: int, height: int, key: str) -> int:
    """Say where a paging key leads to, from where the view is: its new ``first``."""
    step = LINES.get(key) or PAGES[key] * max(1, _page_rows(view, width, height) - 1)
    top = 0 if view.scans is not None else 1
    if view.first < top:
        return top if step > 0 else 0
    if step < 0 and view.first == top:
        return 0
    hidden = len(document(view, _inner(width))) - _page_rows(view, width, height)
    return max(top, min(view.first + step, top + hidden))


def _margin(width: int) -> int:
    return 1 if width >= NARROW_COLUMNS else 0


def _inner(width: int) -> int:
    return max(1, width - 2 - 2 * _margin(width))


# The question ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Share:
    """The rows of each part of a screen that asks a question."""

    ask: list[Row]
    said: list[Row]
    typed: list[Row]
    keys: list[Row]
    header: bool
    body: int
    recent: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a screen asks, however its rows are shared out: ``needed`` are those of the body."""

    ask: list[Row]
    typed: list[Row]
    needed: int
    enlarged: list[Row]
    wanted: int
    """Rows of a body that is enlarged like the question."""


def _parts(view: View, width: int) -> _Parts:
    ask, typed = _ask(view, width), _typed(view, width)
    if view.prompt is None:
        return _Parts(ask, typed, 0, [], 0)
    needed = rows_needed(view.prompt, view.words, width)
    enlarged = _large_ask(view, width) if view.large else []
    if not enlarged:
        return _Parts(ask, typed, needed, [], 0)
    wanted = max(needed, rows_enlarged(view.prompt, view.words, width, plain=view.plain))
    return _Parts(ask, typed, needed, enlarged, wanted)


def _asked(view: View, width: int, height: int) -> tuple[list[Row], list[Row], bool]:
    """Give the rows between header and keys, the keys, and whether there is a header."""
    parts = _parts(view, _inner(width))
    share = _shared_out(view, parts, width, height, more=False)
    kept = min(RECENT_MAX, len(view.recent)) if height >= TALL_ROWS else 0
    body = _body(view, _inner(width), share.body - kept)
    if kept and not body.whole:
        body = _body(view, _inner(width), share.body)
    if not (body.whole and share.whole):
        share = _shared_out(view, parts, width, height, more=False, brief=True)
        body = _body(view, _inner(width), share.body)
    if not (body.whole and share.whole):
        share = _shared_out(view, parts, width, height, more=True, brief=True)
        body = _body(view, _inner(width), share.body)
    gap: list[Row] = [()] if height >= LOW_ROWS and share.body > AIRY_ROWS else []
    filled = [*gap, *body.rows][: share.body]
    filled += [()] * (share.body - len(filled))
    middle = [*share.ask, *_with_recent(view, _inner(width), filled, share.recent)]
    return [*middle, *share.said, *share.typed], share.keys, share.header


def _with_recent(view: View, width: int, rows: list[Row], kept: int) -> list[Row]:
    """Put the last scans below a body, in rows that it leaves free and the one kept for them."""
    free = kept
    while rows and not rows[-1]:
        rows, free = rows[:-1], free + 1
    if not free and view.recent and () in rows:  # air is worth less
        at = len(rows) - 1 - rows[::-1].index(())
        rows, free = rows[:at] + rows[at + 1 :], 1
    recent = recent_rows(view.recent[-RECENT_MAX:], width, free, every=bool(kept))
    return [*rows, *[()] * (free - len(recent)), *recent]


def _shared_out(
    view: View, parts: _Parts, width: int, height: int, *, more: bool, brief: bool = False
) -> _Share:
    """Share the rows out: first to each part what it cannot do without, then what it would like.

    ``more`` offers the key to what did not fit; ``brief`` tells only what stands nowhere else.
    """
    inner, room = _inner(width), Room(height)
    ask, typed, told = parts.ask, parts.typed, _said(view, inner, brief=brief)
    labels = all_keys(view, more=more)
    keys = keys_rows(labels, width - 2, 1)
    room.take(len(ask) + len(keys))
    header = is_urgent(view) and bool(room.take(1))
    typed_rows = room.take(1) if view.typed else 0
    said_rows = room.take(min(1, len(told)))
    roomy = width >= ROOMY_COLUMNS and height >= ROOMY_ROWS
    recent = room.take(1) if roomy and view.recent else 0
    body = room.take(parts.needed)
    said_rows += room.take(sum(map(len, told)) - said_rows)
    header = header or bool(room.take(1))
    most = min(_keys_max(width, height), LARGE_KEYS_MAX if view.large else height)
    for rows_max in range(most, 0, -1):
        wordy = keys_rows(labels, width - 2, rows_max)
        if len(wordy) > len(keys) and room.upgrade(len(wordy) - len(keys)):
            keys = wordy
            break
    if not typed_rows and room.upgrade(len(typed)):
        typed_rows = len(typed)
    body += room.left
    more_rows = len(parts.enlarged) - len(ask)
    if parts.enlarged and body >= parts.wanted + more_rows:
        body -= more_rows
        ask = parts.enlarged
    return _Share(
        ask,
        _each_begun(told, said_rows, inner),
        typed[:typed_rows],
        keys,
        header,
        body,
        recent,
        said_rows == sum(map(len, told)),
    )


def _keys_max(width: int, height: int) -> int:
    """Say in how many rows keys may be listed with their words."""
    if height < TIGHT_ROWS:
        return 1
    if height < LOW_ROWS:
        return 2
    return 3 if width >= NARROW_COLUMNS else 4


def _body(view: View, width: int, height: int) -> Body:
    """Lay out what to act on; the name of the program where nobody works and nothing is asked."""
    if view.prompt is None:
        return Body([], whole=True)
    gap = 1 if height > AIRY_ROWS else 0
    body = lay_out_body(
        view.prompt, view.words, width, height - gap, big=view.large, plain=view.plain
    )
    name = large(NAME, plain=view.plain)
    if body.rows or view.worker or len(name[0]) > width or height < len(name) + 2:
        return body
    return Body([(Part(line, "muted"),) for line in ("", *name)], whole=True)


def _ask(view: View, width: int) -> list[Row]:
    """Put the question, with how far the job is at its right."""
    if view.prompt is None:
        return [(Part(question(view), "muted"),)]
    progress = view.prompt.progress
    done = "{}/{}".format(*progress) if progress else ""
    beside = width - (width_of(done) + 1 if done else 0)
    first, *more = wrap(question(view), max(beside, 1), TEXT_ROWS_MAX) or [""]
    rows = [between((Part(first, "ask"),), (Part(done, "strong"),), width)]
    return rows + [(Part(line, "ask"),) for line in more]


def _large_ask(view: View, width: int) -> list[Row]:
    """Draw the question in large letters, line by line; no rows if a word of it cannot be.

    Codes in it must read as they are written, so small letters in them forbid it.
    """
    assert view.prompt is not None
    values = [str(value) for name, value in view.prompt.ask_facts if not name.endswith("_text")]
    if any(value != value.upper() for value in values):
        return []
    rows: list[Row] = []
    line: tuple[str, ...] = ()
    words = ""
    for word in map(visible, question(view).split(" ")):  # a space that holds stays in its word
        joint = f"{words} {word}".strip()
        drawn = lettering(joint, view.words.language, plain=view.plain)
        if drawn and len(drawn[0]) <= width:
            words, line = joint, drawn
            continue
        rows += [(Part(one, "ask"),) for one in line]
        words, line = word, lettering(word, view.words.language, plain=view.plain)
        if not line or len(line[0]) > width:
            return []
    return rows + [(Part(one, "ask"),) for one in line]


def _said(view: View, width: int, *, brief: bool) -> list[list[Row]]:
    """Tell how the last scan went, in reverse video; ``brief`` without the question above it.

    A code as wide as the screen would leave a row to the full stop behind it.
    """
    asked = view.prompt.ask if brief and view.prompt is not None else ""
    return [_told(said, view.words, width, asked) for said in view.said]


def _told(said: Said, words: Catalog, width: int, asked: str = "") -> list[Row]:
    lines = wrap(sentence(said, words, width, asked=asked), width, TEXT_ROWS_MAX)
    if lines[-1:] and lines[-1] in FULL_STOPS:
        lines.pop()
    return list(_in_reverse(tuple(lines), width, f"said-{said.tone}"))


@lru_cache(KEPT_MAX)
def _in_reverse(lines: tuple[str, ...], width: int, role: str) -> tuple[Row, ...]:
    return tuple([padded((Part(line),), width, role) for line in lines])


def _each_begun(told: list[list[Row]], rows_max: int, width: int) -> list[Row]:
    """Give the first row of each sentence, and more of the first ones as far as there is room."""
    room = Room(rows_max)
    begun = [room.take(1) for _ in told]
    return [
        row
        for rows, first in zip(told, begun, strict=True)
        for row in _cut_off(rows, first + (room.take(len(rows) - first) if first else 0), width)
    ]


def _cut_off(rows: list[Row], count: int, width: int) -> list[Row]:
    """Give the first rows; what is cut off is marked at the end of the last one."""
    if count >= len(rows) or not count:
        return rows[:count]
    *first, last = rows[:count]
    text = "".join(part.text for part in last).rstrip()
    if width_of(text) + 2 > width:
        text = (chop(text, max(width - 2, 1)) or [""])[0]
    return [*first, padded((Part(f"{text} {CUT}"),), width, last[0].role)]


def _typed(view: View, width: int) -> list[Row]:
    """Show what is being typed; its end, if it is long. A hint stands there while nothing is."""
    pin = view.prompt is not None and "pin" in view.prompt.wants.kinds
    text = MASK * len(view.typed) if pin else view.typed
    if not text and view.hint is not None:
        return _hint(*view.hint, width - 2)
    room = max(width - 3, 0)
    tail = text[-room:] if room else ""
    while width_of(tail) > room:
        tail = tail[1:]
    return [(Part("▸ ", "muted"), Part(tail, "typed"), Part("▁" if tail else "", "typed"))]


def _hint(sentence: str, alone: str, width: int) -> list[Row]:
    """Show a hint so that it is not taken for what was typed.

    Without room for the sentence a code stands alone; words would look typed, so they are told
    in a sentence over some lines, or not at all.
    """
    lines = [sentence]
    if width_of(sentence) > width:
        lines = wrap(sentence, width, HINT_ROWS_MAX) if " " in alone else [cut(alone, width)]
    if lines[-1].endswith("…"):
        lines = [""]
    signs = ("▸ ", *["  "] * HINT_ROWS_MAX)
    return [
        (Part(sign, "muted"), Part(line, "hint")) for sign, line in zip(signs, lines, strict=False)
    ]


# Pages -----------------------------------------------------------------------------------------


def _page(view: View, width: int, height: int) -> tuple[list[Row], list[Row], bool]:
    """Give a page of everything that the question holds, or of the list of scans."""
    above, below, keys = _around_page(view, width, height)
    room = _page_rows(view, width, height)
    first = view.first if view.scans is not None else view.first - 1
    page = window(document(view, _inner(width)), first, room)
    page += [()] * (room - len(page))
    return [*above, *page, *below], keys, height >= TIGHT_ROWS


def _page_rows(view: View, width: int, height: int) -> int:
    """Count the rows of a page."""
    taken = sum(map(len, _around_page(view, width, height)))
    return max(height - taken - (1 if height >= TIGHT_ROWS else 0), 0)


def _around_page(view: View, width: int, height: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Give what stands above a page and below it, and the keys."""
    inner = _inner(width)
    notices = [_told(said, view.words, inner) for said in view.notices]
    below = _each_begun(notices, int(height * NOTICE_SHARE), inner)
    below += _typed(view, inner) if view.typed else []
    keys = keys_rows(all_keys(view, more=True), width - 2, 1)
    return _heading(view, inner), below, keys


def _heading(view: View, width: int) -> list[Row]:
    """Say what the list of scans is."""
    if view.scans is None:
        return []
    scans, booked = view.done
    text = view.words.say("terminal.scans", {"count": scans, "booked": booked})
    return [(Part(line, "ask"),) for line in wrap(text, width, TEXT_ROWS_MAX)]
