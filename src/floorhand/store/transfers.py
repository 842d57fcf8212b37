"""What one building of ours sends to another: it leaves as an order, and comes as a delivery.

The order's channel says so (`CHANNEL`), and its customer is the other building's code. Goods that
left belong to nobody's stock until the other building counts them: they are in transit. What left
is known by the message that was written with it (`Outbox`), in the same transaction as the moves.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from floorhand.store.asking import is_known
from floorhand.store.schema import Delivery, DeliveryLine, Order, Outbox

CHANNEL: Final = "transfer"
"""The channel of an order whose goods stay ours."""

ASKED_MAX: Final = 500
"""Papers that are looked up at once."""

T = TypeVar("T")

_MESSAGES = (Outbox.kind == "order_shipped", Outbox.platform == CHANNEL)


@dataclass(frozen=True, slots=True)
class Content:
    """So many pieces of one kind in a carton; ``lot`` and ``expiry`` are empty if it has none."""

    sku: str
    lot: str
    expiry: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Carton:
    """One carton that left for another building.

    Attributes:
        message: Id of the message that says so.
        source: The building that it left.
        target: The one it is for; empty if the order names none.
        merchant: Whose goods.
        order: Number of the order.
        code: Its SSCC.
        carrier: Who takes it.
        left_at: When it left.
        announced: Whether the other building is known to expect it.
        contents: What is in it.
    """

    message: str
    source: str
    target: str
    merchant: str
    order: str
    code: str
    carrier: str
    left_at: datetime
    announced: bool
    contents: tuple[Content, ...]

    @property
    def paper(self) -> tuple[str, str]:
        """Give merchant and number of the delivery that it comes as: the same whenever asked."""
        return self.merchant, f"{self.source}-{self.code}"

    @property
    def pieces(self) -> int:
        """Count what is in it."""
        return sum(content.pieces for content in self.contents)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far a delivery is; ``counted`` are all pieces that came of it, damaged ones too."""

    closed: bool
    counted: int


def freeze(tx: Session, site: str) -> None:
    """Let nobody take back any more what has left: it is about to be announced."""
    waiting = (Outbox.site == site, *_MESSAGES, Outbox.state == "waiting")
    tx.execute(update(Outbox).where(*waiting).values(state="sent"))


def cartons(tx: Session, site: str, *, announced: bool = True) -> tuple[Carton, ...]:
    """List the cartons that left a building for another one, the first that left first.

    Args:
        tx: Open transaction.
        site: The building that they left.
        announced: Also those that the other building is known to expect.
    """
    asked = select(Outbox.id, Outbox.body, Outbox.created_at, Outbox.sent_at).where(
        Outbox.site == site, *_MESSAGES
    )
    if not announced:
        asked = asked.where(Outbox.sent_at.is_(None))
    rows = tx.execute(asked.order_by(Outbox.created_at, Outbox.id)).all()
    told = [(row, json.loads(row.body)) for row in rows]
    targets = _targets(tx, site, {body["order_number"] for _, body in told})
    return tuple(
        Carton(
            message=row.id,
            source=site,
            target=targets.get((body["merchant"], body["order_number"]), ""),
            merchant=body["merchant"],
            order=body["order_number"],
            code=parcel["sscc"],
            carrier=body["carrier"],
            left_at=row.created_at,
            announced=row.sent_at is not None,
            contents=tuple(_contents(parcel["lines"])),
        )
        for row, body in told
        for parcel in body["parcels"]
    )


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + ASKED_MAX] for at in range(0, len(items), ASKED_MAX))


def _targets(tx: Session, site: str, numbers: Collection[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for some in _parts(sorted(numbers)):
        rows = tx.execute(
            select(Order.merchant, Order.number, Order.customer).where(
                Order.site == site, Order.channel == CHANNEL, Order.number.in_(some)
            )
        )
        found.update({(row.merchant, row.number): row.customer for row in rows})
    return found


def _contents(lines: Iterable[dict[str, Any]]) -> Iterator[Content]:
    """Put pieces together that differ in nothing that a delivery announces."""
    pieces: dict[tuple[str, str, str], int] = {}
    for line in lines:
        key = line["sku"], line["lot"], line["expiry"]
        pieces[key] = pieces.get(key, 0) + line["pieces"]
    for (sku, lot, expiry), count in pieces.items():
        yield Content(sku, lot, expiry, count)


def arrivals(
    tx: Session, site: str, papers: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Arrival]:
    """Say which of some papers a building has as deliveries, and how far it is with each."""
    found: dict[tuple[str, str], Arrival] = {}
    for some in _parts(sorted(papers)):
        for row in tx.execute(_arrivals(site, [number for _, number in some])):
            found[row.merchant, row.paper_no] = Arrival(row.state == "closed", row.counted)
    return found


def _arrivals(site: str, numbers: list[str]) -> Select[str, str, str, int]:
    counted = func.coalesce(func.sum(DeliveryLine.received + DeliveryLine.damaged), 0)
    return (
        select(Delivery.merchant, Delivery.paper_no, Delivery.state, counted.label("counted"))
        .outerjoin(
            DeliveryLine,
            (DeliveryLine.site == Delivery.site) & (DeliveryLine.delivery == Delivery.number),
        )
        .where(Delivery.site == site, Delivery.paper_no.in_(numbers), is_known(Delivery.paper_no))
        .group_by(Delivery.merchant, Delivery.paper_no, Delivery.state, Delivery.number)
    )


def note_announced(tx: Session, site: str, messages: Iterable[str], now: datetime) -> None:
    """Note of which messages the other building is known to expect all cartons."""
    for some in _parts(sorted(messages)):
        mine = (Outbox.site == site, Outbox.id.in_(some))
        tx.execute(update(Outbox).where(*mine).values(state="sent", sent_at=now))
