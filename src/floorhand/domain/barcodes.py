"""Read what a scanner sent, and make the codes that stand on our own labels.

`read` is total: whatever arrives, it answers, and what is nothing else is a plain code. Our own
codes are recognised first, then GTINs, then GS1. The text is never split or stripped at GS: a lot
that swallows the serial number behind it is the worst thing that can happen here.

Our own codes are twelve letters that sit on the same key on QWERTY, QWERTZ and AZERTY keyboards,
in either case, so that a scanner set to a wrong layout or with Caps Lock on is still understood.
There are no vowels and no digits among them, hence nobody types one by accident.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final

from floorhand.domain.gs1 import (
    GS,
    check_is_good,
    contradicts,
    gs1_check_digit,
    gtin14,
    only_split,
    ready_biip,
    sscc,
    upc_e,
    whole,
)

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

SCAN_CHARACTERS_MAX = 512
"""Longer text is no barcode; it is not looked into."""

OWN_MARK = "FH"
"""How all our own codes begin."""

OWN_ALPHABET = "BCDFGHJKLNPRSTVX"

OWN_KINDS = {
    "bin": "L",
    "tote": "T",
    "cart": "K",
    "dock": "D",
    "bench": "B",
    "badge": "P",
    "station": "S",
    "return": "R",
}
"""Kind of a label and its letter. Pallets and cartons carry an SSCC instead."""

OWN_BODY_LENGTH = 8

_KIND_OF_LETTER = {letter: kind for kind, letter in OWN_KINDS.items()}

_OWN = re.compile(
    rf"[{OWN_MARK[0]}{OWN_MARK[0].lower()}][{OWN_MARK[1]}{OWN_MARK[1].lower()}]"
    rf"[{OWN_ALPHABET}{OWN_ALPHABET.lower()}]{{{OWN_BODY_LENGTH + 2}}}"
)

_AIM = re.compile(r"\]([A-Za-z][0-9A-Za-z])", re.ASCII)

_GS1_SYMBOLOGIES = ("C1", "e0", "d2", "Q3", "J1")
_GTIN_SYMBOLOGIES = ("E0", "E3", "E4", "I1")

_LEADING = ("00", "01", "02")
"""What a code begins with that tells which unit or goods it stands on, and has a check digit."""

__all__ = [
    "GS",
    "OWN_ALPHABET",
    "OWN_KINDS",
    "SCAN_CHARACTERS_MAX",
    "Scanned",
    "bare_code",
    "body_of",
    "check_digits",
    "control_named",
    "gs1_check_digit",
    "gtin14",
    "new_body",
    "own_check",
    "own_code",
    "read",
    "readable",
    "shown",
    "sscc",
]

_CONTROL_NAMES = """
NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI
DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US
"""

_CONTROLS = tuple(_CONTROL_NAMES.split())

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that move, reverse or hide text, or stand for nothing."""

_JOINERS = "\u200c\u200d"
"""Some scripts need these between letters; they do nothing else."""

_LOST = "\u2400\ufffd"
"""What stands in a scan for a NUL and for characters that could not be decoded."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan, taken apart. Strings are empty and numbers 0 where the scan does not tell.

    Attributes:
        raw: What came, unchanged.
        code: What to look up: our own code, the SSCC, the GTIN as 14 digits, or the text. A plain
            number with a good check digit reads as a GTIN, so whoever looks up also tries ``raw``.
        aim: AIM symbology identifier without its ``]``, such as ``C1``.
        expiry: ISO date of AI 17, else of AI 15.
        count: AI 37 or 30; None if the code tells none.
        weight_g: AI 310n, net.
        contents: The GTIN is that of what is inside (AI 02), and the count is of those.
        own_kind: One of `OWN_KINDS` if it is one of our own labels.
        damaged: ``check`` if a check character is wrong where there must be a right one;
            ``contradiction`` if the code tells two different things where only one can be true.
    """

    raw: str
    code: str
    aim: str = ""
    gtin: str = ""
    sscc: str = ""
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    count: int | None = None
    weight_g: int = 0
    contents: bool = False
    own_kind: str = ""
    damaged: str = ""


def read(text: str) -> Scanned:
    """Take a scan apart; never raises.

    Args:
        text: What the scanner sent or the worker typed, without its end key. May begin with an
            AIM identifier (``]C1``) and hold `GS`.
    """
    body = text.strip(" \t\r\n")
    plain = Scanned(raw=text, code=body)
    if len(text) > SCAN_CHARACTERS_MAX:
        return plain
    if (match := _AIM.match(body)) and len(body) > match.end():
        body = body[match.end() :].strip(" ")
        plain = replace(plain, code=body, aim=match[1])
    if _OWN.fullmatch(body):
        return _read_own(plain, body.upper())
    if not body.isascii():
        return plain
    if body[:8].lower().startswith(("http://", "https://")):
        return _read_link(plain, body)
    if body.startswith("("):
        return _read_human(plain, body)
    if plain.aim in _GS1_SYMBOLOGIES or GS in body:
        return _read_elements(plain, body, lost=False)
    return _read_digits(plain, body)


def _read_own(plain: Scanned, code: str) -> Scanned:
    kind = _KIND_OF_LETTER.get(code[len(OWN_MARK)])
    if kind is None:
        return plain
    if own_check(code[:-1]) != code[-1]:
        return replace(plain, damaged="check")
    return Scanned(plain.raw, code, plain.aim, own_kind=kind)


def _read_digits(plain: Scanned, body: str) -> Scanned:
    """Read a scan that says nothing about itself, or comes from a symbol that is not GS1."""
    digits = body[:13] if plain.aim == "E3" else body
    short = upc_e(digits) if plain.aim in ("", *_GTIN_SYMBOLOGIES) else None
    if gtin := gtin14(digits) or short:
        return replace(plain, code=gtin, gtin=gtin)
    if plain.aim in _GTIN_SYMBOLOGIES[:3]:
        return replace(plain, damaged="check")
    if len(body) == 18 and check_is_good(body):
        return replace(plain, sscc=body)
    if len(body) > 2 and body.startswith((*_LEADING, "15", "17")):
        return _read_elements(plain, body, lost=True)
    return plain


def _read_elements(plain: Scanned, body: str, *, lost: bool) -> Scanned:
    """Read a GS1 element string.

    ``lost`` says that nothing proves that the scanner sends FNC1. Then a variable-length value may
    have swallowed what follows, and only what can be read in one way alone is taken.
    """
    found = only_split(body) if lost else whole(body)
    if lost and len(found) == 1 and not _checked(found[0]):
        return plain  # nothing proves that it is GS1: it may be a long order number
    if not found and not lost and GS not in body and body.startswith(_LEADING):
        found = only_split(body)  # the scanner says that it is GS1, and has dropped the FNC1s
    return _filled(plain, found) if found else plain


def _read_human(plain: Scanned, body: str) -> Scanned:
    ready_biip()
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse_hri(
            body, config=ParseConfig(gs1_element_strings_verify_date=False)
        )
    except (ParseError, ValueError):
        return plain
    return _filled(plain, list(message.element_strings))


NUMBERED = frozenset({"00", "01", "02", "03"})
"""Identifiers of units, goods and contents: SSCC and GTINs."""

PARTS = frozenset({"8006", "8026"})
"""Identifiers of one part of goods that come in several; no count here knows such parts."""


def _read_link(plain: Scanned, body: str) -> Scanned:
    ready_biip()
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        link = GS1DigitalLinkURI.parse(body)
    except (ParseError, ValueError):
        return plain
    elements = list(link.element_strings)
    # An address with nothing where the number should be comes out as a number of zeros.
    if any(element.ai.ai in NUMBERED and not element.value.strip("0") for element in elements):
        return plain
    return _filled(plain, elements)


def _filled(plain: Scanned, elements: list[GS1ElementString]) -> Scanned:
    """Put what the elements tell into the scan; the unit that was scanned goes before contents."""
    told: dict[str, GS1ElementString] = {}
    for element in elements:
        told.setdefault(element.ai.ai, element)
    if PARTS & told.keys():
        return plain
    if any(not _checked(element) for element in elements):
        return replace(plain, damaged="check")
    if contradicts(elements):
        return replace(plain, damaged="contradiction")

    def value(*identifiers: str) -> str:
        return next((told[ai].value for ai in identifiers if ai in told), "")

    unit, gtin = value("00"), value("01", "03", "02")
    dated = [told[ai].date for ai in ("17", "15") if ai in told]
    weights = [e.decimal for ai, e in told.items() if ai.startswith("310") and e.decimal]
    return replace(
        plain,
        code=unit or gtin or plain.code,
        gtin=gtin,
        sscc=unit,
        lot=value("10"),
        expiry=next((day.isoformat() for day in dated if day), ""),
        serial=value("21"),
        count=int(told_count) if (told_count := value("37", "30")) else None,
        weight_g=int(weights[0] * 1000) if weights else 0,
        contents="02" in told,
    )


def _checked(element: GS1ElementString) -> bool:
    if element.ai.ai in NUMBERED:
        return check_is_good(element.value)
    return True


def own_check(text: str) -> str:
    """Give the check character behind ``text``, letters of `OWN_ALPHABET`.

    Source: ISO 7064, hybrid systems MOD M+1,M, here with the 16 letters: every single wrong letter
    and nearly every swap of two is found.
    """
    size = len(OWN_ALPHABET)
    left = size
    for letter in text:
        left = (left + OWN_ALPHABET.index(letter)) % size or size
        left = left * 2 % (size + 1)
    return OWN_ALPHABET[(size + 1 - left) % size]


def own_code(kind: str, body: str) -> str:
    """Make what the barcode of one of our own labels holds.

    Args:
        kind: One of `OWN_KINDS`, by name or by letter.
        body: `OWN_BODY_LENGTH` letters of `OWN_ALPHABET`; see `new_body` and `body_of`.

    Raises:
        ValueError: If the kind is not known or the body cannot be printed as one of our codes.
    """
    letter = OWN_KINDS.get(kind, kind)
    if letter not in _KIND_OF_LETTER:
        raise ValueError(f"no such label: {kind!r}; known: {', '.join(OWN_KINDS)}")
    if len(body) != OWN_BODY_LENGTH or not set(body) <= set(OWN_ALPHABET):
        raise ValueError(f"{body!r} is not {OWN_BODY_LENGTH} letters of {OWN_ALPHABET}")
    text = f"{OWN_MARK}{letter}{body}"
    return text + own_check(text)


def new_body(rng: Random) -> str:
    """Draw the body of a code, so that nobody can derive it from what is printed in clear."""
    return body_of(rng.getrandbits(4 * OWN_BODY_LENGTH))


def body_of(number: int) -> str:
    """Write a number below 2**32 as the body of a code."""
    return "".join(OWN_ALPHABET[number >> 4 * n & 15] for n in reversed(range(OWN_BODY_LENGTH)))


def check_digits(rng: Random, taken: Collection[str], length: int = 2) -> str:
    """Draw the digits that prove presence at a place.

    Args:
        rng: Source of chance; the digits must not be derivable from the place's code.
        taken: Digits of the neighbours, which must be others.
        length: 2 to 4 digits; only zeros are never given.

    Raises:
        ValueError: If all digits of this length are taken.
    """
    free = list(range(1, 10**length))
    for digits in set(taken):
        if len(digits) == length and digits.isascii() and digits.isdecimal() and int(digits):
            free.remove(int(digits))
    if not free:
        raise ValueError(f"no check digits of length {length} are left")
    return f"{rng.choice(free):0{length}d}"


def bare_code(text: str) -> str:
    """Leave of a scanned, printed or written code the letters and digits: the same on all."""
    return "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())


def shown(text: str, n: int = 60) -> str:
    """Make control and direction characters visible, and cut at ``n`` characters with ``…``.

    Blanks at the ends are made visible, too: they are what is wrong with the code then.
    """
    if len(text) <= n and text.isascii() and text.isprintable() and text == text.strip(" "):
        return text
    out: list[str] = []
    length = 0
    inside = range(len(text) - len(text.lstrip(" ")), len(text.rstrip(" ")))
    for at, character in enumerate(text):
        word = _shown(character) if at in inside else _BLANK
        rest = text[at + 1 : at + 2]
        if length + len(word) + (1 if rest else 0) > n:
            return "".join(out) + "…"
        out.append(word)
        length += len(word)
    return "".join(out)


def control_named(name: str) -> str | None:
    """Give the control character of a name, such as ``GS``; None if there is none."""
    return chr(_CONTROLS.index(name)) if name in _CONTROLS else None


def readable(text: str) -> bool:
    """Say whether all of a text can be seen, and nothing of it was lost on its way here."""
    return not any(
        character in _LOST
        or (unicodedata.category(character) in _UNSEEN and character not in _JOINERS)
        for character in text
    )


_BLANK: Final = "<SP>"


def _shown(character: str) -> str:
    number = ord(character)
    if number < 32:
        return f"<{_CONTROLS[number]}>"
    if number == 127:
        return "<DEL>"
    if unicodedata.category(character) in _UNSEEN:
        return f"<U+{number:04X}>"
    return character
