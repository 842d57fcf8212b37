"""``floorhand db restore``: put a backup in the place of the warehouse, which is kept."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from floorhand.commands.db_backup import report_broken, verdict
from floorhand.commands.db_progress import Progress
from floorhand.commands.db_server import restore_commands
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.store.backup import restore
from floorhand.store.db import address_of, sqlite_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", metavar="FILE", type=Path, help="what db backup has written")
    parser.add_argument(
        "--anyway", action="store_true", help="although rules are broken in it (floorhand check)"
    )
    parser.epilog = (
        "Nobody may have the warehouse open. FILE is read through and checked first; what was\n"
        "there before stays beside it, under a name that is told. On PostgreSQL nothing is\n"
        "written; it says which commands restore there."
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Put it back; 0 if all is well in it."""
    target = sqlite_file(settings.database)
    file: Path = args.file
    if target is None:
        for line in restore_commands(address_of(settings.database), file):
            say(line)
        print("floorhand: nothing was restored: PostgreSQL does it itself.", file=sys.stderr)
        return 1
    progress = Progress()
    with closing(progress):
        done = restore(file, target, datetime.now(), anyway=args.anyway, tell=progress)
    say(f"{target} is {file} now: {verdict(done.proof)}")
    if done.kept is not None:
        say(f"What was there before is {done.kept}")
    return report_broken(done.proof)
