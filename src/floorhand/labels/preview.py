"""What ``floorhand label preview`` tells of a template: the label, its sizes, its barcodes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from floorhand.domain.labels import LabelData, LabelKind, missing_fields, unknown_fields
from floorhand.errors import BadFile, BadLabel
from floorhand.labels import picture
from floorhand.labels.layout import lay_out
from floorhand.labels.picture import Picture
from floorhand.labels.placed import Layout
from floorhand.labels.printers import write_whole
from floorhand.labels.quality import Judged, Verdict, judge
from floorhand.labels.scripts import advice, language_advice
from floorhand.labels.template import Template, load_template, load_template_file
from floorhand.labels.words import in_words, worded
from floorhand.text.catalog import ENGLISH

DATA_BYTES_MAX = 1_000_000
_ENCODERS = {".png": picture.png, ".pdf": picture.pdf}
_MARKS = {Verdict.HOLDS: "✓", Verdict.ADVICE: "!", Verdict.FAILS: "✗"}
_PLAIN_MARKS = {Verdict.HOLDS: "ok", Verdict.ADVICE: "! ", Verdict.FAILS: "NO"}


@dataclass(frozen=True, slots=True)
class Preview:
    """A label that was drawn to be looked at, and what was found about it."""

    template: Template
    layout: Layout
    drawn: Picture
    barcodes: tuple[Judged, ...]
    absent: tuple[str, ...]
    language: str

    @property
    def is_good(self) -> bool:
        """Say whether every barcode is as it must be, and was read."""
        return all(barcode.is_good for barcode in self.barcodes)


def preview(
    name: str, data: Path | None, dpi: int, language: str = ENGLISH, own: Path | None = None
) -> Preview:
    """Draw a template and judge it.

    Args:
        name: A template of the program, or the path of a file.
        data: A JSON file with the fields; None: the sample of its kind.
        dpi: One of `floorhand.labels.placed.DOTS_PER_MM`.
        language: Of its words.
        own: Where the site has templates of its own.
    """
    is_path = "/" in name or name.endswith(".toml")
    template = load_template_file(Path(name)) if is_path else load_template(name, own)
    values = read_data(data, template.kind) if data else template.kind.sample
    template = worded(template, language)
    layout = lay_out(template, in_words(values, language), dpi)
    drawn = picture.draw(layout)
    shown = {item.name for item in layout.placed}
    absent = tuple(one.name for one in template.elements if one.name not in shown)
    return Preview(template, layout, drawn, judge(template, layout, drawn), absent, language)


def read_data(path: Path, kind: LabelKind) -> LabelData:
    """Read the fields of a label from a JSON file.

    Raises:
        BadFile: If it holds anything but fields of this kind.
    """
    try:
        if path.stat().st_size > DATA_BYTES_MAX:
            raise BadFile(f"{path}: larger than {DATA_BYTES_MAX} bytes, that is no label's data.")
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadFile(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path}: not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise BadFile(f"{path}: must be one object with the fields of a label.")
    for field, value in data.items():
        lines = value if isinstance(value, list) else [value]
        if not all(_is_plain(line) for line in lines):
            raise BadFile(f"{path}: {field} must be text, a whole number or a list of texts.")
    if unknown := unknown_fields(kind, data):
        known = ", ".join(kind.fields)
        raise BadFile(f"{path}: no such field of a {kind.name} label: {unknown[0]}; known: {known}")
    if absent := missing_fields(kind, data):
        raise BadFile(f"{path}: a {kind.name} label needs {', '.join(absent)}.")
    return {
        name: [str(v) for v in value] if isinstance(value, list) else value
        for name, value in data.items()
    }


def report(made: Preview, *, signs: bool) -> list[str]:
    """Say in lines what is on the label and how good its barcodes are.

    Args:
        made: What was drawn.
        signs: Whether signs beyond ASCII can be shown.
    """
    template, layout = made.template, made.layout
    marks, times = (_MARKS, "×") if signs else (_PLAIN_MARKS, "x")
    told = [
        f"{template.name}: {template.kind.name} label, {template.width_mm:g} {times} "
        f"{template.height_mm:g} mm, {layout.width_dots} {times} {layout.height_dots} dots at "
        f"{layout.dpi} dpi"
    ]
    for barcode in made.barcodes:
        told.append(f"{barcode.name}: {barcode.symbology}  {barcode.clear}")
        told += [
            f"  {marks[one.verdict]} {one.what:<20} {one.measured:<28} {one.asked}"
            for one in barcode.findings
        ]
    if not made.barcodes:
        told.append("no barcode")
    told.append(f"shortened: {', '.join(layout.shortened) or 'nothing'}")
    if layout.missing:
        told.append(f"letters that no font here has: {layout.missing}")
        told += [f"  {line}" for line in advice(layout.missing)]
    if lacking := language_advice(made.language):
        told.append(lacking)
    if made.absent:
        told.append(f"not shown with this data: {', '.join(made.absent)}")
    return told


def write(made: Preview, path: Path) -> None:
    """Write the label as its ending says, PNG or PDF."""
    write_whole(path, _ENCODERS[path.suffix.lower()](made.drawn, made.layout.dpi))


def check_ending(path: Path) -> None:
    """See that a picture can be written by this name.

    Raises:
        BadLabel: If its ending is none of those known.
    """
    if path.suffix.lower() not in _ENCODERS:
        raise BadLabel(f"--to must end with {' or '.join(_ENCODERS)}, is {path.name}")


def _is_plain(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
