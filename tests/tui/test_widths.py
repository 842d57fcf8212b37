"""Names in all scripts take the same columns of a screen, whatever a terminal makes of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile import PAYLOADS, naughty
from rich.cells import cell_len
from textual.strip import Strip
from tui.screens import PICK

from floorhand.flows.turn import Item
from floorhand.text.catalog import catalog
from floorhand.text.visible import visible
from floorhand.tui.layout import lay_out
from floorhand.tui.safe import UNSTYLED, line_of, painted, safe
from floorhand.tui.view import View
from floorhand.tui.widths import clusters, columns, is_agreed

NAMES = (
    *("हिन्दी", "क्षत्रिय", "தமிழ்", "বাংলা", "ગુજરાતી", "ਪੰਜਾਬੀ", "ଓଡ଼ିଆ", "తెలుగు", "ಕನ್ನಡ", "മലയാളം"),
    *("සිංහල", "ไทย", "น้ำเปล่า", "ລາວ ທຳ", "ཡིག", "བོད་སྐད", "ខ្មែរ", "မြန်မာ", "ꦗꦮ", "ᠮᠣᠩᠭᠣᠯ"),
    *("العربية", "شَدّة", "עִבְרִית", "فارسی می\u200cخواهم", "Ελληνικά", "Кириллица", "Tiếng Việt"),
    *("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af", "\u1100\u1100\u1161", "\ua960\ud7b0"),
    *("日本語ガギ", "か\u3099", "中文", "㉈㍿", "\u2630䷀", "👩\u200d👩\u200d👧", "👍🏽", "🇮🇹🇩🇪"),
    *("🏴\U000e0067\U000e007f", "❤\ufe0f", "1\ufe0f\u20e3", "☺\ufe0e"),
    *("Z\u0351\u036b\u0343", "e\u0301e\u0300", "\u0301abc", "\u093fabc"),
)

SIZES = ((20, 16), (40, 8), (40, 20), (80, 24))


def all_texts() -> list[str]:
    """Names, what harms, and the collection that breaks programs, as they are shown."""
    texts = (*NAMES, *(payload.text[:200] for payload in PAYLOADS), *naughty())
    return list(dict.fromkeys(visible(text.replace("\n", " "))[:200] for text in texts))


# What terminals do -------------------------------------------------------------------------------


def apart(cluster: str) -> int:
    """Columns in a terminal that gives each character its own, vowel signs too."""
    kinds = [unicodedata.category(one) for one in cluster]
    return sum(
        0 if kind in ("Mn", "Me", "Cf") else max(cell_len(one), 1)
        for one, kind in zip(cluster, kinds, strict=True)
    )


def without_signs(cluster: str) -> int:
    """Columns in one that gives vowel signs none."""
    return sum(map(cell_len, cluster))


def joined(cluster: str) -> int:
    """Columns in one that gives all that is read as one those of its widest character."""
    return max(map(cell_len, cluster))


def old(cluster: str) -> int:
    """Columns in one that does not know that emoji are wide."""
    return sum(1 if cell_len(one) == 2 and not is_agreed(one) else apart(one) for one in cluster)


KINDS = (apart, without_signs, joined, old)


def on_screen(strip: Strip, width: int, of: Callable[[str], int]) -> list[str]:
    """Write a painted line as a terminal of a kind would: what stands in each of its columns."""
    cells = [""] * width
    at = 0
    for segment in strip:
        if segment.control:
            at = segment.control[0][1]
            continue
        for cluster in clusters(segment.text):
            for column in range(at, at + of(cluster)):
                cells[column] = cluster  # fails where a line is wider than the terminal
            at += of(cluster)
    return cells


@pytest.mark.parametrize("of", KINDS)
def test_no_text_takes_more_columns_than_counted(of: Callable[[str], int]) -> None:
    for text in all_texts():
        taken = sum(map(of, clusters(text)))
        assert taken <= columns(text), text
        if is_agreed(text):
            assert taken == columns(text), text


@pytest.mark.parametrize("of", KINDS)
def test_what_follows_a_name_stands_where_it_belongs(of: Callable[[str], int]) -> None:
    for text in all_texts():
        for width in (18, 40):
            parts = [safe(one, room) for one, room in (("|", 1), (text, width - 2), ("|", 1))]
            taken = 2 + columns(parts[1].plain)
            line = line_of([painted(part, UNSTYLED) for part in parts], width, UNSTYLED)
            assert line.cell_length == width
            cells = on_screen(line, width, of)
            assert (cells[0], cells[taken - 1]) == ("|", "|"), text
            assert set(cells[taken:]) <= {" "}, text


@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_the_frame_of_a_whole_screen_holds(size: tuple[int, int], of: Callable[[str], int]) -> None:
    width, height = size
    for name in NAMES:
        goods = (Item("C-1", name, 2, name, "now"), Item(name, name, 1))
        prompt = PICK.prompt.__class__("picking.scan_place", place=name, count="2", goods=goods)
        view = View(prompt, (), catalog("en"), worker=name, clock="09:41", job="picking")
        for row in lay_out(view, width, height):
            parts = [painted(safe(part.text, width), UNSTYLED) for part in row]
            assert sum(part.taken for part in parts) == width, (name, row)
            assert on_screen(line_of(parts, width, UNSTYLED), width, of)[-1] == " ", (name, row)


ASKING = r"""
import json, os, re, sys, tty
tty.setraw(0)
wide = []
for text in json.load(open(sys.argv[1], encoding="utf-8")):
    os.write(1, b"\x1b[2K\r" + text.encode() + b"\x1b[6n")
    told = b""
    while not (found := re.search(rb"\x1b\[\d+;(\d+)R", told)):
        told += os.read(0, 100)
    wide.append(int(found[1]) - 1)
json.dump(wide, open(sys.argv[2], "w"))
"""


@pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux here")
def test_a_real_terminal_takes_as_many_columns_as_counted(tmp_path: Path) -> None:
    texts = [text for text in all_texts() if columns(text) < 190]
    asked, told, program = tmp_path / "asked", tmp_path / "told", tmp_path / "ask.py"
    asked.write_text(json.dumps(texts))
    program.write_text(ASKING)
    tmux = ["tmux", "-u", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    command = f"{sys.executable} {program} {asked} {told}; {' '.join(tmux)} wait-for -S told"
    stay = ("start-server", ";", "set-option", "-g", "exit-empty", "off", ";")
    subprocess.run(
        [*tmux, *stay, "new-session", "-d", "-x", "200", "-y", "5", command],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        check=True,
    )
    try:
        subprocess.run([*tmux, "wait-for", "told"], check=True, timeout=60)
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    for text, taken in zip(texts, json.loads(told.read_text()), strict=True):
        assert taken <= columns(text), text
        assert taken == columns(text) or not is_agreed(text), text
