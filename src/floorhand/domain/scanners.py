"""How a scanner sends: what a terminal must know of it, and how to make good what it gets wrong.

Nothing has to be set for most scanners: CR, LF, CR LF and TAB end a scan, an AIM identifier is
known where it comes, and GS is kept. A profile says what is otherwise.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from floorhand.domain.gs1 import GS
from floorhand.domain.keyboards import mending, turned

ENDS: Final = {
    "any": "\r\n\t",
    "cr": "\r",
    "lf": "\r\n",
    "crlf": "\r\n",
    "tab": "\r\t",
    "none": "\r\n\t",
}
"""What may end a scan, by name. Enter always does, because people type it; ``none`` says that the
scanner sends no end, so that silence does too. The others are parts of a code, for sites whose
codes hold them."""

SEPARATORS: Final = ("~", "|", "^]", "F8")
"""What scanners that cannot send the GS1 separator are set to send for it."""

KEY_SEPARATOR: Final = "F8"

IDLE_MS: Final = 50
IDLE_MS_MIN: Final = 20
IDLE_MS_MAX: Final = 1000
AFFIX_CHARACTERS_MAX: Final = 16

SOURCES: Final = ("scanned", "hint", "typed")
"""How a scan came: certainly from a scanner, probably (its characters came faster than anybody
types), or from a person's fingers. No rule refuses on the second."""

TEST_MARK: Final = "FHXSCNTSTX"
"""How the codes of the scanner test end. Its letters are on the same keys on most keyboards, and
no label of ours can hold it, because there is no kind of label called X."""

AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Profile:
    """How the scanner at one station sends.

    Attributes:
        ends: One of `ENDS`.
        suffix: Characters that end a scan besides, as they arrive.
        idle_ms: Silence that ends a scan where ``ends`` is ``none``.
        prefix: What the scanner puts before every code; taken off again.
        aim: ``on``: what comes without an AIM identifier was typed. ``off``: none is sent.
            ``any``: not known.
        separators: Some of `SEPARATORS`; they stand for GS inside a code.
        keyboard: How scanner and computer disagree, one of `MIXED`; empty if they do not.
        caps: Capital and small letters arrive the wrong way round.
    """

    ends: str = "any"
    suffix: str = ""
    idle_ms: int = IDLE_MS
    prefix: str = ""
    aim: str = "any"
    separators: tuple[str, ...] = (KEY_SEPARATOR,)
    keyboard: str = ""
    caps: bool = False

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read one as it is stored; what is absent has its default."""
        told: dict[str, Any] = json.loads(text)
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in told.items() if name in known}
        if "separators" in values:
            values["separators"] = tuple(values["separators"])
        return cls(**values)

    def to_json(self) -> str:
        """Write what is not as usual."""
        usual = asdict(PLAIN)
        told = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return json.dumps(told, ensure_ascii=False)

    def read(self, text: str, *, quick: bool) -> tuple[str, str]:
        """Make good what the scanner got wrong, and say how the scan came.

        Where a prefix or an AIM identifier tells scans from typing, only scans are changed. Where
        nothing does, commands and numbers are left alone, which no scanner sends so.

        Args:
            text: What arrived, without its end.
            quick: Whether it came faster than anybody types.

        Returns:
            The text, and one of `SOURCES`.
        """
        mended = self._mended(text)
        marked = bool(self.prefix) and mended.startswith(self.prefix)
        bare = mended.removeprefix(self.prefix).lstrip(ENDS["any"])  # none of them begins a code
        identified = AIM.match(bare) is not None and self.aim != "off"
        if marked or identified:
            return self._separated(bare), "scanned"
        if self.prefix or self.aim == "on":
            return text, "typed"
        typed = text.startswith("*") or (text.isascii() and text.isdecimal())
        source = "hint" if quick else "typed"
        return (text if typed else self._separated(bare)), source

    def _mended(self, text: str) -> str:
        if self.caps:
            text = turned(text)
        return text.translate(mending(self.keyboard)) if self.keyboard else text

    def _separated(self, text: str) -> str:
        """Put separators where their stand-ins are: not at the front, where a code begins."""
        head, rest = text[:1], text[1:]
        for written in self.separators:
            rest = rest.replace(written, GS) if written != KEY_SEPARATOR else rest
        return head + rest


PLAIN: Final = Profile()
"""A scanner of which nothing is known."""
