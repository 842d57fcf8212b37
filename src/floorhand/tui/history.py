"""What was scanned at this terminal lately, and what became of it: taken, refused, or not taken."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from floorhand.domain.keymap import KEYS
from floorhand.text.catalog import Catalog
from floorhand.tui.layout import MASK
from floorhand.tui.view import Fate

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn
    from floorhand.store.past import Lately

SCANS_MAX: Final = 50

HIDDEN: Final = "•"
"""Stands in a sentence for what may have been a PIN."""

SECRET: Final = MASK * 4
"""Stands for a badge, a PIN or the bars of a place: whoever comes next could use it."""

PROVING: Final = frozenset({"bin", "tote", "cart", "dock", "bench", "station"})
"""Labels that prove where somebody is."""

KIND_CHARACTERS: Final = 3
"""So many of our own codes tell the kind of label, and nothing else."""

CERTAIN: Final = frozenset({"scanned", "typed"})
"""How a scan came is told only where it is known for sure."""

KEY_NAMES: Final = {barcode: name.upper() for name, barcode in KEYS.values()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A scan and its fate: ``taken``, ``look``, ``finished``, ``refused`` or ``not_taken``."""

    number: int
    at: datetime
    code: str
    fate: str
    source: str = ""
    pieces: int = 0
    hidden: bool = False
    """It was the label of a place, whose name the database may know."""


class History:
    """The last scans of this terminal, those that were never taken among them.

    ``scans`` is how many its worker has made in this shift, ``booked`` the pieces of those.
    """

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=SCANS_MAX)
        self._ahead: deque[tuple[str, str]] = deque()
        self.scans, self.booked = 0, 0

    def recall(self, lately: Lately) -> None:
        """Fill in what the database knows: scans from before a restart, and pieces booked."""
        past, self.scans, self.booked = lately.last, lately.scans, lately.pieces
        known = {entry.number: entry for entry in self._entries if entry.number}
        booked = {scan.number: scan.pieces for scan in past}
        oldest = min(known, default=None)
        older = [
            Entry(one.number, one.at, one.code, "ok" if one.taken else "refused", "", one.pieces)
            for one in past
            if one.number not in known and (oldest is None or one.number < oldest)
        ]
        names = {scan.number: scan.code for scan in past}
        mine = [
            replace(
                one,
                pieces=booked.get(one.number, one.pieces),
                code=names.get(one.number, one.code) if one.hidden else one.code,
            )
            for one in self._entries
        ]
        self._entries = deque([*older, *mine], maxlen=SCANS_MAX)

    def offered(self, code: str, source: str, now: datetime, *, taken: bool) -> None:
        """Note a scan that waits for its answer, or that nothing could wait any more."""
        if taken:
            self._ahead.append((code, source))
        else:
            self._add(0, now, code, "not_taken", source)

    def answered(self, before: Turn, after: Turn, now: datetime) -> None:
        """Keep the scan that was answered; what opens a door is kept as dots."""
        code, source = self._ahead.popleft()
        asked = {"pin", "badge"} & set(before.prompt.wants.kinds)
        hidden = after.said is not None and after.said.facts.get("code") == HIDDEN
        if (asked or hidden or after.worker != before.worker) and not code.startswith("*"):
            code = SECRET
        fate = after.said.tone if after.said is not None else "ok"
        if after.scan_no == before.scan_no:
            fate = "not_taken"
        named = after.named if after.scan_no != before.scan_no else ""
        self._add(after.scan_no, now, named or code, fate, source)

    def dropped(self, now: datetime) -> None:
        """Keep the scans that were thrown away: they came after a refusal."""
        while self._ahead:
            code, source = self._ahead.popleft()
            self._add(0, now, code, "not_taken", source)

    def _add(self, number: int, now: datetime, code: str, fate: str, source: str) -> None:
        from floorhand.domain.barcodes import read  # the first screen is painted without it

        kind = read(code).own_kind
        hidden = kind in PROVING
        if hidden:
            shown = code[:KIND_CHARACTERS] + SECRET
        else:
            shown = SECRET if kind == "badge" else KEY_NAMES.get(code, code)
        self._entries.append(Entry(number, now, shown, fate, source, hidden=hidden))

    def last(self, count: int, zone: tzinfo) -> tuple[Fate, ...]:
        """Give the last ones, in short."""
        return tuple(_fate(entry, zone) for entry in list(self._entries)[-count:])

    def all(self, words: Catalog, zone: tzinfo) -> tuple[Fate, ...]:
        """Give all of them, with their fate in a word."""
        return tuple(
            replace(_fate(entry, zone), note=_note(entry, words)) for entry in self._entries
        )


def _fate(entry: Entry, zone: tzinfo) -> Fate:
    tone = "refused" if entry.fate == "not_taken" else entry.fate
    return Fate(entry.number, f"{entry.at.astimezone(zone):%H:%M:%S}", entry.code, tone)


def _note(entry: Entry, words: Catalog) -> str:
    texts = [words.say(f"fate.{entry.fate}")]
    if entry.source in CERTAIN:
        texts.append(words.say(f"source.{entry.source}"))
    if entry.pieces:
        texts.append(f"+{entry.pieces}")
    return " · ".join(texts)
