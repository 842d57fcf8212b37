"""``floorhand db backup``: copy a warehouse while people work in it."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from floorhand.commands.db_progress import Progress
from floorhand.commands.db_server import backup_commands
from floorhand.commands.db_status import size_of
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.store.backup import Proof, back_up
from floorhand.store.db import address_of, sqlite_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="where to; in a folder it is named by the time"
    )
    parser.add_argument("--replace", action="store_true", help="FILE may be there already")
    parser.epilog = (
        "Nobody has to stop, and no scan waits. FILE gets its name when it is whole and proven:\n"
        "read through, and its stock rebuilt from its moves. On PostgreSQL nothing is written;\n"
        "it says which commands make a backup there.\n\n"
        "exit code: 1 if there is no backup, or rules are broken in it as in the warehouse"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make a backup; 0 if it is there and all is well in it."""
    source = sqlite_file(settings.database)
    target: Path = args.file
    if source is None:
        for line in backup_commands(address_of(settings.database), target):
            say(line)
        print("floorhand: no backup was made: PostgreSQL makes its own.", file=sys.stderr)
        return 1
    if target.is_dir():
        target /= f"{source.stem}-{datetime.now():%Y%m%dT%H%M%S}{source.suffix}"
    progress = Progress()
    with closing(progress):
        proof = back_up(source, target, replace=args.replace, tell=progress)
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
