"""``floorhand bench``: measure on this machine how long a scan takes, and a start."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from floorhand.config import Settings

SCAN = (
    "A scan, from lookup to durable commit: {take_turn_p50_ms} ms (median), "
    "{take_turn_p99_ms} ms (99 %).\n"
    "Its {statements_per_turn} statements written by hand: {raw_p50_ms} ms. "
    "Ratio {ratio_to_raw}, over {turns} scans."
)
START = (
    "From the command to the first screen: {painted_ms} ms, to the first question: {asked_ms} ms.\n"
    "A bare Textual program: {bare_ms} ms. Ratio {ratio_to_bare}, medians of {runs} starts."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "what",
        choices=("scan", "start"),
        help="scan: one scan, durable on disk; start: from the command to the first screen",
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="disk to measure (default: temporary files)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Measure and print."""
    if args.what == "start":
        from floorhand.robots.measure_start import measure_start

        figures, text = measure_start(), START
    else:
        from floorhand.robots.measure import measure_scans

        figures, text = measure_scans(args.folder), SCAN
    print(json.dumps(figures, indent=1) if args.json else text.format(**figures))
    return 0
