"""What ``floorhand summary`` makes of the figures of a shift: text, a mail, JSON, files."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from floorhand.commands import listing
from floorhand.domain.preferences import THEMES
from floorhand.errors import BadSetting
from floorhand.text.catalog import ENGLISH, Catalog, catalog, shown_in
from floorhand.text.visible import visible

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from floorhand.config import Settings
    from floorhand.reports.model import Report

    Make = Callable[[Catalog], Report]

PIPED_COLUMNS: Final = 80
"""How wide a page is that goes into a file or a pipe."""


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Say what can be made of the figures."""
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--json", action="store_true", help="print the figures as JSON")
    made.add_argument(
        "--email", action="store_true", help="print a mail: its subject, then text; sends nothing"
    )
    made.add_argument(
        "--screen", action="store_true", help="tables on a screen: sort, search, keep as files"
    )
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="one page A4, to be pinned up")
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="a workbook, a sheet per table")
    csv = "FILE.csv: a line per figure; another name: a folder, a file per table"
    parser.add_argument("--csv", type=Path, metavar="PATH", help=csv)
    parser.add_argument(
        "--replace", action="store_true", help="write over files that are there already"
    )
    parser.add_argument(
        "--columns", type=int, metavar="N", help="width of the text (default: the terminal's)"
    )
    parser.add_argument("--language", metavar="CODE", help="language (default: the site's)")
    parser.add_argument(
        "--theme", metavar="NAME", help="ascii: with no other characters than those"
    )


def show(
    args: argparse.Namespace,
    settings: Settings,
    figures: Mapping[str, Any],
    words: Catalog,
    zone: ZoneInfo,
) -> None:
    """Print or write what was asked for; a page of text if nothing was."""
    from floorhand.reports.page_of_text import mail_of, text_of
    from floorhand.reports.shift import shift_report

    def make(words: Catalog) -> Report:
        return shift_report(figures, words, zone, settings.site)

    _write_files(args, words, make)
    if args.json:
        print(listing.in_json(figures))
    elif args.email:
        encoding = _encoding_asked(settings)
        print(mail_of(make(shown_in(words, encoding)), encoding))
    elif not (args.pdf or args.xlsx or args.csv):
        encoding = _encoding(settings)
        report = make(shown_in(words, encoding))
        print(text_of(report, args.columns or _columns(), encoding))


def _write_files(args: argparse.Namespace, words: Catalog, make: Make) -> None:
    """Write the files that were asked for, each whole or not at all, and say so."""
    report = make(words)
    if args.pdf:
        _whole(args, args.pdf, lambda part: _pdf(words, make, part))
    if args.xlsx:
        _whole(args, args.xlsx, lambda part: _workbook(report, part))
    if args.csv:
        from floorhand.reports.tables import write_figures, write_folder

        if args.csv.suffix.lower() == ".csv":
            write_figures(report, args.csv, replace=args.replace)
            _tell(args, args.csv)
        else:
            for file in write_folder(report, args.csv, replace=args.replace):
                _tell(args, file)


def _whole(args: argparse.Namespace, file: Path, write: Callable[[Path], None]) -> None:
    from floorhand.store.whole_file import written_whole

    with _extra(), written_whole(file, replace=args.replace) as part:
        try:
            write(part)
        except OSError as error:
            raise BadSetting(f"{file} cannot be written ({error.strerror or error}).") from error
    _tell(args, file)


@contextmanager
def _extra() -> Iterator[None]:
    """Say what brings a library that is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        raise BadSetting(
            f"{name} is not installed; the extra brings it: pip install 'floorhand[reports]'"
        ) from error


def _workbook(report: Report, part: Path) -> None:
    from floorhand.reports.spreadsheet import write_workbook

    write_workbook(report, part)


def _pdf(words: Catalog, make: Make, part: Path) -> None:
    """Write the page; in English where no font here has the letters of the language."""
    from floorhand.labels.scripts import advice, language_advice
    from floorhand.reports.leaf import write_leaf

    if lacking := language_advice(words.language):
        _say(lacking)
        words = catalog(ENGLISH)
    if missing := write_leaf(make(words), part):
        _say(f"No font here has these letters; a box stands for each: {missing}")
        for line in advice(missing):
            _say(line)


def _tell(args: argparse.Namespace, file: Path) -> None:
    """Say that a file is there; beside a mail or JSON that is read by a program."""
    told = sys.stderr if args.json or args.email else sys.stdout
    print(visible(f"Written: {file}"), file=told)


def _say(text: str) -> None:
    print(visible(text), file=sys.stderr)


def _encoding_asked(settings: Settings) -> str:
    """Name the encoding that the theme asks for, whatever is shown there; empty if none."""
    if settings.theme not in ("", *THEMES):
        raise BadSetting(f"theme is {settings.theme!r}; it can be {', '.join(THEMES)}.")
    return "ascii" if settings.theme == "ascii" else ""


def _encoding(settings: Settings) -> str:
    """Name the encoding that the page must fit into; empty if it is all of Unicode."""
    from floorhand.tui.themes import usual_encoding

    if asked := _encoding_asked(settings):
        return asked
    environ = os.environ if sys.stdout.isatty() else {}
    return usual_encoding(environ, sys.stdout.encoding)


def _columns() -> int:
    if not sys.stdout.isatty():
        return PIPED_COLUMNS
    return shutil.get_terminal_size((PIPED_COLUMNS, 24)).columns
