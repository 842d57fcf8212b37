"""Say on one line how far long work on a database is, where somebody looks."""

from __future__ import annotations

import sys
import time

SHOWN_EVERY_S = 0.2

CLEAR = "\r\x1b[2K"


class Progress:
    """Hears what is being done, how much of it is done, and how much there is."""

    def __init__(self) -> None:
        self._seen = sys.stderr.isatty()
        self._shown = 0.0
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show it, not too often."""
        now = time.monotonic()
        if not self._seen or (what == self._what and now - self._shown < SHOWN_EVERY_S):
            return
        self._shown, self._what = now, what
        part = f"  {done / total:4.0%}" if total > 1 else " …"
        print(f"{CLEAR}{what}{part}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clear the line for what comes after it."""
        if self._what:
            print(CLEAR, end="", file=sys.stderr, flush=True)
