"""``floorhand bench``: measure how long a scan takes on this machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from floorhand.config import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=("scan",), help="scan: one scan, durable on disk")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="disk to measure (default: temporary files)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Measure and print."""
    from floorhand.robots.measure import measure_scans

    figures = measure_scans(args.folder)
    if args.json:
        print(json.dumps(figures, indent=1))
        return 0
    print(
        "A scan, from lookup to durable commit: {take_turn_p50_ms} ms (median), "
        "{take_turn_p99_ms} ms (99 %).\n"
        "Its {statements_per_turn} statements written by hand: {raw_p50_ms} ms. "
        "Ratio {ratio_to_raw}, over {turns} scans.".format(**figures)
    )
    return 0
