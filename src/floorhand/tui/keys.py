"""Take the bytes of a terminal apart into characters and keys. Knows nothing of scans.

A state machine over characters, so that it does not matter where a read cuts the bytes. Time
decides one thing only: an escape byte with silence behind it is the Esc key.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

SEQUENCE_CHARACTERS_MAX: Final = 48
"""Longer than any key or reply that terminals send."""

ESC: Final = "\x1b"

PASTE_BEGINS: Final = "\x1b[200~"
PASTE_ENDS: Final = "\x1b[201~"

_KEYS: Final = {
    "f1": ("OP", "[11~", "[[A", "[P"),
    "f2": ("OQ", "[12~", "[[B", "[Q"),
    "f3": ("OR", "[13~", "[[C"),
    "f4": ("OS", "[14~", "[[D", "[S"),
    "f5": ("[15~", "[[E", "OT"),
    "f6": ("[17~", "OU"),
    "f7": ("[18~", "OV"),
    "f8": ("[19~", "OW"),
    "f9": ("[20~", "OX"),
    "f10": ("[21~", "OY"),
    "f11": ("[23~", "OZ"),
    "f12": ("[24~", "O["),
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
    ESC + sequence: key for key, sequences in _KEYS.items() for sequence in sequences
}
"""What xterm, the Linux console, rxvt, screen, tmux, kitty and PuTTY send for a key."""

KEYPAD: Final = {
    f"{ESC}O{sent}": meant
    for sent, meant in zip("pqrstuvwxyjklmnoM", "0123456789*+,-./\r", strict=True)
}
"""What the digits beside the letters send where a program has left their second meaning on."""

_REPLY: Final = re.compile(r"\x1b\[(?:[IO]|<[0-9;]+[Mm]|\?[0-9;]*\$?[a-zA-Z]|48;[0-9:;]*t)")
"""What a terminal says of itself: focus, mouse, modes, its size. Textual understands these."""

_OTHER_KEY: Final = re.compile(r"\x1b(?:\[[0-9;]*[A-HPQRSZ~^@$u]|O[0-9;]*[A-Za-z])")
"""Keys that mean nothing here, such as Insert, or a function key together with Shift."""

_GOES_ON: Final = "0123456789:;<=>? !"
_MODE_GOES_ON: Final = f"{_GOES_ON}$"

_IN_ONE_READ: Final = re.compile(
    rf"\x1b(?:\[\?[{_MODE_GOES_ON}]{{0,44}}[^\x1b{_MODE_GOES_ON}]|\[\[[^\x1b{_GOES_ON}]"
    rf"|\[(?![?\[])[{_GOES_ON}]{{0,44}}[^\x1b{_GOES_ON}]|O[{_GOES_ON}]{{0,44}}[^\x1b{_GOES_ON}])"
)
"""A sequence that was read whole, as nearly all are: what `_in_sequence` finds by characters."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without a character, such as ``f5``; one without a name means nothing here.

    ``sequence`` is what came for it, which is part of a code where a code has begun; empty if it
    can be nothing but the key.
    """

    name: str
    sequence: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The terminal answered a question of Textual's; nobody typed it."""

    sequence: str


@dataclass(frozen=True, slots=True)
class Paste:
    """A paste begins or ends."""

    begins: bool


Token = str | Key | Reply | Paste
"""Text is a run of characters; it may hold any, control characters too."""


class _Place(Enum):
    GROUND = auto()
    ESCAPE = auto()
    SEQUENCE = auto()


class KeyReader:
    """Turns bytes into characters and keys. Total: no byte makes it fail, and none is lost.

    Args:
        keys: Whether there can be keys; else an escape byte is a character like any other.
    """

    def __init__(self, *, keys: bool = True) -> None:
        self._there_are_keys = keys
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._place = _Place.GROUND
        self._sequence = ""

    @property
    def waits(self) -> bool:
        """Whether an escape byte waits for `quiet` to become the Esc key."""
        return self._place is _Place.ESCAPE and not self.unfinished

    @property
    def all_told(self) -> bool:
        """Whether nothing has begun that is to go on."""
        return self._place is _Place.GROUND and not self.unfinished

    @property
    def unfinished(self) -> bool:
        """Whether the last character has not come whole."""
        return bool(self._decoder.getstate()[0])

    def feed(self, data: bytes) -> Iterator[Token]:
        """Take bytes as they come, cut anywhere; gives what has become whole with them."""
        yield from self._read(self._decoder.decode(data))

    def finish(self) -> Iterator[Token]:
        """Say that the last character stays as it came: what is there of it is no text."""
        yield from self._read(self._decoder.decode(b"", final=True))

    def _read(self, text: str) -> Iterator[Token]:
        if not self._there_are_keys:
            yield from [text] if text else ()
            return
        at = 0
        while at < len(text):
            if self._place is not _Place.GROUND:
                yield from self._after_escape(text[at])
                at += 1
            elif text[at] != ESC:
                end = text.find(ESC, at)
                end = len(text) if end < 0 else end
                yield text[at:end]
                at = end
            elif sequence := _IN_ONE_READ.match(text, at):
                yield self._whole(sequence[0])
                at = sequence.end()
            else:
                self._place = _Place.ESCAPE
                at += 1

    def quiet(self) -> Iterator[Token]:
        """Say that nothing came for a moment: a waiting escape byte was the Esc key."""
        if self.waits:
            self._place = _Place.GROUND
            yield Key("escape")

    def _after_escape(self, character: str) -> Iterator[Token]:
        if self._place is _Place.SEQUENCE:
            yield from self._in_sequence(character)
        elif character in "[O":
            self._place, self._sequence = _Place.SEQUENCE, ESC + character
        elif character == ESC:  # two Esc keys, or both part of what is being scanned
            yield Key("escape", ESC)
        else:
            self._place = _Place.GROUND
            yield ESC + character

    def _in_sequence(self, character: str) -> Iterator[Token]:
        if character == ESC:
            yield self._whole(self._sequence)
            self._place = _Place.ESCAPE
            return
        self._sequence += character
        goes_on = _MODE_GOES_ON if self._sequence.startswith("\x1b[?") else _GOES_ON
        more = self._sequence == "\x1b[[" or character in goes_on
        if more and len(self._sequence) <= SEQUENCE_CHARACTERS_MAX:
            return
        self._place = _Place.GROUND
        yield self._whole(self._sequence)

    def _whole(self, sequence: str) -> Token:
        """Say what a sequence was: characters, if it is no key."""
        if key := KEY_SEQUENCES.get(sequence):
            return Key(key, sequence)
        if sequence in (PASTE_BEGINS, PASTE_ENDS):
            return Paste(sequence == PASTE_BEGINS)
        if sequence in KEYPAD:
            return KEYPAD[sequence]
        if _REPLY.fullmatch(sequence):
            return Reply(sequence)
        if _OTHER_KEY.fullmatch(sequence):
            return Key("", sequence)
        return sequence
