"""Make scans of what a terminal sends: where one ends, and what is none of it.

A scanner types, or a terminal pastes what it scanned. What is not a character of a scan: CR, LF
and TAB end it; backspace and Esc are keys; NUL, STX and ETX are what some links and scanners put
around it. Every other control character stays in the scan, where it can be seen, because leaving
one out could turn one code into another.

A key inside a code may stand for a character that a scanner cannot send otherwise. What it stands
for is not known, so the whole code is refused: without the key it would be another code.

Silence ends a scan only where the profile says that the scanner sends no end. Then it must have
come faster than anybody types, so that a person's first letter is not taken for a scan; what came
so slowly that it may have been typed, and has no end, is refused after a while.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from floorhand.domain.gs1 import GS
from floorhand.domain.scanners import ENDS, KEY_SEPARATOR, PLAIN, TEST_MARK, Profile
from floorhand.errors import Code
from floorhand.flows.turn import Said
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

TYPED_PACE_S: Final = 0.07
"""Nobody types a whole code with less than this between its characters on the average."""

HALTING_S: Final = 1.0
"""Silence that ends what a scanner has sent with halts in it."""

UNENDED_S: Final = 3.0
"""Silence after which what may have been typed is refused, for want of an end."""

NAMED_CHARACTERS: Final = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+j": "\n",
    "ctrl+right_square_bracket": GS,
}
"""Characters that some drivers only name."""

_SPECIAL: Final = re.compile("[\x00\x02\x03\x08\t\n\r\x7f]")
_BY_HAND: Final = re.compile(r"\*.*|[0-9]{1,5}", re.ASCII | re.DOTALL)
"""Commands, quantities and check digits: no scanner sends these, so they wait for Enter."""

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
    """A key without a character was pressed, such as ``f5``.

    ``half`` if a scan has begun: then the key is part of it, and it will be refused.
    """

    key: str
    half: bool = False


@dataclass(frozen=True, slots=True)
class TooLong:
    """More characters came than any code has; they are thrown away up to the next end."""


@dataclass(frozen=True, slots=True)
class KeyInside:
    """A code with a key in it has ended; ``text`` is the code, with keys by their names."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Unended:
    """What may have been typed, or came from a slow scanner, was thrown away for want of an end."""

    text: str


Heard = Scan | Typed | KeyDown | TooLong | KeyInside | Unended | Reply


def refusal_of(heard: TooLong | KeyInside | Unended) -> Said:
    """Say why something was no scan."""
    from floorhand.domain.barcodes import shown  # the first screen is painted without it

    match heard:
        case TooLong():
            facts = {"characters": f"{SCAN_CHARACTERS_MAX}+"}
            return Said(f"refusal.{Code.SCAN_TOO_LONG}", facts, "refused")
        case KeyInside(text=text, key=key):
            return Said("terminal.inner_key", {"code": shown(text), "key": key.upper()}, "refused")
        case Unended(text=text):
            return Said("terminal.unended", {"code": shown(text)}, "refused")


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
        self._key_inside = ""
        self._began_s = self._came_s = self._gap_s = 0.0
        self._told = ""

    @property
    def patience_s(self) -> float | None:
        """How long a silence would mean something; None if none would."""
        if self._keys.waits:
            return QUIET_S
        return self._silence_s()

    @property
    def all_told(self) -> bool:
        """Whether all that came is told: nothing has begun that is to go on."""
        return not self._begun() and self._keys.all_told

    def feed(self, data: bytes, at_s: float = 0.0) -> list[Heard]:
        """Take bytes as they come, cut anywhere; gives what has become whole with them.

        Args:
            data: What was read.
            at_s: When, by any clock that never goes back.
        """
        if self._text:
            self._gap_s = max(self._gap_s, at_s - self._came_s)
        else:
            self._began_s, self._gap_s = at_s, 0.0
        self._came_s = at_s
        heard: list[Heard] = []
        for token in self._keys.feed(data):
            self._take(token, heard)
        return self._with_changes(heard)

    def quiet(self) -> list[Heard]:
        """Say that nothing came for as long as `patience_s` said."""
        heard: list[Heard] = []
        if self._keys.waits:
            for token in self._keys.quiet():
                self._pasting = False  # a paste whose end was lost is over when Esc is pressed
                self._take(token, heard)
        elif self._silence_s() is not None:
            unended = not (self._is_steady() or self._is_sent())
            for token in self._keys.finish():
                self._take(token, heard)
            self._end(heard, unended=unended)
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
            self._erase()
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

    def _end(self, heard: list[Heard], *, unended: bool = False) -> None:
        """End a scan. An empty end does nothing: CR LF is one end, and Enter alone no answer."""
        text, key, quick = self._text, self._key_inside, self._gap_s <= TYPED_GAP_S
        overflown = self._overflown
        self._clear()
        if not text or overflown:
            return
        if key:
            heard.append(KeyInside(text, key))
        elif unended:
            heard.append(Unended(text))
        else:
            text, source = self.profile.read(text, quick=quick)
            if text:
                self._told = ""
                heard.append(Scan(text, source))

    def _clear(self) -> None:
        self._text = self._key_inside = ""
        self._overflown = False
        self._began_s, self._gap_s = self._came_s, 0.0

    def _erase(self) -> None:
        """Take back the last character; of what has a key in it, all."""
        if self._key_inside:
            self._clear()
        self._text = self._text[:-1]

    def _begun(self) -> bool:
        return bool(self._text) or self._pasting

    def _silence_s(self) -> float | None:
        """Say how long a silence ends what was gathered; None if none does."""
        long = len(self._text) + self._keys.unfinished >= IDLE_CHARACTERS_MIN
        if self.profile.ends != "none" or not long:
            return None
        idle_s = self.profile.idle_ms / 1000
        if self._is_steady():
            return idle_s
        if _BY_HAND.fullmatch(self._text):
            return None
        return max(idle_s, HALTING_S) if self._is_sent() else UNENDED_S

    def _is_steady(self) -> bool:
        """Say whether it came without a halt, as far as this scanner makes none."""
        return self._gap_s <= max(TYPED_GAP_S, self.profile.idle_ms / 2000)

    def _is_sent(self) -> bool:
        """Say whether it came, halts and all, faster than anybody types."""
        return self._came_s - self._began_s <= TYPED_PACE_S * (len(self._text) - 1)

    def _key(self, name: str, heard: list[Heard]) -> None:
        separates = KEY_SEPARATOR in self.profile.separators
        if name == "delete":
            self._erase()
        elif name == "f8" and (separates or not self._text):
            # Some scanners can send the GS1 separator only as this key; it has no other use.
            if self._text:
                self._add(GS, heard)
        elif name == "escape" and self._text:
            self._clear()
        elif name and self._text:
            self._add(f"<{name.upper()}>", heard)
            if self._text:  # else this key is how the scanner ends a code
                self._key_inside = self._key_inside or name
                heard.append(KeyDown(name, half=True))
        elif name:
            heard.append(KeyDown(name))

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
