"""Which labels were asked for, filled from the database: bins of a zone, badges, commands …"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.config import Settings
from floorhand.domain.keymap import BARCODES_ONLY, KEYS
from floorhand.domain.labels import LANGUAGE, LabelData
from floorhand.domain.returns import GRADES, REASONS
from floorhand.domain.scanner_test import ELEMENTS, LETTERS
from floorhand.errors import BadLabel, DatabaseUnusable
from floorhand.store.db import open_database
from floorhand.store.label_bench import box_labels, insert_labels
from floorhand.store.label_data import (
    LabelWanted,
    badge_labels,
    place_labels,
    sku_labels,
    station_labels,
)
from floorhand.store.label_goods import (
    carton_labels,
    hold_labels,
    restock_labels,
    slip_labels,
    slot_labels,
)
from floorhand.store.label_papers import delivery_labels, return_labels
from floorhand.store.label_work import work_labels
from floorhand.store.masters import require_merchant, require_site, site_rules
from floorhand.store.rotating import PROVEN_KINDS, rotate
from floorhand.text.catalog import ENGLISH, catalog

PLACES = {
    "bins": "bin",
    "totes": "tote",
    "carts": "cart",
    "benches": "bench",
    "docks": "dock",
    "pallets": "pallet",
}
PAPERS = {"deliveries": delivery_labels, "returns": return_labels, "slips": slip_labels}
GOODS = ("restock", "holds")
ROTATE = "rotate"
SCANNER_TEST = "scanner-test"
KINDS_OF_LABELS = (
    *PLACES,
    "stations",
    "badges",
    "sku",
    *PAPERS,
    *GOODS,
    "cartons",
    "slots",
    "boxes",
    "inserts",
    "commands",
    "grades",
    SCANNER_TEST,
    "work",
    ROTATE,
)
"""``work`` is one of everything that the open work needs, ``rotate`` new labels of a zone."""

CHOICES = range(1, 10)
NUMBERS = range(10)
"""Entries of a list, and quantities, that have a barcode of their own."""

NONE_YET = {
    "pallets": " Receiving prints the label of a pallet when it makes one.",
    "deliveries": " None is announced or open: import some, or name a closed one.",
    "returns": " None is waited for: import some, or name one that is done.",
    "slips": " No order waits to be packed: name one that is.",
    "restock": " Nothing went back on the shelf in the last day: name a return.",
    "holds": " Nothing is on hold, damaged or expired.",
    "cartons": " Only cartons that have an SSCC get one.",
    "boxes": " The file of boxes says which there are.",
    "inserts": " No merchant has an insert with a barcode: leads say so at their desk.",
    "slots": " No cart has slots: the file of places says how many.",
}
"""Why there may be none, though nothing is wrong."""


def labels_asked_for(args: argparse.Namespace, settings: Settings) -> tuple[LabelWanted, ...]:
    """Fill all labels that a command asks for.

    Raises:
        BadLabel: If there are none, or not all that were named; nothing is changed then.
    """
    language = language_of(args, settings)
    if args.what == "commands":
        found = command_labels(language, args.codes)
    elif args.what == "grades":
        found = grade_labels(language, args.codes)
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
        if args.what == "work":
            found += command_labels(language)
    _all_found(args, found)
    return tuple(replace(one, data={**one.data, LANGUAGE: language}) for one in found)


def _of_database(tx: Session, site: str, args: argparse.Namespace) -> tuple[LabelWanted, ...]:
    match args.what:
        case "badges":
            return badge_labels(tx, site, codes=args.codes)
        case "stations":
            return station_labels(tx, site, codes=args.codes)
        case "sku":
            return sku_labels(tx, site, merchant=args.merchant, codes=args.codes)
        case "boxes":
            return box_labels(tx, site, args.codes)
        case "inserts":
            return insert_labels(tx, site, merchant=args.merchant, codes=args.codes)
        case "cartons":
            return carton_labels(tx, site, codes=args.codes)
        case "slots":
            return slot_labels(tx, site, codes=args.codes)
        case "holds":
            only = {"merchant": args.merchant, "zone": args.zone}
            return hold_labels(tx, site, codes=args.codes, **only)
        case "restock":
            now = datetime.now(UTC)
            return restock_labels(tx, site, now, merchant=args.merchant, codes=args.codes)
        case "deliveries" | "returns" | "slips":
            return PAPERS[args.what](tx, site, merchant=args.merchant, codes=args.codes)
        case "work":
            at_benches = (*box_labels(tx, site), *insert_labels(tx, site))
            return (*work_labels(tx, site), *at_benches)
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


def grade_labels(language: str, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill the card of return inspection: a barcode for every grade and every reason."""
    say = catalog(language).say
    card = [(f"*GRADE {n}", "grade", n, f"grade.{n}") for n in GRADES]
    card += [
        (f"*REASON {n}", "reason", n, f"returns.reason.{reason}")
        for n, reason in enumerate(REASONS, 1)
    ]
    return tuple(
        LabelWanted(
            "grade",
            barcode,
            {
                "scan_code": barcode,
                "title": say(f"label.title.{title}"),
                "key": number,
                "word": say(word),
            },
        )
        for barcode, title, number, word in card
        if not codes or barcode in codes
    )


def language_of(args: argparse.Namespace, settings: Settings) -> str:
    """Say in which language words are: as asked for, as this terminal's, else as the site's."""
    if chosen := args.language or settings.language:
        return str(chosen)
    try:
        with open_database(settings.database, create=False).begin() as tx:
            return site_rules(tx, settings.site).language
    except DatabaseUnusable:  # sheets of commands and grades can be printed before there is one
        return ENGLISH


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
