"""``floorhand simulate``: let workers made of software do the work."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime

from floorhand.config import Settings
from floorhand.labels.addresses import beside
from floorhand.labels.printers import FolderPrinter
from floorhand.labels.spool import send_all
from floorhand.robots.simulate import WORKERS_MAX, Plan, simulate
from floorhand.store.db import open_database
from floorhand.store.masters import DEFAULT_PRINTER

UPKEEP = (
    "bins counted: {bins_counted}, refills: {refills_done}, "
    "exceptions decided: {exceptions_decided}, hand-overs: {hand_overs}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--workers", type=_workers, default=4, metavar="N", help="how many (default: 4)"
    )
    parser.add_argument(
        "--processes", action="store_true", help="each in a process of its own, all at once"
    )
    parser.add_argument(
        "--supply",
        action="store_true",
        help="first announce deliveries of what open orders need and stock lacks",
    )
    parser.add_argument(
        "--mistakes",
        type=_probability,
        default=0.0,
        metavar="P",
        help="probability of a wrong scan before each right one, 0 to 0.9",
    )
    parser.add_argument(
        "--undo",
        type=_probability,
        default=0.0,
        metavar="P",
        help="probability of taking the last scan back before each right one, 0 to 0.9",
    )
    parser.add_argument(
        "--lead",
        action="store_true",
        help="one more who leads: plans counts and refills, decides exceptions, hands over",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same mistakes again")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Simulate; 0 if the ledger's check passes, 1 if not."""
    plan = Plan(args.workers, args.processes, args.supply, args.mistakes, args.undo, args.seed)
    plan = replace(plan, lead=args.lead)
    result = simulate(settings.database, settings.site, plan)
    result["labels_printed"] = _print_labels(settings)
    if args.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        print(_sentences(result))
    return 0 if result["check"]["verdict"] == "passed" else 1


def _print_labels(settings: Settings) -> int:
    """Let the embedded printer print what the benches asked for, and count the labels.

    Afterwards and not meanwhile, so that drawing them takes no time from the scans that are
    measured.
    """
    transactions = open_database(settings.database, create=False)
    printers = {
        DEFAULT_PRINTER: FolderPrinter(beside(transactions) / settings.labels, durable=False)
    }
    return send_all(transactions, settings.site, printers, lambda: datetime.now(UTC))


def _sentences(result: dict[str, object]) -> str:
    lines = [
        "{orders_shipped} orders shipped: {order_lines} lines, {pieces_shipped} pieces",
        "{returns_inspected} returns inspected: {pieces_returned} pieces",
        "{scans} scans, {refusals} refused, in {wall_s} s: {scans_per_s} a second",
    ]
    if any(result[name] for name in ("bins_counted", "refills_done", "exceptions_decided")):
        lines.insert(2, UPKEEP)
    text = [line.format(**result) for line in lines]
    for title, key in (
        ("not shipped", "not_shipped"),
        ("short", "short_lines"),
        ("left", "left"),
    ):
        rows = result[key]
        assert isinstance(rows, list)
        text += [f"{title}: " + " ".join(str(value) for value in row.values()) for row in rows]
    stuck = result["stuck"]
    assert isinstance(stuck, list)
    text += ["gave up: " + " ".join(str(value) for value in row.values()) for row in stuck]
    check = result["check"]
    assert isinstance(check, dict)
    text += [f"check {check['verdict']}", *check["violations"]]
    return "\n".join(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= WORKERS_MAX:
        raise argparse.ArgumentTypeError(f"from 1 to {WORKERS_MAX} workers, not {text!r}")
    return int(text)


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 0.9:
        raise argparse.ArgumentTypeError(f"a number from 0 to 0.9, not {text!r}")
    return value
