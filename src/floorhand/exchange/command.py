"""The command ``floorhand import``."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO
from unicodedata import east_asian_width

from floorhand.config import Settings
from floorhand.errors import BadFile, DatabaseAway
from floorhand.exchange.importing import (
    Opened,
    Options,
    Ready,
    import_file,
    open_file,
    read_file,
    try_files,
)
from floorhand.exchange.name_map import read_names
from floorhand.exchange.recognise import FORMATS
from floorhand.exchange.records import Progress, nobody_listens
from floorhand.exchange.result import Result
from floorhand.exchange.template import TEMPLATES, template
from floorhand.store.db import Transactions, copy_database, engine_of, open_database, sqlite_file
from floorhand.store.snapshot import has_no_tables
from floorhand.text.visible import visible

ALL_TAKEN = 0
UNUSABLE = 1
WRITTEN_WRONGLY = 2
SOME_REJECTED = 3

BAR_CHARACTERS_MAX = 30
NAME_CHARACTERS_MAX = 30
PERCENT_CHARACTERS = 9
"""Of a progress line: the blanks between its parts, and `` 100%``."""

COLUMNS_MIN = 20

_MORE = f"""\
The format is recognised by headings or content; --format overrides. Rows that cannot be taken go
to FILE.rejected.csv with line number and reason, the rest is taken. Importing a file again changes
nothing. Several files are taken in a useful order: places and products before orders, and what
cancels orders last.

Scans go on while a file is imported; each may wait for a part of a second. They wait longer, some
seconds, for one delivery or order of 100,000 lines or for as many places: import such files outside
working hours. An import that was stopped goes on where it was when the file is imported again.

exit code:
  {ALL_TAKEN}  every row was taken
  {SOME_REJECTED}  some rows were rejected, the rest was taken
  {UNUSABLE}  a file could not be used at all; nothing of it was taken

formats: {", ".join(FORMATS)}
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.description = "Take in what merchants, shops and platforms send."
    parser.epilog = _MORE
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.add_argument(
        "files", nargs="*", metavar="FILE", type=Path, help="CSV or JSON; also .xz, .gz"
    )
    parser.set_defaults(listed=("files", Path))
    parser.add_argument("--format", choices=sorted(FORMATS), default="", help="what the files are")
    parser.add_argument("--merchant", default="", metavar="M", help="whose files these are")
    parser.add_argument("--encoding", default="", metavar="E", help="such as utf-8, cp1252, utf-16")
    parser.add_argument(
        "--dates", choices=("dmy", "mdy"), default="", help="order of day and month, where unclear"
    )
    parser.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        help="CSV that says which product a shop's name means (headings: name, product, quantity, "
        "store; see --template name-map)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be done; write nothing"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--template",
        choices=sorted(TEMPLATES),
        help="print an empty file of this format, with its headings explained",
    )


def run(args: Namespace, settings: Settings) -> int:
    """Carry the command out and return the exit code."""
    with ExitStack() as leaving:

        def database() -> Transactions:
            return _database(args, settings, leaving)

        return carry_out(
            args,
            transactions=database,
            site=settings.site,
            now=datetime.now(UTC),
            out=sys.stdout,
            err=sys.stderr,
        )


def _database(args: Namespace, settings: Settings, leaving: ExitStack) -> Transactions:
    wanted = _tried_on(settings.database, leaving) if args.dry_run else settings.database
    opened = open_database(wanted)
    leaving.callback(engine_of(opened).dispose)
    return opened


def _tried_on(database: str, leaving: ExitStack) -> str:
    """Name the database that a dry run writes to, and undoes that.

    It is the server's own if it has tables, which opening it would make. Else it is one that is
    thrown away: a copy of an SQLite file, so that no scan waits for it, or a new one.
    """
    file = sqlite_file(database)
    is_blank = (file is not None and not file.exists()) or has_no_tables(database)
    if file is None and not is_blank:
        return database
    folder = leaving.enter_context(TemporaryDirectory(prefix="floorhand-"))
    thrown_away = f"{folder}/dry-run.db"
    if not is_blank:
        copy_database(open_database(database), Path(thrown_away))
    return thrown_away


def carry_out(
    args: Namespace,
    *,
    transactions: Callable[[], Transactions],
    site: str,
    now: datetime,
    out: TextIO,
    err: TextIO,
) -> int:
    """Import the files that ``args`` names, write the result, and return the exit code.

    Args:
        args: As parsed with `add_arguments`.
        transactions: Opens the database; called once there is something to import.
        site: Where we are.
        now: The time of the import.
        out: Results.
        err: What went wrong, and the progress bar if it is a terminal.
    """
    if args.template:
        out.write(template(TEMPLATES[args.template]))
        return ALL_TAKEN
    if not args.files:
        err.write("Name a file to import, or say --template. See: floorhand import --help\n")
        return WRITTEN_WRONGLY
    try:
        names = read_names(args.map) if args.map else {}
    except BadFile as error:
        _say(err, f"{error}\n")
        return UNUSABLE
    options = Options(args.format, args.merchant, args.encoding, args.dates, names, args.dry_run)
    results = _import_all(args.files, options, transactions, site, now, err)
    if args.json:
        shown = [results[path] for path in dict.fromkeys(args.files)]
        bodies = [r if isinstance(r, dict) else r.to_json() for r in shown]
        _say_json(out, bodies[0] if len(bodies) == 1 else bodies)
    else:
        for result in results.values():
            if not isinstance(result, dict):
                for line in result.lines():
                    _say(out, f"{line}\n")
    if any(isinstance(result, dict) for result in results.values()):
        return UNUSABLE
    rejected = any(r.rejected_rows for r in results.values() if not isinstance(r, dict))
    return SOME_REJECTED if rejected else ALL_TAKEN


def _import_all(
    files: list[Path],
    options: Options,
    transactions: Callable[[], Transactions],
    site: str,
    now: datetime,
    err: TextIO,
) -> dict[Path, Any]:
    """Import the files, what others need first; a file that cannot be used stops no other."""
    results: dict[Path, Any] = {}
    opened: dict[Path, Opened] = {}

    def failed(path: Path, error: BadFile) -> None:
        results[path] = {"file": str(path), "error": str(error)}
        _say(err, f"{error}\n")

    for path in dict.fromkeys(files):
        try:
            opened[path] = open_file(path, options)
        except BadFile as error:
            failed(path, error)
    if not opened:
        return results
    database = transactions()
    ready: dict[Path, Ready] = {}
    for path in sorted(opened, key=lambda path: opened[path].format.rank):
        one = read_file if options.dry_run else import_file
        try:
            with _bar(err, path.name) as progress:
                made = one(database, site, opened[path], options, now=now, progress=progress)
        except BadFile as error:
            failed(path, error)
            continue
        except DatabaseAway as error:
            told = f"{error} {visible(path.name)} may be written in part; import it again then."
            raise DatabaseAway(told) from error
        if isinstance(made, Result):
            results[path] = made
        else:
            ready[path] = made
    if ready:
        results.update(zip(ready, try_files(database, site, [*ready.values()]), strict=True))
    return results


def _say(out: TextIO, text: str) -> None:
    """Write a text; what the other side has no letter for is spelled, such as ``\\u2026``."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _say_json(out: TextIO, body: Any) -> None:
    """Write JSON in plain letters, or escaped where the other side has no letters for it."""
    text = json.dumps(body, ensure_ascii=False, indent=1)
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(body, indent=1)
    out.write(f"{text}\n")


@contextmanager
def _bar(err: TextIO, name: str) -> Iterator[Progress]:
    """Show progress on one line if somebody looks; give what must be called to move it."""
    if not err.isatty():
        yield nobody_listens
        return
    last = ""
    columns = max(shutil.get_terminal_size().columns, COLUMNS_MIN)

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        line = _bar_line(name, what, min(done / total, 1.0) if total else 1.0, columns - 1)
        if line != last:
            _say(err, f"\r\x1b[2K{line}")
            err.flush()
            last = line

    try:
        yield show
    finally:
        if last:
            err.write("\r\x1b[2K")
            err.flush()


def _bar_line(name: str, what: str, part: float, columns: int) -> str:
    """Draw name, bar, percent and what is done in so many columns; the bar gives way first."""
    shown = visible(name)
    shown = "".join("?" if east_asian_width(c) in "WF" else c for c in shown)[:NAME_CHARACTERS_MAX]
    left = columns - len(what) - PERCENT_CHARACTERS
    shown = shown[: max(left, 0)]
    room = min(left - len(shown), BAR_CHARACTERS_MAX)
    full = int(part * room)
    bar = "█" * full + "░" * (room - full)
    return f"{shown}  {bar} {part:4.0%}  {what}"[:columns]
