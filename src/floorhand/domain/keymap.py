"""The one key map: what each key means, and its command barcode, the same in every job."""

from __future__ import annotations

from enum import StrEnum


class Key(StrEnum):
    """What a key means, the same in every job; see `KEYS` for which key and which barcode."""

    HELP = "help"
    UNDO = "undo"
    REDO = "redo"
    BACK = "back"
    LIST = "list"
    MISMATCH = "mismatch"
    FULL = "full"
    SKIP = "skip"
    PRINT = "print"
    DONE = "done"
    SCANS = "scans"
    LOCK = "lock"
    MUTE = "mute"
    LARGE = "large"


KEYS: dict[Key, tuple[str, str]] = {
    Key.HELP: ("f1", "*HELP"),
    Key.UNDO: ("f2", "*UNDO"),
    Key.BACK: ("f3", "*BACK"),
    Key.LIST: ("f4", "*LIST"),
    Key.MISMATCH: ("f5", "*SHORT"),
    Key.FULL: ("f6", "*FULL"),
    Key.SKIP: ("f7", "*SKIP"),
    Key.PRINT: ("f9", "*PRINT"),
    Key.DONE: ("f10", "*DONE"),
    Key.SCANS: ("f11", "*SCANS"),
    Key.LOCK: ("f12", "*OUT"),
}
"""The one key map: function key and command barcode; ``*<n>`` also types function key n."""

BARCODES_ONLY: dict[Key, str] = {Key.REDO: "*REDO", Key.MUTE: "*MUTE", Key.LARGE: "*LARGE"}
"""Commands without a key of their own: do again, bells off and on, large letters on and off."""


LOOKING_BACK = frozenset({KEYS[Key.SCANS][1], f"*{KEYS[Key.SCANS][0][1:]}"})
"""What shows the last scans: a terminal's own business, no answer to any question."""


def barcode_of(key: Key) -> str:
    """Give the command barcode of a key."""
    return BARCODES_ONLY.get(key) or KEYS[key][1]


def named(key: Key) -> str:
    """Name a key as a worker presses it: ``F2``, or what to type where there is no such key."""
    return BARCODES_ONLY.get(key) or KEYS[key][0].upper()
