"""Barcodes as patterns of modules: which symbol, what a scanner will read, how much white beside.

python-barcode and zxing-cpp know the patterns; whole dots are painted elsewhere. Contents are
checked here, because python-barcode repairs wrong check digits silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from floorhand.domain.gs1 import check_is_good
from floorhand.errors import BadLabel

LINEAR = ("code128", "gs1-128", "ean13", "ean8", "product")
MATRIX = ("qr", "datamatrix", "gs1-datamatrix")
SYMBOLOGIES = LINEAR + MATRIX
"""What a template may ask for. ``product`` is EAN where the code is a GTIN, else Code 128."""

CODE128_MAX = 48
"""Characters in one symbol, as GS1 allows and scanners of handhelds still read in one line."""

MATRIX_CHARACTERS_MAX = 200

FNC1 = "\xf1"
"""How python-barcode writes the function character that makes a Code 128 a GS1-128."""

_QUIET_MODULES = {"ean13": (11, 7), "ean8": (7, 7)}
_GS1_PART = re.compile(r"\(([0-9]{2,4})\)([^()]+)")
_GS1_FIXED = frozenset({"00", "01", "02", "03", "04", *(str(n) for n in range(11, 21))})
"""Identifiers whose values have a length that is known, so that none ends with a separator.
Source: GS1 General Specifications, table "Element strings with predefined length using GS1
Application Identifiers" (first two digits; those of measures are not printed here)."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A barcode as modules.

    Attributes:
        symbology: ``code128``, ``gs1-128``, ``ean13``, ``ean8``, or one of `MATRIX`.
        rows: Rows of modules, ``1`` is black; linear symbols have one.
        quiet_modules: White that must be left and right (for 2D: on all sides).
        reads: What a scanner reads; GS1 separators as ``\\x1d``.
        clear: The same for people.
    """

    symbology: str
    rows: tuple[str, ...]
    quiet_modules: tuple[int, int]
    reads: str
    clear: str

    @property
    def is_matrix(self) -> bool:
        """Say whether it is a 2D symbol."""
        return self.symbology in MATRIX

    @property
    def width_modules(self) -> int:
        """Give the width with its quiet zones."""
        return len(self.rows[0]) + sum(self.quiet_modules)


@lru_cache(maxsize=1024)
def make_symbol(symbology: str, text: str) -> Symbol:
    """Make a barcode.

    Args:
        symbology: One of `SYMBOLOGIES`.
        text: Its contents; for GS1-128 with identifiers in brackets: ``(00)395212340000000175``.

    Raises:
        BadLabel: If the symbology cannot hold the contents; says why.
    """
    if not text.strip():
        raise BadLabel("there is nothing to put into the barcode")
    if symbology == "product":
        symbology, text = _as_product(text)
    match symbology:
        case "code128":
            return _code128(text)
        case "gs1-128":
            return _gs1_128(text)
        case "ean13" | "ean8":
            return _ean(symbology, text)
        case "gs1-datamatrix":
            return _gs1_matrix(text)
        case "qr" | "datamatrix":
            return _matrix(symbology, text)
    raise AssertionError(symbology)


def _is_good(digits: str) -> bool:
    """Say whether these are plain digits with a right check digit."""
    return digits.isascii() and check_is_good(digits)


def _as_product(text: str) -> tuple[str, str]:
    """Choose how a product's code is best printed; GTINs are stored with 14 digits."""
    if len(text) in (8, 12, 13, 14) and _is_good(text):
        gtin = text.zfill(14)
        if gtin.startswith("000000"):
            return "ean8", gtin[-8:]
        if gtin.startswith("0"):
            return "ean13", gtin[-13:]
        return "gs1-128", f"(01){gtin}"
    return "code128", text


def _printable(text: str, most: int) -> None:
    if not (text.isascii() and text.isprintable()):
        strange = next(letter for letter in text if not " " <= letter <= "~")
        raise BadLabel(f"{strange!a} cannot be in this barcode, only plain letters and digits")
    if len(text) > most:
        raise BadLabel(f"{len(text)} characters are too many for a barcode of at most {most}")


def _linear(name: str, text: str) -> str:
    """Ask python-barcode for the modules of a symbol."""
    import barcode

    made = barcode.get_barcode_class(name)(text)
    if name == "code128" and text.startswith("99"):
        # In subset C the pair 99 has the number of "switch to C", and python-barcode 0.16 takes
        # it for a needless switch and leaves it out: 9912 would be printed as 12.
        made._try_to_optimize = lambda encoded: encoded
    modules: str = made.build()[0]
    return modules


def _code128(text: str) -> Symbol:
    _printable(text, CODE128_MAX)
    return Symbol("code128", (_linear("code128", text),), (10, 10), text, text)


def _gs1_parts(text: str) -> tuple[str, str]:
    """Join elements written as (identifier)value, with `FNC1` where a separator must stand.

    Returns:
        What a symbol holds, and the same for people.
    """
    parts = _GS1_PART.findall(text)
    if "".join(f"({ai}){value}" for ai, value in parts) != text or not parts:
        raise BadLabel(f"{text!a} is not written as (identifier)value")
    data = ""
    for n, (ai, value) in enumerate(parts):
        if ai in ("00", "01", "02") and (
            len(value) != (18 if ai == "00" else 14) or not _is_good(value)
        ):
            raise BadLabel(f"({ai}){value} has a wrong length or check digit")
        more = n + 1 < len(parts)
        data += ai + value + (FNC1 if more and ai[:2] not in _GS1_FIXED else "")
    return data, " ".join(f"({ai}) {value}" for ai, value in parts)


def _gs1_128(text: str) -> Symbol:
    data, clear = _gs1_parts(text)
    _printable(data.replace(FNC1, ""), CODE128_MAX)
    modules = _linear("gs1_128", data)
    reads = data.replace(FNC1, "\x1d")
    return Symbol("gs1-128", (modules,), (10, 10), reads, clear)


def _gs1_matrix(text: str) -> Symbol:
    data, clear = _gs1_parts(text)
    _printable(data.replace(FNC1, ""), MATRIX_CHARACTERS_MAX)
    import zxingcpp

    made = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True
    )
    reads = data.replace(FNC1, "\x1d")
    return Symbol("gs1-datamatrix", _modules(made), (2, 2), reads, clear)


def _ean(symbology: str, text: str) -> Symbol:
    length = 13 if symbology == "ean13" else 8
    if len(text) != length or not _is_good(text):
        raise BadLabel(f"{text!a} is not {length} digits with a right check digit")
    rows = (_linear(symbology, text[:-1]),)
    return Symbol(symbology, rows, _QUIET_MODULES[symbology], text, text)


def _matrix(symbology: str, text: str) -> Symbol:
    _printable(text, MATRIX_CHARACTERS_MAX)
    import zxingcpp

    if symbology == "qr":
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
        quiet = 4
    else:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
        quiet = 2
    return Symbol(symbology, _modules(made), (quiet, quiet), text, text)


def _modules(made: Any) -> tuple[str, ...]:
    """Give the rows of a symbol that zxing-cpp made."""
    import zxingcpp

    # It offers its dots as a buffer, which its type stubs do not say.
    drawn: Any = zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)
    height, width = drawn.shape[:2]
    dots = bytes(memoryview(drawn))
    return tuple(
        "".join("1" if dot < 128 else "0" for dot in dots[y * width : (y + 1) * width])
        for y in range(height)
    )
