"""Files that a terminal has kept for its browser: offered until the browser has taken them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "kept"
"""In the folder of a browser: where its terminal keeps tables (setting ``kept``)."""

WAITING_MAX: Final = 20
"""So many files wait for a browser that takes none; older ones are forgotten."""

_NAME: Final = re.compile(r"board-[a-z_.]+-\d{8}-\d{6}\.csv", re.ASCII)
"""Names that `floorhand.commands.board` gives: no way leads out of the folder."""

NAME_ENDS: Final = len("yyyymmdd-hhmmss.csv")
"""So many characters at the end of a name say when it was kept."""


@dataclass(slots=True)
class Kept:
    """What was kept for one browser, and how much of it the page was told of."""

    folder: Path
    _told: frozenset[str] = frozenset()

    def news(self) -> list[str]:
        """Name the files that have come since the last time, the oldest first."""
        names = sorted(_names(self.folder), key=lambda name: name[-NAME_ENDS:])
        for name in names[:-WAITING_MAX]:
            (self.folder / name).unlink(missing_ok=True)
        names = names[-WAITING_MAX:]
        fresh = [name for name in names if name not in self._told]
        self._told = frozenset(names)
        return fresh


def take(folder: Path, name: str) -> bytes | None:
    """Give what is in a file, which is forgotten with that; None if there is no such file."""
    if _NAME.fullmatch(name) is None:
        return None
    file = folder / FOLDER / name
    with suppress(FileNotFoundError):
        data = file.read_bytes()
        file.unlink()
        return data
    return None


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if _NAME.fullmatch(name)]
    except FileNotFoundError:
        return []
