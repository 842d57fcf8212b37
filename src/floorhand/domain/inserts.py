"""Inserts: what a merchant wants in its parcels besides the goods, such as a card or a sample.

They are supplies that lie at the bench, like its boxes, and no stock: nobody counts them, so no
move is written of them. A gift whose pieces are counted is a line of the order, and is picked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from floorhand.domain.barcodes import read as read_barcode
from floorhand.domain.barcodes import readable

INSERTS_MAX: Final = 8
"""Inserts that a merchant may have: with the entry for one more they fit on the keys 1 to 9."""

NAME_CHARACTERS_MAX: Final = 40
CODE_CHARACTERS_MAX: Final = 60
FROM_PIECES_MAX: Final = 999

BETWEEN: Final = "|"
"""Stands between two inserts, and between two boxes, where they are written as one text."""

_PART: Final = ";"
_FIRST, _CODE, _FROM, _UNTIL = "first", "code=", "from=", "until="


@dataclass(frozen=True, slots=True)
class Insert:
    """One insert, and which parcels it goes into.

    ``code`` is what its barcode reads as; empty if it has none. ``first`` says that only the first
    parcel of an order gets it, ``from_pieces`` that only orders of so many pieces do, ``until``
    that no parcel does after that day (ISO; empty for no end).
    """

    name: str
    code: str = ""
    first: bool = False
    from_pieces: int = 1
    until: str = ""

    def goes_into(self, parcel: int, ordered_pieces: int, today: date) -> bool:
        """Say whether the n-th parcel of an order gets it, counted from 1."""
        if self.first and parcel > 1:
            return False
        in_time = not self.until or today.isoformat() <= self.until
        return in_time and ordered_pieces >= self.from_pieces

    def written(self) -> str:
        """Write it as one text, as files and the history of rules hold it."""
        told = (
            self.name,
            f"{_CODE}{self.code}" if self.code else "",
            _FIRST if self.first else "",
            f"{_FROM}{self.from_pieces}" if self.from_pieces > 1 else "",
            f"{_UNTIL}{self.until}" if self.until else "",
        )
        return f"{_PART} ".join(part for part in told if part)


def of_text(text: str) -> Insert | None:
    """Read an insert as `Insert.written` writes it; None if it is none."""
    name, *parts = (part.strip() for part in text.split(_PART))
    told: dict[str, str] = {}
    for part in parts:
        kind = next((one for one in (_FIRST, _CODE, _FROM, _UNTIL) if part.startswith(one)), "")
        value = part.removeprefix(kind).strip()
        if not kind or kind in told or bool(value) == (kind == _FIRST):
            return None
        told[kind] = value
    pieces, until = told.get(_FROM, "1"), told.get(_UNTIL, "")
    if not is_name(name) or not is_number(pieces) or not (not until or is_day(until)):
        return None
    code = as_code(told.get(_CODE, ""))
    if code is None:
        return None
    return Insert(name, code, _FIRST in told, int(pieces), until)


def of_texts(texts: Iterable[str]) -> tuple[Insert, ...]:
    """Read the inserts that a merchant's rules hold."""
    found = map(of_text, texts)
    return tuple(insert for insert in found if insert is not None)


def are_apart(inserts: Iterable[Insert]) -> bool:
    """Say whether no two are called alike or have one code: a scan must say which it is of."""
    inserts = tuple(inserts)
    names = {insert.name.casefold() for insert in inserts}
    codes = [insert.code for insert in inserts if insert.code]
    return len(names) == len(inserts) and len(set(codes)) == len(codes)


def is_name(text: str) -> bool:
    """Say whether an insert can be called so."""
    plain = readable(text) and not {BETWEEN, _PART} & set(text)
    return plain and text == text.strip() and 1 <= len(text) <= NAME_CHARACTERS_MAX and text != "-"


def as_name(text: str) -> str:
    """Make a name of what was typed, without the signs that stand between inserts and parts."""
    return text.replace(BETWEEN, "/").replace(_PART, ",").strip()


def is_number(text: str) -> bool:
    """Say whether an order can have so many pieces at least."""
    is_whole = text.isascii() and text.isdecimal() and len(text) <= len(str(FROM_PIECES_MAX))
    return is_whole and 1 <= int(text) <= FROM_PIECES_MAX


def is_day(text: str) -> bool:
    """Say whether a text is a day in ISO form."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def as_code(text: str) -> str | None:
    """Give what a barcode reads as at the bench; None if it cannot be one."""
    code = read_barcode(text).code if text else ""
    fits = readable(code) and len(code) <= CODE_CHARACTERS_MAX and not {BETWEEN, _PART} & set(code)
    return code if not text or (fits and code and not code.startswith("*")) else None
