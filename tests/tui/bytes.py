"""Random byte strings through the reader of terminals: it never fails, and nothing fires.

As a command, ``python tests/tui/bytes.py [STRINGS] [SEED]`` reads so many (10,000,000) on all
processors and prints how long it took; the test suite does the same with fewer. Half of the
strings are bytes by chance, half are put together from what scanners and keyboards send.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floorhand.domain.scanners import Profile
from floorhand.tui.keys import KEY_SEQUENCES, PASTE_BEGINS, PASTE_ENDS
from floorhand.tui.scan import SCAN_CHARACTERS_MAX, KeyDown, KeyInside, Scan, ScanReader, TooLong

STRINGS = 10_000_000
SHARE = 20_000
LENGTH_MAX = 24

PIECES = tuple(
    piece.encode("utf-8", "surrogateescape")
    for piece in (
        *KEY_SEQUENCES, PASTE_BEGINS, PASTE_ENDS, "\r", "\n", "\r\n", "\t", "\x1b", "\x1b[",
        "\x1bO", "\x1b[[", "\x1d", "\x00", "\x02", "\x03", "\x08", "\x7f", "\x11", "\x13", "\x1a",
        "]C1", "A-1", "TOTE-7", "*BACK", "*OUT", "*2", "12", "é", "€", "水", "\udcc9", "\udcff",
        "\udce2\udc82", "\x1b[I", "\x1b[<35;10;5M", "\x1b[12;40R", "\x1b]52;c;Zm9v\x07", "\x9b2J",
        "\x1bP1$r\x1b\\", "~", "|", "^]", "##", "fhxscntstx", "\x1b[1;5C", "\x1b[23$", "\x1b[4006",
        "x" * 600,
    )
)  # fmt: skip

PROFILES = (
    Profile(),
    Profile(),
    Profile(suffix="##"),
    Profile(ends="none"),
    Profile(ends="cr", prefix="\x02", suffix="\x03", separators=("~", "|", "^]")),
    Profile(keyboard="azerty", caps=True, aim="on"),
)
"""Most terminals have the plain one."""

PLAIN_AGAIN = b"\x1b[201~\r"
"""Ends whatever was begun; then the reader is where it was at first."""


def strings(random: Random, count: int) -> list[bytes]:
    """Make byte strings, every other one by chance alone."""
    noise = random.randbytes(LENGTH_MAX * count)
    made = []
    for n in range(count):
        if n % 2:
            made.append(b"".join(random.choices(PIECES, k=random.randrange(1, 7))))
        else:
            made.append(noise[n * LENGTH_MAX : n * LENGTH_MAX + random.randrange(LENGTH_MAX)])
    return made


def _ended(heard):
    return [item for item in heard if isinstance(item, Scan | KeyInside | TooLong)]


def fault(data: bytes, cut: int, profile: Profile, counts: Counter[str]) -> str:
    """Read a string whole and in two; says what is wrong, empty if nothing is."""
    whole, parts = ScanReader(profile), ScanReader(profile)
    heard = whole.feed(data)
    again = parts.feed(data[:cut]) + parts.feed(data[cut:])
    keys = [item for item in heard if isinstance(item, KeyDown)]
    scans = [item for item in heard if isinstance(item, Scan)]
    if _ended(heard) != _ended(again):
        return "another cut, other scans"
    if keys != [item for item in again if isinstance(item, KeyDown)]:
        return "another cut, other keys"
    for scan in scans:
        if not scan.text or len(scan.text) > SCAN_CHARACTERS_MAX:
            return "a scan of no length, or of too much"
        if scan.text.startswith(("\r", "\n", "\t")) or "\r" in scan.text:
            return "an end inside a scan"
    pressed = [item for item in keys if not item.half]
    if len(pressed) > data.count(b"\x1b"):
        return "a key that nobody pressed"
    *_, last = (whole.quiet(), whole.feed(PLAIN_AGAIN), whole.feed(b"TOTE-1\r"))
    if [item.text for item in last if isinstance(item, Scan)] != ["TOTE-1"] or last[1:]:
        return f"the next scan is not whole: {last}"
    counts["scans"] += len(scans)
    counts["keys"] += len(pressed)
    return ""


def share(seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """Try some strings; gives what they came to, and those that went wrong."""
    random = Random(seed)
    counts: Counter[str] = Counter(strings=count)
    wrong = []
    for n, data in enumerate(strings(random, count)):
        profile = PROFILES[n // 2 % len(PROFILES)]
        cut = random.randrange(len(data) + 1)
        if why := fault(data, cut, profile, counts):
            wrong.append(f"{data!r} cut at {cut} with {profile}: {why}")
    return counts, wrong


def main() -> int:
    """Read many strings; 1 if one of them went wrong."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else STRINGS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began, counts, wrong = time.monotonic(), Counter[str](), []
    with ProcessPoolExecutor() as pool:
        shares = -(-total // SHARE)
        for found, faults in pool.map(share, range(seed, seed + shares), [SHARE] * shares):
            counts += found
            wrong += faults
    seconds = time.monotonic() - began
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    print(
        f"{counts['strings']:,} byte strings, each read whole and cut in two: "
        f"{counts['scans']:,} scans, {counts['keys']:,} keys, {len(wrong)} wrong; "
        f"{seconds:.0f} s on {os.cpu_count()} processors, "
        f"{counts['strings'] / seconds:,.0f} strings/s"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
