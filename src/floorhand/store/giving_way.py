"""Have those who only look at an SQLite file let go of it, so that another can take its place.

A board keeps its file open, for opening it takes as long as half of what it asks. Whoever needs the
file alone puts a mark beside it, and boards close it after each look as long as that is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

LOOKS_WITHIN_S: Final = 3.0
"""So long after the mark was put there, each board has looked once more."""


def is_wanted(file: Path) -> bool:
    """Say whether somebody needs a file alone."""
    return _mark(file).exists()


@contextmanager
def wanted(file: Path) -> Iterator[None]:
    """Ask for a file; where no mark can be put, nobody lets go, and nothing else is wrong."""
    with suppress(OSError):
        _mark(file).touch()
    try:
        yield
    finally:
        with suppress(OSError):
            _mark(file).unlink(missing_ok=True)


def _mark(file: Path) -> Path:
    return file.with_name(f"{file.name}.wanted")
