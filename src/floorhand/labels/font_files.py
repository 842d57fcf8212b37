"""Where fonts are that labels may need beside Pillow's own: installed with us, or by others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

_NOTO = "/usr/share/fonts/truetype/noto/NotoSans{}-Regular.ttf"
_NOTO_SCRIPTS = (
    "Devanagari", "Hebrew", "Thai", "Arabic", "Armenian", "Bengali", "Ethiopic", "Georgian",
    "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala",
    "Tamil", "Telugu",
)  # fmt: skip

MACHINE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    *(_NOTO.format(script) for script in _NOTO_SCRIPTS),
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf",
    "/usr/share/fonts/opentype/unifont/unifont.otf",
    "/usr/share/fonts/opentype/unifont/unifont_upper.otf",
    "/usr/share/fonts/truetype/unifont/unifont.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Fonts of other scripts, where operating systems keep them; used if they are there."""

LAST_RESORT = "Unifont"
"""So the names of fonts begin that know nearly all letters, and are made for screens of few dots:
a letter that no other has is taken from them, never the text around it."""

FONT_FOLDERS = ("~/.local/share/fonts", "/usr/local/share/fonts")
"""Where people put fonts of their own: the user who prints, and whoever keeps the machine."""

FONT_PACKAGES = (
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_thai",
    "fontpkg_heebo",
    "noto_cjk_sans_otc",
)
"""Packages of the extras ``fonts`` (Hindi, Thai, Hebrew) and ``cjk``; used if installed."""

FONTS_FOUND_MAX = 32
"""More fonts of a folder or a package than these, by name, are not looked at."""

_ENDINGS = frozenset({".ttf", ".otf", ".ttc"})


def font_files() -> Iterator[Path]:
    """Find the fonts that there are; those that look best for most texts first."""
    yield Path(str(files("barcode") / "fonts" / "DejaVuSansMono.ttf"))
    for name in FONT_PACKAGES:
        yield from packed_fonts(name)[:1]
    yield from (path for path in map(Path, MACHINE_FONTS) if path.is_file())
    for folder in FONT_FOLDERS:
        yield from _fonts_in(Path(os.path.expanduser(folder)))


def packed_fonts(package: str) -> list[Path]:
    """Find the upright fonts that a package holds; none if it is not installed."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return []
    return _fonts_in(Path(found.origin).parent)


def _fonts_in(folder: Path) -> list[Path]:
    """Find the upright fonts in a folder and those below it."""
    there = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    return [path for path in there if "Italic" not in path.name][:FONTS_FOUND_MAX]
