"""What was scanned at this terminal lately, and what became of it: taken, refused, or not taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from floorhand.domain.keymap import KEYS, Key
from floorhand.domain.pins import PIN_DIGITS_MIN
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

DOORS: Final = frozenset({"pin", "badge"})
"""What is asked for where what is scanned opens a door."""

KEY_NAMES: Final = {barcode: name.upper() for name, barcode in KEYS.values()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A scan and its fate: a tone, or ``not_taken``, or ``waiting`` while it is not saved yet."""

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
        self._ahead: deque[Entry] = deque()
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
            self._ahead.append(Entry(0, now, code, "waiting", source))
        else:
            self._add(Entry(0, now, code, "not_taken", source))

    def answered(self, before: Turn, after: Turn, now: datetime) -> None:
        """Keep the scan that was answered; what opens a door is kept as dots."""
        entry = self._ahead.popleft()
        code = entry.code
        hidden = after.said is not None and after.said.facts.get("code") == HIDDEN
        asked = hidden or asks_at_door(before) or after.worker != before.worker
        if asked and not code.startswith("*"):
            code = SECRET
        fate = after.said.tone if after.said is not None else "ok"
        if after.scan_no == before.scan_no:
            fate = "not_taken"
        named = after.named if after.scan_no != before.scan_no else ""
        self._add(Entry(after.scan_no, now, named or code, fate, entry.source))

    def dropped(self, now: datetime) -> None:
        """Keep the scans that were thrown away: they came after a refusal."""
        while self._ahead:
            self._add(replace(self._ahead.popleft(), at=now, fate="not_taken"))

    def _add(self, entry: Entry) -> None:
        self._entries.append(_shown(entry))

    def last(self, count: int, zone: tzinfo) -> tuple[Fate, ...]:
        """Give the last ones, in short."""
        return tuple(_fate(entry, zone) for entry in list(self._entries)[-count:])

    def all(self, words: Catalog, zone: tzinfo, *, door: bool = False) -> tuple[Fate, ...]:
        """Give all of them, with their fate in a word; at last those that are not saved yet.

        ``door`` says that the first of those answers a question for a badge or a PIN.
        """
        entries = (*self._entries, *self._unsaved(door=door))
        return tuple(replace(_fate(entry, zone), note=_note(entry, words)) for entry in entries)

    def _unsaved(self, *, door: bool) -> Iterator[Entry]:
        """Give the scans that wait. Nobody knows yet what those behind a door will be asked."""
        for entry in self._ahead:
            key = entry.code.startswith("*")
            digits = entry.source == "typed" and entry.code.isdecimal()
            pin = digits and len(entry.code) >= PIN_DIGITS_MIN
            shown = replace(entry, code=SECRET) if not key and (door or pin) else _shown(entry)
            door = door or shown.code in (SECRET, KEY_NAMES[KEYS[Key.LOCK][1]])
            yield shown


def asks_at_door(turn: Turn) -> bool:
    """Say whether a turn asks for a badge or a PIN."""
    return not DOORS.isdisjoint(turn.prompt.wants.kinds)


def _shown(entry: Entry) -> Entry:
    """Keep what opens a door, or proves that somebody stands at a place, as dots."""
    from floorhand.domain.barcodes import read  # the first screen is painted without it

    code = entry.code
    kind = read(code).own_kind
    if kind in PROVING:
        return replace(entry, code=code[:KIND_CHARACTERS] + SECRET, hidden=True)
    return replace(entry, code=SECRET if kind == "badge" else KEY_NAMES.get(code, code))


def _fate(entry: Entry, zone: tzinfo) -> Fate:
    tone = {"not_taken": "refused", "waiting": "look"}.get(entry.fate, entry.fate)
    return Fate(entry.number, f"{entry.at.astimezone(zone):%H:%M:%S}", entry.code, tone)


def _note(entry: Entry, words: Catalog) -> str:
    texts = [words.say(f"fate.{entry.fate}")]
    if entry.source in CERTAIN:
        texts.append(words.say(f"source.{entry.source}"))
    if entry.pieces:
        texts.append(f"+{entry.pieces}")
    return " · ".join(texts)
