"""Texts that harm programs which believe them, by what they try to do.

They stand in names, codes, notes and scans of the tests. Whatever they try, they must be no more
than text: see `floorhand.text.visible` and `floorhand.tui.safe`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from conftest import SHARED_DATA

NAUGHTY_FILE = SHARED_DATA / "naughty" / "blns_half0.json"


@dataclass(frozen=True, slots=True)
class Payload:
    """One text, and the kind of harm that it would do."""

    kind: str
    text: str


def _of(kind: str, *texts: str) -> tuple[Payload, ...]:
    return tuple(Payload(kind, text) for text in texts)


PAYLOADS: tuple[Payload, ...] = (
    *_of("markup", "A[red]x[/]B", "Shirt [/b] XL", "Sale [/] now", "[bold on red]{x}[/bold]"),
    *_of("click", "[@click=app.quit]Shirt[/]", "[@click=app.bell()]y[/]", "[link=file:///]z[/]"),
    *_of("csi", "\x1b[2J\x1b[1;1H", "\x1b[31mred", "\x1b[?1049l\x1b[6n\x1b[c", "\x1b[8;1;1t"),
    *_of("c1", "\x9b2J", "\x9d0;t\x9c", "a\x85b\x84c"),
    *_of("osc", "\x1b]52;c;Zm9v\x07", "\x1b]0;title\x07", "\x1b]8;;x\x1b\\y", "\x1bP$q\x1b\\"),
    *_of("bidi", "\u202eevil\u2066x\u200f", "ab\u202d\u2067cd", "\u061c\u200e12"),
    *_of("nul", "a\x00b"),
    *_of("bel", "ding\x07"),
    *_of("bs", "secret\x08\x08\x08\x08\x08\x08public"),
    *_of("vt", "a\x0bb"),
    *_of("ff", "a\x0cb"),
    *_of("cr", "right\rwrong", "a\r\nb"),
    *_of("wide", "水壶" * 30, "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f1ee\U0001f1f9"),
    *_of("combining", "e" + "\u0301" * 200, "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d"),
    *_of("zero_width", "a\u200bb\ufeffc\u2060d", "\u2028\u2029", "x\U000e0041\U000e0042"),
    *_of("surrogates", "\ud83d", "\udc00x\ud800"),
    *_of("long", "L" * 10_000),
    *_of("zpl", "^XZ^XA^FDx^FS", "~JA", "^GB800,1200,600"),
    *_of("formula", "=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3"),
    *_of("template", "{name.__class__}{0}%s%(x)d{"),
)  # fmt: skip


def naughty() -> tuple[str, ...]:
    """All strings of the collection that breaks programs; none where it is not beside us."""
    if not NAUGHTY_FILE.exists():
        return ()
    told: list[str] = json.loads(Path(NAUGHTY_FILE).read_text("utf-8"))
    return tuple(text for text in told if text)
