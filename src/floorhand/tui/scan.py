"""Make scans of what a terminal sends: where one ends, and what is none of it.

A scanner types, or a terminal pastes what it scanned. What is not a character of a scan: CR, LF
and TAB end it; backspace and Esc are keys; NUL, STX and ETX are what some links and scanners put
around it. Every other control character stays in the scan, where it can be seen, because leaving
one out could turn one code into another.

Silence ends a scan only where the profile says that the scanner sends no end. Then it must have
come faster than anybody types, so that a person's first letter is not taken for a scan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from floorhand.domain.gs1 import GS
from floorhand.domain.scanners import ENDS, KEY_SEPARATOR, PLAIN, TEST_MARK, Profile
from floorhand.tui.keys import Key, KeyReader, Paste, Reply, Token

SCAN_CHARACTERS_MAX: Final = 512
"""Longer than any code that labels carry."""

ERASE: Final = frozenset("\x08\x7f")
FRAMING: Final = frozenset("\x00\x02\x03")
GONE: Final = "\ufffd"

QUIET_S: Final = 0.1
"""An escape byte with this much silence behind it is the Esc key, not the start of a sequence."""

TYPED_GAP_S: Final = 0.035
"""Nobody types a whole code with less than this between any two characters."""

IDLE_CHARACTERS_MIN: Final = 3
"""Two keys can be hit at once by accident; a code has more characters."""

NAMED_CHARACTERS: Final = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+j": "\n",
    "ctrl+right_square_bracket": GS,
}
"""Characters that some drivers only name."""

_SPECIAL: Final = re.compile("[\x00\x02\x03\x08\t\n\r\x7f]")
_MARK: Final = re.compile(TEST_MARK, re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole scan, or something typed and ended with Enter. Never empty.

    ``source`` is one of `floorhand.domain.scanners.SOURCES`.
    """

    text: str
    source: str = "typed"


@dataclass(frozen=True, slots=True)
class Typed:
    """The characters gathered so far have changed; empty after a scan, or when cleared."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key without a character was pressed, such as ``f5``; ``half`` if a scan has begun."""

    key: str
    half: bool = False


@dataclass(frozen=True, slots=True)
class TooLong:
    """More characters came than any code has; they are thrown away up to the next end."""


Heard = Scan | Typed | KeyDown | TooLong | Reply


class ScanReader:
    """Turns bytes into scans, keys and what is typed. Total: no byte makes it fail.

    Args:
        profile: How the scanner sends; may be changed at any time.
        keys: Whether keys can be pressed here. A scanner on a line of its own has none: then all
            that comes is part of a code.
    """

    def __init__(self, profile: Profile = PLAIN, *, keys: bool = True) -> None:
        self.profile = profile
        self._keys = KeyReader(keys=keys)
        self._text = ""
        self._pasting = False
        self._overflown = False
        self._slow = False
        self._came_s = 0.0
        self._told = ""

    @property
    def patience_s(self) -> float | None:
        """How long a silence would mean something; None if none would."""
        if self._keys.waits:
            return QUIET_S
        return self.profile.idle_ms / 1000 if self._may_idle() else None

    def feed(self, data: bytes, at_s: float = 0.0) -> list[Heard]:
        """Take bytes as they come, cut anywhere; gives what has become whole with them.

        Args:
            data: What was read.
            at_s: When, by any clock that never goes back.
        """
        self._slow = bool(self._text) and (self._slow or at_s - self._came_s > TYPED_GAP_S)
        self._came_s = at_s
        heard: list[Heard] = []
        for token in self._keys.feed(data):
            self._take(token, heard)
        return self._with_changes(heard)

    def quiet(self) -> list[Heard]:
        """Say that nothing came for as long as `patience_s` said."""
        heard: list[Heard] = []
        for token in self._keys.quiet():
            self._pasting = False  # a paste whose end was lost is over when somebody presses Esc
            self._take(token, heard)
        if self._may_idle():
            self._end(heard)
        return self._with_changes(heard)

    def press(self, key: str) -> list[Heard]:
        """Take a key that another driver has already recognised, such as ``f5`` or ``escape``."""
        heard: list[Heard] = []
        self._take(NAMED_CHARACTERS.get(key) or Key(key), heard)
        return self._with_changes(heard)

    def _take(self, token: Token, heard: list[Heard]) -> None:
        match token:
            case str():
                self._characters(token, heard)
            case Reply():
                heard.append(token)
            case Paste(begins=begins):
                self._pasting = begins
            case Key(name="" | "escape", sequence=sequence) if sequence and self._begun():
                self._add(sequence, heard)
            case Key(sequence=sequence) if sequence and self._pasting:
                self._add(sequence, heard)
            case Key(name=name):
                self._key(name, heard)

    def _characters(self, run: str, heard: list[Heard]) -> None:
        """Take a run of characters, the special ones among them one by one."""
        at = 0
        for special in _SPECIAL.finditer(run):
            if special.start() > at:
                self._add(run[at : special.start()], heard)
            self._special(special[0], heard)
            at = special.end()
        if at < len(run):
            self._add(run[at:], heard)

    def _special(self, character: str, heard: list[Heard]) -> None:
        if character in ENDS[self.profile.ends]:
            self._end(heard)
        elif character in ERASE:
            self._text = self._text[:-1]
        elif character in FRAMING:
            if character in self.profile.prefix + self.profile.suffix:
                self._add(character, heard)
        elif self._text:  # an end of other scanners is part of a code here, but never begins one
            self._add(character, heard)

    def _add(self, run: str, heard: list[Heard]) -> None:
        """Gather characters, and end the scan at the profile's suffix, as often as it is there."""
        before = len(self._text)
        text = self._text + run
        while stop := _stop(text, before, self.profile.suffix):
            self._text, text, before = text[: stop[0]], text[stop[1] :], 0
            self._check_length(heard)
            self._end(heard)
        self._text = text
        self._check_length(heard)

    def _check_length(self, heard: list[Heard]) -> None:
        if len(self._text) > SCAN_CHARACTERS_MAX and not self._overflown:
            self._overflown = True
            heard.append(TooLong())
        if self._overflown:  # the end of it may be the beginning of a suffix
            self._text = self._text[1 - max(len(self.profile.suffix), len(TEST_MARK)) :]

    def _end(self, heard: list[Heard]) -> None:
        """End a scan. An empty end does nothing: CR LF is one end, and Enter alone no answer."""
        text, quick = self._text, not self._slow
        overflown = self._overflown
        self._clear()
        if text and not overflown:
            text, source = self.profile.read(text, quick=quick)
            if text:
                self._told = ""
                heard.append(Scan(text, source))

    def _clear(self) -> None:
        self._text = ""
        self._overflown = self._slow = False

    def _begun(self) -> bool:
        return bool(self._text) or self._pasting

    def _may_idle(self) -> bool:
        """Say whether silence may end this scan."""
        text = self._text
        return self.profile.ends == "none" and not self._slow and len(text) >= IDLE_CHARACTERS_MIN

    def _key(self, name: str, heard: list[Heard]) -> None:
        if name == "delete":
            self._text = self._text[:-1]
        elif name == "f8":
            # Some scanners can send the GS1 separator only as this key; it has no other use.
            if self._text and KEY_SEPARATOR in self.profile.separators:
                self._add(GS, heard)
        elif name == "escape" and self._text:
            self._clear()
        elif name:
            heard.append(KeyDown(name, half=bool(self._text)))

    def _with_changes(self, heard: list[Heard]) -> list[Heard]:
        shown = "" if self._overflown else self._text
        if shown != self._told:
            self._told = shown
            heard.append(Typed(shown))
        return heard


def _stop(text: str, before: int, suffix: str) -> tuple[int, int] | None:
    """Say where a text ends by itself: behind the mark of the scanner test, or at a suffix.

    Args:
        text: What was gathered.
        before: So many characters of it were looked at already.
        suffix: The profile's; empty if there is none.

    Returns:
        End of the code, and where the next one begins; None if it goes on.
    """
    stops = []
    if suffix and (at := text.find(suffix, max(0, before - len(suffix) + 1))) >= 0:
        stops.append((at, at + len(suffix)))
    if mark := _MARK.search(text, max(0, before - len(TEST_MARK) + 1)):
        stops.append((mark.end(), mark.end()))
    return min(stops, key=lambda stop: stop[1], default=None)
