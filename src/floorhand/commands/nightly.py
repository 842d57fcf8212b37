"""What went wrong in services of the night: word that they have left in a folder.

A service that failed leaves a file with its name there, with the last lines that it wrote, and
takes it away when all is well again (`packaging/systemd`). Nobody reads journals; whoever looks at
the warehouse or at the figures of a shift is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

WORDS_MAX = 20
"""Services that are told of."""

BYTES_MAX = 8_192
"""Of a file, its last ones are read: there stands why the service ended."""


def failed_services(folder: str) -> tuple[str, ...]:
    """Say of each service what went wrong, and when; empty if there is nothing to tell.

    Args:
        folder: Where they leave word; empty: nowhere.
    """
    return tuple(_told(Path(folder))) if folder else ()


def _told(folder: Path) -> Iterator[str]:
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except FileNotFoundError:  # nothing has ever failed
        return
    except OSError as error:
        yield f"{folder} cannot be read ({error.strerror}): how the night was is not known."
        return
    for file in files[:WORDS_MAX]:
        with suppress(FileNotFoundError):  # all is well since a moment ago
            yield _of(file)


def _of(file: Path) -> str:
    try:
        at = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - BYTES_MAX))
            lines = opened.read().decode("utf-8", "replace").split("\n")
    except PermissionError:
        return f"{file.name} failed; why may not be read here. See: journalctl -u {file.name}"
    why = _reason(lines)
    return f"{file.name} failed at {at:%Y-%m-%d %H:%M}{why}. See: journalctl -u {file.name}"


def _reason(lines: list[str]) -> str:
    """Give the last line that the program itself wrote, behind a colon; none if there is none."""
    own = [line.split(": ", 1)[1] for line in lines if " floorhand[" in line and ": " in line]
    return f": {own[-1].rstrip('. ')}" if own and own[-1].strip() else ""
