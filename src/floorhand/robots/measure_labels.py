"""Measure what a label takes, beside other ways to make one, all in the same run.

Every label is another one: order, receiver, weight and number change, as they do at a bench. The
ways take turns of a few labels, so that whatever else the machine does slows all of them down, and
none works with what the way before it has left in the processor.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from io import BytesIO
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from floorhand.domain.gs1 import gs1_check_digit
from floorhand.domain.labels import KINDS, LabelData
from floorhand.labels import picture
from floorhand.labels.bulk import to_folder, unfinished
from floorhand.labels.placed import Layout
from floorhand.labels.printers import Form
from floorhand.labels.quality import read_barcodes
from floorhand.labels.render import DEFAULT_DPI, lay_out_named
from floorhand.labels.zpl import write_zpl
from floorhand.store.label_data import LabelWanted

TURNS = 15
TURN = 20
"""Labels that one way makes before the next one has its turn."""

BIN_LABELS = 10_000
HTML_TURN = 2
"""A page of HTML takes so much longer that fewer of them are made in a turn."""

_HTML = "weasyprint"
_LETTERS = "CDFGHJKLMNPRSTVWXZ"
_NAMES = ("Giulia Ferraro", "Jon Arnason", "Marie-Claire Dubois", "Zoe Novak")


def measure_labels(folder: Path | None = None, bins: int = BIN_LABELS) -> dict[str, float | int]:
    """Report the median milliseconds of each way to make a 4 x 6 label, and a run of bin labels.

    Args:
        folder: Where labels are written; their disk counts. None: temporary files.
        bins: How many labels of bins to write.
    """
    ways = _ways()
    took: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {name: [] for name in ways}
    for turn, (no, (name, make)) in product(range(1 + TURNS), enumerate(ways.items())):
        for n in range(HTML_TURN if name == _HTML else TURN):
            # What one way drew is kept for the next label, so no two ways get the same.
            data = shipping_data((turn * len(ways) + no) * TURN + n)
            begun, cpu = time.perf_counter(), time.process_time()
            make(data)
            if turn:  # the first one warms up
                busy[name].append((time.process_time() - cpu) * 1000)
                took[name].append((time.perf_counter() - begun) * 1000)
    figures: dict[str, float | int] = {"labels": TURNS * TURN}
    for name in ways:
        figures[f"{name}_ms"] = round(median(took[name]), 3)
        figures[f"{name}_cpu_ms"] = round(median(busy[name]), 3)
        figures[f"{name}_to_barcode"] = round(median(busy[name]) / median(busy["barcode"]), 3)
    with TemporaryDirectory(dir=folder) as empty:
        seconds = write_bins(Path(empty), bins)
    return {**figures, "bins": bins, "bins_s": round(seconds, 2)}


def shipping_data(number: int) -> LabelData:
    """Invent a 4 x 6 label as no other is."""
    sscc = f"3952123400{number:07}"
    return {
        **KINDS["shipping"].sample,
        "order": f"KL-{100_000 + number}",
        "sscc": sscc + gs1_check_digit(sscc),
        "weight_kg": f"{number / 1000:.3f}",
        "ship_to": [
            _NAMES[number % len(_NAMES)],
            f"Via dei Pioppi {number}",
            f"{10_000 + number} Torino",
            "IT",
        ],
    }


def write_bins(folder: Path, count: int) -> float:
    """Write labels of bins as ZPL; give the seconds it took."""
    begun = time.perf_counter()
    codes = map("".join, product(_LETTERS, repeat=8))
    wanted = [
        LabelWanted(
            "bin",
            f"B-{n:05}",
            {**KINDS["bin"].sample, "code": f"B-{n:05}", "scan_code": f"FHL{code}K"},
        )
        for n, code in zip(range(count), codes, strict=False)
    ]
    forms = (Form.ZPL,)
    layouts = [lay_out_named(one.template, one.data) for one in wanted]
    to_folder(folder, unfinished(folder, wanted, DEFAULT_DPI, forms), wanted, layouts, forms)
    return time.perf_counter() - begun


def _ways() -> Mapping[str, Callable[[LabelData], object]]:
    """Give the ways to make a label; one of them only where its package is installed."""
    ways: dict[str, Callable[[LabelData], object]] = {
        "zpl": lambda data: write_zpl(_laid_out(data)),
        "picture": lambda data: picture.draw(_laid_out(data)),
        "png": lambda data: picture.png(picture.draw(_laid_out(data)), DEFAULT_DPI),
        "checked": lambda data: read_barcodes(picture.draw(_laid_out(data))),
        "barcode": _barcode_alone,
    }
    if find_spec(_HTML):
        ways[_HTML] = _html_page
    return ways


def _laid_out(data: LabelData) -> Layout:
    return lay_out_named("shipping", data, DEFAULT_DPI)


def _barcode_alone(data: LabelData) -> bytes:
    """Let python-barcode make its own PNG of the one barcode that is on the label."""
    import barcode
    from barcode.writer import ImageWriter

    out = BytesIO()
    made = barcode.get_barcode_class("gs1_128")(f"00{data['sscc']}", writer=ImageWriter())
    made.write(out)
    return out.getvalue()


def _html_page(data: LabelData) -> bytes:
    """Let WeasyPrint make the same label of HTML, with the barcode as python-barcode's SVG."""
    import barcode
    import weasyprint

    bars = BytesIO()
    barcode.get_barcode_class("gs1_128")(f"00{data['sscc']}").write(bars)
    svg = bars.getvalue().decode("utf-8")
    svg = svg[svg.index("<svg") :]
    lines = data["ship_to"]
    assert isinstance(lines, list)
    page = (
        "<style>@page { size: 4in 6in; margin: 4mm } body { font-family: sans-serif }</style>"
        f"<p>{data['merchant']}</p><h1>{'<br>'.join(lines)}</h1><p>{data['order']}</p>{svg}"
    )
    made: bytes = weasyprint.HTML(string=page).write_pdf()
    return made
