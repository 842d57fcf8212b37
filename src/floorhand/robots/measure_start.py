"""Measure how soon a terminal can be read, beside a Textual program that shows one word.

Both are started in a pseudo-terminal of their own, in turns, so that whatever else the machine does
hits both. Painted is when the first of the words that the screen begins with has arrived.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from floorhand.robots.demo import build_demo
from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.store.db import engine_of, open_database

RUNS = 7

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("painted")
Bare().run()
"""
PAINTED, ASKED = b"Starting", b"Scan"
"""What the terminal shows first, and the first word of its first question."""


def measure_start(runs: int = RUNS) -> dict[str, float | int]:
    """Start each so many times; give medians in milliseconds.

    Returns:
        ``painted_ms``: the terminal's first screen; ``asked_ms``: its first question, for which the
        database is open and the seat is taken; ``bare_ms``: the bare program; and their ratio.
    """
    painted, asked, bare = [], [], []
    with tempfile.TemporaryDirectory(prefix="floorhand-bench-") as folder:
        database = str(Path(folder) / "demo.db")
        transactions = open_database(database)
        build_demo(transactions, "MAIN", datetime.now(UTC))
        engine_of(transactions).dispose()
        terminal = ["-m", "floorhand", "--database", database, "terminal", "--language", "en"]
        for _ in range(runs):
            bare += _start(["-c", BARE], [b"painted"], folder)
            first, question = _start(terminal, [PAINTED, ASKED], folder)
            painted.append(first)
            asked.append(question)
    return {
        "runs": runs,
        "painted_ms": round(median(painted), 1),
        "asked_ms": round(median(asked), 1),
        "bare_ms": round(median(bare), 1),
        "ratio_to_bare": round(median(painted) / median(bare), 2),
    }


def _start(command: Sequence[str], words: Sequence[bytes], folder: str) -> list[float]:
    """Start a Python program on a terminal; give how many milliseconds each word took to appear."""
    terminal = PtyTerminal(command, folder)
    try:
        return [(terminal.wait_for(word) - terminal.started) * 1000 for word in words]
    finally:
        terminal.close()
