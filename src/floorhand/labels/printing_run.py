"""Many labels to a printer, by the spool: a run that was interrupted goes on where it was.

A run is known by what was asked for and by the day. Begun again it asks for those labels only that
it has not asked for yet, so nothing is printed twice, and what has been added or changed since
comes out, too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from floorhand.config import Settings
from floorhand.domain.print_desk import LABELS_AT_ONCE_MAX, PrintLabels
from floorhand.errors import BadLabel
from floorhand.labels.addresses import own_templates
from floorhand.labels.awaiting import wait_until
from floorhand.labels.placed import Layout
from floorhand.labels.printers import IN_WORDS, Condition
from floorhand.labels.render import DEFAULT_DPI, lay_out_named
from floorhand.labels.scripts import advice
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions, in_turn, open_database
from floorhand.store.label_data import LabelWanted
from floorhand.store.masters import site_zone
from floorhand.store.print_desk import Label, labels_of_run, last_run, require_printer, run_stands
from floorhand.store.printers import printers_of
from floorhand.store.single import UNREADABLE, is_held
from floorhand.text.visible import visible

NOT_OUT = 3
"""Exit code if labels of the run failed or are in doubt."""

NOT_OUT_WORDS = {"doubt": "in doubt", "failed": "failed"}

KEY_CHARACTERS = 10


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be asked of labels that go to a printer."""
    run = parser.add_argument_group("to a label printer, by the spool")
    run.add_argument("--printer", default="", metavar="P", help="a printer of this site")
    run.add_argument("--wait", action="store_true", help="tell how far it is, until all are out")
    run.add_argument(
        "--again", action="store_true", help="print all of it, though it was printed today"
    )


def check_run(args: argparse.Namespace) -> None:
    """See that a run goes to a printer and nowhere else.

    Raises:
        BadLabel: Saying what does not go together.
    """
    if (args.wait or args.again) and not args.printer:
        raise BadLabel("--wait and --again go with --printer.")
    others = {
        **{"--pdf": args.pdf, "--zpl": args.zpl, "--folder": args.folder, "--dpi": args.dpi},
        **{"--as": args.forms, "--sheet": args.sheet, "--first": args.first != 1},
        "--one-per-page": args.one_per_page,
    }
    if args.printer and (said := [option for option, value in others.items() if value]):
        raise BadLabel(f"Either --printer or {said[0]}, not both.")


def print_on(args: argparse.Namespace, settings: Settings, wanted: Sequence[LabelWanted]) -> int:
    """Let labels come from a printer; 0 if all were asked for, and with --wait are out."""
    transactions = open_database(settings.database, create=False)
    with transactions.begin() as tx:
        printer = require_printer(tx, settings.site, args.printer)
        infos = {info.code: info for info in printers_of(tx, settings.site)}
        day = datetime.now(site_zone(tx, settings.site)).date().isoformat()
        key = _key(args, printer, day)
        number = last_run(tx, settings.site, key) + (1 if args.again else 0)
    dpi = infos[printer].dpi if printer in infos else DEFAULT_DPI
    # A barcode without room stops the whole run before anything is printed.
    own = own_templates(transactions)
    tell_notes(wanted, (lay_out_named(one.template, one.data, dpi, own=own) for one in wanted))
    run = f"{key}-{max(1, number)}"
    labels = [_label(one) for one in wanted]
    asked = _ask_for(transactions, settings.site, run, printer, labels)
    before = len(labels) - asked
    told = f"; {before} were asked for before (--again prints them once more)" if before else ""
    _say(f"{_count(asked)} asked of {printer}{told}. Run {run}.")
    if args.wait:
        return _wait(transactions, settings, run)
    match is_held(transactions, settings.site):
        case False:
            _say("Nobody sends labels now: they come when a terminal or floorhand spool runs.")
        case None:
            _say(f"Whether somebody sends labels cannot be known: {UNREADABLE}.")
    return 0


def tell_notes(wanted: Sequence[LabelWanted], layouts: Iterable[Layout]) -> None:
    """Say what is not on labels as it should be, and once for all of them what helps."""
    missing: dict[str, None] = {}
    for one, layout in zip(wanted, layouts, strict=True):
        missing |= dict.fromkeys(layout.missing)
        if note := layout.note():
            print(visible(f"{one.subject}: {note}"), file=sys.stderr)
    for line in advice("".join(missing)):
        print(f"To print these letters install: {line}", file=sys.stderr)


def _label(one: LabelWanted) -> Label:
    return one.subject, one.template, json.dumps(dict(one.data), ensure_ascii=False)


def _key(args: argparse.Namespace, printer: str, day: str) -> str:
    """Name what was asked for, on which day."""
    said = (args.what, args.zone, args.merchant, args.template, args.language, sorted(args.codes))
    told = json.dumps([said, printer, day], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:KEY_CHARACTERS]


def _ask_for(
    transactions: Transactions, site: str, run: str, printer: str, labels: Sequence[Label]
) -> int:
    """Ask for what a run has not asked for yet, a part at a time; give how many labels."""
    asked = 0
    while step := in_turn(transactions, lambda tx: _ask_next(tx, site, run, printer, labels)):
        asked += step
        if len(labels) > LABELS_AT_ONCE_MAX:
            _progress(asked, len(labels), "asked for")
    return asked


def _ask_next(tx: Session, site: str, run: str, printer: str, labels: Sequence[Label]) -> int:
    parts, there = labels_of_run(tx, site, run)
    part = _missing(labels, there)[:LABELS_AT_ONCE_MAX]
    if part:
        subjects = tuple(subject for subject, _, _ in part)
        contents = tuple((template, data) for _, template, data in part)
        command = PrintLabels(run, printer, subjects, contents)
        from_office(tx, site, command, datetime.now(UTC), number=f"{run}.{parts + 1}")
    return len(part)


def _missing(labels: Sequence[Label], there: Counter[Label]) -> list[Label]:
    """Leave out what is there, each as often as it is there; the order stays."""
    left, missing = Counter(there), []
    for label in labels:
        if left[label]:
            left[label] -= 1
        else:
            missing.append(label)
    return missing


def _wait(transactions: Transactions, settings: Settings, run: str) -> int:
    """Tell how far a run is until nothing of it waits."""
    site, seen = settings.site, dict[str, str]()

    def over(tx: Session) -> bool:
        stands = run_stands(tx, site, run)
        for info in printers_of(tx, site):
            now = info.condition or Condition.READY
            if info.code in stands and seen.setdefault(info.code, Condition.READY) != now:
                seen[info.code] = now
                _say(". ".join(filter(None, (f"{info.code}: {IN_WORDS.get(now, now)}", info.told))))
        counts = _together(stands)
        left = counts["waiting"] + counts["sending"]
        _progress(counts.total() - left, counts.total(), "out")
        return not left

    try:
        wait_until(transactions, site, Path(settings.labels), over)
    except KeyboardInterrupt:
        counts = _stands(transactions, site, run)
        left = _count(counts["waiting"] + counts["sending"])
        _say(f"{left} still to come, when a terminal or floorhand spool runs.")
        _say("The same command goes on waiting.")
        raise
    counts = _stands(transactions, site, run)
    told = [f"{_count(counts['sent'] + counts['confirmed'])} out"]
    if bad := [f"{counts[s]} {word}" for s, word in NOT_OUT_WORDS.items() if counts[s]]:
        bad.append("see floorhand printers jobs")
    _say(f"{', '.join(told + bad)}.")
    return NOT_OUT if bad else 0


def _stands(transactions: Transactions, site: str, run: str) -> Counter[str]:
    with transactions.begin() as tx:
        return _together(run_stands(tx, site, run))


def _together(stands: dict[str, Counter[str]]) -> Counter[str]:
    return sum(stands.values(), Counter[str]())


def _progress(done: int, of: int, what: str) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{done} of {of} {what}", end=end, file=sys.stderr, flush=True)


def _count(number: int) -> str:
    return "1 label" if number == 1 else f"{number} labels"


def _say(text: str) -> None:
    print(visible(text), flush=True)
