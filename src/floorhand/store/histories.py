"""The whole history of a thing, as operations tell it, and each operation as a page of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.deed_words import decision_key, deed_key
from floorhand.domain.reasons import of_command, reason_facts
from floorhand.domain.things import AVAILABLE, OUTSIDE
from floorhand.domain.tracing import thing, things_of
from floorhand.flows.control_rules import changed_in_words
from floorhand.store import arrivals, traces
from floorhand.store.cells import Details, Lead, Value, Word, table, why
from floorhand.store.goods_names import split_goods
from floorhand.store.hands import hands
from floorhand.store.moves_told import moved
from floorhand.store.ruling import KIND as CHANGES_RULE
from floorhand.store.schema import Delivery, Move, Parcel, Place, Receipt, Return, Scan, Trace
from floorhand.store.traces import Traced

RELATED_MAX: Final = 6
"""So many things of a kind are named at the head of a history, the latest of them."""

HEADS: Final = ("at", "worker", "seat", "deed", "moved", "reason", "taken_back", "operation")

Related = tuple[tuple[str, str], ...]
"""Things that belong to another, as (kind, name)."""


def history(
    tx: Session, site: str, kind: str, name: str, facts: tuple[tuple[str, str], ...] = ()
) -> Details:
    """Give what belongs to a thing, and what was done with it, the latest first.

    Args:
        tx: An open transaction.
        site: The building.
        kind: One of `floorhand.domain.tracing.THINGS`.
        name: Which.
        facts: How it stands, told above all that.
    """
    about = thing(kind, name)
    found = traces.history(tx, site, about)
    belongs = [_belongs(of, other) for of, other in related(tx, site, kind, name)]
    known = {one.operation: one for one in found}
    what = moved(tx, site, kind, name, known, hands(tx, site, found, known))
    done = [(one.at, _deed(one, known.get(one.undoes), what.get(one.operation))) for one in found]
    came = [(one[0], _came(*one)) for one in arrivals.told(tx, site, kind, name)]
    latest_first = sorted([*done, *came], key=lambda pair: pair[0], reverse=True)
    count = len(belongs) + len(came) + traces.length(tx, site, about)
    return table(HEADS, [*belongs, *(row for _, row in latest_first)], count, facts)


def operation(tx: Session, site: str, name: str) -> Details:
    """Give all that is known of an operation: who, where and when, what it moved, what about."""
    one = traces.traced(tx, site, name)
    if one is None:
        return Details((), (), 0, (("details.unknown", name),))
    rows: list[tuple[Value, ...]] = [_move(row) for row in _moves(tx, site, name)]
    told = {"place", "sku", "lot", "serial"} if rows else set()
    for kind, other in sorted(_about(one)):
        if kind not in told:
            rows.append((Word(f"board.head.{kind}"), Lead(kind, other), *(None,) * 6))
    for kind, other in (("undoes", one.undoes), ("undone_by", one.undone_by)):
        if other:
            rows.append((Word(f"details.{kind}"), Lead("operation", other), *(None,) * 6))
    heads = ("what", "name", "pieces", "from", "to", "lot", "expiry", "condition")
    return table(heads, rows, len(rows), _facts(tx, site, one))


def related(tx: Session, site: str, kind: str, name: str) -> Related:
    """Name what belongs to a thing: its delivery, its order, its parcels, its returns.

    For goods these are the deliveries that they came with, the latest first.
    """
    merchant, _, number = name.partition("/")
    match kind:
        case "sku" | "lot":
            merchant, sku, lot = split_goods(tx, site, name)
            return _each("delivery", _came_with(tx, site, merchant, sku, lot))
        case "serial":
            return _each("delivery", _brought(tx, site, thing(kind, name)))
        case "place":
            bound = tx.scalar(select(Place.order_no).where(Place.site == site, Place.code == name))
            return _each("order", (bound,) if bound else ())
        case "order":
            of = (Parcel.site == site, Parcel.merchant == merchant, Parcel.order == number)
            parcels = tx.scalars(select(Parcel.carton).where(*of).limit(RELATED_MAX))
            back = (Return.site == site, Return.merchant == merchant, Return.order == number)
            returns = tx.scalars(select(Return.number).where(*back).limit(RELATED_MAX))
            came = _each("delivery", _goods_came_with(tx, site, thing(kind, name)))
            return (*_each("place", parcels), *_each("return", returns), *came)
        case "return":
            asked = select(Return.merchant, Return.order)
            row = tx.execute(asked.where(Return.site == site, Return.number == name)).first()
            return _each("order", (f"{row.merchant}/{row.order}",) if row and row.order else ())
        case _:
            return ()


def _came_with(tx: Session, site: str, merchant: str, sku: str, lot: str) -> Iterable[str]:
    asked = (
        select(Delivery.number)
        .join(Receipt, (Receipt.site == Delivery.site) & (Receipt.delivery == Delivery.number))
        .where(
            Receipt.site == site,
            Receipt.merchant == merchant,
            Receipt.sku == sku,
            Receipt.pieces > 0,
            *((Receipt.lot == lot,) if lot else ()),
        )
        .group_by(Delivery.number, Delivery.opened_at)
        .order_by(Delivery.opened_at.desc(), Delivery.number)
        .limit(RELATED_MAX)
    )
    return tx.scalars(asked)


def _brought(tx: Session, site: str, about: str) -> Iterable[str]:
    """Name the delivery with which a single piece came: its first operation counted it."""
    first = traces.first(tx, site, about)
    return [name for kind, name in sorted(_about(first)) if kind == "delivery"] if first else ()


def _goods_came_with(tx: Session, site: str, about: str) -> Iterable[str]:
    """Name the deliveries that goods came with which were moved for a thing, such as an order.

    Where goods have no lots all deliveries of them count that had begun by then.
    """
    asked = (
        select(Delivery.number)
        .select_from(Trace)
        .join(Move, (Move.site == Trace.site) & (Move.operation == Trace.operation))
        .join(
            Receipt,
            (Receipt.site == Move.site)
            & (Receipt.merchant == Move.merchant)
            & (Receipt.sku == Move.sku)
            & (Receipt.lot == Move.lot),
        )
        .join(Delivery, (Delivery.site == Receipt.site) & (Delivery.number == Receipt.delivery))
        .where(Trace.site == site, Trace.thing == about, Delivery.opened_at <= Move.at)
        .group_by(Delivery.number, Delivery.opened_at)
        .order_by(Delivery.opened_at.desc(), Delivery.number)
        .limit(RELATED_MAX)
    )
    return tx.scalars(asked)


def _each(kind: str, names: Iterable[str]) -> Related:
    return tuple((kind, name) for name in names)


def _belongs(kind: str, name: str) -> tuple[Value, ...]:
    told = (Word(f"board.head.{kind}"), Lead(kind, name))
    return (None, None, None, *told, None, None, None)


def _came(at: datetime, deed: str, file: str) -> tuple[Value, ...]:
    """Tell what is known of a paper without an operation, and the kind of file that said it."""
    by = Word("details.by_file", (("format", file),)) if file else None
    return (at, None, None, Word(deed), by, None, None, None)


def _deed(one: Traced, undone: Traced | None, what: Value) -> tuple[Value, ...]:
    """Tell of an operation: what it moved, or from what to what it changed a rule.

    ``undone`` is the operation that it takes back, if that is known.
    """
    changed = what
    if one.kind == CHANGES_RULE:
        rule: Mapping[str, str] = json.loads(one.command)
        told = changed_in_words(rule["rule"], rule["was"], rule["now"])
        changed = Word("rule.words", (("value", told),))
    facts: Mapping[str, Any] = json.loads(one.facts)
    key, decision = _words(one, undone)
    decided = (("decision_text", decision),) if decision else ()
    deed = Word("details.decided" if decision else key, decided)
    if one.undoes:
        deed = Word("details.took_back", (*decided, ("deed_text", deed.key)))
    reason = why(str(facts.get("reason", "")), of_command(one.kind))
    lead = Lead("operation", one.operation)
    return (one.at, one.worker, one.seat, deed, changed, reason, one.taken_back_by, lead)


def _words(one: Traced, undone: Traced | None) -> tuple[str, str]:
    """Name what an operation did, or took back, and what it decided, as keys of texts."""
    of = undone or one
    facts, command = json.loads(of.facts), json.loads(of.command)
    kind = facts.get("undone", of.kind)
    return deed_key(kind, command, facts), decision_key(kind, command)


def _moves(tx: Session, site: str, operation: str) -> Iterable[Move]:
    of_it = (Move.site == site, Move.operation == operation)
    return tx.scalars(select(Move).where(*of_it).order_by(Move.row))


def _move(row: Move) -> tuple[Value, ...]:
    places = (
        Word(f"details.{place.removeprefix('@')}") if place in OUTSIDE else Lead("place", place)
        for place in (row.source, row.target)
    )
    condition = Word(f"fact.condition_{row.condition}") if row.condition != AVAILABLE else None
    lot = Lead("lot", f"{row.merchant}/{row.sku}/{row.lot}", row.lot) if row.lot else None
    return (
        Word("details.moved"),
        Lead("sku", f"{row.merchant}/{row.sku}"),
        row.pieces,
        *places,
        lot,
        row.expiry,
        condition,
    )


def _about(one: Traced) -> set[tuple[str, str]]:
    """Give what an operation named, as (kind, name)."""
    facts: Mapping[str, Any] = json.loads(one.facts)
    job = str(facts.get("job", ""))
    named = (*things_of(facts, job), *things_of(json.loads(one.command), job))
    return {(kind, name) for kind, _, name in (told.partition(":") for told in named)}


def _facts(tx: Session, site: str, one: Traced) -> tuple[tuple[str, str], ...]:
    """Tell who, at which seat, by which scan, and the reason."""
    facts: Mapping[str, Any] = json.loads(one.facts)
    digits = one.operation.rpartition(":")[2].partition(".")[0]
    number = int(digits) if digits.isdecimal() else 0
    asked = select(Scan.scanned, Scan.named, Scan.source).where(
        Scan.site == site,
        Scan.seat == one.seat,
        Scan.scan_no == number,
    )
    scan = tx.execute(asked).first()
    undone = traces.traced(tx, site, one.undoes) if one.undoes else None
    deed, decision = _words(one, undone)
    whose = hands(tx, site, [one], {undone.operation: undone} if undone else {})
    told = (
        ("board.head.deed_text", deed),
        ("fact.decision_text", decision),
        ("fact.worker", one.worker),
        ("details.hands", whose.get(one.operation, "")),
        ("fact.seat", one.seat),
        ("fact.station", one.station),
        ("fact.device", one.device),
        ("board.head.scanned", (scan.named or scan.scanned) if scan else ""),
        ("details.came_text", f"details.source_{scan.source}" if scan else ""),
        *reason_facts(str(facts.get("reason", "")), of_command(one.kind)),
        ("fact.taken_back_by", one.taken_back_by),
    )
    return tuple(fact for fact in told if fact[1])
