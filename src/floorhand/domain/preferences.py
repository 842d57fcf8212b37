"""What workers choose about the screen they work at: language, colours, large letters, sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

THEMES: Final = ("dark", "contrast", "light", "mono", "ascii")
"""Colours of a screen; ``ascii`` also does without any character that old terminals lack."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a worker likes the screen; kept with the worker, so that it follows the badge.

    Attributes:
        theme: One of `THEMES`; empty: as the terminal is set up.
        large: Place, number and question in large letters, even if the rest is shortened.
        mute: No bells.
    """

    theme: str = ""
    large: bool = False
    mute: bool = False


USUAL: Final = Preferences()
"""Of somebody who has chosen nothing."""


@dataclass(frozen=True, slots=True)
class ReadPreferences:
    """Find out what the worker has chosen, and what there is to choose from."""


@dataclass(frozen=True, slots=True)
class Toggle:
    """Turn a choice over: ``large`` or ``mute``."""

    name: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Choose a ``theme`` or a ``language``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PreferencesAre:
    """What is chosen now; ``languages`` are those there are, as (code, own name)."""

    language: str
    preferences: Preferences
    languages: tuple[tuple[str, str], ...]
