"""Templates of labels: declarative files in millimetres, checked when they are loaded.

A template names fields of its kind (`floorhand.domain.labels.KINDS`) as ``{field}`` and nothing
else: no expressions, no code. In place of a text it may name one of the catalogs
(``words = "label.words.lot"``), which is printed in the language of the site. Everything that can
be known without data is checked here, so that a mistake is found by whoever edits the file and not
by the bench that needs the label.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from floorhand.domain.labels import KINDS, LabelKind
from floorhand.errors import BadFile
from floorhand.labels.fonts import LINE_HEIGHT
from floorhand.labels.reader import Reader, in_language
from floorhand.labels.symbols import SYMBOLOGIES
from floorhand.text.catalog import ENGLISH

TEMPLATE_BYTES_MAX = 200_000
SIDE_MAX_MM = 300.0
ELEMENTS_MAX = 60
LETTER_MIN_MM = 1.2
BAR_MIN_MM = 0.19
BAR_HEIGHT_MIN_MM = 5.0
_NAME = re.compile(r"[a-z][a-z0-9_]*")

TEMPLATE_FOLDERS = (
    Path(__file__).parents[1] / "assets" / "labels",
    Path(__file__).parents[3] / "assets" / "labels",
)
"""Where templates are: inside the installed package, or in a source tree."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where an element stands, in millimetres from the label's top left corner."""

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    def overlaps(self, other: Box) -> bool:
        """Say whether two boxes share an area."""
        apart = (
            self.left_mm + self.width_mm <= other.left_mm + 1e-6
            or other.left_mm + other.width_mm <= self.left_mm + 1e-6
            or self.top_mm + self.height_mm <= other.top_mm + 1e-6
            or other.top_mm + other.height_mm <= self.top_mm + 1e-6
        )
        return not apart


@dataclass(frozen=True, slots=True)
class Text:
    """Words and fields.

    ``fit`` says what happens to a text that is too long: ``shorten`` (ellipsis), ``shrink`` (down
    to ``letter_min_mm``, then ellipsis) or ``wrap`` (more lines; with ``letter_min_mm`` also
    smaller; then ellipsis). ``letter_mm`` is the height of capitals. A text that is ``whole`` is
    never shortened: it goes on in more lines of ever smaller letters, and makes no label at all
    if even so it does not fit.
    """

    name: str
    box: Box
    unless: str
    text: str
    letter_mm: float
    letter_min_mm: float
    fit: str
    align: str
    bold: bool
    reverse: bool
    whole: bool
    words: str = ""
    """Which text of the catalogs `text` is, in English as long as no language is chosen."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode; its narrow bar is as wide as fits within ``bar_min_mm`` to ``bar_max_mm``.

    ``clear_mm`` is the letter height of its contents in clear below the bars; 0: not in clear.
    """

    name: str
    box: Box
    unless: str
    text: str
    symbology: str
    bar_min_mm: float
    bar_max_mm: float
    clear_mm: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle or a rule; filled if ``line_mm`` is at least half its smaller side."""

    name: str
    box: Box
    unless: str
    line_mm: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A filled triangle that points up or down, as the field says; nothing if it is empty."""

    name: str
    box: Box
    unless: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, as large as fits into its box and in the middle of it; ``content`` is its PNG."""

    name: str
    box: Box
    unless: str
    content: bytes


Element = Text | Barcode | Frame | Arrow | Picture


@dataclass(frozen=True, slots=True)
class Template:
    """A checked template."""

    name: str
    kind: LabelKind
    width_mm: float
    height_mm: float
    elements: tuple[Element, ...]


def template_folder() -> Path:
    """Give the folder with the templates that come with the program."""
    return next((f for f in TEMPLATE_FOLDERS if f.is_dir()), TEMPLATE_FOLDERS[0])


def template_names(folder: Path | None = None) -> tuple[str, ...]:
    """List the templates that there are."""
    return tuple(sorted(path.stem for path in (folder or template_folder()).glob("*.toml")))


def template_file(name: str, own: Path | None = None) -> Path:
    """Find a template: one of the site's own goes before the program's of the same name.

    Args:
        name: Of the template; never a path.
        own: The folder of the site's own; it need not be there.

    Raises:
        BadFile: If neither has it.
    """
    folders = [folder for folder in (own, template_folder()) if folder is not None]
    for folder in folders:
        if name in template_names(folder):
            return folder / f"{name}.toml"
    known = sorted({name for folder in folders for name in template_names(folder)})
    more = f"; more can be put into {own}" if own else ""
    raise BadFile(f"There is no label template {name!a}; there are: {', '.join(known)}{more}.")


def load_template(name: str, own: Path | None = None) -> Template:
    """Load and check a template, found as by `template_file`.

    Raises:
        BadFile: If there is none, or naming file and element, and saying what is wrong.
    """
    return load_template_file(template_file(name, own))


def load_template_file(path: Path) -> Template:
    """Load and check a template that is not, or not yet, one of the program's.

    Raises:
        BadFile: Naming file and element, and saying what is wrong.
    """
    try:
        if path.stat().st_size > TEMPLATE_BYTES_MAX:
            raise BadFile(f"{path.name}: larger than {TEMPLATE_BYTES_MAX} bytes: no template")
        return parse_template(path.name, path.read_text("utf-8-sig"), path.parent)
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name}: not UTF-8. Save it as UTF-8 in your editor.") from error
    except (OSError, ValueError) as error:
        raise BadFile(f"{path.name}: cannot be read: {error}") from error


def parse_template(file: str, text: str, folder: Path | None = None) -> Template:
    """Check a template's text.

    Args:
        file: Its name, for messages.
        text: What it says.
        folder: Where it stands, for its pictures; None: where the program's templates are.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{file}: not TOML: {error}") from error
    reader = Reader(file, "label", written)
    kind = KINDS.get(reader.word("kind", tuple(KINDS)))
    assert kind is not None
    width_mm, height_mm = reader.numbers("size_mm", 2, 5.0, SIDE_MAX_MM)
    elements = reader.take("element", list)
    reader.nothing_else()
    if not 1 <= len(elements) <= ELEMENTS_MAX:
        reader.fail(f"must have 1 to {ELEMENTS_MAX} [[element]] tables, has {len(elements)}")
    beside = folder or template_folder()
    read = tuple(_element(file, n, item, kind, beside) for n, item in enumerate(elements, 1))
    template = Template(Path(file).stem, kind, width_mm, height_mm, read)
    _check_places(file, template)
    return template


def _element(file: str, number: int, table: Any, kind: LabelKind, folder: Path) -> Element:
    if not isinstance(table, dict):
        raise BadFile(f"{file}: element {number}: must be a table [[element]]")
    reader = Reader(file, f"element {number}", table)
    name = reader.take("name", str)
    if not _NAME.fullmatch(name):
        reader.fail(f"name must be small letters, digits and _, is {name!a}")
    reader.name = f"element {name}"
    what = reader.word("type", ("text", "barcode", "frame", "arrow", "image"))
    box = Box(*reader.numbers("box_mm", 4, 0.0, SIDE_MAX_MM))
    unless = reader.word("unless", ("", *kind.fields), "")
    element: Element
    match what:
        case "text":
            element = _text(reader, name, box, unless, kind)
        case "barcode":
            element = _barcode(reader, name, box, unless, kind)
        case "frame":
            element = Frame(name, box, unless, reader.number("line_mm", 0.1, SIDE_MAX_MM))
        case "image":
            element = Picture(name, box, unless, reader.picture("file", folder))
        case _:
            element = Arrow(name, box, unless, reader.fields("text", kind))
    reader.nothing_else()
    return element


def _barcode(reader: Reader, name: str, box: Box, unless: str, kind: LabelKind) -> Barcode:
    symbology = reader.word("symbology", SYMBOLOGIES)
    bars = reader.numbers("bar_mm", 2, BAR_MIN_MM, 5.0)
    clear_mm = reader.number("clear_mm", 0.0, 20.0, 0.0)
    text = reader.fields("text", kind)
    reader.nothing_else()
    if box.height_mm < clear_mm * LINE_HEIGHT + BAR_HEIGHT_MIN_MM:
        reader.fail(f"the box of {box.height_mm:g} mm leaves no room for bars")
    if bars[0] > bars[1]:
        reader.fail("bar_mm must be the least and the most width of a narrow bar")
    return Barcode(name, box, unless, text, symbology, bars[0], bars[1], clear_mm)


def _text(reader: Reader, name: str, box: Box, unless: str, kind: LabelKind) -> Text:
    letter_mm = reader.number("letter_mm", LETTER_MIN_MM, SIDE_MAX_MM)
    fit = reader.word("fit", ("shorten", "shrink", "wrap"), "shorten")
    smallest_mm = reader.number("letter_min_mm", LETTER_MIN_MM, letter_mm, letter_mm)
    words = reader.words("words", kind) if reader.has("words") else ""
    text = Text(
        name=name,
        box=box,
        unless=unless,
        text=in_language(words, kind, ENGLISH) if words else reader.fields("text", kind),
        words=words,
        letter_mm=letter_mm,
        letter_min_mm=smallest_mm,
        fit=fit,
        align=reader.word("align", ("left", "center", "right"), "left"),
        bold=reader.take("bold", bool, False),
        reverse=reader.take("reverse", bool, False),
        whole=reader.take("whole", bool, False),
    )
    reader.nothing_else()  # first: a setting that is misspelt is one that seems to be absent
    if fit == "shrink" and smallest_mm == letter_mm:
        reader.fail("fit = shrink needs a letter_min_mm smaller than letter_mm")
    if box.height_mm + 1e-6 < letter_mm * LINE_HEIGHT:
        reader.fail(
            f"a line of {letter_mm:g} mm letters needs {letter_mm * LINE_HEIGHT:.1f} mm, "
            f"the box is {box.height_mm:g} mm high"
        )
    return text


def _check_places(file: str, template: Template) -> None:
    """See that names are unique, and that elements stay on the label and off each other."""
    names = [element.name for element in template.elements]
    for name in names:
        if names.count(name) > 1:
            raise BadFile(f"{file}: element {name}: there are two of this name")
    for element in template.elements:
        box = element.box
        right, bottom = box.left_mm + box.width_mm, box.top_mm + box.height_mm
        if right > template.width_mm + 1e-6 or bottom > template.height_mm + 1e-6:
            raise BadFile(
                f"{file}: element {element.name}: reaches {right:g} x {bottom:g} mm, the label "
                f"ends at {template.width_mm:g} x {template.height_mm:g} mm"
            )
    solid = [e for e in template.elements if not isinstance(e, Frame)]
    for one, other in combinations(solid, 2):
        if one.box.overlaps(other.box) and not (one.unless or other.unless):
            raise BadFile(f"{file}: element {other.name}: overlaps element {one.name}")
