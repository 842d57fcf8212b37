"""Pictures on labels: a PNG file beside the template, in whole dots, black and white.

A picture is checked when its template is loaded. It is never stretched and never left half grey: it
is made as large as its box allows, and what is darker than half is black, as a printer has no grey.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from floorhand.errors import BadFile

IMAGE_BYTES_MAX = 500_000
IMAGE_SIDE_MAX = 4000
"""Dots; a label of 100 mm has 2400 at 600 dpi."""

IMAGES_KEPT_MAX = 32

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.png")
"""A file beside the template: no folder in its name, so no way out of the template's own."""

_DARK_BELOW = 128


def load_image(name: str, folder: Path) -> bytes:
    """Read a picture and see that it can be printed.

    Args:
        name: Of a PNG file.
        folder: Where the template stands that names it.

    Raises:
        BadFile: Saying what is wrong with it.
    """
    if not _NAME.fullmatch(name):
        raise BadFile(
            f"file must name a PNG beside the template (letters, digits, - and _, then .png), "
            f"is {name!a}"
        )
    path = folder / name
    if not path.is_file():
        raise BadFile(f"there is no file {name} beside the template")
    if path.resolve().parent != folder.resolve():
        raise BadFile(f"{name} is a link that leads out of the template's folder")
    if path.stat().st_size > IMAGE_BYTES_MAX:
        raise BadFile(f"{name} is larger than {IMAGE_BYTES_MAX} bytes")
    content = path.read_bytes()
    picture = _opened(name, content)
    if picture.getextrema() == (255, 255):
        raise BadFile(f"nothing of {name} is dark enough to be printed")
    return content


def _opened(name: str, content: bytes) -> Image.Image:
    """Decode a PNG into grey on white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(content), formats=["PNG"]) as picture:
                if max(picture.size) > IMAGE_SIDE_MAX:
                    raise BadFile(
                        f"{name} has {picture.width} x {picture.height} dots, "
                        f"at most {IMAGE_SIDE_MAX} a side are taken"
                    )
                coloured = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        raise BadFile(f"{name} is no PNG that can be read") from error
    paper = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
    paper.alpha_composite(coloured)
    return paper.convert("L").point(lambda grey: 0 if grey < _DARK_BELOW else 255)


@lru_cache(maxsize=IMAGES_KEPT_MAX)
def fitted(content: bytes, width: int, height: int) -> Image.Image:
    """Make a checked picture as large as fits, in dots that are black or white.

    A small one grows by a whole factor, so that its lines stay as sharp as they are; a large one is
    scaled down.
    """
    picture = _opened("the picture", content)
    factor = min(width // picture.width, height // picture.height)
    if factor >= 1:
        size = (picture.width * factor, picture.height * factor)
        grown = picture.resize(size, Image.Resampling.NEAREST)
        return grown.convert("1", dither=Image.Dither.NONE)
    share = min(width / picture.width, height / picture.height)
    size = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    small = picture.resize(size, Image.Resampling.BOX)
    return small.convert("1", dither=Image.Dither.NONE)
