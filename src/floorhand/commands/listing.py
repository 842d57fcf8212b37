"""Lists of commands for other programs: as JSON, or as CSV with which no spreadsheet calculates."""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from unicodedata import category

from floorhand.errors import BadSetting
from floorhand.exchange.rejecting import safe
from floorhand.text.visible import visible

Cell = str | int | float | bool | datetime | None
"""What is in a cell; None: nothing is known. Moments are written in UTC."""

_OBEYED: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Kinds of characters that are no letters: controls, formats, separators."""

_UNUSUAL: Final = re.compile("[^\n -~]")

Rows = Iterable[tuple[Cell, ...]]


def add_forms(parser: argparse.ArgumentParser, *, also_before: bool = False) -> None:
    """Let a list be asked for as JSON or as CSV.

    Args:
        parser: Of the command, or of one of its actions.
        also_before: Whether they can stand before the action, too.
    """
    default = argparse.SUPPRESS if also_before else False
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", default=default, help="as JSON")
    form.add_argument("--csv", action="store_true", default=default, help="as CSV")


def must_be_a_list(args: argparse.Namespace) -> None:
    """See that no form of a list is asked for with an action that lists nothing.

    Raises:
        BadSetting: If it is.
    """
    if args.action and (args.json or args.csv):
        given = "--json" if args.json else "--csv"
        raise BadSetting(f"{given} is for the list; leave it out with {args.action}.")


def is_for_programs(args: argparse.Namespace) -> bool:
    """Say whether a list is asked for in one of these forms."""
    return bool(args.json or args.csv)


def write(args: argparse.Namespace, heads: tuple[str, ...], rows: Rows) -> None:
    """Print a list in the form that is asked for; heads are names without blanks."""
    if args.csv:
        write_csv(heads, rows)
    else:
        told = [dict(zip(heads, map(_plain, row), strict=True)) for row in rows]
        print(in_json(told))


def in_json(value: object, indent: int | None = 1) -> str:
    """Write JSON with every letter as itself, but none that a terminal obeys or cannot show."""
    return _UNUSUAL.sub(_harmless, json.dumps(value, ensure_ascii=False, indent=indent))


def _harmless(found: re.Match[str]) -> str:
    sign = found[0]
    return json.dumps(sign)[1:-1] if category(sign) in _OBEYED else sign


def write_csv(heads: Iterable[str], rows: Rows) -> None:
    """Print a list as CSV; what a terminal obeys is written so that it is seen."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(heads)
    out.writerows([safe(visible(_written(cell))) for cell in row] for row in rows)


def _plain(cell: Cell) -> str | int | float | bool | None:
    return cell.astimezone(UTC).isoformat() if isinstance(cell, datetime) else cell


def _written(cell: Cell) -> str:
    match _plain(cell):
        case None:
            return ""
        case bool(said):
            return "yes" if said else "no"
        case plain:
            return str(plain)
