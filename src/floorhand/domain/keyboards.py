"""Keyboard layouts, and what a code turns into when scanner and computer think of different ones.

A scanner that acts as a keyboard does not send letters: it presses keys. Which letter stands on a
key is a matter of the layout, so a scanner that is set to one and a computer that is set to
another disagree about some letters, always in the same way. That can be undone, letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

AMERICAN: Final = "us"
"""What scanners are set to when they come out of the box."""

GAP: Final = "\0"
"""Stands for a key with nothing on it, or with an accent that waits for its letter."""

LAYOUTS: Final[Mapping[str, tuple[str, str]]] = {
    "us": (
        "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
        '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
    ),
    "uk": (
        "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./",
        '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?',
    ),
    "azerty": (
        "²&é\"'(-è_çà)=azertyuiop\0$*qsdfghjklmùwxcvbn,;:!",
        "\x001234567890°+AZERTYUIOP\0£µQSDFGHJKLM%WXCVBN?./§",
    ),
    "qwertz": (
        "\x001234567890ß\0qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
        "°!\"§$%&/()=?\0QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    ),
    "italian": (
        "\\1234567890'ìqwertyuiopè+ùasdfghjklòàzxcvbnm,.-",
        '|!"£$%&/()=?^QWERTYUIOPé*§ASDFGHJKLç°ZXCVBNM;:_',
    ),
}
"""What stands on the 47 keys that an American keyboard has, alone and with Shift, row by row.

Source: xkeyboard-config, symbols us, gb, fr, de, it (basic variants).
"""

MIXED: Final[Mapping[str, tuple[str, str]]] = {
    **{name: (AMERICAN, name) for name in LAYOUTS if name != AMERICAN},
    **{f"{name}-scanner": (name, AMERICAN) for name in LAYOUTS if name != AMERICAN},
}
"""Ways to disagree, by name: the layout of the scanner and that of the computer.

``azerty`` is an American scanner on a French computer, ``azerty-scanner`` the other way round.
"""


def turned(text: str) -> str:
    """Make capitals of small letters and the other way round, as Caps Lock does."""
    return "".join(c.swapcase() if len(c.swapcase()) == 1 else c for c in text)


@cache
def garbling(mixed: str) -> Mapping[int, str]:
    """Say what arrives for what was sent; for `str.translate`. Keys with a gap change nothing."""
    scanner, computer = MIXED[mixed]
    return _between(scanner, computer)


@cache
def mending(mixed: str) -> Mapping[int, str]:
    """Say what was sent for what has arrived; for `str.translate`."""
    scanner, computer = MIXED[mixed]
    return _between(computer, scanner)


def _between(seen: str, meant: str) -> dict[int, str]:
    pairs = zip("".join(LAYOUTS[seen]), "".join(LAYOUTS[meant]), strict=True)
    return {ord(a): b for a, b in pairs if a != b and GAP not in (a, b)}
