"""Barcodes hold exactly what they should, or are refused."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from floorhand.errors import BadLabel
from floorhand.labels.picture import symbol_picture
from floorhand.labels.symbols import CODE128_MAX, Symbol, make_symbol
from floorhand.labels.zpl import code128_data

PRINTABLE = "".join(map(chr, range(32, 127)))


def read(symbol: Symbol, module_dots: int = 2) -> tuple[str, str]:
    """Paint a symbol with its quiet zones and read it."""
    height = len(symbol.rows) * module_dots if symbol.is_matrix else 60
    bars = symbol_picture(symbol, module_dots, height)
    from PIL import Image

    edge = max(symbol.quiet_modules) * module_dots
    paper = Image.new("1", (bars.width + 2 * edge, bars.height + 2 * edge), 1)
    paper.paste(bars, (edge, edge))
    (code,) = zxingcpp.read_barcodes(paper.convert("L"))
    return code.symbology_identifier, code.bytes.decode("ascii")


@given(st.text(PRINTABLE, min_size=1, max_size=CODE128_MAX))
def test_code_128_holds_any_printable_text(text: str) -> None:
    assert read(make_symbol("code128", text)) == ("]C0", text)


@example("99")
@example("9912")
@example("999")
@example("99AB")
@example("9")
@given(st.text(PRINTABLE, min_size=1, max_size=CODE128_MAX).filter(str.strip))
def test_code_128_for_zpl_names_every_symbol(text: str) -> None:
    modules = make_symbol("code128", text).rows[0]
    assert decode_zpl(code128_data(modules)) == text


def decode_zpl(data: str) -> str:
    """Read ^BC data as the manual says it is read."""
    start, rest = data[:2], data[2:]
    in_c = {">;": True, ">:": False}[start]
    read = ""
    while rest:
        two = rest[:2]
        if two in (">5", ">6", ">8"):
            in_c = two == ">5" or (in_c and two == ">8")
            rest = rest[2:]
        elif in_c:
            assert two.isdecimal()
            read, rest = read + two, rest[2:]
        elif two in (">0", "><", ">=", ">1"):
            read, rest = read + {">0": ">", "><": "^", ">=": "~", ">1": "\x7f"}[two], rest[2:]
        else:
            assert rest[0] != ">"
            read, rest = read + rest[0], rest[1:]
    return read


@pytest.mark.parametrize(
    ("text", "reads", "clear"),
    [
        ("(00)395212340000000175", "00395212340000000175", "(00) 395212340000000175"),
        (
            "(01)09521234000013(17)271031(10)LOT7",
            "010952123400001317271031" + "10LOT7",
            "(01) 09521234000013 (17) 271031 (10) LOT7",
        ),
        ("(10)LOT7(21)S-9", "10LOT7\x1d21S-9", "(10) LOT7 (21) S-9"),
    ],
)
def test_gs1_128_separates_what_has_no_fixed_length(text: str, reads: str, clear: str) -> None:
    symbol = make_symbol("gs1-128", text)
    assert (symbol.reads, symbol.clear) == (reads, clear)
    assert read(symbol) == ("]C1", reads)


@pytest.mark.parametrize(
    ("code", "symbology", "reads"),
    [
        ("09521234000013", "ean13", "9521234000013"),
        ("9521234000013", "ean13", "9521234000013"),
        ("00000096385074", "ean8", "96385074"),
        ("19521234000010", "gs1-128", "0119521234000010"),
        ("00036000291452", "ean13", "0036000291452"),
        ("09521234000014", "code128", "09521234000014"),
        ("X0012ABCDE", "code128", "X0012ABCDE"),
    ],
)
def test_a_products_code_is_printed_as_shops_do(code: str, symbology: str, reads: str) -> None:
    symbol = make_symbol("product", code)
    assert (symbol.symbology, symbol.reads) == (symbology, reads)
    assert read(symbol)[1] == reads


@pytest.mark.parametrize("symbology", ["qr", "datamatrix"])
def test_2d_symbols_hold_what_they_should(symbology: str) -> None:
    text = "FHTFSJTPHTKV ^XZ ~JA"
    assert read(make_symbol(symbology, text), 3)[1] == text


@pytest.mark.parametrize(
    ("symbology", "text", "says"),
    [
        ("code128", "", "nothing to put"),
        ("code128", "   ", "nothing to put"),
        ("code128", "Größe", "cannot be in this barcode"),
        ("code128", "a\x1db", "cannot be in this barcode"),
        ("code128", "1" * 49, "too many"),
        ("ean13", "9521234000014", "right check digit"),
        ("ean13", "952123400001", "13 digits"),
        ("ean8", "96385075", "right check digit"),
        ("ean13", "٩521234000013", "13 digits"),
        ("gs1-128", "00395212340000000175", "not written as"),
        ("gs1-128", "(01)09521234000014", "wrong length or check digit"),
        ("qr", "王", "cannot be in this barcode"),
        ("datamatrix", "x" * 201, "too many"),
    ],
)
def test_what_a_barcode_cannot_hold_is_refused(symbology: str, text: str, says: str) -> None:
    with pytest.raises(BadLabel, match=says):
        make_symbol(symbology, text)
