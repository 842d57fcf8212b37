"""``floorhand label``: labels of what exists, as PDF sheets, ZPL or files; and previews."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from floorhand.config import Settings
from floorhand.errors import BadFile, BadLabel
from floorhand.labels import picture
from floorhand.labels.addresses import own_templates
from floorhand.labels.asked import (
    GOODS,
    KINDS_OF_LABELS,
    PAPERS,
    PLACES,
    ROTATE,
    SCANNER_TEST,
    labels_asked_for,
    language_of,
)
from floorhand.labels.bulk import Progress, to_folder, unfinished
from floorhand.labels.placed import DOTS_PER_MM, Layout
from floorhand.labels.preview import check_ending, preview, report, write
from floorhand.labels.printers import Form, write_whole
from floorhand.labels.printing_run import add_run_arguments, check_run, print_on, tell_notes
from floorhand.labels.render import DEFAULT_DPI, lay_out_named
from floorhand.labels.sheet_file import load_sheet, sheet_names
from floorhand.labels.sheets import SHEET_DPI, sheet_pages, write_pdf
from floorhand.labels.terminal_picture import Signs, shown, signs_of
from floorhand.labels.zpl import write_zpl
from floorhand.store.label_data import LabelWanted
from floorhand.text.catalog import languages
from floorhand.text.visible import visible

PREVIEW = "preview"
WHAT = (*KINDS_OF_LABELS, PREVIEW)

_FROM_BOOKS = tuple(what for what in KINDS_OF_LABELS if what not in ("work", SCANNER_TEST))
WORDLESS = ("badges",)
"""Labels with no words that depend on a language."""

TAKE = {
    "--zone": (*PLACES, "holds", ROTATE),
    "--merchant": ("sku", "inserts", *PAPERS, *GOODS),
    "--language": (
        *(what for what in KINDS_OF_LABELS if what not in WORDLESS),
        PREVIEW,
    ),
    "--template": _FROM_BOOKS,
    "CODE": (*_FROM_BOOKS, PREVIEW),
    "--sample": (PREVIEW,),
    "--data": (PREVIEW,),
    "--to": (PREVIEW,),
    "--pdf": KINDS_OF_LABELS,
    "--folder": KINDS_OF_LABELS,
    "--printer": KINDS_OF_LABELS,
}
"""Which labels an option is for; with others it would be passed over in silence."""

HANG = "Hang them up. The old label and its digits are good until the new one was scanned once."

AGAIN = "To print them again: floorhand label bins, docks or benches."
DEFAULT_FORMS = (Form.PNG, Form.ZPL)
DEFAULT_SHEET = "a4"

WIDTH_WITHOUT_TERMINAL = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=WHAT, metavar="WHAT", help=", ".join(WHAT))
    parser.add_argument(
        "codes", nargs="*", metavar="CODE", help="only these (default: all); to preview: a template"
    )
    parser.set_defaults(listed=("codes", str))
    parser.add_argument("--zone", default="", metavar="Z", help="only places of this zone")
    parser.add_argument("--merchant", default="", metavar="M", help="only what is of this one")
    parser.add_argument("--template", default="", metavar="T", help="another template, as bin_far")
    parser.add_argument("--language", metavar="L", help="of the words on labels")
    out = parser.add_argument_group("where to (default: --pdf labels-WHAT.pdf)")
    out.add_argument("--pdf", type=Path, metavar="FILE", help="sheets for an office printer")
    out.add_argument(
        "--sheet",
        default="",
        metavar="S",
        help="paper of the PDF: a4 or letter to cut apart, or stickers: "
        f"{', '.join(name for name in sheet_names() if '-' in name)}, or the path of a .toml file",
    )
    out.add_argument(
        "--first", type=int, default=1, metavar="N", help="sticker of the sheet to begin with"
    )
    out.add_argument("--one-per-page", action="store_true", help="in the PDF: a label a page")
    out.add_argument("--zpl", type=Path, metavar="FILE", help="for a label printer")
    out.add_argument(
        "--folder", type=Path, metavar="DIR", help="files; goes on where it was interrupted"
    )
    out.add_argument(
        "--as",
        dest="forms",
        action="append",
        type=Form,
        choices=tuple(Form),
        default=[],
        metavar="FORM",
        help="files in the folder: zpl, png or pdf, more than once if wanted (default: zpl, png)",
    )
    out.add_argument("--dpi", type=int, choices=tuple(DOTS_PER_MM), help="of the label printer")
    add_run_arguments(parser)
    look = parser.add_argument_group(
        "preview TEMPLATE: show a template, and how good its barcodes are; TEMPLATE is a name or "
        "the path of a .toml file; ends with 1 if something of a barcode fails (✗); ! is advice"
    )
    look.add_argument("--sample", action="store_true", help="with invented data (the default)")
    look.add_argument("--data", type=Path, metavar="FILE.json", help="with the fields of this file")
    look.add_argument("--to", type=Path, metavar="FILE", help="write it as .png or .pdf, too")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make the labels; 0 if all were made, and are good where they are looked at."""
    _refuse_what_does_not_apply(args)
    check_run(args)
    if args.what == PREVIEW:
        return _preview(args, settings)
    wanted = labels_asked_for(args, settings)
    if args.template:
        wanted = tuple(LabelWanted(args.template, one.subject, one.data) for one in wanted)
    if args.printer:
        return print_on(args, settings, wanted)
    if not (args.pdf or args.zpl or args.folder):
        args.pdf = Path(f"labels-{args.what}.pdf")
    args.dpi = args.dpi or DEFAULT_DPI
    # All are laid out before anything is written: a barcode without room stops the whole run.
    own = own_templates(settings.database)
    layouts = _laid_out(wanted, args.dpi, own)
    try:
        _write(args, wanted, layouts, own)
    except OSError as error:
        raise BadFile(f"The labels cannot be written: {error.strerror or error}.") from error
    if args.what == ROTATE:
        _say(f"{HANG} {AGAIN}")
    tell_notes(wanted, layouts)
    return 0


def _laid_out(wanted: Sequence[LabelWanted], dpi: int, own: Path) -> list[Layout]:
    progress = Progress("labels looked at", len(wanted), sys.stderr)
    layouts = []
    for one in wanted:
        layouts.append(lay_out_named(one.template, one.data, dpi, own=own))
        progress.step()
    return layouts


def _preview(args: argparse.Namespace, settings: Settings) -> int:
    """Show a template in the terminal; 1 if a barcode of it is not good."""
    if len(args.codes) != 1:
        raise BadLabel("Say which template to show: a name, as bin, or the path of a .toml file.")
    if args.sample and args.data:
        raise BadLabel("Either --sample or --data, not both.")
    if args.to:
        check_ending(args.to)
    own = own_templates(settings.database)
    dpi, language = args.dpi or DEFAULT_DPI, language_of(args, settings)
    made = preview(args.codes[0], args.data, dpi, language, own)
    signs = signs_of(sys.stdout.encoding or "", os.environ)
    columns = shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 24)).columns
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in shown(made.drawn, columns, signs, coloured=coloured):
        print(line)
    for line in report(made, signs=signs is not Signs.PLAIN):
        _say(line)
    try:
        if args.to:
            write(made, args.to)
            _say(f"written: {args.to}")
        if args.zpl:
            write_whole(args.zpl, write_zpl(made.layout))
            _say(f"written: {args.zpl}")
    except OSError as error:
        raise BadFile(f"The label cannot be written: {error.strerror or error}.") from error
    return 0 if made.is_good else 1


def _refuse_what_does_not_apply(args: argparse.Namespace) -> None:
    """See that nothing was asked for that has no meaning with these labels.

    Raises:
        BadLabel: Naming the option and what it is for.
    """
    names = {"CODE": "codes"}
    for option, kinds in TAKE.items():
        value = getattr(args, names.get(option, option.removeprefix("--")))
        if value and args.what not in kinds:
            raise BadLabel(f"{option} is not for {args.what}, only for: {', '.join(kinds)}.")
    if args.language and args.language not in languages():
        known = ", ".join(languages())
        raise BadLabel(f"There are no words in the language {args.language}, only in: {known}.")
    if args.what == ROTATE and not (args.zone or args.codes):
        raise BadLabel("Say which places get new labels: --zone Z, or their codes.")
    if args.dpi and not (args.zpl or args.folder or args.what == PREVIEW):
        raise BadLabel("--dpi is for label printers: it goes with --zpl or --folder.")
    if args.forms and not args.folder:
        raise BadLabel("--as goes with --folder.")
    no_pdf = args.what == PREVIEW or (not args.pdf and (args.zpl or args.folder))
    for option, value in (
        ("--one-per-page", args.one_per_page),
        ("--sheet", args.sheet),
        ("--first", args.first != 1),
    ):
        if value and no_pdf:
            raise BadLabel(f"{option} goes with --pdf.")
    if args.one_per_page and args.sheet:
        raise BadLabel("Either --sheet or --one-per-page, not both.")
    if args.first < 1:
        raise BadLabel("--first counts from 1.")


def _write(
    args: argparse.Namespace,
    wanted: Sequence[LabelWanted],
    layouts: Sequence[Layout],
    own: Path,
) -> None:
    if args.folder:
        _to_folder(args, wanted, layouts, own)
    if args.zpl:
        write_whole(args.zpl, b"".join(write_zpl(layout) for layout in layouts))
        _say(f"{_count(len(layouts), 'label')} in {args.zpl}, for a printer of {args.dpi} dpi")
    if args.pdf:
        pages = _to_pdf(args, wanted, own)
        _say(f"{_count(len(layouts), 'label')} on {_count(pages, 'page')} in {args.pdf}")


def _to_folder(
    args: argparse.Namespace,
    wanted: Sequence[LabelWanted],
    layouts: Sequence[Layout],
    own: Path,
) -> None:
    forms = tuple(dict.fromkeys(args.forms)) or DEFAULT_FORMS
    run = unfinished(args.folder, wanted, args.dpi, forms, own)
    begun_with = run.done
    try:
        to_folder(args.folder, run, wanted, layouts, forms)
    except KeyboardInterrupt:
        how = "The same command goes on there." if args.what != ROTATE else AGAIN
        print(
            visible(f"Interrupted: {run.done} of {len(layouts)} are in {args.folder}. {how}"),
            file=sys.stderr,
        )
        raise
    named = " and ".join(form.upper() for form in sorted(forms))
    rest = f", the first {begun_with} of them from before" if begun_with else ""
    _say(f"{_count(len(layouts), 'label')} as {named} in {args.folder}{rest}")


def _to_pdf(args: argparse.Namespace, wanted: Sequence[LabelWanted], own: Path) -> int:
    """Write a PDF; office printers have more dots than label printers, so it is drawn anew."""
    sheet = load_sheet(args.sheet or DEFAULT_SHEET)
    if args.first > max(1, sheet.stickers):
        raise BadLabel(f"--first {args.first}: a sheet of {sheet.name} has {sheet.stickers}.")
    progress = Progress("labels", len(wanted), sys.stderr)

    def drawn() -> Iterator[picture.Picture]:
        for one in wanted:
            yield picture.draw(lay_out_named(one.template, one.data, SHEET_DPI, own=own))
            progress.step()

    pages = drawn() if args.one_per_page else sheet_pages(drawn(), sheet, first=args.first)
    return write_pdf(args.pdf, pages)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _say(text: str) -> None:
    coding = sys.stdout.encoding or "ascii"
    print(visible(text).encode(coding, "replace").decode(coding))
