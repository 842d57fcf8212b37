"""``floorhand recall``: block all of a lot at once, and say where it is and to whom it was sent."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from floorhand.commands import listing
from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import REASON_CHARACTERS_MAX, RECALL, Subject
from floorhand.domain.things import AVAILABLE, HOLD
from floorhand.errors import BadSetting
from floorhand.ops.settling import from_office
from floorhand.store import holds, recalls, subjects
from floorhand.store.db import in_turn
from floorhand.store.finders import product
from floorhand.store.holds import HoldFacts
from floorhand.store.masters import site_zone
from floorhand.store.recalls import Lying, Sent, Traced
from floorhand.text.columns import columns

EPILOG = """\
All stock of the lot is blocked at once, also what comes later: it is neither promised nor picked
nor packed until a lead releases it at the desk. What walks were to take is promised from other
lots, or orders go short by the rules of their merchant. The answer lists what lies stored, what
people have in hand, and what was shipped. Given again, it changes nothing and says the same of the
goods as they are by then. Exit code 3: pieces are in hand or were shipped, somebody must act; 0:
there are none.
"""

ACT = 3
"""Exit code if pieces of the lot are in hand, or were shipped."""

LOTS_NAMED_MAX = 10
"""So many lots are named to whoever gave one that was never here."""

HEADS = (
    *("what", "place", "stands in", "order", "customer", "parcel", "tracking"),
    *("pieces", "condition", "when", "who"),
)

IN_HAND = "in_hand"

FOR_PROGRAMS = (
    *("what", "place", "stands_in", "order", "customer", "parcel", "tracking"),
    *("pieces", "condition", "shipped_at", "worker"),
)

Row = tuple[listing.Cell, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("product", metavar="MERCHANT/SKU", help="whose product")
    parser.add_argument("lot", metavar="LOT", help="the lot, as it is printed")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="told to all who meet it")
    parser.add_argument("--unseen", action="store_true", help="also if it was never here")
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Recall a lot, and tell where it is."""
    merchant, _, sku = args.product.partition("/")
    lot, reason = Subject(RECALL, merchant, sku, args.lot), args.reason.strip()
    if not any(map(str.isalpha, reason)) or len(reason) > REASON_CHARACTERS_MAX:
        raise BadSetting(f"--reason takes words, at most {REASON_CHARACTERS_MAX} characters.")
    transactions = opened(settings)

    def act(tx: Session) -> None:
        _must_be_known(tx, settings.site, lot, unseen=args.unseen)
        if holds.of_subject(tx, settings.site, lot) is None:
            from_office(tx, settings.site, HoldSubject(lot, reason), datetime.now(UTC))

    in_turn(transactions, act)
    with transactions.begin() as tx:
        found = recalls.traced(tx, settings.site, lot)
        standing = holds.of_subject(tx, settings.site, lot)
        zone = site_zone(tx, settings.site)
    assert standing is not None, lot
    if args.json:
        print(listing.in_json(_body(standing, found)))
    elif args.csv:
        listing.write_csv(FOR_PROGRAMS, _rows(found))
    else:
        _tell(standing, found, zone)
    return ACT if found.in_hand or found.sent else 0


def _must_be_known(tx: Session, site: str, lot: Subject, *, unseen: bool) -> None:
    """See that there is such a product, and that the lot is no slip of the hand."""
    piece = product(tx, site, lot.merchant, lot.code)
    name = f"{lot.merchant}/{lot.code}"
    if piece is None:
        raise BadSetting(f"There is no product {name}. Name it as MERCHANT/SKU.")
    if not piece.lot_tracked:
        raise BadSetting(f"{name} has no lots here. Hold the product at the desk of leads.")
    if unseen or subjects.lot_was_here(tx, site, lot):
        return
    known = subjects.lots(tx, site, lot.merchant, lot.code, LOTS_NAMED_MAX)
    there = ", ".join(one.lot for one in known) or "none"
    raise BadSetting(
        f"No piece of lot {lot.lot} of {name} was ever here; lots in the house: {there}. "
        "Say --unseen to block it all the same, for when it comes."
    )


def _tell(standing: HoldFacts, found: Traced, zone: ZoneInfo) -> None:
    subject, since = standing.subject, _local(standing.held_at, zone)
    say(f"{subject.name} is blocked since {since} by {standing.name}: {standing.reason}")
    counts = [
        f"{sum(one.pieces for one in some)} {word}"
        for word, some in (
            ("stored", found.stored),
            ("in hand", found.in_hand),
            ("shipped", found.sent),
        )
    ]
    say(f"Pieces: {', '.join(counts)}.")
    if rows := [[_in_words(cell, zone) for cell in row] for row in _rows(found)]:
        for line in columns(HEADS, rows):
            say(line)


def _in_words(cell: listing.Cell, zone: ZoneInfo) -> str:
    if isinstance(cell, datetime):
        return _local(cell, zone)
    if cell == IN_HAND:
        return "in hand"
    return "" if cell is None else str(cell)


def _rows(found: Traced) -> Iterator[Row]:
    for what, some in (("stored", found.stored), (IN_HAND, found.in_hand)):
        for one in some:
            inside = one.root if one.root != one.place else ""
            yield (
                *(what, one.place, inside, one.order, "", "", ""),
                *(one.pieces, _condition(one), None, one.worker),
            )
    for gone in found.sent:
        yield (
            *("shipped", "", "", gone.order, gone.customer, gone.carton, gone.tracking),
            *(gone.pieces, "", gone.at, ""),
        )


def _body(standing: HoldFacts, found: Traced) -> dict[str, object]:
    subject = standing.subject
    return {
        "merchant": subject.merchant,
        "sku": subject.code,
        "lot": subject.lot,
        "reason": standing.reason,
        "since": standing.held_at.isoformat(),
        "by": standing.name,
        "stored": [_lying(one) for one in found.stored],
        "in_hand": [_lying(one) for one in found.in_hand],
        "shipped": [_sent(one) for one in found.sent],
    }


def _lying(one: Lying) -> dict[str, object]:
    told = {"place": one.place, "kind": one.kind, "stands_in": one.root, "pieces": one.pieces}
    return {**told, "condition": _condition(one), "order": one.order, "worker": one.worker}


def _condition(one: Lying) -> str:
    """Say how pieces stand: those that were for sale are on hold now."""
    return HOLD if one.condition == AVAILABLE else one.condition


def _sent(one: Sent) -> dict[str, object]:
    told = {"order": one.order, "customer": one.customer, "parcel": one.carton}
    return {
        **told,
        "tracking": one.tracking,
        "pieces": one.pieces,
        "shipped_at": one.at.isoformat(),
    }


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
