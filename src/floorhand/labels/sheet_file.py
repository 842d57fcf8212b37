"""Sheets of paper for labels: plain ones to cut apart, and ones of stickers; declarative files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from floorhand.errors import BadFile
from floorhand.labels.reader import Reader
from floorhand.labels.template import template_folder

SHEET_BYTES_MAX = 20_000
PAGE_SIDE_MAX_MM = 450.0
STICKERS_A_SIDE_MAX = 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper.

    Attributes:
        name: Of its file, without ending.
        page_mm: Width and height.
        grid: Columns and rows of stickers; none: plain paper, filled as well as it goes.
        sticker_mm: Width and height of one.
        first_mm: Where the first one begins, from the left and from the top.
        pitch_mm: From the left side of one to that of the next, and from the top likewise.
    """

    name: str
    page_mm: tuple[float, float]
    grid: tuple[int, int] = (0, 0)
    sticker_mm: tuple[float, float] = (0.0, 0.0)
    first_mm: tuple[float, float] = (0.0, 0.0)
    pitch_mm: tuple[float, float] = (0.0, 0.0)

    @property
    def stickers(self) -> int:
        """Give how many stickers are on it; 0 for plain paper."""
        return self.grid[0] * self.grid[1]


def sheet_folder() -> Path:
    """Give the folder with the sheets that come with the program."""
    return template_folder() / "sheets"


def sheet_names() -> tuple[str, ...]:
    """List the sheets that there are."""
    return tuple(sorted(path.stem for path in sheet_folder().glob("*.toml")))


def load_sheet(name: str) -> Sheet:
    """Load a sheet by its name, or from the path of a file.

    Raises:
        BadFile: Saying what is wrong with it, or which there are.
    """
    if "/" in name or name.endswith(".toml"):
        path = Path(name)
    elif name in sheet_names():
        path = sheet_folder() / f"{name}.toml"
    else:
        known = ", ".join(sheet_names())
        raise BadFile(f"There is no sheet {name!a}; there are: {known}; or the path of a file.")
    try:
        if path.stat().st_size > SHEET_BYTES_MAX:
            raise BadFile(f"{path.name}: larger than {SHEET_BYTES_MAX} bytes: no sheet")
        return parse_sheet(path.name, path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(f"{path.name}: cannot be read: {error}") from error


def parse_sheet(file: str, text: str) -> Sheet:
    """Check a sheet's text; ``file`` is its name, for messages."""
    try:
        reader = Reader(file, "sheet", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{file}: not TOML: {error}") from error
    page = _pair(reader, "page_mm", 50.0, PAGE_SIDE_MAX_MM)
    name = Path(file).stem
    if not reader.has("columns") and not reader.has("rows"):
        reader.nothing_else()
        return Sheet(name, page)
    columns, rows = (int(reader.number(key, 1, STICKERS_A_SIDE_MAX)) for key in ("columns", "rows"))
    sticker = _pair(reader, "sticker_mm", 5.0, PAGE_SIDE_MAX_MM)
    first = _pair(reader, "first_mm", 0.0, PAGE_SIDE_MAX_MM)
    pitch = _pair(reader, "pitch_mm", 5.0, PAGE_SIDE_MAX_MM)
    reader.nothing_else()
    for way, count, side in (("columns", columns, 0), ("rows", rows, 1)):
        if count > 1 and pitch[side] < sticker[side] - 1e-6:
            reader.fail(f"pitch_mm: the {way} overlap: {pitch[side]:g} < {sticker[side]:g} mm")
        end = first[side] + (count - 1) * pitch[side] + sticker[side]
        if end > page[side] + 0.05:
            reader.fail(f"the {way} end at {end:g} mm, the page at {page[side]:g} mm")
    return Sheet(name, page, (columns, rows), sticker, first, pitch)


def _pair(reader: Reader, key: str, least: float, most: float) -> tuple[float, float]:
    one, other = reader.numbers(key, 2, least, most)
    return one, other
