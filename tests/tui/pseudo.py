"""A language that nobody speaks: English, two fifths longer, with accents and wide letters.

What is complete in it is complete in the languages that people speak.
"""

from __future__ import annotations

import re
from functools import cache

from floorhand.text.catalog import Catalog

ACCENTS = str.maketrans("aeiounycsl", "äéîöüñýçšł")
LONGER = 0.4
FILLER = ("lörem", "水壶", "îpsüm", "dölör", "ßit", "àmét")


class Pseudo(Catalog):
    """Gives English texts made longer; what stands in braces is kept."""

    def __init__(self) -> None:
        super().__init__("en")
        self.language = "qq"
        self._texts = [Longer(texts) for texts in self._texts]


class Longer:
    """Stands in for a catalog's texts."""

    def __init__(self, texts) -> None:
        self.texts = texts

    def gettext(self, key: str) -> str:
        return longer(key, self.texts.gettext(key))

    def ngettext(self, key: str, plural: str, number: int) -> str:
        return longer(key, self.texts.ngettext(key, plural, number))


@cache
def longer(key: str, text: str) -> str:
    """Make a text longer; a missing one stays what it is, its key."""
    if text == key:
        return text
    parts = re.split(r"(\{[^}]*\})", text)
    said = "".join(part if n % 2 else part.translate(ACCENTS) for n, part in enumerate(parts))
    words, wanted = [], len(re.sub(r"\{[^}]*\}", "", text)) * LONGER
    while sum(map(len, words)) + len(words) < wanted:
        left = int(wanted - sum(map(len, words)) - len(words)) or 1
        words.append(FILLER[len(words) % len(FILLER)][:left])
    end = said[-1] if said[-1] in ".?!:" else ""
    return f"{said[: len(said) - len(end)]} {' '.join(words)}{end}" if words else said
