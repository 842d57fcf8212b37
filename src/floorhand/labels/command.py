"""``floorhand label``: labels of what exists, as PDF sheets, ZPL or files in a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from floorhand.config import Settings
from floorhand.domain.keymap import BARCODES_ONLY, KEYS
from floorhand.domain.labels import LabelData
from floorhand.domain.scanner_test import ELEMENTS, LETTERS
from floorhand.errors import BadFile, BadLabel
from floorhand.labels import picture
from floorhand.labels.layout import DOTS_PER_MM, Layout
from floorhand.labels.printers import FolderPrinter, write_whole
from floorhand.labels.render import DEFAULT_DPI, lay_out_named, render
from floorhand.labels.sheets import SHEET_DPI, sheet_pages, write_pdf
from floorhand.labels.zpl import write_zpl
from floorhand.store.db import open_database
from floorhand.store.label_data import (
    LabelWanted,
    badge_labels,
    place_labels,
    sku_labels,
    station_labels,
)
from floorhand.store.label_papers import delivery_labels, return_labels
from floorhand.store.label_work import work_labels
from floorhand.store.masters import require_merchant, require_site
from floorhand.store.rotating import PROVEN_KINDS, rotate
from floorhand.text.catalog import catalog, languages
from floorhand.text.visible import visible

PLACES = {
    "bins": "bin",
    "totes": "tote",
    "carts": "cart",
    "benches": "bench",
    "docks": "dock",
    "pallets": "pallet",
}
PAPERS = {"deliveries": delivery_labels, "returns": return_labels}
ROTATE = "rotate"
SCANNER_TEST = "scanner-test"
WHAT = (*PLACES, "stations", "badges", "sku", *PAPERS, "commands", SCANNER_TEST, "work", ROTATE)
"""``work`` is one of everything that the open work needs, ``rotate`` new labels of a zone."""

TAKE = {
    "--zone": (*PLACES, ROTATE),
    "--merchant": ("sku", *PAPERS),
    "--language": tuple(what for what in WHAT if what not in ("bins", "badges", "sku")),
    "--template": tuple(what for what in WHAT if what not in ("work", SCANNER_TEST)),
    "CODE": tuple(what for what in WHAT if what not in ("work", SCANNER_TEST)),
}
"""Which labels an option is for; with others it would be passed over in silence."""

CHOICES = range(1, 10)
NUMBERS = range(10)
"""Entries of a list, and quantities, that have a barcode of their own."""

NONE_YET = {
    "pallets": " Receiving prints the label of a pallet when it makes one.",
    "deliveries": " None is announced or open: import some, or name a closed one.",
    "returns": " None is waited for: import some, or name one that is done.",
}
"""Why there may be none, though nothing is wrong."""

HANG = "Hang them up. The old label and its digits are good until the new one was scanned once."

PROGRESS_FROM = 100
"""Labels from which on it is worth to say how far it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("what", choices=WHAT, metavar="WHAT", help=", ".join(WHAT))
    parser.add_argument("codes", nargs="*", metavar="CODE", help="only these (default: all)")
    parser.set_defaults(listed=("codes", str))
    parser.add_argument("--zone", default="", metavar="Z", help="only places of this zone")
    parser.add_argument("--merchant", default="", metavar="M", help="only what is of this one")
    parser.add_argument("--template", default="", metavar="T", help="another template, as bin_far")
    parser.add_argument("--language", metavar="L", help="of the words on labels")
    out = parser.add_argument_group("where to (default: --pdf labels-WHAT.pdf)")
    out.add_argument("--pdf", type=Path, metavar="FILE", help="A4 sheets to cut apart")
    out.add_argument("--one-per-page", action="store_true", help="in the PDF: a label a page")
    out.add_argument("--zpl", type=Path, metavar="FILE", help="for a label printer")
    out.add_argument("--folder", type=Path, metavar="DIR", help="a PNG and a ZPL file each")
    out.add_argument("--dpi", type=int, choices=tuple(DOTS_PER_MM), help="of the label printer")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Make the labels; 0 if all were made."""
    _refuse_what_does_not_apply(args)
    wanted = _wanted(args, settings)
    if args.template:
        wanted = tuple(LabelWanted(args.template, one.subject, one.data) for one in wanted)
    if not (args.pdf or args.zpl or args.folder):
        args.pdf = Path(f"labels-{args.what}.pdf")
    args.dpi = args.dpi or DEFAULT_DPI
    # All are laid out before anything is written: a barcode without room stops the whole run.
    layouts = [lay_out_named(one.template, one.data, args.dpi) for one in wanted]
    try:
        _write(args, wanted, layouts)
    except OSError as error:
        raise BadFile(f"The labels cannot be written: {error.strerror or error}.") from error
    if args.what == ROTATE:
        _say(f"{HANG} To print them again: floorhand label bins, docks or benches.")
    for one, layout in zip(wanted, layouts, strict=True):
        if note := layout.note():
            print(visible(f"{one.subject}: {note}"), file=sys.stderr)
    return 0


def _refuse_what_does_not_apply(args: argparse.Namespace) -> None:
    """See that nothing was asked for that has no meaning with these labels.

    Raises:
        BadLabel: Naming the option and what it is for.
    """
    typed = {
        "--zone": args.zone,
        "--merchant": args.merchant,
        "--language": args.language,
        "--template": args.template,
        "CODE": args.codes,
    }
    for option, value in typed.items():
        if value and args.what not in TAKE[option]:
            raise BadLabel(f"{option} is not for {args.what}, only for: {', '.join(TAKE[option])}.")
    if args.language and args.language not in languages():
        known = ", ".join(languages())
        raise BadLabel(f"There are no words in the language {args.language}, only in: {known}.")
    if args.what == ROTATE and not (args.zone or args.codes):
        raise BadLabel("Say which places get new labels: --zone Z, or their codes.")
    if args.dpi and not (args.zpl or args.folder):
        raise BadLabel("--dpi is for label printers: it goes with --zpl or --folder.")
    if args.one_per_page and not args.pdf and (args.zpl or args.folder):
        raise BadLabel("--one-per-page goes with --pdf.")


def _write(
    args: argparse.Namespace, wanted: Sequence[LabelWanted], layouts: Sequence[Layout]
) -> None:
    if args.folder:
        _to_folder(args.folder, wanted, layouts)
        _say(f"{_count(len(layouts), 'label')} as PNG and ZPL in {args.folder}")
    if args.zpl:
        write_whole(args.zpl, b"".join(write_zpl(layout) for layout in layouts))
        _say(f"{_count(len(layouts), 'label')} in {args.zpl}, for a printer of {args.dpi} dpi")
    if args.pdf:
        pages = _to_pdf(args.pdf, wanted, one_per_page=args.one_per_page)
        _say(f"{_count(len(layouts), 'label')} on {_count(pages, 'page')} in {args.pdf}")


def _wanted(args: argparse.Namespace, settings: Settings) -> tuple[LabelWanted, ...]:
    language = args.language or settings.language
    if args.what == "commands":
        found = command_labels(language, args.codes)
    elif args.what == SCANNER_TEST:
        found = (scanner_test_label(language),)
    else:
        transactions = open_database(settings.database, create=False)
        with transactions.begin() as tx:
            require_site(tx, settings.site)
            if args.merchant:
                require_merchant(tx, settings.site, args.merchant)
            if args.what == ROTATE:
                args.codes = _rotated(tx, settings.site, args)
            found = _of_database(tx, settings.site, args)
        found = tuple(_titled(one, language) for one in found)
        if args.what == "work":
            found += command_labels(language)
    _all_found(args, found)
    return found


def _of_database(tx: Session, site: str, args: argparse.Namespace) -> tuple[LabelWanted, ...]:
    match args.what:
        case "badges":
            return badge_labels(tx, site, codes=args.codes)
        case "stations":
            return station_labels(tx, site, codes=args.codes)
        case "sku":
            return sku_labels(tx, site, merchant=args.merchant, codes=args.codes)
        case "deliveries" | "returns":
            return PAPERS[args.what](tx, site, merchant=args.merchant, codes=args.codes)
        case "work":
            return tuple(work_labels(tx, site))
        case "rotate":
            kinds = [place_labels(tx, site, kind, codes=args.codes) for kind in PROVEN_KINDS]
            return tuple(one for labels in kinds for one in labels) if args.codes else ()
        case _:
            return place_labels(tx, site, PLACES[args.what], zone=args.zone, codes=args.codes)


def _rotated(tx: Session, site: str, args: argparse.Namespace) -> tuple[str, ...]:
    """Give places new bars and digits; nothing is changed if one of them does not exist."""
    renewed = rotate(tx, site, args.zone, args.codes)
    if absent := [code for code in args.codes if code not in renewed]:
        raise BadLabel(f"There are no such places: {', '.join(absent)}. Nothing was changed.")
    return renewed


def command_labels(language: str, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill a label for every key and number: its barcode, the key and the word for it."""
    say = catalog(language).say
    sheet = [
        (barcode, key.upper(), say(f"label.command.{name}"))
        for name, (key, barcode) in KEYS.items()
    ]
    sheet += [
        (barcode, "", say(f"label.command.{name}")) for name, barcode in BARCODES_ONLY.items()
    ]
    sheet += [(f"*CHOOSE {n}", str(n), say("label.command.choose", {"number": n})) for n in CHOICES]
    sheet += [(f"*QTY {n}", str(n), say("label.command.number", {"number": n})) for n in NUMBERS]
    return tuple(
        LabelWanted("command", barcode, {"scan_code": barcode, "key": key, "word": word})
        for barcode, key, word in sheet
        if not codes or barcode in codes
    )


def scanner_test_label(language: str) -> LabelWanted:
    """Fill the label of the scanner test."""
    say = catalog(language).say
    data: LabelData = {
        "title": say("job.scanner"),
        "first": say("label.scanner_test.first"),
        "second": say("label.scanner_test.second"),
        "letters": LETTERS,
        "elements": "".join(f"({ai}){value}" for ai, value in ELEMENTS),
    }
    return LabelWanted("scanner_test", SCANNER_TEST, data)


def _titled(one: LabelWanted, language: str) -> LabelWanted:
    """Put the word for a kind of place or paper into its title."""
    kind = one.data.get("title")
    if not kind:
        return one
    title = catalog(language).say(f"label.title.{kind}")
    return LabelWanted(one.template, one.subject, {**one.data, "title": title})


def _all_found(args: argparse.Namespace, found: Sequence[LabelWanted]) -> None:
    """See that there is something, and all that was asked for by code."""
    if not found:
        where = f" in zone {args.zone}" if args.zone else ""
        which = f": {', '.join(args.codes)}" if args.codes else ""
        why = NONE_YET.get(args.what, "") if not which else ""
        raise BadLabel(f"There are no such {args.what}{where}{which}.{why}")
    if args.what == "sku":  # may be asked for by barcode; then the codes are others
        return
    subjects = {one.subject for one in found}
    if absent := [code for code in args.codes if code not in subjects]:
        raise BadLabel(f"There are no such {args.what}: {', '.join(absent)}. Nothing was printed.")


def _to_folder(folder: Path, wanted: Sequence[LabelWanted], layouts: Sequence[Layout]) -> None:
    printer = FolderPrinter(folder, durable=False)
    for number, (one, layout) in enumerate(zip(wanted, layouts, strict=True), 1):
        printer.send(render(layout, number, one.subject, printer.takes))
        _progress(number, len(layouts))


def _to_pdf(path: Path, wanted: Sequence[LabelWanted], *, one_per_page: bool) -> int:
    """Write a PDF; office printers have more dots than label printers, so it is drawn anew."""

    def drawn() -> Iterator[picture.Picture]:
        for number, one in enumerate(wanted, 1):
            yield picture.draw(lay_out_named(one.template, one.data, SHEET_DPI))
            _progress(number, len(wanted))

    return write_pdf(path, drawn() if one_per_page else sheet_pages(drawn()))


def _progress(done: int, of: int) -> None:
    if of >= PROGRESS_FROM and sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{done} of {of}", end=end, file=sys.stderr, flush=True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _say(text: str) -> None:
    print(visible(text))
