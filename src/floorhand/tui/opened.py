"""What is open behind a line of a board, and how soon it is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final

from floorhand.store.cells import Details
from floorhand.tui.board_details import Order
from floorhand.tui.board_parts import Target

BACK_MAX: Final = 20
"""So many tables lead back to the one before; whoever scans all day is led to the board then."""

SEARCH_EVERY_S: Final = 5.0
"""What was done with a thing is searched for among all that was done, which takes longer."""

COUNTED: Final = frozenset({"cut_off", "worker", "waits", "printer", "trouble"})
"""What is read as quickly as the board itself."""

REPORT_EVERY_S: Final = 60.0
REPORTED: Final = frozenset({"report.all", "report.section", "job"})
"""What is of the report of a shift, whose figures take longer still."""

OF_MERCHANT: Final = frozenset({"home", "service", "merchant"})
"""What is of all that a merchant has here: with a point and the name of a table behind it, too."""

HELP: Final = Target("details.help", "")
"""The meanings of the figures that are shown."""


@dataclass(slots=True)
class Opened:
    """What is open behind a line, and how it is looked at.

    Attributes:
        keys_inside: Keys inside what is being typed, as they are written in it.
        ended: Whether what had keys inside was ended just now, and not erased.
    """

    about: Target
    order: Order = field(default_factory=Order)
    chosen: int = 0
    details: Details | None = None
    note: str = ""
    before: Opened | None = None
    looked_s: float = 0.0
    keys_inside: tuple[str, ...] = ()
    ended: bool = False

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked at again."""
        if self.about == HELP:
            return False
        kind = self.about.kind
        every_s = 0.0 if kind in COUNTED else SEARCH_EVERY_S
        if kind in REPORTED or kind.partition(".")[0] in OF_MERCHANT:
            every_s = REPORT_EVERY_S
        return self.details is None or monotonic() - self.looked_s >= every_s

    def press_inside(self, key: str, note: str) -> None:
        """Take no key inside what is typed, as of a scanner it may be a part of a code."""
        self.keys_inside += (f"<{key.upper()}>",)
        self.note = note

    def end_typed(self) -> None:
        """Go on to search for what was typed around keys, now that it is ended."""
        self.keys_inside, self.note, self.ended = (), "", True

    def search(self, text: str) -> None:
        """Search for what is typed: keys are none of it, and nothing follows when it is ended."""
        ended, self.ended = self.ended, False
        if ended and not text:
            return
        if not text:
            self.keys_inside = ()
        for key in self.keys_inside:
            text = text.replace(key, "")
        if not self.keys_inside:
            self.note = ""
        self.order, self.chosen = replace(self.order, search=text), 0

    def lead_back_to(self, home: Opened | None) -> None:
        """Forget how it came here beyond `BACK_MAX` tables; from there ``home`` is next."""
        last, kept = self, BACK_MAX
        while last.before is not None and kept:
            last, kept = last.before, kept - 1
        if last.before is not None:
            last.before = home


@dataclass(slots=True)
class Rest:
    """Brings back what a board shows by itself, once nobody has touched it for long.

    Attributes:
        after_s: For how long; 0: it never does.
        first: Gives what is open then.
        touched_s: When somebody last did.
    """

    after_s: float
    first: Callable[[], Opened | None]
    touched_s: float = field(default_factory=monotonic)

    def note(self) -> None:
        """Note that somebody is there."""
        self.touched_s = monotonic()

    def goes_on(self, opened: Opened | None) -> None:
        """Note that somebody goes on; what the last key came to is told no more."""
        self.note()
        if opened is not None:
            opened.note = ""

    def shown(self, opened: Opened | None) -> Opened | None:
        """Give what is to be shown: what is open, unless whoever opened it has gone."""
        if not self.after_s or monotonic() - self.touched_s < self.after_s:
            return opened
        return self.first()
