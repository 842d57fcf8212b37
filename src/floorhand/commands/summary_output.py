"""What ``floorhand summary`` makes of the figures of a shift: text, a mail, JSON, files."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from floorhand.domain.preferences import THEMES
from floorhand.errors import BadSetting
from floorhand.text.catalog import Catalog, shown_in

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from floorhand.config import Settings
    from floorhand.reports.model import Report

PIPED_COLUMNS: Final = 80
"""How wide a page is that goes into a file or a pipe."""


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Say what can be made of the figures."""
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--json", action="store_true", help="print the figures as JSON")
    made.add_argument(
        "--email", action="store_true", help="print a mail: its subject, then text; sends nothing"
    )
    parser.add_argument(
        "--columns", type=int, metavar="N", help="width of the page (default: the terminal's)"
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
    """Print or write what was asked for."""
    if args.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
        return
    from floorhand.reports.page_of_text import mail_of
    from floorhand.reports.shift import shift_report

    if args.email:
        print(mail_of(shift_report(figures, words, zone, settings.site)))
        return
    encoding = _encoding(settings)
    report = shift_report(figures, shown_in(words, encoding), zone, settings.site)
    _print(report, args.columns, encoding)


def _encoding(settings: Settings) -> str:
    """Name the encoding that the page must fit into; empty if it is all of Unicode."""
    from floorhand.tui.themes import usual_encoding

    if settings.theme not in ("", *THEMES):
        raise BadSetting(f"theme is {settings.theme!r}; it can be {', '.join(THEMES)}.")
    if settings.theme == "ascii":
        return "ascii"
    environ = os.environ if sys.stdout.isatty() else {}
    return usual_encoding(environ, sys.stdout.encoding)


def _print(report: Report, asked: int | None, encoding: str) -> None:
    from floorhand.reports.page_of_text import text_of

    columns = asked or PIPED_COLUMNS
    if asked is None and sys.stdout.isatty():
        columns = shutil.get_terminal_size((PIPED_COLUMNS, 24)).columns
    print(text_of(report, columns, encoding))
