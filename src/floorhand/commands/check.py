"""``floorhand check``: prove the stock."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from floorhand.config import Settings
from floorhand.store.check import VIOLATIONS_MAX, counted, violations
from floorhand.store.masters import has_sites, require_site
from floorhand.store.reading import reading
from floorhand.text.visible import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check every invariant; 0 if all hold or there is nothing yet, 1 if one does not."""
    with reading(settings.database) as tx:
        is_built = has_sites(tx)
        if is_built:
            require_site(tx, settings.site)
        figures = counted(tx, settings.site)
        found = violations(tx, settings.site)
    if args.json:
        result = {**figures, "ok": not found, "violations": [asdict(one) for one in found]}
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 1 if found else 0
    for one in found:
        print(visible(str(one)), file=sys.stderr)
    if found:
        more = " or more" if len(found) == VIOLATIONS_MAX else ""
        print(f"{len(found)}{more} violations. Nobody should write until they are resolved.")
        return 1
    if not is_built:
        print("There is no warehouse in this database yet, so there is nothing to check.")
        return 0
    print(
        "ledger = balances: {moves} moves of {operations} operations, {pieces} pieces in "
        "{stock_rows} places and lots, nothing negative, nothing orphaned".format(**figures)
    )
    return 0
