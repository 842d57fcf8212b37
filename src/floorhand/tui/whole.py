"""Take everything that a scanner sends, as it is, for the scanner test.

Here silence ends a scan, because what is looked for is how the scanner ends one, if at all. Keys
among the characters are written by their names, because some scanners press keys for characters.
"""

from __future__ import annotations

import re
from typing import Final

from floorhand.domain.scanners import TEST_MARK
from floorhand.tui.keys import Key, KeyReader, Paste, Reply, Token
from floorhand.tui.scan import (
    QUIET_S,
    SCAN_CHARACTERS_MAX,
    TYPED_GAP_S,
    Heard,
    KeyDown,
    Scan,
    Typed,
)

TEST_QUIET_S: Final = 0.4
"""Longer than handhelds wait between two characters, which is a tenth of a second."""

CODE_CHARACTERS_MIN: Final = 8
"""Shorter than both codes of the test, even if some letters of them are lost."""

_MARK: Final = re.compile(TEST_MARK, re.IGNORECASE | re.ASCII)
_ENDS: Final = "\r\n\t"
_WHOLE: Final = re.compile(f"{TEST_MARK}.{{0,16}}[{_ENDS}]$", re.IGNORECASE | re.ASCII)


class WholeReader:
    """Turns bytes into scans with their ends and framing, and into keys. Total.

    What is typed by hand ends with Enter, and comes without it.
    """

    def __init__(self, *, keys: bool = True) -> None:
        self._keys = KeyReader(keys=keys)
        self._text = ""
        self._slow = False
        self._came_s = 0.0
        self._told = ""

    @property
    def patience_s(self) -> float | None:
        """How long a silence would mean something; None if none would."""
        if self._text or self._keys.unfinished:
            return TEST_QUIET_S
        return QUIET_S if self._keys.waits else None

    @property
    def all_told(self) -> bool:
        """Whether all that came is told: nothing has begun that is to go on."""
        return not self._text and self._keys.all_told

    def feed(self, data: bytes, at_s: float = 0.0) -> list[Heard]:
        """Take bytes as they come, cut anywhere."""
        gap_s = at_s - self._came_s
        self._slow = bool(self._text) and (self._slow or gap_s > TEST_QUIET_S - TYPED_GAP_S)
        self._came_s = at_s
        heard: list[Heard] = []
        for token in self._keys.feed(data):
            self._take(token, heard)
        return self._with_changes(heard)

    def quiet(self) -> list[Heard]:
        """Say that nothing came for as long as `patience_s` said."""
        heard: list[Heard] = []
        for token in (*self._keys.quiet(), *self._keys.finish()):
            self._take(token, heard)
        text = self._text
        bare = text.rstrip(_ENDS)
        if _MARK.search(text) or (len(bare) >= CODE_CHARACTERS_MIN and not self._slow):
            self._text = ""
            heard.append(Scan(text, "scanned"))
        elif bare != text:
            self._text = ""
            heard.append(Scan(bare, "typed"))
        return self._with_changes(heard)

    def press(self, key: str) -> list[Heard]:
        """Take a key that another driver has already recognised."""
        heard: list[Heard] = []
        self._take(Key(key), heard)
        return self._with_changes(heard)

    def _take(self, token: Token, heard: list[Heard]) -> None:
        match token:
            case Reply():
                heard.append(token)
            case Paste():
                pass
            case str():
                self._add(token if self._text else token.lstrip(_ENDS), heard)
            case Key(name="escape", sequence="") if self._text:
                self._text = ""
            case Key(name="delete") if self._text:
                self._text = self._text[:-1]
            case Key(name=name, sequence=sequence) if self._text:
                self._add(f"<{name.upper()}>" if name else sequence, heard)
            case Key(name=name) if name:
                heard.append(KeyDown(name))

    def _add(self, run: str, heard: list[Heard]) -> None:
        for character in run:
            if character not in _ENDS and _WHOLE.search(self._text):  # the next code begins
                heard.append(Scan(self._text, "scanned"))
                self._text = ""
            if character in "\x08\x7f":
                self._text = self._text[:-1]
            else:
                self._text = (self._text + character)[-SCAN_CHARACTERS_MAX:]

    def _with_changes(self, heard: list[Heard]) -> list[Heard]:
        if self._text != self._told:
            self._told = self._text
            heard.append(Typed(self._text))
        return heard
