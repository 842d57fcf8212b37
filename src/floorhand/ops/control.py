"""Carry out what those who lead decide about orders, merchants, goods and bins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from floorhand.domain.control import (
    LISTED_MAX,
    PRIORITY_MAX,
    CutOffsFound,
    FindCutOffs,
    HoldSubject,
    ListSubjects,
    LookInto,
    OrderChanged,
    ReleaseSubject,
    Seek,
    SetDue,
    SetPriority,
    Standing,
    SubjectHeld,
    SubjectReleased,
    SubjectRow,
    SubjectsListed,
)
from floorhand.domain.cut_offs import clock_today, next_moments
from floorhand.domain.days import goods_words
from floorhand.domain.holds import BIN, LOT, MERCHANT, ORDER, Subject
from floorhand.domain.rights import Right
from floorhand.errors import Code, Refused
from floorhand.ops import holding
from floorhand.ops.colleagues import moment_told
from floorhand.ops.leading import must_lead
from floorhand.ops.standing import how_it_stands
from floorhand.store import holds, orders, recalls, subjects
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.schema import Order
from floorhand.store.was import keep

CUT_OFFS_OFFERED = 4
"""So many of the next cut-offs are offered to an order."""

Rows = tuple[SubjectRow, ...]


def look(tx: Session, cause: Cause, command: LookInto) -> Standing:
    """Say how something stands, and what can be decided about it."""
    must_lead(tx, cause, Right.CONTROL)
    return how_it_stands(tx, cause, command.subject)


def seek(tx: Session, cause: Cause, command: Seek) -> Standing | SubjectsListed:
    """Find what a typed code means; several products of that code are listed.

    Raises:
        Refused: `Code.UNKNOWN_BARCODE`, if it means nothing.
    """
    must_lead(tx, cause, Right.CONTROL)
    found = subjects.sought(tx, cause.site, command.code)
    if not found:
        raise Refused(Code.UNKNOWN_BARCODE, code=command.code, ask_text="control.desk")
    if len(found) == 1:
        return how_it_stands(tx, cause, found[0])
    return list_subjects(tx, cause, ListSubjects("sku", sku=command.code))


def list_subjects(tx: Session, cause: Cause, command: ListSubjects) -> SubjectsListed:
    """List what can be decided about."""
    must_lead(tx, cause, Right.CONTROL)
    rows = _LISTS[command.kind](tx, cause, command)
    return SubjectsListed(command, rows[:LISTED_MAX], more=len(rows) > LISTED_MAX)


def _sought(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    """List the products, or lots, that are called alike."""
    found = subjects.called(tx, cause.site, asked.sku, asked.sort)
    return tuple(
        SubjectRow(
            one.subject,
            "control.row_sku",
            (("subject", one.subject.name), ("name", one.name), ("pieces", one.pieces)),
        )
        for one in found
    )


def _held(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    found = holds.standing(tx, cause.site, LISTED_MAX + 1, asked.skip, asked.sort)
    return tuple(
        SubjectRow(one.subject, "control.row_held", tuple(holding.facts_of(tx, cause, one).items()))
        for one in found
    )


def _orders(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    found = subjects.open_orders(tx, cause.site, LISTED_MAX + 1, asked.skip, asked.sort)
    return tuple(
        SubjectRow(
            Subject(ORDER, one.merchant, one.number),
            "control.row_order",
            (
                ("order", f"{one.merchant}/{one.number}"),
                ("state_text", f"order_state.{one.state}"),
                ("due", moment_told(tx, cause.site, one.due_at, cause.at)),
                ("priority", one.priority),
            ),
        )
        for one in found
    )


def _merchants(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    found = subjects.merchants(tx, cause.site, LISTED_MAX + 1, asked.skip, asked.sort)
    return tuple(
        SubjectRow(
            Subject(MERCHANT, one.code),
            "control.row_merchant",
            (("merchant", one.code), ("name", one.name), ("orders", one.orders)),
        )
        for one in found
    )


def _lots(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    of_sku = (asked.merchant, asked.sku)
    found = subjects.lots(tx, cause.site, *of_sku, LISTED_MAX + 1, asked.skip, asked.sort)
    return tuple(
        SubjectRow(
            Subject(LOT, *of_sku, one.lot),
            "control.row_lot",
            (
                ("goods", goods_words(one.lot, one.expiry)),
                ("pieces", one.pieces),
                ("lot", one.lot),
                ("expiry", one.expiry),
            ),
        )
        for one in found
    )


def _out(tx: Session, cause: Cause, asked: ListSubjects) -> Rows:
    """List where a lot is in people's hands, then the orders that it was sent to."""
    lot = Subject(LOT, asked.merchant, asked.sku, asked.lot)
    found = recalls.traced(tx, cause.site, lot)
    in_hand = tuple(
        SubjectRow(
            _order_or(one.order, lot),
            "control.row_in_hand",
            (
                ("what_text", "desk.in_hand"),
                ("pieces", one.pieces),
                ("place", one.place),
                ("when", ""),
                ("order", one.order or "–"),
                ("name", one.worker or "–"),
            ),
        )
        for one in found.in_hand
    )
    sent = tuple(
        SubjectRow(
            Subject(ORDER, one.merchant, one.number),
            "control.row_sent",
            (
                ("what_text", "desk.sent"),
                ("pieces", one.pieces),
                ("order", one.order),
                ("place", one.tracking or one.carton),
                ("name", ""),
                ("parcel", one.tracking or one.carton),
                ("when", moment_told(tx, cause.site, one.at, cause.at)),
            ),
        )
        for one in found.sent
    )
    return (*in_hand, *sent)[asked.skip : asked.skip + LISTED_MAX + 1]


def _order_or(order: str, other: Subject) -> Subject:
    return Subject(ORDER, *orders.split_name(order)) if order else other


_LISTS: Mapping[str, Callable[[Session, Cause, ListSubjects], Rows]] = {
    "held": _held,
    "order": _orders,
    "merchant": _merchants,
    "lot": _lots,
    "out": _out,
    "sku": _sought,
}


def hold(tx: Session, cause: Cause, command: HoldSubject) -> SubjectHeld:
    """Hold something.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    must_lead(tx, cause, Right.CONTROL)
    freed = holding.begin(tx, cause, command.subject, command.reason)
    subject = command.subject
    cause.note(job="lead", held=subject.name, reason=command.reason, **_about(subject))
    return SubjectHeld(subject, freed.freed, freed.found)


def release(tx: Session, cause: Cause, command: ReleaseSubject) -> SubjectReleased:
    """Release something.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    must_lead(tx, cause, Right.CONTROL)
    holding.end(tx, cause, command.subject)
    cause.note(job="lead", released=command.subject.name, **_about(command.subject))
    return SubjectReleased(command.subject)


def _about(subject: Subject) -> dict[str, str]:
    """Say in an operation's facts what it was about, so that this has a history."""
    code = {ORDER: "order", BIN: "bin"}.get(subject.kind, "sku")
    about = {"merchant": subject.merchant, code: subject.code, "lot": subject.lot}
    return {name: value for name, value in about.items() if value}


def set_priority(tx: Session, cause: Cause, command: SetPriority) -> OrderChanged:
    """Let an order go earlier or later.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    must_lead(tx, cause, Right.CONTROL)
    assert abs(command.priority) <= PRIORITY_MAX, command
    return _change(tx, cause, command.merchant, command.number, priority=command.priority)


def set_due(tx: Session, cause: Cause, command: SetDue) -> OrderChanged:
    """Give an order another cut-off.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    must_lead(tx, cause, Right.CONTROL)
    due_at = datetime.fromisoformat(command.due)
    order = (Order.site == cause.site, Order.merchant == command.merchant)
    keep(tx, "orders", cause.at, *order, Order.number == command.number)
    return _change(tx, cause, command.merchant, command.number, due_at=due_at)


def _change(
    tx: Session, cause: Cause, merchant: str, number: str, **columns: int | datetime
) -> OrderChanged:
    subject = Subject(ORDER, merchant, number)
    holding.must_be_open(tx, cause, subject)
    orders.set_order(tx, cause.site, merchant, number, **columns)
    now = holding.must_be_open(tx, cause, subject)
    due = moment_told(tx, cause.site, now.due_at, cause.at)
    cause.note(job="lead", priority=now.priority, due=due, **_about(subject))
    return OrderChanged(merchant, number, now.priority, due)


def find_cut_offs(tx: Session, cause: Cause, command: FindCutOffs) -> CutOffsFound:
    """Offer the next cut-offs of the site, or the moment that was typed.

    Raises:
        Refused: `Code.BAD_CLOCK`.
    """
    must_lead(tx, cause, Right.CONTROL)
    zone = site_zone(tx, cause.site)
    if command.clock is None:
        cut_off = site_rules(tx, cause.site).cut_off
        found = next_moments(cause.at, zone, cut_off, CUT_OFFS_OFFERED)
        found = (cause.at + timedelta(hours=1), *found)
    else:
        typed = clock_today(cause.at, zone, command.clock)
        if typed is None:
            raise Refused(Code.BAD_CLOCK, number=command.clock)
        found = (typed,)
    local = tuple((at.isoformat(), moment_told(tx, cause.site, at, cause.at)) for at in found)
    return CutOffsFound(local)


HANDLERS: dict[type, Callable[..., object]] = {
    LookInto: look,
    Seek: seek,
    ListSubjects: list_subjects,
    HoldSubject: hold,
    ReleaseSubject: release,
    SetPriority: set_priority,
    SetDue: set_due,
    FindCutOffs: find_cut_offs,
}
