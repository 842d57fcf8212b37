"""Words of ours inside texts that are put together of codes: marked, so that each language writes
its own, as with days (`floorhand.domain.days`).
"""

from __future__ import annotations

from typing import Final

from floorhand.domain.days import MARK

LANGUAGE_OF: Final = "language.of."
"""Stands before the code of a language whose own name is written."""


def word(key: str) -> str:
    """Mark a text of the catalogs by its key."""
    return f"{MARK}[{key}]"
