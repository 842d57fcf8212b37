"""The lists of those who lead, whole: as tables to sort, to search and to keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.count_plan import DOUBTS
from floorhand.domain.count_rules import reason_told
from floorhand.domain.handing_over import LEFT_DUE
from floorhand.domain.holds import LOT, Subject
from floorhand.domain.reasons import HELD
from floorhand.domain.refilling import Refill
from floorhand.domain.ruling import NAMES, RuleRow, value_of
from floorhand.domain.things import AVAILABLE
from floorhand.domain.tracing import BUILDINGS
from floorhand.flows.control_rules import worded
from floorhand.store import (
    count_plan,
    deeds,
    handovers,
    holds,
    open_work,
    recalls,
    refills,
    seats,
    subjects,
    workers,
)
from floorhand.store.cells import ROWS_MAX, Details, Facts, Lead, Value, Word, table, why
from floorhand.store.corrections import stock_rows
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import counts, exception, open_exceptions
from floorhand.store.goods_names import split_goods
from floorhand.store.left_behind import Left, left_behind, of_plain
from floorhand.store.masters import merchant_rules
from floorhand.store.orders import ENDED
from floorhand.store.ruling import site_values
from floorhand.store.schema import Order
from floorhand.store.takers import deciders, takers

DESK: Final = "desk."
"""Stands before the name of such a table where it is one of many kinds."""

COUNTED_MAX: Final = 20_000
"""So many rows of a list that is short in most buildings are counted; `ROWS_MAX` are shown."""

ASKED, DUE = Word("desk.asked"), Word("desk.due")
"""Whether a count or refill is asked for already."""

Row = tuple[Value, ...]


def desk_table(tx: Session, site: str, which: str, of: str, now: datetime) -> Details:
    """Give a list as a table.

    Args:
        tx: An open transaction.
        site: The building.
        which: One of `TABLES`.
        of: A kind of exceptions, or the thing that they are about; a kind of what is left over,
            ``merchant/sku`` of lots, a lot, a code that several have,
            ``job/holder/task`` of work, a place, the merchant of rules, whose deeds, a hand-over,
            an exception. Empty: all, and for other tables.
        now: The moment of all this.
    """
    return TABLES[which](tx, site, of, now)


def _exceptions(tx: Session, site: str, of: str, now: datetime) -> Details:
    heads = ("what", "subject", "merchant", "pieces", "since", "due", "facts", "owner")
    rows = (
        (
            Word(f"trouble.{one.kind}"),
            one.subject,
            one.merchant,
            one.pieces or None,
            one.since,
            one.due_at,
            Facts(facts_of(one)),
            one.owner_name,
        )
        for one in open_exceptions(tx, site, now)
        if of in ("", one.kind) or one.is_about(of)
    )
    return table(heads, rows)


def _kinds(tx: Session, site: str, _of: str, now: datetime) -> Details:
    """Tell of each kind of exceptions how many are open, and lead on to them."""
    rows = (
        (Word(f"trouble.{kind}"), count, Lead(f"{DESK}exceptions", kind, "→"))
        for kind, count in counts(open_exceptions(tx, site, now))
    )
    return table(("what", "count", "more"), rows)


def _work(tx: Session, site: str, _of: str, _now: datetime) -> Details:
    rows = (
        (
            Word(f"job.{one.job}"),
            one.about,
            one.order if one.order != one.about else "",
            one.name,
            one.since,
            f"{one.done}/{one.total}" if one.total else "",
        )
        for one in open_work.held(tx, site)
    )
    return table(("job", "subject", "order", "worker", "since", "pieces"), rows)


def _held(tx: Session, site: str, _of: str, _now: datetime) -> Details:
    rows = []
    for one in holds.standing(tx, site, COUNTED_MAX):
        kind = Word(f"hold.kind.{one.subject.kind}")
        rows.append((kind, one.subject.name, why(one.reason, HELD), one.name, one.held_at))
    return table(("what", "subject", "reason", "worker", "since"), rows)


def _orders(tx: Session, site: str, _of: str, _now: datetime) -> Details:
    rows = (
        (f"{one.merchant}/{one.number}", Word(f"order_state.{one.state}"), one.due_at, one.priority)
        for one in subjects.open_orders(tx, site, ROWS_MAX, 0)
    )
    are_open = (Order.site == site, Order.state.not_in(ENDED))
    count = tx.scalar(select(func.count()).select_from(Order).where(*are_open)) or 0
    return table(("order", "state", "due", "priority"), rows, count)


def _merchants(tx: Session, site: str, _of: str, _now: datetime) -> Details:
    found = subjects.merchants(tx, site, COUNTED_MAX, 0)
    rows = ((Lead("merchant", one.code), one.name, one.orders) for one in found)
    return table(("merchant", "name", "orders"), rows)


def _called(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List the products, or lots, of several merchants that are called alike."""
    rows = ((_lead_to(one.subject), one.name, one.pieces) for one in subjects.called(tx, site, of))
    return table(("subject", "name", "pieces"), rows)


def _stock(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List what the books have in a place."""
    found = stock_rows(tx, site, of, "", "", 0, COUNTED_MAX)
    rows = (
        (
            Lead("sku", f"{one.goods.merchant}/{one.goods.sku}"),
            one.name,
            one.pieces,
            one.promised or None,
            one.goods.lot,
            one.goods.expiry,
            one.goods.serial,
            _condition(one.goods.condition),
        )
        for one in found
    )
    heads = ("sku", "name", "pieces", "promised", "lot", "expiry", "serial", "condition")
    return table(heads, rows)


def _lead_to(subject: Subject) -> Lead:
    if subject.kind != LOT:
        return Lead(subject.kind, subject.name)
    return Lead(subject.kind, f"{subject.merchant}/{subject.code}/{subject.lot}", subject.name)


def _lots(tx: Session, site: str, of: str, _now: datetime) -> Details:
    merchant, _, sku = of.partition("/")
    found = subjects.lots(tx, site, merchant, sku, COUNTED_MAX)
    rows = ((Lead("lot", f"{of}/{one.lot}", one.lot), one.expiry, one.pieces) for one in found)
    return table(("lot", "expiry", "pieces"), rows)


def _out(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List where the pieces of a lot are, then the parcels that it was sent with."""
    found = recalls.traced(tx, site, Subject(LOT, *split_goods(tx, site, of)))
    here = (
        (
            *(Word(f"desk.{what}"), one.place, one.pieces, one.order, one.worker),
            *(_condition(one.condition), "", "", "", None),
        )
        for what, some in (("stored", found.stored), ("in_hand", found.in_hand))
        for one in some
    )
    sent = (
        (
            *(Word("desk.sent"), "", one.pieces, one.order, "", ""),
            *(one.customer, Lead("place", one.carton), one.tracking, one.at),
        )
        for one in found.sent
    )
    heads = (
        *("what", "place", "pieces", "order", "worker", "condition"),
        *("customer", "parcel", "tracking", "shipped"),
    )
    return table(heads, (*here, *sent))


def _condition(condition: str) -> Value:
    return "" if condition == AVAILABLE else Word(f"fact.condition_{condition}")


def _deeds(kind: str, tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List what was done and stands, as far back as it is kept, the latest first."""
    rows = (
        (one.at, one.worker, one.seat, _told(one), Lead("operation", one.operation))
        for one in deeds.kept_steps(tx, site, deeds.WHICH[kind](of), 0, ROWS_MAX)
    )
    return table(("at", "worker", "seat", "deed", "operation"), rows)


def _told(one: deeds.Kept) -> Word:
    return Word(one.text, tuple(one.facts.items()))


LEFT_HEADS: Final = ("what", "subject", "state", "pieces", "owner", "since", "due")


def _left(tx: Session, site: str, of: str, now: datetime) -> Details:
    """List what is left over, all of it or one kind."""
    found = left_behind(tx, site, now)
    left = [one for kind, some in found.items() if of in ("", kind) for one in some]
    return table(LEFT_HEADS, map(_left_row, left))


def _handover(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List what was left over at a hand-over, as far as it was kept by name."""
    made = handovers.of_name(tx, site, of)
    if made is None:
        return table(LEFT_HEADS, ())
    rows = map(_left_row, of_plain(made.left))
    return table(LEFT_HEADS, rows, sum(made.left["counts"].values()))


def _left_row(one: Left) -> Row:
    return (
        Word(f"left.{one.kind}"),
        one.what,
        Word(one.text) if one.text else "",
        one.pieces or None,
        one.owner,
        *((None, one.at) if one.kind in LEFT_DUE else (one.at, None)),
    )


def _rules(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List the rules of a merchant, or of the building; each leads to its history."""
    if of:
        of_merchant = merchant_rules(tx, site, of)
        values = {name: value_of(of_merchant, name) for name in NAMES}
    else:
        values = site_values(tx, site)
    rows = []
    for name, value in values.items():
        told = worded(RuleRow(name, value))
        history = Lead("rule", f"{of or BUILDINGS}/{name}", "→")
        rows.append((Word(f"rule.{name}"), Word(told["value_text"], tuple(told.items())), history))
    return table(("rule", "value", "more"), rows)


def _seats(tx: Session, site: str, _of: str, now: datetime) -> Details:
    rows = (
        (
            one.code,
            one.worker,
            Word(f"job.{one.flow}") if one.worker else "",
            one.since,
            one.at,
            one.station,
        )
        for one in seats.seats(tx, site, now)
    )
    return table(("seat", "worker", "job", "since", "last_scan", "station"), rows)


def _people(tx: Session, site: str, _of: str, now: datetime) -> Details:
    rows = (
        (Lead("worker", one.code), one.name, " ".join(one.seats), one.seen_at)
        for one in workers.people(tx, site, now - seats.SIGNED_IN_WITHIN)
    )
    return table(("worker", "name", "seat", "last_scan"), rows)


def _takers(tx: Session, site: str, of: str, _now: datetime) -> Details:
    """List who may take some work on: ``of`` is its job, who has it, and its task."""
    rows = (
        (Lead("worker", one.code), one.name, " ".join(one.seats))
        for one in takers(tx, site, *of.split("/", 2))
    )
    return table(("worker", "name", "seat"), rows)


def _owners(tx: Session, site: str, of: str, now: datetime) -> Details:
    """List who may look after an exception."""
    one = exception(tx, site, of, now)
    rows = (
        (Lead("worker", person.code), person.name, " ".join(person.seats))
        for person in (deciders(tx, site, one) if one else ())
    )
    return table(("worker", "name", "seat"), rows)


def _plan(tx: Session, site: str, _of: str, now: datetime) -> Details:
    """Tell how much there is to count and to fill up, and lead on to each."""
    counted = {which: TABLES[which](tx, site, "", now).count for which in ("counts", "refills")}
    rows = tuple(
        (Word(f"{DESK}{which}"), count, Lead(f"{DESK}{which}", "", "→"))
        for which, count in counted.items()
    )
    return Details(("what", "count", "more"), rows, len(rows))


_DOUBTED: Final = {
    doubt: Word("counting.why.no_room" if doubt == "full" else f"trouble.{doubt}")
    for doubt in DOUBTS
}


def _counts(tx: Session, site: str, _of: str, now: datetime) -> Details:
    """List the counts that are asked for, then the bins that are due, with their worst doubt."""

    def rows() -> Iterator[Row]:
        for one in count_plan.open_counts(tx, site):
            sku = f"{one.merchant}/{one.sku}" if one.sku else ""
            reason = Word(f"counting.why.{reason_told(one.reason)}")
            yield one.place, ASKED, sku, "", "", reason, None, one.since, one.worker
        for due in count_plan.due_counts(tx, site, now):
            late = max(due.overdue_days, 0) or None
            doubt = _DOUBTED[due.doubts[0]] if due.doubts else ""
            yield due.place, DUE, "", due.zone, due.grade, doubt, late, due.since, ""

    heads = ("place", "what", "sku", "zone", "grade", "reason", "days_late", "since", "worker")
    return table(heads, rows())


def _refills(tx: Session, site: str, _of: str, now: datetime) -> Details:
    """List the refills that are asked for, then the pick faces that run dry."""

    def rows() -> Iterator[Row]:
        for one in refills.open_refills(tx, site):
            job = one.job
            sku = f"{job.goods.merchant}/{job.goods.sku}"
            yield job.target, ASKED, sku, job.pieces, None, job.source, one.worker
        for dry in refills.dry_faces(tx, site, now):
            sku = f"{dry.merchant}/{dry.sku}"
            yield dry.face, DUE, sku, dry.pieces, dry.dry_at, _comes(dry), ""

    return table(("place", "what", "sku", "pieces", "due", "from", "worker"), rows())


def _comes(dry: Refill) -> str:
    return ", ".join(f"{take.pieces} × {take.shelf.place}" for take in dry.takes)


TABLES: Final[Mapping[str, Callable[[Session, str, str, datetime], Details]]] = {
    "exceptions": _exceptions,
    "kinds": _kinds,
    "work": _work,
    "takers": _takers,
    "owners": _owners,
    "held": _held,
    "order": _orders,
    "merchant": _merchants,
    "lot": _lots,
    "sku": _called,
    "stock": _stock,
    "out": _out,
    **{f"deeds_{kind}": partial(_deeds, kind) for kind in deeds.WHICH},
    "left": _left,
    "handover": _handover,
    "rules": _rules,
    "site_rules": _rules,
    "seats": _seats,
    "people": _people,
    "plan": _plan,
    "counts": _counts,
    "refills": _refills,
}
"""Each has a text, ``desk.<name>``."""
