"""Read single cells strictly: whatever could be meant in two ways is not guessed but rejected."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

CODE_CHARACTERS_MAX = 80
"""Longest code (SKU, order number, barcode) that still fits a label and a screen."""

TEXT_CHARACTERS_MAX = 1000
"""Longest name or note; what is longer is a document in the wrong column."""

PIECES_MAX = 999_999
"""More pieces than this on one line is a code in the wrong column."""

NUMBER_MAX = 2_000_000_000
"""Largest weight, size or position; fits every database's integer."""

SHOWN_MAX = 40

NAMES_MAX = 4096
"""Names whose codes are remembered; order files repeat theirs on every line."""

JOINERS = "\u200c\u200d"
"""Invisible characters that some scripts need between letters."""

_TRUE = frozenset({"1", "y", "yes", "true", "t", "x", "si", "sì", "ja", "oui", "on"})
_FALSE = frozenset({"0", "n", "no", "false", "f", "nein", "non", "off"})
_PIECES = re.compile(r"\+?(\d{1,12})(?:\.0+)?")
_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?")
_DIGITS = re.compile(r"[+-]?\d{13,}", re.ASCII)
_MANGLED = re.compile(r"\d([.,]\d+)?[eE]\+\d+", re.ASCII)
_MONEY = re.compile(r"-?[\d.,\s']*\d[\d.,]*")


class BadCell(Exception):
    """A cell cannot be read; the text says which, what it holds and what was expected."""


def shown(text: str) -> str:
    """Quote a cell for a message: cut, and with nothing in it that a terminal obeys."""
    cut = text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else "·" for c in cut)
    return f"'{cut}'"


def clean(text: str) -> str:
    """Give a text on one line: control characters and line breaks become single blanks."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(plain.split())


def text(cell: str, what: str) -> str:
    """Read a name or note."""
    if len(cell) > TEXT_CHARACTERS_MAX:
        raise BadCell(f"{what} has {len(cell)} characters; at most {TEXT_CHARACTERS_MAX} are taken")
    return clean(cell)


def note(cell: str) -> str:
    """Read a text that people read and nothing is looked up by: an address, a phone, a note.

    What cannot be seen is left out, odd blanks become blanks, and a long one ends in ``…``: none
    of that is a reason to leave an order undone.
    """
    if len(cell) <= TEXT_CHARACTERS_MAX and cell.isprintable() and "  " not in cell:
        return cell.strip()
    plain = clean("".join(_plain(c) for c in cell))
    return plain if len(plain) <= TEXT_CHARACTERS_MAX else plain[: TEXT_CHARACTERS_MAX - 1] + "…"


def number_note(cell: str) -> str:
    """Read a phone or postcode like a `note`; empty if a spreadsheet rounded it, which helps none.

    A spreadsheet writes ``8.80171E+12`` for a long number, and its last digits are lost.
    """
    plain = note(cell)
    return "" if _MANGLED.fullmatch(plain.lstrip("'")) else plain


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category == "Cf" and character not in JOINERS else character


def code(cell: str, what: str) -> str:
    """Read a code as it stands on labels and papers; empty if there is none.

    Other blanks than the plain one (a web page's non-breaking one) look the same, and are read so.
    """
    plain = cell.strip()
    if not plain.isprintable():
        plain = "".join(" " if unicodedata.category(c) == "Zs" else c for c in plain)
    if "+" in plain and _MANGLED.fullmatch(plain):
        raise BadCell(
            f"{what} is {shown(plain)}: a spreadsheet rounded a long number and its last digits "
            "are lost; export the file again, and open it with this column as text"
        )
    if len(plain) > CODE_CHARACTERS_MAX:
        raise BadCell(
            f"{what} {shown(plain)} has {len(plain)} characters; "
            f"a code has at most {CODE_CHARACTERS_MAX}"
        )
    if not plain.isprintable():
        raise BadCell(f"{what} {shown(plain)} holds control characters")
    return plain


def needed(cell: str, what: str) -> str:
    """Read a code that must be there."""
    plain = code(cell, what)
    if not plain:
        raise BadCell(f"{what} is missing")
    return plain


def pieces(cell: str, what: str) -> int:
    """Read a number of pieces: a whole number above 0, without separators or exponent."""
    number = signed_pieces(cell, what)
    if number <= 0:
        raise BadCell(f"{what} is {number}; expected 1 or more")
    return number


def signed_pieces(cell: str, what: str) -> int:
    """Read a number of pieces that may be 0 or negative."""
    plain = cell.strip()
    negative = plain.startswith("-")
    match = _PIECES.fullmatch(plain[1:] if negative else plain)
    if _DIGITS.fullmatch(plain):
        raise BadCell(
            f"{what} is {shown(plain)}, a number of {len(plain)} digits; "
            f"at most {PIECES_MAX} are taken"
        )
    if match is None or not plain.isascii():
        found = shown(plain) if plain else "empty"
        raise BadCell(f"{what} is {found}; expected a whole number written in digits only")
    number = int(match[1])
    if number > PIECES_MAX:
        raise BadCell(f"{what} is {shown(plain)}; at most {PIECES_MAX} are taken")
    return -number if negative else number


def whole(cell: str, what: str, times: int = 1) -> int | None:
    """Read a measure and give it in the smaller unit; None if the cell is empty.

    Args:
        cell: Such as ``1.25``; a decimal comma is understood unless it could mean thousands.
        what: The heading, for the message.
        times: Smaller units in one of the file's, such as 1000 for kg to g.
    """
    plain = cell.strip()
    if not plain:
        return None
    if not plain.isascii() or _NUMBER.fullmatch(plain) is None:
        raise BadCell(f"{what} is {shown(plain)}; expected a number of 0 or more, digits only")
    if "," in plain and len(plain.partition(",")[2]) == 3:
        raise BadCell(f"{what} is {shown(plain)}; that can be read in two ways: write a point")
    number = round(Decimal(plain.replace(",", ".")) * times)
    if number > NUMBER_MAX:
        raise BadCell(f"{what} is {shown(plain)}; that is too large")
    return number


def flag(cell: str, what: str) -> bool | None:
    """Read yes or no; None if the cell is empty."""
    plain = cell.strip().casefold()
    if not plain:
        return None
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise BadCell(f"{what} is {shown(plain)}; expected yes or no")


@lru_cache(maxsize=NAMES_MAX)
def money(cell: str, what: str) -> Decimal:
    """Read an amount with or without currency sign, point or comma; empty is 0.

    A file has few prices on many lines, so what was read is kept.
    """
    plain = re.sub(r"[^\d.,\-']", "", cell.replace("−", "-").strip())
    if not cell.strip():
        return Decimal(0)
    if cell.strip().startswith("(") and cell.strip().endswith(")"):
        plain = "-" + plain
    if _MONEY.fullmatch(plain) is None or re.search(r"\d\s*[eE]\s*[+-]?\d", cell):
        raise BadCell(f"{what} is {shown(cell.strip())}; expected an amount")
    mark = max(plain.rfind("."), plain.rfind(","))
    whole_part, cents = (plain, "") if mark < 0 else (plain[:mark], plain[mark + 1 :])
    digits = re.sub(r"[.,']", "", whole_part)
    try:
        return Decimal(f"{digits or '0'}.{cents or '0'}")
    except InvalidOperation:
        raise BadCell(f"{what} is {shown(cell.strip())}; expected an amount") from None


def plain_id(cell: str) -> str:
    """Read an id that a spreadsheet may have turned into a number: ``17850.0`` is ``17850``."""
    plain = cell.strip()
    head, point, tail = plain.partition(".")
    return head if point and head.isdecimal() and tail.strip("0") == "" else plain


@lru_cache(maxsize=NAMES_MAX)
def slug(name: str, length_max: int = 40) -> str:
    """Make a code of a name: capitals and digits joined by ``-``; cut ones end in a fingerprint.

    Names that differ give different codes, but for case, blanks and signs.
    """
    folded = unicodedata.normalize("NFKD", name)
    kept = "".join(
        c if c.isascii() and c.isalnum() else "-" for c in folded if ord(c) < 0x300 or c.isalnum()
    )
    words = [word for word in kept.upper().split("-") if word]
    made = "-".join(words)
    foreign = any(c.isalnum() and not c.isascii() for c in folded)
    if made and len(made) <= length_max and not foreign:
        return made
    print_ = hashlib.sha256(" ".join(name.casefold().split()).encode()).hexdigest()[:8].upper()
    head = made[: length_max - 9].rstrip("-") or "P"
    return f"{head}-{print_}"
