"""What a screen shows, before anything is laid out, and the signs that go with a tone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from floorhand.domain.printing import Stands
from floorhand.errors import DatabaseAway, Exchanged, NoRoom
from floorhand.flows.turn import Item, Prompt, Said
from floorhand.text.catalog import Catalog
from floorhand.text.plain import can_show
from floorhand.tui.rows import Part, Row

TONES: Final = ("calm", "ok", "finished", "look", "refused")
"""How the last scan went, from nothing to say to worst."""

SIGNS: Final = {"calm": "", "ok": "✓", "finished": "✓✓", "look": "!", "refused": "✗"}
TONE_WORDS: Final = {
    "ok": "terminal.taken",
    "finished": "terminal.finished",
    "look": "terminal.look",
    "refused": "terminal.not_taken",
}

SAY_THEMSELVES: Final = frozenset({DatabaseAway.told, NoRoom.told, Exchanged.told})
"""What is neither taken nor not taken."""

NARROW_COLUMNS: Final = 34
"""Below this the screen has no margins beside the frame, and says things as short as it can."""

BLOCKS: Final = "█▀▄━─"
"""What large letters and bars are drawn with."""

LOW_ROWS: Final = 16
"""Below this the screen saves rows wherever it can."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How a scan went, in one row: its number, when, what it was, and how it went.

    Attributes:
        number: The seat's number of it; 0 if it was never sent.
        clock: Time of day at the site.
        code: What was scanned.
        tone: One of `TONES`.
        note: What more there is to say: how it came, what it was refused for, pieces booked.
    """

    number: int
    clock: str
    code: str
    tone: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a screen shows.

    Attributes:
        prompt: The question; None before the seat is taken.
        said: How the last scan went, worst first to be told; more than one if scans after it
            were dropped, or the database is away.
        words: The texts of the worker's language.
        notices: Those of ``said`` that stay in sight whatever is paged through.
        job: Name of the flow that is open.
        worker: Name of who sits here; empty if nobody.
        typed: Characters gathered so far.
        waiting: Scans that wait to be answered.
        clock: Time of day at the site.
        hint: What could be typed here for want of a scanner, in a sentence and alone, for
            screens without room for the sentence; empty: no hint.
        first: How far the worker has paged; 0 is the question as it was asked.
        may_leave: Whether the terminal can be left at the sign-in.
        large: Place, number and question in large letters, even if the rest is shortened.
        encoding: What is shown must fit into it; empty: all of Unicode.
        recent: How the last scans went, the latest last.
        scans: The list of scans that was asked for, in place of the question; None: the question.
        done: Scans that the worker has made in this shift, and pieces that they have booked.
        taken: Whether the last scan was taken, if there is nothing to say about it.
        printer: How the printer here stands; None where nobody prints.
    """

    prompt: Prompt | None
    said: tuple[Said, ...]
    words: Catalog
    notices: tuple[Said, ...] = ()
    job: str = ""
    worker: str = ""
    typed: str = ""
    waiting: int = 0
    clock: str = ""
    hint: tuple[str, str] | None = None
    first: int = 0
    may_leave: bool = False
    large: bool = False
    encoding: str = ""
    recent: tuple[Fate, ...] = ()
    scans: tuple[Fate, ...] | None = None
    done: tuple[int, int] = (0, 0)
    taken: bool = False
    printer: Stands | None = None

    @property
    def plain(self) -> bool:
        """Whether to draw with characters that every terminal has."""
        return bool(self.encoding) and not can_show(BLOCKS, self.encoding)

    @property
    def tone(self) -> str:
        """The worst tone of all that is said; a scan that needs no words was good, too."""
        without = "ok" if self.taken else "calm"
        return max((said.tone for said in self.said), key=TONES.index, default=without)


def sentence(said: Said, words: Catalog, width: int, *, asked: str = "") -> str:
    """Tell how a scan went: sign, word and sentence.

    The word is left out where it says nothing new, and where there is no room for it. So is the
    question that was ``asked``: its text key, where it can be read beside the sentence.
    """
    repeats = bool(asked) and said.facts.get("ask_text") == asked
    told = words.say(said.text, said.facts, without="ask_text" if repeats else "")
    if said.text.startswith("help."):
        return f"? {told}"
    sign = SIGNS.get(said.tone, "")
    alone = said.tone in ("ok", "finished") or said.text in SAY_THEMSELVES
    if alone or width < NARROW_COLUMNS - 4:
        return f"{sign} {told}"
    return f"{sign} {words.say(TONE_WORDS[said.tone])}: {told}"


def question(view: View) -> str:
    """Give the question in words."""
    if view.prompt is None:
        return view.words.say("terminal.starting")
    return view.words.say(view.prompt.ask, dict(view.prompt.ask_facts))


def goods_told(prompt: Prompt, words: Catalog) -> tuple[Item, ...]:
    """Give the goods with the days in their notes as people write them."""
    return tuple(replace(item, note=words.written(item.note)) for item in prompt.goods)


def fate_row(fate: Fate, digits: int = 0) -> Row:
    """Write how a scan went in one row; what is longest stands last."""
    number = f"{fate.number or '–':>{digits}} " if digits else ""
    sign = SIGNS[fate.tone][:1] or " "
    note = f"  {fate.note}" if fate.note else ""
    return (
        Part(f"{number}{fate.clock} ", "muted"),
        Part(f"{sign} ", "value"),
        Part(fate.code),
        Part(note, "muted"),
    )
