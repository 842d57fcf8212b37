"""The first row of a screen: who works at what, what waits, how the printer stands, the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from floorhand.tui.rows import Part, Row, between, padded, width_of
from floorhand.tui.safe import cut
from floorhand.tui.view import NARROW_COLUMNS, SIGNS, TONE_WORDS, TONES, View

GAP: Final = "  "

SHORTER: Final[Mapping[str, str]] = {"printer.waiting": "printer.waiting_short"}
"""What is said in fewer words where there is no room."""


def is_urgent(view: View) -> bool:
    """Say whether the row must be there: something is wrong that no other row tells."""
    return view.printer is not None and view.printer.tone != "calm"


def header_row(view: View, width: int) -> Row:
    """Give the row in the colour of the worst that it tells."""
    tones = (view.tone, view.printer.tone if view.printer is not None else "calm")
    worst = max(tones, key=TONES.index)
    return padded(_told(view, width - 2), width, f"frame-{worst}")


def _told(view: View, width: int) -> Row:
    """Name job and worker at the left; the printer, what waits, and the time, at the right."""
    narrow = width + 2 < NARROW_COLUMNS
    if narrow and view.tone == "refused":
        say = view.words.say
        return (Part(f" {SIGNS['refused']} {say(TONE_WORDS['refused'])}", "strong"),)
    if narrow and is_urgent(view):
        return _printer_alone(view, width)
    left, waiting = _who(view), _waiting(view)
    job = left[0]
    whole = " · ".join(part for part in left if part)
    ways = list(_printer(view))
    if is_urgent(view):
        room = width - width_of(GAP.join((job, waiting, view.clock))) - 1
        ways.append(cut(ways[-1], max(room, 1)))
    for printer in (*ways, ""):
        right = GAP.join(part for part in (printer, waiting, view.clock) if part)
        needed = job if is_urgent(view) else whole
        if not printer or width_of(needed) + width_of(right) < width:
            break
    told = cut(whole, width - width_of(right) - 1)
    return between((Part(f" {told}", "strong"),), (Part(right, "strong"),), width + 1)


def _who(view: View) -> tuple[str, str]:
    sign = f"{SIGNS[view.tone]} " if view.said or view.taken else ""
    job = view.words.say(f"job.{view.job}") if view.job else "floorhand"
    return f"{sign}{job}", view.worker


def _waiting(view: View) -> str:
    told = view.words.say("terminal.waiting", {"count": view.waiting})
    return f"▮▮ {told}" if view.waiting else ""


def _printer_alone(view: View, width: int) -> Row:
    """Tell of the printer where there is no room beside it; the time, if there is some left."""
    ways = list(_printer(view))
    for clock in (view.clock, ""):
        for told in ways:
            if width_of(told) + width_of(clock) + bool(clock) <= width:
                return between((Part(f" {told}", "strong"),), (Part(clock, "strong"),), width + 1)
    return (Part(f" {cut(ways[-1], width)}", "strong"),)


def _printer(view: View) -> Iterator[str]:
    """Say how the printer stands, the longest way first; the worst stands in all of them."""
    if view.printer is None:
        return
    told = view.printer.words
    sign = SIGNS["ok"] if not is_urgent(view) else SIGNS[view.printer.tone]
    for count in range(len(told), 0, -1):
        for shorter in ({}, SHORTER):
            words = (view.words.say(shorter.get(key, key), facts) for key, facts in told[:count])
            state = " · ".join(words)
            if view.printer.elsewhere:
                named = {"printer": view.printer.code, "state": state}
                state = view.words.say("printer.told", named)
            yield f"{sign} {state}"
