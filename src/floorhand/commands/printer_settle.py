"""``floorhand printers void`` and ``confirm``: nobody uses a label; or it did come out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.commands.office import decide, labels, opened, say
from floorhand.config import Settings
from floorhand.domain.print_desk import ConfirmLabels, LabelsSettled, VoidLabels
from floorhand.errors import BadSetting
from floorhand.store.print_desk import LabelFacts, labels_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    what = "number or id of a label; or what it labels, which means all of it that is not out"
    parser.add_argument("label", metavar="LABEL", help=what)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Void labels, or confirm them."""
    transactions, voiding = opened(settings), args.action == "void"

    def make(tx: Session) -> object:
        found = labels_named(tx, settings.site, args.label, datetime.now(UTC))
        meant = _to_void(args.label, found) if voiding else _in_doubt(args.label, found)
        jobs = tuple(one.id for one in meant)
        return VoidLabels(jobs) if voiding else ConfirmLabels(jobs)

    done = decide(transactions, settings, make)
    assert isinstance(done, LabelsSettled)
    told = "void: nobody may use it" if voiding else "confirmed: out"
    say(f"{labels(done.labels)} of {args.label} {told}.")
    return 0


def _to_void(name: str, found: Sequence[LabelFacts]) -> Sequence[LabelFacts]:
    """Give what is to be voided: a thing's labels that are out only if one is named by itself.

    Raises:
        BadSetting: If there is nothing to void.
    """
    if not found:
        raise BadSetting(f"There is no label {name}. floorhand printers jobs lists what waits.")
    by_subject = found[0].subject == name
    usable = [one for one in found if one.state not in ("sending", "voided")]
    open_ones = [one for one in usable if one.state not in ("sent", "confirmed")]
    if wanted := (open_ones if by_subject else usable):
        return wanted
    if any(one.state == "sending" for one in found):
        raise BadSetting(f"The label of {name} is going out now. Try again when it is out.")
    if usable:
        numbers = ", ".join(str(one.number) for one in usable)
        raise BadSetting(
            f"All labels of {name} are out. To say that nobody may use one, name it by its "
            f"number: {numbers}."
        )
    raise BadSetting(f"The label {name} is void already.")


def _in_doubt(name: str, found: Sequence[LabelFacts]) -> Sequence[LabelFacts]:
    if doubt := [one for one in found if one.state == "doubt"]:
        return doubt
    states = ", ".join(sorted({one.state for one in found})) or "not known"
    raise BadSetting(f"No label {name} is in doubt: {states}.")
