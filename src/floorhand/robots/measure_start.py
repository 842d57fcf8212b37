"""Measure how soon a terminal can be read, beside a Textual program that shows one word.

Both are started in a pseudo-terminal of their own, in turns, so that whatever else the machine does
hits both. Painted is when the first of the words that the screen begins with has arrived. The first
start of each is not measured: it compiles modules and reads files that later ones find ready.
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
    """Start each so many times after the first; give medians in milliseconds.

    Returns:
        ``painted_ms``: the terminal's first screen; ``asked_ms``: its first question, for which the
        database is open and the seat is taken; ``bare_ms``: the bare program; and their ratio. As
        ``painted_cpu_ms`` and ``bare_cpu_ms`` how long a processor was busy until then.
    """
    painted, asked, bare, busy, bare_busy = [], [], [], [], []
    with tempfile.TemporaryDirectory(prefix="floorhand-bench-") as folder:
        database = str(Path(folder) / "demo.db")
        transactions = open_database(database)
        build_demo(transactions, "MAIN", datetime.now(UTC))
        engine_of(transactions).dispose()
        terminal = ["-m", "floorhand", "--database", database, "terminal", "--language", "en"]
        for run in range(runs + 1):
            (alone,) = _start(["-c", BARE], [b"painted"], folder)
            first, question = _start(terminal, [PAINTED, ASKED], folder)
            if run:
                bare.append(alone[0])
                bare_busy.append(alone[1])
                painted.append(first[0])
                busy.append(first[1])
                asked.append(question[0])
    return {
        "runs": runs,
        "painted_ms": round(median(painted), 1),
        "asked_ms": round(median(asked), 1),
        "bare_ms": round(median(bare), 1),
        "ratio_to_bare": round(median(painted) / median(bare), 2),
        "painted_cpu_ms": round(median(busy), 1),
        "bare_cpu_ms": round(median(bare_busy), 1),
    }


def _start(
    command: Sequence[str], words: Sequence[bytes], folder: str
) -> list[tuple[float, float]]:
    """Start a Python program on a terminal, and wait for words to appear.

    Returns:
        For each word how many milliseconds passed, and how many a processor was busy.
    """
    terminal = PtyTerminal(command, folder)
    try:
        return [
            ((terminal.wait_for(word) - terminal.started) * 1000, terminal.cpu_ms())
            for word in words
        ]
    finally:
        terminal.close()
