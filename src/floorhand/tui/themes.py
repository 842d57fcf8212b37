"""The colours of a screen, and what a terminal can show of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

MODELS_WITHOUT_UNICODE: Final = ("vt", "ansi", "dumb", "linux")
"""Kinds of terminals, as ``TERM`` names them, that have few characters beside those of ASCII."""


def _theme(name: str, colours: Mapping[str, str], *, dark: bool = True) -> Theme:
    """Make a theme; ``on_tone`` and ``on_look`` are what is written on the colours of a frame."""
    own = {"on-tone": colours["on_tone"], "on-look": colours["on_look"], "muted": colours["muted"]}
    return Theme(
        name=f"floorhand-{name}",
        primary=colours["calm"],
        secondary=colours["hint"],
        accent=colours["accent"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["calm"],
        success=colours["taken"],
        warning=colours["look"],
        error=colours["refused"],
        dark=dark,
        variables=own,
    )


_DARK: Final = {
    "ground": "#0d1116",
    "text": "#f2f2f2",
    "muted": "#9aa7b4",
    "hint": "#8fb8de",
    "accent": "#ffd75f",
    "calm": "#24507a",
    "taken": "#14702f",
    "look": "#f0b429",
    "refused": "#c0161d",
    "on_tone": "#f2f2f2",
    "on_look": "#0d1116",
}

THEMES: Final[Mapping[str, Theme]] = {
    "dark": _theme("dark", _DARK),
    "contrast": _theme(
        "contrast",
        {
            **_DARK,
            **{"ground": "#000000", "text": "#ffffff", "muted": "#ffffff", "hint": "#ffffff"},
            **{"accent": "#ffff00", "calm": "#ffffff", "taken": "#00e05a", "look": "#ffff00"},
            **{"refused": "#ff5a5a", "on_tone": "#000000", "on_look": "#000000"},
        },
    ),
    "light": _theme(
        "light",
        {
            **_DARK,
            **{"ground": "#ffffff", "text": "#101418", "muted": "#4a5560", "hint": "#1f4f80"},
            **{"accent": "#7a3e00", "on_tone": "#ffffff", "on_look": "#101418"},
        },
        dark=False,
    ),
    "mono": _theme(
        "mono",
        {
            **dict.fromkeys(_DARK, "#ffffff"),
            **{"ground": "#000000", "on_tone": "#000000", "on_look": "#000000"},
        },
    ),
    "ascii": _theme("ascii", _DARK),
}
"""Every pair of colours that text is set in has a contrast of at least 4.5 to 1."""


def usual_theme(environ: Mapping[str, str] = os.environ) -> str:
    """Name the theme of a terminal that nobody has chosen one for."""
    return "mono" if environ.get("NO_COLOR") else "dark"


def usual_encoding(environ: Mapping[str, str] = os.environ, encoding: str | None = None) -> str:
    """Name the encoding that what is shown must fit into; empty if it is all of Unicode.

    Args:
        environ: Where ``TERM`` says what kind of terminal it is.
        encoding: That of the stream that is written to, by default the program's own.
    """
    if encoding is None:
        encoding = sys.__stderr__.encoding if sys.__stderr__ is not None else "utf-8"
    if not encoding.lower().startswith("utf"):
        return encoding
    return "ascii" if environ.get("TERM", "").startswith(MODELS_WITHOUT_UNICODE) else ""
