"""Lay out one screen as rows of text: what goes where, and what gives way when room is short.

One layout serves all sizes. What a worker acts on (question, place, number, code, answer, keys)
is always whole; names are cut, large letters shrink, lists are shown in part with what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floorhand.domain.things import BARCODES_ONLY, KEYS, Key, named
from floorhand.errors import DatabaseAway, Exchanged, NoRoom
from floorhand.flows.turn import Prompt, Said
from floorhand.text.catalog import Catalog
from floorhand.tui.body import lay_out_body
from floorhand.tui.large import large
from floorhand.tui.rows import Part, Row, between, joined, padded, width_of
from floorhand.tui.safe import cut, wrap

TONES: Final = ("calm", "ok", "finished", "look", "refused")
"""How the last scan went, from nothing to say to worst."""

SIGNS: Final = {"calm": "", "ok": "✓", "finished": "✓✓", "look": "!", "refused": "✗"}
TONE_WORDS: Final = {
    "ok": "terminal.taken",
    "finished": "terminal.finished",
    "look": "terminal.look",
    "refused": "terminal.not_taken",
}

NARROW_COLUMNS: Final = 34
"""Below this the screen has no margins beside the frame."""

SAY_THEMSELVES: Final = frozenset({DatabaseAway.told, NoRoom.told, Exchanged.told})
"""What is neither taken nor not taken."""

LOW_ROWS: Final = 16
"""Below this the screen saves rows wherever it can."""

BODY_ROWS_MIN: Final = 3
"""Place, number and goods in their smallest form; a long answer leaves them at least this."""

NAME_LINES: Final = large("FLOORHAND")
KEY_ROWS_MAX: Final = 3
HINT_ROWS_MAX: Final = 2
KEY_WORD_COLUMNS_MIN: Final = 3
"""A word cut shorter than this says nothing beside its key."""

ORDER: Final = (*KEYS, *BARCODES_ONLY)
"""Keys are listed in this order."""

MASK: Final = "•"


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a screen shows.

    Attributes:
        prompt: The question; None before the seat is taken.
        said: How the last scan went, worst first to be told; more than one if scans after it
            were dropped, or the database is away.
        words: The texts of the worker's language.
        job: Name of the flow that is open.
        worker: Name of who sits here; empty if nobody.
        typed: Characters gathered so far.
        waiting: Scans that wait to be answered.
        clock: Time of day at the site.
        hint: What could be typed here for want of a scanner, in a sentence and alone, for
            screens without room for the sentence; empty: no hint.
        first: First row of a long list to show.
        may_leave: Whether the terminal can be left at the sign-in.
    """

    prompt: Prompt | None
    said: tuple[Said, ...]
    words: Catalog
    job: str = ""
    worker: str = ""
    typed: str = ""
    waiting: int = 0
    clock: str = ""
    hint: tuple[str, str] | None = None
    first: int = 0
    may_leave: bool = False

    @property
    def tone(self) -> str:
        """The worst tone of all that is said."""
        return max((said.tone for said in self.said), key=TONES.index, default="calm")


def lay_out(view: View, width: int, height: int) -> list[Row]:
    """Lay out a whole screen: exactly ``height`` rows of ``width`` columns."""
    frame = f"frame-{view.tone}"
    margin = 1 if width >= NARROW_COLUMNS else 0
    inner = max(1, width - 2 - 2 * margin)
    keys = [padded(row, width, frame) for row in _keys(view, width - 2, low=height < LOW_ROWS)]
    room = max(0, height - 1 - len(keys))
    side, air = Part(" ", frame), Part(" " * margin)
    middle = [
        joined(side, padded(joined(air, row), width - 2), side)
        for row in _middle(view, inner, room, low=height < LOW_ROWS)
    ]
    rows = [padded(_header(view, width - 2), width, frame), *middle, *keys]
    return (rows + [padded((), width)] * height)[:height]


def _header(view: View, width: int) -> Row:
    """Name job and worker at the left; what waits, and the time, at the right."""
    say = view.words.say
    if width < NARROW_COLUMNS and view.tone == "refused":
        return (Part(f" {SIGNS['refused']} {say(TONE_WORDS['refused'])}", "strong"),)
    sign = f"{SIGNS[view.tone]} " if view.said else ""
    waiting = f"▮▮ {say('terminal.waiting', {'count': view.waiting})}" if view.waiting else ""
    right = "  ".join(part for part in (waiting, view.clock) if part)
    job = say(f"job.{view.job}") if view.job else "floorhand"
    left = cut(
        " · ".join(part for part in (f"{sign}{job}", view.worker) if part),
        width - width_of(right) - 1,
    )
    return between((Part(f" {left}", "strong"),), (Part(right, "strong"),), width + 1)


def _middle(view: View, width: int, height: int, *, low: bool) -> list[Row]:
    """Stack question, body, answer and typed characters; the body gets what the others leave."""
    typed = _typed(view, width)
    ask = _ask(view, width, 2 if low else 3)
    said = _said(view, width, max(2, height - len(typed) - len(ask) - BODY_ROWS_MIN))
    spare = height - len(typed) - len(said) - len(ask)
    gap = not low and spare > 8
    body: list[Row] = []
    if view.prompt is not None:
        body = lay_out_body(view.prompt, view.words, width, max(0, spare - gap), view.first)
        if (
            not body
            and not view.worker
            and len(NAME_LINES[0]) <= width
            and spare > len(NAME_LINES) + 1
        ):
            # Seen from afar, a terminal that is free; where somebody works it would be a place.
            body = [(Part(line, "muted"),) for line in ("", *NAME_LINES)]
    filled = [*([()] if gap else []), *body][: max(spare, 0)]
    filled += [()] * (spare - len(filled))
    return [*ask, *filled, *said, *typed][-height:] if height else []


def _ask(view: View, width: int, lines_max: int) -> list[Row]:
    """Put the question, with how far the job is at its right."""
    if view.prompt is None:
        return [(Part(view.words.say("terminal.starting"), "muted"),)]
    text = view.words.say(view.prompt.ask, dict(view.prompt.ask_facts))
    progress = view.prompt.progress
    done = f"{progress[0]}/{progress[1]}" if progress else ""
    first, *more = wrap(text, width - (width_of(done) + 1 if done else 0), lines_max) or [""]
    rows = [between((Part(first, "ask"),), (Part(done, "strong"),), width)]
    return rows + [(Part(line, "ask"),) for line in more]


def _said(view: View, width: int, lines_max: int) -> list[Row]:
    """Tell how the last scan went: sign, word and sentence, in reverse video."""
    rows: list[Row] = []
    for said in view.said:
        sentence = view.words.say(said.text, said.facts)
        lead = _lead(said, view.words, width)
        lines = wrap(lead + sentence, width, max(1, lines_max - len(rows)))
        rows += [padded((Part(line),), width, f"said-{said.tone}") for line in lines]
    return rows[:lines_max]


def _lead(said: Said, words: Catalog, width: int) -> str:
    """Begin a sentence with sign and word; with the sign alone where the word says nothing new."""
    if said.text.startswith("help."):
        return "? "
    sign = f"{SIGNS.get(said.tone, '')} "
    alone = said.tone in ("ok", "finished") or said.text in SAY_THEMSELVES
    if alone or width < NARROW_COLUMNS - 4:
        return sign
    return f"{sign}{words.say(TONE_WORDS[said.tone])}: "


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


def _keys(view: View, width: int, *, low: bool) -> list[Row]:
    """List the keys that work now. Their words are cut if need be, the keys never."""
    labels = [(named(key), view.words.say(text)) for key, text in _offered(view)]
    longest = max((width_of(text) for _, text in labels), default=0)
    for room in range(longest, KEY_WORD_COLUMNS_MIN - 1, -1):
        lines = _packed([(key, cut(text, room)) for key, text in labels], width)
        if len(lines) <= (2 if low else KEY_ROWS_MAX):
            return lines
    return _packed([(key, "") for key, _ in labels], width)[:KEY_ROWS_MAX]


def _offered(view: View) -> list[tuple[Key, str]]:
    """The keys of the prompt, and those that work at every question."""
    if view.prompt is None:
        return []
    offered = list(view.prompt.keys)
    always = [(Key.HELP, "key.help")]
    if view.worker:
        always.append((Key.LOCK, "key.sign_out"))
        if view.job != "menu":
            always.append((Key.BACK, "key.back"))
    elif view.may_leave:
        always.append((Key.LOCK, "terminal.leave_key"))
    there = {key for key, _ in offered}
    offered += [(key, text) for key, text in always if key not in there]
    return sorted(offered, key=lambda pair: ORDER.index(pair[0]))


def _packed(labels: list[tuple[str, str]], width: int) -> list[Row]:
    rows: list[Row] = []
    row: Row = ()
    for key, text in labels:
        one: Row = (Part(f" {key}", "key"), Part(f" {text}" if text else ""))
        if row and width_of(row) + 1 + width_of(one) > width:
            rows.append(row)
            row = ()
        row = joined(row, Part(" "), one) if row else one
    return [*rows, row] if row else rows
