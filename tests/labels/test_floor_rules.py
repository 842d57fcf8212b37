"""What the floor asks of each kind of label: sizes, bars, and what a tired eye must find."""

from __future__ import annotations

import pytest

from floorhand.labels.layout import lay_out
from floorhand.labels.placed import DOTS_PER_MM, PlacedText
from floorhand.labels.reader import FIELD
from floorhand.labels.template import Barcode, Text, load_template, template_names

LOGISTIC = {"narrow_mm": 0.495, "widest_mm": 1.016, "high_mm": 31.75}
BARS: dict[tuple[str, str], dict[str, float]] = {
    ("bin", "scan_code"): {"narrow_mm": 0.5, "high_mm": 15},
    ("bin_far", "scan_code"): {"narrow_mm": 1.0, "high_mm": 25},
    ("tote", "scan_code"): {"narrow_mm": 0.375, "high_mm": 15},
    ("slot", "scan_code"): {"narrow_mm": 0.375, "high_mm": 15},
    ("return", "scan_code"): {"narrow_mm": 0.375, "high_mm": 15},
    ("carton", "sscc"): LOGISTIC,
    ("carton", "counted"): LOGISTIC,
    ("pallet", "sscc"): LOGISTIC,
    ("shipping", "sscc"): LOGISTIC,
}
"""Narrow bars and heights asked for by name; all others are at least `NARROW_MM` wide."""

NARROW_MM = 0.25
TILL_MM = 0.264
"""A product's own barcode is an EAN, which has to be that wide. Source: GS1, table 1."""

TEST_MM = 0.19
"""The scanner test tries what a scanner can do, so its bars are finer than those of work."""

LETTERS_MM = 3.0
STICKER_LETTERS_MM = 1.6
"""Letters of the sticker for one piece: 50 x 25 mm with six facts and a barcode."""

SHRUNK_MM = 2.0
"""Whatever shrinks to fit stays readable at arm's length; beyond, it is shortened."""

SIZES = {
    "bin": (100, 50), "tote": (100, 50), "slot": (100, 50), "sku": (50, 25),
    "carton": (101.6, 152.4), "pallet": (101.6, 152.4), "shipping": (101.6, 152.4),
    "return": (100, 50), "hold": (100, 50), "restock": (100, 50), "badge": (86, 54),
}  # fmt: skip
SHOWN = {
    "bin": {"code", "scan_code", "check_digits", "arrow"},
    "bin_far": {"code", "scan_code", "check_digits", "arrow"},
    "tote": {"code", "scan_code", "slot"},
    "slot": {"code", "scan_code", "slot"},
    "sku": {"merchant", "sku", "name", "lot", "expiry", "barcode"},
    "carton": {"sscc", "merchant", "sku", "pieces", "lot", "expiry", "delivery"},
    "pallet": {
        *("sscc", "merchant", "sku", "pieces", "lot", "expiry", "delivery"),
        *("cartons", "weight_kg"),
    },
    "return": {"scan_code", "number", "merchant", "kind", "received", "deadline"},
    "hold": {"condition", "reason", "sku", "pieces", "worker", "date"},
    "badge": {"name", "badge"},
}
REVERSED = {("bin", "check_digits"), ("bin_far", "check_digits"), ("hold", "condition")}


def texts(name: str) -> list[Text]:
    return [one for one in load_template(name).elements if isinstance(one, Text)]


def barcodes(name: str) -> dict[str, Barcode]:
    found = (one for one in load_template(name).elements if isinstance(one, Barcode))
    return {one.name: one for one in found}


def test_the_rules_are_of_templates_that_there_are() -> None:
    named = {*SIZES, *SHOWN, *(name for name, _ in (*BARS, *REVERSED))}
    assert named <= set(template_names())
    assert all(bars in barcodes(name) for name, bars in BARS)


@pytest.mark.parametrize(("name", "size_mm"), SIZES.items())
def test_labels_have_the_sizes_of_what_is_in_the_printers(
    name: str, size_mm: tuple[float, float]
) -> None:
    template = load_template(name)
    assert (template.width_mm, template.height_mm) == size_mm


@pytest.mark.parametrize("dpi", DOTS_PER_MM)
@pytest.mark.parametrize("name", template_names())
def test_bars_are_as_wide_and_as_high_as_the_floor_asks(name: str, dpi: int) -> None:
    """As printed, and in the template: longer data must not make them finer."""
    template, scale = load_template(name), DOTS_PER_MM[dpi]
    for item in lay_out(template, template.kind.sample, dpi).symbols:
        element, asked = barcodes(name)[item.name], BARS.get((name, item.name), {})
        usual = {"product": TILL_MM}.get(element.symbology, NARROW_MM)
        narrow_mm = TEST_MM if name == "scanner_test" else asked.get("narrow_mm", usual)
        assert item.module_dots / scale >= narrow_mm - 1e-6, item.name
        if element.symbology != "product":
            assert element.bar_min_mm >= narrow_mm, item.name
        if "widest_mm" in asked:
            assert item.module_dots / scale <= asked["widest_mm"], item.name
        if not item.symbol.is_matrix:
            assert item.area.height / scale >= asked.get("high_mm", 5) - 0.05, item.name
            assert min(item.symbol.quiet_modules) >= 7  # an EAN's right side; else 10
            if item.symbol.symbology in ("code128", "gs1-128"):
                assert min(item.symbol.quiet_modules) >= 10


@pytest.mark.parametrize("name", template_names())
def test_letters_are_high_enough_to_be_read(name: str) -> None:
    least_mm = STICKER_LETTERS_MM if name == "sku" else LETTERS_MM
    shrunk_mm = STICKER_LETTERS_MM if name in ("sku", "scanner_test") else SHRUNK_MM
    assert {one.name for one in texts(name) if one.letter_mm < least_mm} == set()
    assert {one.name for one in texts(name) if one.letter_min_mm < shrunk_mm} == set()
    clear = [one.clear_mm for one in barcodes(name).values() if one.clear_mm]
    assert all(letter_mm >= min(least_mm, 3) or name == "sku" for letter_mm in clear)


@pytest.mark.parametrize(("name", "code_mm"), [("bin", 12), ("bin_far", 25)])
@pytest.mark.parametrize("dpi", DOTS_PER_MM)
def test_a_place_is_read_from_where_one_stands(name: str, code_mm: float, dpi: int) -> None:
    template, scale = load_template(name), DOTS_PER_MM[dpi]
    layout = lay_out(template, template.kind.sample, dpi)
    high = {
        item.name: item.style.capital_dots / scale
        for item in layout.placed
        if isinstance(item, PlacedText)
    }
    assert high["code"] >= code_mm
    assert high["check_digits"] >= code_mm * 0.48
    longest = lay_out(template, {**template.kind.sample, "check_digits": "8888"}, dpi)
    assert "check_digits" not in longest.shortened


@pytest.mark.parametrize("name", ["bin", "bin_far"])
def test_what_the_bars_of_a_place_hold_is_nowhere_in_clear(name: str) -> None:
    assert all("scan_code" not in FIELD.findall(one.text) for one in texts(name))
    assert all(one.clear_mm == 0 for one in barcodes(name).values())


@pytest.mark.parametrize(("name", "fields"), SHOWN.items())
def test_labels_show_what_their_kind_must(name: str, fields: set[str]) -> None:
    elements = load_template(name).elements
    shown = {f for one in elements for f in FIELD.findall(getattr(one, "text", ""))}
    assert fields <= shown


def test_what_must_jump_to_the_eye_is_white_on_black() -> None:
    found = {(name, one.name) for name, _ in REVERSED for one in texts(name) if one.reverse}
    assert found >= REVERSED


def test_a_badge_does_not_show_the_staff_number() -> None:
    assert "worker" not in load_template("badge").kind.fields
