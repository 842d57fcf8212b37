"""Read the bytes of a terminal: scans, typed characters and keys. Knows nothing of Textual.

A scanner types, or a terminal pastes what it scanned. `ScanReader` is a state machine over single
characters, so that it does not matter where a read cuts the bytes. Time decides one thing only:
an escape byte with silence behind it is the Esc key.

What is not a character of a scan: CR, LF and TAB end it; backspace and Esc are keys; NUL, STX and
ETX are what some links and scanners put around it. Every other control character stays in the
scan, where it can be seen, because leaving one out could turn one code into another.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

SCAN_CHARACTERS_MAX: Final = 512
"""Longer than any code that labels carry."""

SEQUENCE_CHARACTERS_MAX: Final = 48
"""Longer than any key or reply that terminals send."""

ESC: Final = "\x1b"
GS: Final = "\x1d"
ENDS: Final = frozenset("\r\n\t")
ERASE: Final = frozenset("\x08\x7f")
FRAMING: Final = frozenset("\x00\x02\x03")
GONE: Final = "\ufffd"

NAMED_CHARACTERS: Final = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+j": "\n",
    "ctrl+right_square_bracket": GS,
}
"""Characters that some drivers only name."""

PASTE_BEGINS: Final = "\x1b[200~"
PASTE_ENDS: Final = "\x1b[201~"

_FUNCTION_KEYS: Final = {
    "f1": ("OP", "[11~", "[[A"),
    "f2": ("OQ", "[12~", "[[B"),
    "f3": ("OR", "[13~", "[[C"),
    "f4": ("OS", "[14~", "[[D"),
    "f5": ("[15~", "[[E"),
    "f6": ("[17~",),
    "f7": ("[18~",),
    "f8": ("[19~",),
    "f9": ("[20~",),
    "f10": ("[21~",),
    "f11": ("[23~",),
    "f12": ("[24~",),
    "up": ("[A", "OA"),
    "down": ("[B", "OB"),
    "right": ("[C", "OC"),
    "left": ("[D", "OD"),
    "home": ("[H", "OH", "[1~", "[7~"),
    "end": ("[F", "OF", "[4~", "[8~"),
    "delete": ("[3~",),
    "pageup": ("[5~",),
    "pagedown": ("[6~",),
}

KEY_SEQUENCES: Final = {
    ESC + sequence: key for key, sequences in _FUNCTION_KEYS.items() for sequence in sequences
}
"""What xterm, the Linux console, rxvt, screen and tmux send for a key."""

_REPLY: Final = re.compile(r"\x1b\[(?:[IO]|<[0-9;]+[Mm]|\?[0-9;]*\$?[a-zA-Z]|48;[0-9:;]*t)")
"""What a terminal says of itself: focus, mouse, modes, its size. Textual understands these."""

_OTHER_KEY: Final = re.compile(r"\x1b\[[0-9;]*[A-HPQRSZ~]")
"""Keys that mean nothing here, such as Insert, or a function key together with Shift."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole scan, or something typed and ended with Enter. Never empty."""

    text: str


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


@dataclass(frozen=True, slots=True)
class Reply:
    """The terminal answered a question of Textual's; nobody typed it."""

    sequence: str


Heard = Scan | Typed | KeyDown | TooLong | Reply


class _Place(Enum):
    GROUND = auto()
    ESCAPE = auto()
    SEQUENCE = auto()


class ScanReader:
    """Turns bytes into scans, keys and what is typed. Total: no byte makes it fail."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._place = _Place.GROUND
        self._sequence = ""
        self._text: list[str] = []
        self._pasting = False
        self._overflown = False
        self._told = ""

    @property
    def waits(self) -> bool:
        """Whether an escape byte waits for `quiet` to become the Esc key."""
        return self._place is _Place.ESCAPE

    def feed(self, data: bytes) -> list[Heard]:
        """Take bytes as they come, cut anywhere; gives what has become whole with them."""
        heard: list[Heard] = []
        for character in self._decode(data):
            heard.extend(self._take(character))
        heard.extend(self._changes())
        return heard

    def quiet(self) -> list[Heard]:
        """Say that nothing came for a moment: a waiting escape byte was the Esc key."""
        heard: list[Heard] = []
        if self._place is _Place.ESCAPE:
            self._place = _Place.GROUND
            heard.extend(self._escape_key())
        self._pasting = False
        heard.extend(self._changes())
        return heard

    def press(self, key: str) -> list[Heard]:
        """Take a key that another driver has already recognised, such as ``f5`` or ``escape``."""
        if key in NAMED_CHARACTERS:
            heard = list(self._plain(NAMED_CHARACTERS[key]))
        else:
            heard = list(self._escape_key() if key == "escape" else self._key(key))
        heard.extend(self._changes())
        return heard

    def _take(self, character: str) -> Iterator[Heard]:
        match self._place:
            case _Place.GROUND if character == ESC:
                self._place = _Place.ESCAPE
            case _Place.GROUND:
                yield from self._plain(character)
            case _Place.ESCAPE if character in "[O":
                self._place, self._sequence = _Place.SEQUENCE, ESC + character
            case _Place.ESCAPE if character == ESC:
                yield from self._second_escape()
            case _Place.ESCAPE:
                self._place = _Place.GROUND
                yield from self._add(ESC)
                yield from self._plain(character)
            case _Place.SEQUENCE:
                yield from self._in_sequence(character)

    def _plain(self, character: str) -> Iterator[Heard]:
        if character in ENDS:
            yield from self._end()
        elif character in ERASE:
            if self._text:
                self._text.pop()
        elif character not in FRAMING:
            yield from self._add(character)

    def _add(self, character: str) -> tuple[Heard, ...]:
        if self._overflown:
            return ()
        if len(self._text) == SCAN_CHARACTERS_MAX:
            self._text.clear()
            self._overflown = True
            return (TooLong(),)
        self._text.append(character)
        return ()

    def _end(self) -> Iterator[Heard]:
        """End a scan. An empty end does nothing: CR LF is one end, and Enter alone no answer."""
        text = "".join(self._text)
        self._text.clear()
        self._overflown = False
        if text:
            self._told = ""
            yield Scan(text)

    def _second_escape(self) -> Iterator[Heard]:
        """Take an escape byte after another: two Esc keys, or part of what is being scanned."""
        if self._text or self._pasting or self._overflown:
            yield from self._add(ESC)
        else:
            yield from self._escape_key()

    def _in_sequence(self, character: str) -> Iterator[Heard]:
        if character == ESC:
            yield from self._no_sequence()
            self._place = _Place.ESCAPE
            return
        self._sequence += character
        third_of_console = self._sequence == "\x1b[["
        if third_of_console or (
            self._sequence.startswith("\x1b[") and character in "0123456789:;<=>?$ !"
        ):
            if len(self._sequence) > SEQUENCE_CHARACTERS_MAX:
                yield from self._no_sequence()
            return
        yield from self._whole_sequence()

    def _whole_sequence(self) -> Iterator[Heard]:
        sequence = self._sequence
        if sequence == PASTE_BEGINS:
            self._pasting = True
        elif sequence == PASTE_ENDS:
            self._pasting = False
        elif _REPLY.fullmatch(sequence):
            yield Reply(sequence)
        elif self._pasting or (key := KEY_SEQUENCES.get(sequence)) is None:
            yield from self._no_sequence()
            return
        else:
            yield from self._key(key)
        self._place = _Place.GROUND

    def _no_sequence(self) -> Iterator[Heard]:
        """Take what turned out to be no key: one that means nothing here, or part of a code."""
        sequence, self._place = self._sequence, _Place.GROUND
        if _OTHER_KEY.fullmatch(sequence) and not (self._text or self._pasting):
            return
        for character in sequence:
            if character == ESC:
                yield from self._add(ESC)
            else:
                yield from self._plain(character)

    def _key(self, key: str) -> Iterator[Heard]:
        if key == "delete":
            yield from self._plain("\x7f")
        elif key == "f8":
            # Some scanners can send the GS1 separator only as this key; it has no other use.
            if self._text:
                yield from self._add(GS)
        else:
            yield KeyDown(key, half=bool(self._text) or self._overflown)

    def _escape_key(self) -> Iterator[Heard]:
        if self._text or self._overflown:
            self._text.clear()
            self._overflown = False
        else:
            yield KeyDown("escape")

    def _changes(self) -> Iterator[Heard]:
        text = "".join(self._text)
        if text != self._told:
            self._told = text
            yield Typed(text)
