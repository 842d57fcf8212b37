"""Judge the barcodes of a drawn label: what the standards ask, what is there, and whether it reads.

Sizes are measured on the finished picture, not taken from the template: white beside a barcode is
white only if nothing else was printed there. Every barcode is read back by zxing-cpp, with the
symbology identifier that a scanner would send, so that a GS1 barcode without its function character
is not taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from floorhand.labels.picture import Picture
from floorhand.labels.placed import DOTS_PER_MM, Layout, PlacedSymbol
from floorhand.labels.template import Barcode, Template

NAMES = {
    "code128": "Code 128",
    "gs1-128": "GS1-128",
    "ean13": "EAN-13",
    "ean8": "EAN-8",
    "qr": "QR",
    "datamatrix": "Data Matrix",
    "gs1-datamatrix": "GS1 DataMatrix",
}
_AIM = {
    "code128": "]C0",
    "gs1-128": "]C1",
    "ean13": "]E0",
    "ean8": "]E4",
    "qr": "]Q1",
    "datamatrix": "]d1",
    "gs1-datamatrix": "]d2",
}
"""Symbology identifiers. Source: ISO/IEC 15424."""

LOGISTIC_KINDS = frozenset({"shipping", "pallet", "carton"})
"""Labels of logistic units, whose GS1 barcodes are read in motion and from a distance."""

FINE_BAR_MM = 0.25
"""Narrower bars suffer from a worn print head, and are read only from close by."""

GS1_LENGTH_MAX_MM = 165.1
_EAN_HEIGHTS = {"ean13": 22.85, "ean8": 18.23}
"""Bars of an EAN of 0.33 mm; others are higher or lower in proportion."""

_EAN_BAR_MM = 0.33


class Verdict(StrEnum):
    """How something is, beside what is asked."""

    HOLDS = "holds"
    ADVICE = "advice"
    """Less than is recommended; it may be wanted where room is short."""
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of a barcode, in words: what it is, what is asked, and by whom."""

    what: str
    measured: str
    asked: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A barcode with all that was found about it."""

    name: str
    symbology: str
    clear: str
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Say whether nothing is below the standard, and it was read."""
        return all(finding.verdict is not Verdict.FAILS for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read on a picture: symbology identifier and contents."""

    aim: str
    contents: str


def read_barcodes(picture: Picture) -> tuple[Read, ...] | None:
    """Read all barcodes on a picture; None where zxing-cpp is not installed."""
    try:
        import zxingcpp
    except ImportError:
        return None
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return tuple(Read(one.symbology_identifier, one.bytes.decode("latin-1")) for one in found)


def judge(template: Template, layout: Layout, picture: Picture) -> tuple[Judged, ...]:
    """Judge every barcode of a label.

    Args:
        template: From which it was made.
        layout: Where everything stands.
        picture: The layout as it was drawn.
    """
    read = read_barcodes(picture)
    elements = {one.name: one for one in template.elements if isinstance(one, Barcode)}
    logistic = template.kind.name in LOGISTIC_KINDS
    scale = DOTS_PER_MM[layout.dpi]
    return tuple(
        Judged(
            item.name,
            NAMES[item.symbol.symbology],
            item.symbol.clear,
            (
                _bar_width(item, elements[item.name], scale, logistic=logistic),
                *_sizes(item, scale, logistic=logistic),
                _quiet_zone(item, picture, scale),
                _read_back(item, read),
            ),
        )
        for item in layout.symbols
    )


def _bar_width(item: PlacedSymbol, element: Barcode, scale: float, *, logistic: bool) -> Finding:
    """Judge the X-dimension.

    Source: GS1 General Specifications, 5.9.3, symbol specification tables 1 and 5; of 2D symbols
    on logistic labels half as much again, which the tables say of all 2D symbols. Code 128 leaves
    it to those who use it.
    """
    least, most, who = element.bar_min_mm, element.bar_max_mm, "the template"
    if item.symbol.symbology == "gs1-128" and logistic:
        least, most, who = 0.495, 1.016, "GS1 for logistic units"
    elif item.symbol.symbology == "gs1-datamatrix" and logistic:
        least, most, who = 0.743, 1.5, "GS1 for logistic units"
    elif item.symbol.symbology in _EAN_HEIGHTS:
        least, most, who = 0.264, 0.66, "GS1 for tills"
    width_mm = item.module_dots / scale
    dots = "1 dot" if item.module_dots == 1 else f"{item.module_dots} dots"
    verdict = Verdict.HOLDS if least - 5e-4 <= width_mm <= most + 5e-4 else Verdict.FAILS
    asked = f"{who}: {least:g} to {most:g} mm"
    if verdict is Verdict.HOLDS and width_mm < FINE_BAR_MM - 1e-6:
        verdict, asked = (
            Verdict.ADVICE,
            f"{asked}; from {FINE_BAR_MM} mm on it reads at arm's length",
        )
    return Finding("narrow bar (X)", f"{width_mm:.3f} mm, {dots}", asked, verdict)


def _sizes(item: PlacedSymbol, scale: float, *, logistic: bool) -> tuple[Finding, ...]:
    """Judge height and length.

    Source: GS1 General Specifications, 5.9.3 (31.75 mm for logistic units; heights of EAN in
    proportion to their width) and 5.4.4.3 (length); ISO/IEC 15417 recommends 5 mm or 15 % of the
    length for Code 128, whichever is more.
    """
    if item.symbol.is_matrix:
        side_mm = item.area.width / scale
        return (Finding("side", f"{side_mm:.1f} mm", "as its contents need", Verdict.HOLDS),)
    height_mm, length_mm = item.area.height / scale, item.area.width / scale
    quiet_mm = sum(item.symbol.quiet_modules) * item.module_dots / scale
    symbology = item.symbol.symbology
    lacks = Verdict.ADVICE
    if symbology == "gs1-128" and logistic:
        least_mm, who, lacks = 31.75, "GS1 for logistic units", Verdict.FAILS
    elif symbology in _EAN_HEIGHTS:
        x_mm = item.module_dots / scale
        least_mm, who = _EAN_HEIGHTS[symbology] * x_mm / _EAN_BAR_MM, "GS1 for tills"
    else:
        least_mm, who = max(5.0, 0.15 * length_mm), "ISO/IEC 15417"
    if height_mm < 5.0 - 1e-6:
        lacks = Verdict.FAILS
    verdict = Verdict.HOLDS if height_mm + 0.05 >= least_mm else lacks
    sizes = [Finding("height of bars", f"{height_mm:.1f} mm", f"{who}: {least_mm:.1f} mm", verdict)]
    if symbology == "gs1-128":
        whole_mm = length_mm + quiet_mm
        fits = Verdict.HOLDS if whole_mm <= GS1_LENGTH_MAX_MM else Verdict.FAILS
        asked = f"GS1: at most {GS1_LENGTH_MAX_MM} mm"
        sizes.append(Finding("length with margins", f"{whole_mm:.1f} mm", asked, fits))
    return tuple(sizes)


def _quiet_zone(item: PlacedSymbol, picture: Picture, scale: float) -> Finding:
    """Judge the white beside a barcode.

    Source: ISO/IEC 15417 and GS1 General Specifications 5.4.4.2 (10 modules), ISO/IEC 15420 (EAN),
    18004 (QR, 4) and 16022 (Data Matrix, 1, of which `floorhand.labels.symbols` leaves 2).
    """
    left, top, right, bottom = white_beside(item, picture)
    wanted = [count * item.module_dots for count in item.symbol.quiet_modules]
    who = "GS1" if item.symbol.symbology in ("gs1-128", "ean13", "ean8") else "ISO/IEC"
    if item.symbol.is_matrix:
        fewest = min(left, top, right, bottom)
        modules = (
            1 if item.symbol.symbology.endswith("datamatrix") else item.symbol.quiet_modules[0]
        )
        holds = fewest >= modules * item.module_dots
        measured = f"{fewest / scale:.1f} mm around"
        asked = f"{who}: {modules} X = {modules * item.module_dots / scale:.1f} mm"
    else:
        holds = left >= wanted[0] and right >= wanted[1]
        measured = f"{left / scale:.1f} mm left, {right / scale:.1f} mm right"
        asked = f"{who}: {item.symbol.quiet_modules[0]} X = {wanted[0] / scale:.1f} mm"
        if wanted[0] != wanted[1]:
            asked += f", {item.symbol.quiet_modules[1]} X = {wanted[1] / scale:.1f} mm"
    return Finding("quiet zone", measured, asked, Verdict.HOLDS if holds else Verdict.FAILS)


def white_beside(item: PlacedSymbol, picture: Picture) -> tuple[int, int, int, int]:
    """Count the white dots left of, above, right of and below a barcode, up to the label's edge."""
    area = item.area
    right, bottom = area.left + area.width, area.top + area.height
    black = picture.convert("L").point(lambda dot: 255 if dot < 128 else 0)

    def ink(box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
        return black.crop(box).getbbox() if box[2] > box[0] and box[3] > box[1] else None

    before = ink((0, area.top, area.left, bottom))
    above = ink((area.left, 0, right, area.top))
    behind = ink((right, area.top, picture.width, bottom))
    below = ink((area.left, bottom, right, picture.height))
    return (
        area.left - before[2] if before else area.left,
        area.top - above[3] if above else area.top,
        behind[0] if behind else picture.width - right,
        below[1] if below else picture.height - bottom,
    )


def _read_back(item: PlacedSymbol, read: tuple[Read, ...] | None) -> Finding:
    aim = _AIM[item.symbol.symbology]
    asked = f"as {NAMES[item.symbol.symbology]} ({aim})"
    if read is None:
        return Finding("read back", "no: zxing-cpp is not installed here", asked, Verdict.FAILS)
    if Read(aim, item.symbol.reads) in read:
        return Finding("read back", "yes, by zxing-cpp", asked, Verdict.HOLDS)
    others = [one.aim for one in read if one.contents == item.symbol.reads and one.aim != aim]
    if others and aim not in ("]Q1", "]C0"):
        return Finding("read back", f"as another kind: {others[0]}", asked, Verdict.FAILS)
    told = f"no: zxing-cpp reads {len(read)} other barcodes" if read else "no: nothing is read"
    return Finding("read back", told, asked, Verdict.FAILS)
