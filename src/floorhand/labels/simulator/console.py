"""What can be typed to a printer simulator while it runs, and how it tells of its labels."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from floorhand.labels.printers import why
from floorhand.labels.simulator.machine import MANNERS, Printed
from floorhand.labels.simulator.port import Moment
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.text.visible import visible

TEXTS_MAX = 5
"""So many texts of a label are told, to know it by: the first ones, and those at its end, where
most have their barcode."""

LISTED_MAX = 20
NUMBER_MAX = 1_000_000_000

_TEXT = re.compile(rb"(\^FH(.?)[^^~]*)?\^F[DV](.*?)\^FS", re.IGNORECASE | re.DOTALL)


class NotUnderstood(Exception):
    """A typed line is no command, lacks something, or cannot be done. The text says why."""


@dataclass(frozen=True, slots=True)
class _Typed:
    shape: str
    about: str
    act: Callable[[PrinterSimulator, Sequence[str]], object]


def _number(words: Sequence[str], usual: int | None = None) -> int | None:
    if not words:
        return usual
    if not words[0].isascii() or not words[0].isdigit() or int(words[0]) > NUMBER_MAX:
        raise NotUnderstood(f"{visible(words[0])} is no number.")
    return int(words[0])


def _paper(sim: PrinterSimulator, words: Sequence[str]) -> None:
    _must_be(words, "out")
    sim.paper_out()


def _ribbon(sim: PrinterSimulator, words: Sequence[str]) -> None:
    _must_be(words, "out", "in")
    sim.ribbon(out=words[0] == "out")


def _drop(sim: PrinterSimulator, words: Sequence[str]) -> None:
    if after := _number(words):
        sim.plan(Moment.BYTE, after, sim.drop)
    else:
        sim.drop()


def _answer(sim: PrinterSimulator, words: Sequence[str]) -> None:
    _must_be(words[:1], *MANNERS)
    sim.manner(words[0], _number(words[1:], 0) or 0)


def _slow(sim: PrinterSimulator, words: Sequence[str]) -> None:
    sim.slow(_number(words, 0) or 0)


def _must_be(words: Sequence[str], *known: str) -> None:
    if len(words) != 1 or words[0] not in known:
        raise NotUnderstood(f"expected: {', '.join(known)}")


def _listed(sim: PrinterSimulator, _: Sequence[str]) -> str:
    return "\n".join(map(describe, sim.printed[-LISTED_MAX:])) or "none yet"


def _show(sim: PrinterSimulator, words: Sequence[str]) -> str:
    number = _number(words, 0)
    for out in reversed(sim.printed):
        if number in (0, out.number):
            return picture_lines(out) or f"label {out.number} is none of ours: it has no picture"
    return "there is no such label"


TYPED: dict[str, _Typed] = {
    "paper": _Typed("paper out", "the roll ends here", _paper),
    "reload": _Typed("reload [N]", "a new roll, of N labels", lambda s, w: s.reload(_number(w))),
    "ribbon": _Typed("ribbon out|in", "the ribbon ends, or is put in", _ribbon),
    "open": _Typed("open", "open the head", lambda s, _: s.open_head()),
    "close": _Typed("close", "close the head", lambda s, _: s.close_head()),
    "pause": _Typed("pause", "press pause", lambda s, _: s.pause()),
    "resume": _Typed("resume", "press it again", lambda s, _: s.resume()),
    "power": _Typed("power", "off and on: what it holds is lost", lambda s, _: s.power_cycle()),
    "stall": _Typed("stall", "stop reading", lambda s, _: s.stall()),
    "go": _Typed("go", "read again", lambda s, _: s.go()),
    "drop": _Typed("drop [N]", "cut all connections, now or after N bytes", _drop),
    "refuse": _Typed("refuse", "take no connections", lambda s, _: s.refuse()),
    "accept": _Typed("accept", "take them again", lambda s, _: s.accept()),
    "answer": _Typed(f"answer {'|'.join(MANNERS)} [MS]", "answer ~HS so, and so late", _answer),
    "slow": _Typed("slow MS", "so long for a label", _slow),
    "mend": _Typed("mend", "put everything right", lambda s, _: s.mend()),
    "labels": _Typed("labels", "the last that came out", _listed),
    "show": _Typed("show [N]", "the picture of label N, or the last", _show),
    "state": _Typed("state", "how it is", lambda *_: None),
}
"""What can be typed besides ``help`` and ``quit``."""


def obey(sim: PrinterSimulator, line: str) -> str:
    """Do what a typed line says; give what is to be said about it.

    Raises:
        NotUnderstood: If it is no command, or cannot be done.
    """
    name, *words = line.lower().split() or ["state"]
    if name in ("help", "?"):
        return help_text()
    if name not in TYPED:
        raise NotUnderstood(f"{visible(name)} is no command; known: {', '.join(TYPED)}, help, quit")
    try:
        said = TYPED[name].act(sim, words)
    except NotUnderstood as error:
        raise NotUnderstood(f"{TYPED[name].shape}: {error}") from None
    except OSError as error:
        raise NotUnderstood(f"{name}: {why(error)}") from error
    return said if isinstance(said, str) else sim.state()


def help_text() -> str:
    """Say what can be typed."""
    rows = [(typed.shape, typed.about) for typed in TYPED.values()]
    rows.append(("quit", "end (as Ctrl+C does)"))
    return "\n".join(
        f"  {shape}\n  {'':20}{about}" if len(shape) > 19 else f"  {shape:20}{about}"
        for shape, about in rows
    )


def describe(out: Printed) -> str:
    """Tell of a label in one line: which, how large, and what it says."""
    found = texts_of(out.zpl)
    if len(found) > TEXTS_MAX:
        found = [*found[: TEXTS_MAX - 2], "…", *found[-2:]]
    texts = " · ".join(map(visible, found))
    copy = f", copy {out.copy}" if out.copy > 1 else ""
    return f"label {out.number}{copy}, {len(out.zpl)} bytes: {texts or '(no text)'}"


def picture_lines(out: Printed) -> str:
    """Draw a label with the signs of this terminal; empty if it has no picture."""
    from floorhand.labels.simulator.drawing import draw_label
    from floorhand.labels.terminal_picture import shown, signs_of

    drawn = draw_label(out.zpl)
    if drawn is None:
        return ""
    signs = signs_of(sys.stdout.encoding or "", os.environ)
    return "\n".join(shown(drawn, shutil.get_terminal_size().columns, signs))


def texts_of(zpl: bytes) -> list[str]:
    """Give the texts and barcodes of a label, with what was written as hexadecimal read."""
    found = []
    for hexed, sign, text in _TEXT.findall(zpl):
        data = text
        if hexed:
            mark = re.escape(sign.strip() or b"_")
            data = re.sub(mark + rb"([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text)
        data = data.removeprefix(b">:").removeprefix(b">;")  # how a Code 128 begins
        found.append(data.decode("utf-8", "replace").strip())
    return [text for text in found if text]
