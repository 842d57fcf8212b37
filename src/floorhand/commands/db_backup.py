"""``floorhand db backup``: copy a warehouse while people work in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from floorhand.commands.db_progress import Progress
from floorhand.commands.db_server import backup_commands
from floorhand.commands.db_status import size_of
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.store.backup import Proof, back_up
from floorhand.store.db import address_of, sqlite_file
from floorhand.store.keeping import Keep, is_earlier_state, stamped, thin_out

KEPT_MAX = 1_000
"""Of days, weeks and months."""

EPILOG = """\
Nobody has to stop, and no scan waits. FILE gets its name when it is whole and proven: read through,
and its stock rebuilt from its moves.

On PostgreSQL nothing is written; it says which commands make a backup there. With --keep it runs
them: pg_dump of one moment, whose rules are checked, and pg_restore reads it through.

--keep 7,5,12 is for a backup each night: FILE is a folder, and beside the new backup it leaves the
last one of each of 7 days, 5 weeks and 12 months that have one. It removes nothing before the new
one is proven, nor what is no backup of this warehouse.

exit code: 1 if there is no backup, or rules are broken in it as in the warehouse; then no earlier
one is removed"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="where to; in a folder it is named by the time"
    )
    parser.add_argument("--replace", action="store_true", help="FILE may be there already")
    parser.add_argument(
        "--keep",
        type=_keep,
        metavar="DAYS,WEEKS,MONTHS",
        help="in a folder, thin out earlier backups of this warehouse",
    )
    parser.epilog = EPILOG


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make a backup; 0 if it is there and all is well in it."""
    if args.keep is not None:
        return _keep_one_more(args.file, args.keep, settings)
    source = sqlite_file(settings.database)
    target: Path = args.file
    if source is None:
        for line in backup_commands(address_of(settings.database), target):
            say(line)
        print("floorhand: no backup was made: PostgreSQL makes its own.", file=sys.stderr)
        return 1
    if target.is_dir():
        target = stamped(target, source.stem, source.suffix, datetime.now())
    progress = Progress()
    with closing(progress):
        proof = back_up(source, target, replace=args.replace, tell=progress)
    return _told(target, proof)


def _keep_one_more(folder: Path, keep: Keep, settings: Settings) -> int:
    """Make a backup in a folder, and remove what need not be kept any more if it is good."""
    if not folder.is_dir():
        raise BadSetting(f"{folder} is no folder. With --keep, name the folder of the backups.")
    progress = Progress()
    with closing(progress):
        made, proof, is_ours = _one_more(folder, settings.database, progress)
    code = _told(made, proof)
    if code:
        say("No earlier backup was removed.")
        return code
    for removed in thin_out(made, keep, is_ours):
        say(f"{removed} was removed.")
    return 0


def _one_more(
    folder: Path, database: str, progress: Progress
) -> tuple[Path, Proof, Callable[[Path], bool]]:
    """Make it; give its name, what was found in it, and what tells backups of this warehouse."""
    source = sqlite_file(database)
    if source is not None:
        made = stamped(folder, source.stem, source.suffix, datetime.now())
        proof = back_up(source, made, replace=False, tell=progress)
        return made, proof, lambda file: is_earlier_state(file, database)
    from floorhand.store.dump import SUFFIX, database_in, dump

    name = address_of(database).database or ""
    made = stamped(folder, name.replace("/", "_") or "floorhand", SUFFIX, datetime.now())
    proof = dump(database, made, replace=False, tell=progress)
    return made, proof, lambda file: database_in(file) == name


def _told(target: Path, proof: Proof) -> int:
    say(f"{target}: {size_of(proof.size)}, {verdict(proof)}")
    return report_broken(proof)


def verdict(proof: Proof) -> str:
    """Say what was found in a file that is whole."""
    if proof.broken is None:
        return f"nothing damaged; its schema {proof.schema} is too old to check its stock."
    if proof.broken:
        return f"nothing damaged, but {len(proof.broken)} rules are broken in it."
    return "nothing damaged, its moves add up to its stock."


def report_broken(proof: Proof) -> int:
    """List the rules that are broken, and give the exit code."""
    for one in proof.broken or ():
        print(f"floorhand: {one}", file=sys.stderr)
    return 1 if proof.broken else 0


def _keep(text: str) -> Keep:
    counts = text.split(",")
    if len(counts) == 3 and all(count.isdecimal() for count in counts):
        days, weeks, months = map(int, counts)
        if 1 <= days <= KEPT_MAX and max(weeks, months) <= KEPT_MAX:
            return Keep(days, weeks, months)
    raise argparse.ArgumentTypeError(
        f"{text} is not how many days, weeks and months keep a backup, such as 7,5,12"
    )
