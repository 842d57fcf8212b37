"""A lead made of software: plans what keeps the bins right, decides exceptions, hands over."""

from __future__ import annotations

from typing import Any, Final

from floorhand.domain import exceptions as words
from floorhand.domain.keymap import Key, barcode_of
from floorhand.domain.troubles import PARKED_TASK, RETURN_DUE, STUCK_TASK
from floorhand.robots import sight
from floorhand.robots.crew import Robot
from floorhand.store.count_plan import due_counts
from floorhand.store.exceptions import open_exceptions
from floorhand.store.refills import dry_faces

LOOKS_EVERY: Final = 60
"""After so many scans of all people here a lead looks again, or when nobody makes any."""

COUNTS_MAX: Final = 10
"""So many bins have their turn on one day; a desk plans them all at once."""

CLOSING_SCANS_MAX: Final = 50
"""More than a hand-over takes."""

NOTE: Final = "All that could be done is done"
OTHERS_WORK: Final = frozenset({RETURN_DUE, STUCK_TASK, PARKED_TASK})
"""Kinds of exceptions that go when somebody does the work; no word of a lead helps."""

PREFERRED: Final = (
    *(words.APPROVE, words.RECOUNT, words.ACCEPT, words.SHIP_REST, words.PUT_BACK, words.RELEASE),
    *(words.RETIRE, words.NAME_MERCHANT, words.REPRINT, words.CONFIRM, words.SETTLE),
)
"""What is decided, if it is offered: what leads to work rather than what ends it."""

BACK, DONE, MORE, OUT = (barcode_of(key) for key in (Key.BACK, Key.DONE, Key.LIST, Key.LOCK))


class Lead(Robot):
    """A robot at the desk of those who lead. Its worker needs that role, and no job."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self._done_with: set[str] = set()
        self._planned = False
        self._entry = ""
        self._looked_at = self._last_seen = -1
        self._closing = self._handed = False
        super().__init__(*args, **{**named, "jobs": ()})

    def step(self) -> bool:
        """Make one scan; False if there is nothing to decide now."""
        match self.turn.job:
            case "sign_in":
                if self._handed:
                    return False
                self._scan(self._badge)
            case "menu":
                return self._at_menu()
            case "leading":
                areas = [one.code for one in self.turn.prompt.choices]
                area = self._agenda()
                self._scan(str(areas.index(area) + 1) if area in areas else BACK)
            case "planning":
                self._scan(self._plan())
            case "exceptions":
                self._scan(self._decide())
            case "handing_over":
                self._scan(self._hand_over())
            case _:
                self._scan(BACK)
        return True

    def close(self) -> None:
        """Hand the shift over, and sign out."""
        self._closing = True
        for _ in range(CLOSING_SCANS_MAX):
            if not self.step():
                return

    def wake(self) -> None:
        """Look again at what was left alone before: others have worked on it since."""

    def _at_menu(self) -> bool:
        codes = [one.code for one in self.turn.prompt.choices]
        if self._handed:
            self._scan(OUT)
            return True
        if not self._closing and not self._is_time_to_look():
            return False
        self._done_with.clear()
        if "leading" not in codes or not self._agenda():
            return False
        self._scan(str(codes.index("leading") + 1))
        return True

    def _is_time_to_look(self) -> bool:
        with self._transactions.begin() as tx:
            scans = sight.scans_made(tx, self._site)
        others_rest, self._last_seen = scans == self._last_seen, scans
        if not others_rest and scans - self._looked_at < LOOKS_EVERY:
            return False
        self._looked_at = scans
        return True

    def _agenda(self) -> str:
        """Name what is to be done at the desk next; empty if nothing is."""
        if self._closing:
            return "" if self._handed else "handing_over"
        with self._transactions.begin() as tx:
            now = self._now()
            if "planning" not in self._done_with and (
                any(face.takes for face in dry_faces(tx, self._site, now))
                or (not self._planned and due_counts(tx, self._site, now))
            ):
                return "planning"
            if "exceptions" not in self._done_with:
                standing = open_exceptions(tx, self._site, now)
                if any(self._is_mine(one.kind, one.id) for one in standing):
                    return "exceptions"
        return ""

    def _is_mine(self, kind: str, entry: str) -> bool:
        return kind not in OTHERS_WORK and entry not in self._avoid

    def _plan(self) -> str:
        """Have run-dry pick faces filled up, and once a day some bins counted."""
        codes = [one.code for one in self.turn.prompt.choices]
        if "refills" in codes and "refills" not in self._done_with:
            self._done_with.add("refills")
            return str(codes.index("refills") + 1)
        counts = [code for code in codes if code.isdecimal() and int(code) <= COUNTS_MAX]
        if counts and not self._planned:
            self._planned = True
            return str(codes.index(counts[-1]) + 1)
        self._done_with.add("planning")
        return BACK

    def _decide(self) -> str:
        """Decide one exception after the other; what is refused is left to somebody else."""
        prompt = self.turn.prompt
        codes = [one.code for one in prompt.choices]
        match prompt.ask:
            case "exceptions.which" if self._is_refused():
                return BACK  # its cause is gone, and so is it: the list is asked for anew
            case "exceptions.which":
                for number, choice in enumerate(prompt.choices, 1):
                    if self._is_mine(choice.text.removeprefix("trouble."), choice.code):
                        self._entry = choice.code
                        return str(number)
                if any(key is Key.LIST for key, _ in prompt.keys):
                    return MORE
            case "exceptions.decide" if self._entry not in self._avoid:
                self._avoid.add(self._entry)
                action = next((one for one in PREFERRED if one in codes), "")
                if action:
                    return str(codes.index(action) + 1)
            case "exceptions.why" | "exceptions.merchant" if not self._is_refused():
                return "1"
        if prompt.ask in ("exceptions.which", "exceptions.none"):
            self._done_with.add("exceptions")
        return BACK

    def _is_refused(self) -> bool:
        return self.turn.said is not None and self.turn.said.tone == "refused"

    def _hand_over(self) -> str:
        """Take on what another lead left, and hand over what is left now, with a note."""
        prompt = self.turn.prompt
        match prompt.ask:
            case "handing_over.note" if not prompt.facts:
                return NOTE
            case "handing_over.waits":
                self._handed = True
                return BACK
            case _:
                return DONE
