"""``floorhand printers reprint``: a label once more, marked as a copy, with the reason."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.commands.office import decide, opened, say
from floorhand.config import Settings
from floorhand.domain.labels import REASONS
from floorhand.domain.print_desk import LabelReprinted, ReprintLabel
from floorhand.errors import BadSetting
from floorhand.store.print_desk import newest_label, require_printer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("subject", metavar="SUBJECT", help="what it labels: a plate, a return …")
    parser.add_argument(
        "--reason", required=True, choices=REASONS, help="why it is wanted once more"
    )
    parser.add_argument(
        "--printer", metavar="P", help="where (default: the printer that it came from)"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Reprint a label."""
    transactions = opened(settings)
    last_state = ""

    def make(tx: Session) -> object:
        nonlocal last_state
        last = newest_label(tx, settings.site, args.subject, datetime.now(UTC))
        if last is None:
            raise BadSetting(
                f"No label of {args.subject} was ever asked for, so none can be again."
            )
        printer = require_printer(tx, settings.site, args.printer) if args.printer else ""
        last_state = last.state
        return ReprintLabel(args.subject, args.reason, printer)

    done = decide(transactions, settings, make)
    assert isinstance(done, LabelReprinted)
    if last_state in ("waiting", "sending"):
        say(f"The label of {done.subject} has not come out yet: it waits at {done.printer}. "
            "To get it elsewhere: floorhand printers reroute.")  # fmt: skip
        return 1
    if last_state == "failed":
        say(f"The label of {done.subject} had failed; it is tried again at {done.printer}.")
    else:
        copy = f", as copy R{done.copy_no}" if done.copy_no > 1 else ""
        say(f"The label of {done.subject} comes from {done.printer}{copy}.")
    return 0
