"""What a merchant is told of what did not fit: deliveries, orders, returns, corrections."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.reasons import DAMAGED, RETURNED, SHORT, of_command
from floorhand.domain.things import CORRECTION
from floorhand.store.cells import Lead, Word, why
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Inspection,
    Move,
    Operation,
    Order,
    OrderLine,
    Return,
    ReturnLine,
)
from floorhand.store.service_asked import Asked, Row, Told


def discrepancies(tx: Session, asked: Asked) -> Told:
    """List what did not fit: of deliveries, orders, returns, and corrections of the stock."""
    rows = [
        *_of_deliveries(tx, asked),
        *_of_orders(tx, asked),
        *_of_returns(tx, asked),
        *_corrections(tx, asked),
    ]
    rows.sort(key=lambda row: str(row[0]), reverse=True)
    return Told(("at", "what", "subject", "sku", "pieces", "reason"), tuple(rows))


def _of_deliveries(tx: Session, asked: Asked) -> Iterator[Row]:
    kinds = ("over", "short", "damaged", "refused")
    question = (
        select(DeliveryLine, Delivery.closed_at)
        .join(
            Delivery,
            (Delivery.site == DeliveryLine.site) & (Delivery.number == DeliveryLine.delivery),
        )
        .where(
            Delivery.site == asked.site,
            Delivery.merchant == asked.merchant,
            DeliveryLine.merchant == asked.merchant,
            Delivery.closed_at >= asked.since,
        )
    )
    for line, at in tx.execute(question):
        for kind in kinds:
            if pieces := getattr(line, kind):
                about = (Lead("delivery", line.delivery), line.sku)
                signed = -pieces if kind == "short" else pieces
                reason = why(line.reason, DAMAGED) if kind == "damaged" else ""
                yield (at, Word(f"service.delivery_{kind}"), *about, signed, reason)


def _of_orders(tx: Session, asked: Asked) -> Iterator[Row]:
    question = (
        select(OrderLine, Order.closed_at)
        .join(
            Order,
            (Order.site == OrderLine.site)
            & (Order.merchant == OrderLine.merchant)
            & (Order.number == OrderLine.order),
        )
        .where(
            Order.site == asked.site,
            Order.merchant == asked.merchant,
            Order.closed_at >= asked.since,
            OrderLine.short > 0,
        )
    )
    for line, at in tx.execute(question):
        about = (Lead("order", f"{line.merchant}/{line.order}", line.order), line.sku)
        reason = why(line.short_reason, SHORT)
        yield (at, Word("service.order_short"), *about, -line.short, reason)


def _of_returns(tx: Session, asked: Asked) -> Iterator[Row]:
    """Give what was found otherwise; a return of somebody else is not named to whom it is not."""
    judged = (
        select(Inspection, Return.merchant)
        .join(Return, (Return.site == Inspection.site) & (Return.number == Inspection.number))
        .where(
            Inspection.site == asked.site,
            Inspection.merchant == asked.merchant,
            Inspection.at >= asked.since,
            Inspection.outcome != "as_advised",
        )
    )
    for one, owner in tx.execute(judged):
        what = Word(f"service.return_{one.outcome}")
        subject = Lead("return", one.number) if owner == asked.merchant else ""
        yield (one.at, what, subject, one.sku, one.pieces, why(one.reason, RETURNED))
    lacking = (
        select(ReturnLine, Return.disposed_at)
        .join(Return, (Return.site == ReturnLine.site) & (Return.number == ReturnLine.number))
        .where(
            Return.site == asked.site,
            Return.merchant == asked.merchant,
            Return.disposed_at >= asked.since,
            ReturnLine.advised > ReturnLine.received,
        )
    )
    for line, at in tx.execute(lacking):
        about = (Lead("return", line.number), line.sku)
        yield (at, Word("service.return_missing"), *about, line.received - line.advised, "")


def _corrections(tx: Session, asked: Asked) -> Iterator[Row]:
    """Give what corrections added or took, leaving out mere changes of condition or lot.

    One that was taken back since is none; what takes back one that was told before is told.
    """
    question = (
        select(Move.at, Move.operation, Move.sku, Move.source, Move.pieces)
        .add_columns(Operation.kind, Operation.facts, Operation.undoes)
        .join(Operation, (Operation.site == Move.site) & (Operation.id == Move.operation))
        .where(
            Move.site == asked.site,
            Move.at >= asked.since,
            Move.merchant == asked.merchant,
            (Move.source == CORRECTION) | (Move.target == CORRECTION),
        )
    )
    sums: Counter[tuple[str, str]] = Counter()
    told: dict[tuple[str, str], Any] = {}
    for row in tx.execute(question):
        key = (row.operation, row.sku)
        sums[key] += row.pieces if row.source == CORRECTION else -row.pieces
        told[key] = row
    done = {operation for operation, _ in told}
    gone = {one.undoes for one in told.values() if one.undoes in done}
    for key, pieces in sums.items():
        one = told[key]
        if pieces and one.operation not in gone and one.undoes not in gone:
            reason = why(str(json.loads(one.facts).get("reason", "")), of_command(one.kind))
            sku = Lead("sku", f"{asked.merchant}/{key[1]}", key[1])
            yield (one.at, Word("service.corrected"), "", sku, pieces, reason)
