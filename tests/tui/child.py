"""A real terminal application for tests that need a real pseudo-terminal.

Run as ``python child.py flood FILE`` it writes each scan it answers to FILE; as ``python child.py
hostile TEXTS`` it shows one text after the other, written as JSON, in every field there is; each
scan of ``NEXT`` brings the next one.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from tui.screens import PICK, ListRoad

from floorhand.domain.keymap import Key
from floorhand.flows.turn import Choice, Item, Prompt, Said
from floorhand.text.catalog import catalog
from floorhand.tui.app import FloorhandApp

OVER = 900
"""The progress that tells that all texts were shown."""


class FileRoad(ListRoad):
    """Answers every scan, and writes it down; ``END`` ends the program."""

    def open(self, target: Path) -> FloorhandApp:
        self.file = target.open("a", buffering=1, encoding="utf-8")
        self.app = FloorhandApp(self, catalog, scanner="".join(sys.argv[3:]))
        return self.app

    def sit(self):
        self.file.write(json.dumps("READY") + "\n")
        return self.first

    def take(self, scan_no: int, scanned: str, source: str):
        self.file.write(json.dumps(scanned) + "\n")
        if scanned == "END":
            most_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            Path(self.file.name).with_suffix(".kb").write_text(str(most_kb))
            self.app.call_from_thread(self.app.exit)
        return replace(self.first, scan_no=scan_no)


def everywhere(text: str):
    """A turn that holds a text in every field that holds data."""
    facts = {"name": text, "code": text, "place": text, "at": text}
    return replace(
        PICK,
        worker_name=text,
        prompt=Prompt(
            text,
            ask_facts=(("code", text),),
            place=text,
            count=text[:4],
            goods=(Item(text, text, 2, text, "now"), Item(text, text, 1, text)),
            facts=((text, text), ("fact.tote", text)),
            keys=((Key.DONE, text),),
            choices=(Choice("C", label=text), Choice(text)),
        ),
        said=Said("refusal.unknown_barcode", facts, "refused"),
    )


def hostile(texts: list[str]) -> ListRoad:
    """A road that shows each text in turn; the progress tells which one it is at."""
    left = iter([*range(1, len(texts)), OVER])

    def at(number: int):
        turn = everywhere(texts[number % len(texts)])
        return replace(turn, prompt=replace(turn.prompt, progress=(number, OVER)))

    def answer(turn, scanned):
        return at(next(left)) if scanned == "NEXT" else turn

    return ListRoad(first=at(0), answer=answer)


if __name__ == "__main__":
    if sys.argv[1] == "flood":
        app = FileRoad().open(Path(sys.argv[2]))
    else:
        app = FloorhandApp(hostile(json.loads(sys.argv[2])), catalog)
    app.run(mouse=False)
