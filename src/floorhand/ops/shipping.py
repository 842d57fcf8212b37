"""Close a parcel, queue its label, and let the order leave with its last parcel.

Goods go from the totes into a carton of their own, named by its SSCC, when the parcel is closed.
With the order's last parcel they go on to the customer in the same transaction, and the order is
*shipped* at that moment: this building has no scan at the carrier's truck, so the closed and
labelled parcel is the last thing that is known to have happened, and stock that stood in cartons
for ever would be counted as ours. A site that scans at loading will move the cartons then;
parcels therefore keep a state of their own (``closed`` here, ``labelled`` and ``handed_over``
after that) beside the order's. All cartons of an order wait for its last one, so that an order
cancelled between two parcels can still be put back whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Row,
    TableClause,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from floorhand.domain.packing import (
    CloseParcel,
    OrderGone,
    OrderShipped,
    OrderStopped,
    ParcelClosed,
)
from floorhand.domain.rules import Address
from floorhand.domain.things import CUSTOMER, Goods, Line
from floorhand.errors import Code, Refused
from floorhand.ops.bench import Work, bench_of, instruction_of, open_bench, order_at_bench
from floorhand.ops.ending import note_end
from floorhand.ops.extras import note_extras
from floorhand.ops.holding import goods_must_be_free, order_must_be_free
from floorhand.store import boxes, carrier_labels, checking, ledger, orders, parcels, places, tasks
from floorhand.store.asking import ask, ask_each
from floorhand.store.carrier_labels import Left
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.print_jobs import queue_label
from floorhand.store.schema import (
    Checked,
    Merchant,
    OrderLine,
    Outbox,
    Parcel,
    Stock,
)

NO_ADDRESS = "—"
"""Printed where an order came without an address; a supervisor is told."""


_LINE = cast(TableClause, OrderLine.__table__)
_OF_ORDER = and_(
    _LINE.c.site == bindparam("at_site"),
    _LINE.c.merchant == bindparam("at_merchant"),
    _LINE.c.order == bindparam("at_order"),
)
_LINES = (
    select(_LINE.c.sku, _LINE.c.ordered, _LINE.c.packed, _LINE.c.platform_ids)
    .where(_OF_ORDER)
    .order_by(_LINE.c.line_no)
)
_TO_COUNT = (
    select(_LINE.c.line_no, _LINE.c.sku, _LINE.c.picked, _LINE.c.packed)
    .where(_OF_ORDER, _LINE.c.picked > _LINE.c.packed)
    .order_by(_LINE.c.line_no)
)
_COUNT = (
    update(_LINE)
    .where(_OF_ORDER, _LINE.c.line_no == bindparam("at_line"))
    .values(packed=bindparam("now"))
)
_TOTES: BindParameter[Any] = bindparam("totes", expanding=True)
_HELD = select(Stock.place).where(
    Stock.site == bindparam("site"), Stock.place.in_(_TOTES), Stock.pieces > 0
)
_CHECKED = cast(TableClause, Checked.__table__)
_FORGET_CHECKED = delete(_CHECKED).where(
    _CHECKED.c.site == bindparam("site"), _CHECKED.c.place.in_(_TOTES)
)
_NAME = select(Merchant.name).where(
    Merchant.site == bindparam("site"), Merchant.code == bindparam("merchant")
)
_ADD_PARCEL = insert(cast(TableClause, Parcel.__table__))
_TELL = insert(cast(TableClause, Outbox.__table__))


@dataclass(frozen=True, slots=True)
class _Packed:
    """A parcel as it was closed."""

    carton: str
    pieces: int
    box: str
    weight_g: int
    number: int
    left: Left
    """Which labels that the order brought there were for it."""


def close_parcel(
    tx: Session, cause: Cause, command: CloseParcel
) -> ParcelClosed | OrderShipped | OrderStopped | OrderGone:
    """Put what is verified into a carton, queue its label; ship the order if nothing is left.

    Raises:
        Refused: `Code.NOTHING_CHECKED`; `Code.PACK_HELD`; `Code.NOT_ENOUGH_STOCK` if a tote
            lost goods meanwhile.
    """
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    order_must_be_free(tx, cause, work.head.merchant, work.head.number)
    parcel, lines_done = _fill_carton(tx, cause, work, command.box)
    rest = checking.rest_of(tx, cause.site, command.order)
    last = not rest.left_pieces
    _queue(tx, cause, work, parcel, last)
    _tell_of_labels(tx, cause, work, parcel, last)
    note_extras(tx, cause, work.head, command, parcel.carton)
    cause.note(
        job="packing",
        merchant=work.head.merchant,
        pieces=parcel.pieces,
        lines=lines_done,
        parcels=1,
    )
    if last:
        return finish_order(tx, cause, work, parcel.carton, parcel.pieces, parcel.box)
    places.set_place(tx, cause.site, parcel.carton, state="closed")
    bench = open_bench(tx, cause, work.head, work.codes)
    instruction = instruction_of(tx, cause, work.head)
    return ParcelClosed(parcel.carton, parcel.pieces, bench, rest, instruction)


def finish_order(
    tx: Session, cause: Cause, work: Work, carton: str, pieces: int, box: str
) -> OrderShipped:
    """Let all parcels of an order leave, free its totes, and tell the shop.

    Args:
        tx: Open transaction.
        cause: The scan behind it.
        work: The order, which the worker holds.
        carton: Its last parcel; empty if that was closed earlier.
        pieces: What that parcel holds.
        box: Its box type.

    Raises:
        Refused: `Code.PACK_HELD`, if the order is held, or some of what it holds.
    """
    head = work.head
    order_must_be_free(tx, cause, head.merchant, head.number)
    cartons = parcels.standing_parcels(tx, cause.site, head.merchant, head.number)
    assert cartons, head
    shipped = [(code, ledger.lines_in(tx, cause.site, code)) for code in cartons]
    _must_leave_nothing_held(tx, cause, [line for _, lines in shipped for line in lines])
    for code, lines in shipped:
        ledger.move(tx, cause, code, CUSTOMER, lines)
        places.set_place(tx, cause.site, code, state="shipped", parent=None)
    ended = {"state": "shipped", "shipped_at": cause.at, "closed_at": cause.at}
    orders.set_order(tx, cause.site, head.merchant, head.number, **ended)
    told = ask(tx, _LINES, **_order_of(cause, work)).all()
    sent = sum(line.pieces for _, lines in shipped for line in lines)
    short_pieces = sum(line.ordered for line in told) - sent
    free_totes(tx, cause, work)
    tasks.close_task(tx, cause, work.task)
    _tell_shop(tx, cause, work, shipped, _lines_told(told), short_pieces)
    note_end(tx, cause, head.merchant, head.number, shipped_pieces=sent)
    cause.note(job="packing", orders=1)
    return OrderShipped(head.order_no, carton, pieces, len(cartons), box, short_pieces)


def _must_leave_nothing_held(tx: Session, cause: Cause, lines: Iterable[Line]) -> None:
    """See that nothing is held of what parcels hold that were closed before it was.

    Raises:
        Refused: `Code.PACK_HELD`. A lead takes the closing of the parcel back, or releases it.
    """
    of_sku: dict[tuple[str, str], list[Goods]] = {}
    for line in lines:
        of_sku.setdefault((line.goods.merchant, line.goods.sku), []).append(line.goods)
    for goods in of_sku.values():
        goods_must_be_free(tx, cause, goods)


def free_totes(tx: Session, cause: Cause, work: Work) -> None:
    """Make an order's empty totes anybody's; one that still holds something is put back."""
    held = set(ask(tx, _HELD, site=cause.site, totes=list(work.codes)).scalars())
    for tote in sorted(set(work.codes) - held):
        places.set_place(tx, cause.site, tote, order_no=None, merchant=None)
    for tote in sorted(held):
        tasks.open_task(
            tx, cause, "putback", place=tote, merchant=work.head.merchant, reason="left_in_tote"
        )


def _fill_carton(tx: Session, cause: Cause, work: Work, box: str) -> tuple[_Packed, int]:
    """Move what is verified into a new carton; also count the order lines this completes."""
    head = work.head
    checked = checking.checked_lines(tx, cause.site, head.order_no)
    if not checked:
        raise Refused(Code.NOTHING_CHECKED)
    number = len(parcels.standing_parcels(tx, cause.site, head.merchant, head.number)) + 1
    carton = places.next_sscc(tx, cause.site)
    places.new_place(
        tx,
        cause.site,
        code=carton,
        kind="carton",
        parent=bench_of(tx, cause, work.totes) or None,
        merchant=head.merchant,
        order_no=head.order_no,
    )
    for tote, group in groupby(checked, key=lambda entry: entry[0]):
        ledger.move(tx, cause, tote, carton, [line for _, line in group])
    ask(tx, _FORGET_CHECKED, site=cause.site, totes=list(work.codes))
    lines = [line for _, line in checked]
    goods_g = boxes.weight_of_lines(tx, cause.site, lines)
    tare_g = boxes.tare_of(tx, cause.site, box)
    parcel = _Packed(
        carton,
        sum(line.pieces for line in lines),
        box,
        goods_g + tare_g if goods_g else 0,
        number,
        carrier_labels.labels_left(tx, cause.site, head.merchant, head.number),
    )
    ask(
        tx,
        _ADD_PARCEL,
        site=cause.site,
        carton=carton,
        merchant=head.merchant,
        order=head.number,
        box_type=box,
        state="closed",
        weight_g=parcel.weight_g,
        label_no=parcel.left.next_no,
        closed_at=cause.at,
    )
    return parcel, _count_packed(tx, cause, work, lines)


def _count_packed(tx: Session, cause: Cause, work: Work, lines: Iterable[Line]) -> int:
    """Write packed pieces to the order's lines; return how many lines that completes."""
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.goods.sku] = pieces.get(line.goods.sku, 0) + line.pieces
    here = _order_of(cause, work)
    done, packed_now = 0, []
    for line_no, sku, picked, packed in ask(tx, _TO_COUNT, **here).all():
        taken = min(pieces.get(sku, 0), picked - packed)
        if taken:
            pieces[sku] -= taken
            done += packed + taken == picked
            packed_now.append({**here, "at_line": line_no, "now": packed + taken})
    for sku, more in pieces.items():
        if more:  # the tote held more than was picked for the order
            raise Refused(Code.ALL_CHECKED, sku=sku)
    ask_each(tx, _COUNT, packed_now)
    return done


def _order_of(cause: Cause, work: Work) -> dict[str, str]:
    """Give the parameters that name an order."""
    return {"at_site": cause.site, "at_merchant": work.head.merchant, "at_order": work.head.number}


def _queue(tx: Session, cause: Cause, work: Work, parcel: _Packed, last: bool) -> None:
    """Queue the shipping label of a parcel: the carrier's if there is one, else ours.

    The fields are those of ours in either case. The spool sends the carrier's in its place.
    """
    head = work.head
    ship_to = list(Address.of_json(head.ship_to).block())
    if not ship_to:
        if not parcel.left.next_no:
            tasks.trouble(tx, cause, "no_address", parcel.carton, head.merchant, order=head.number)
        ship_to = [NO_ADDRESS]
    name = ask(tx, _NAME, site=cause.site, merchant=head.merchant).scalar()
    sender = merchant_rules(tx, cause.site, head.merchant).sender
    data: dict[str, str | int | list[str]] = {
        "ship_to": ship_to,
        "sender": [line.strip() for line in sender.split("|") if line.strip()],
        "order": head.number,
        "merchant": name or head.merchant,
        "sscc": parcel.carton,
        "carrier": head.carrier,
        "service": head.service,
        "parcel": parcel.number,
        "box": parcel.box,
        "weight_kg": f"{parcel.weight_g / 1000:.2f}" if parcel.weight_g else "",
    }
    if last:
        data["parcels"] = parcel.number
    queue_label(tx, cause, "shipping", parcel.carton, data)


def _tell_of_labels(tx: Session, cause: Cause, work: Work, parcel: _Packed, last: bool) -> None:
    """Tell if the carrier's labels are too few, so that a parcel cannot travel, or too many."""
    left, head = parcel.left, work.head
    facts: dict[str, str | int] = {"order": head.number, "brought": left.brought}
    if left.brought and not left.next_no:
        tasks.trouble(tx, cause, "no_carrier_label", parcel.carton, head.merchant, **facts)
    elif last and left.unused > 1:
        tasks.trouble(tx, cause, "carrier_label_left", parcel.carton, head.merchant, **facts)


def _tell_shop(
    tx: Session,
    cause: Cause,
    work: Work,
    shipped: Sequence[tuple[str, Sequence[Line]]],
    lines: list[dict[str, object]],
    short_pieces: int,
) -> None:
    """Write the message that the order was shipped, in the ids that the platform knows."""
    head = work.head
    body = {
        "order_id": head.platform_id,
        "order_number": head.number,
        "merchant": head.merchant,
        "shipped_at": cause.at.isoformat(),
        "carrier": head.carrier,
        "service": head.service,
        "partial": bool(short_pieces),
        "parcels": _parcels_told(shipped),
        "lines": lines,
    }
    ask(
        tx,
        _TELL,
        site=cause.site,
        id=cause.new_id(),
        kind="order_shipped",
        platform=head.channel,
        subject=head.order_no,
        body=json.dumps(body, ensure_ascii=False),
        created_at=cause.at,
    )


def _parcels_told(shipped: Sequence[tuple[str, Sequence[Line]]]) -> list[dict[str, object]]:
    return [
        {
            "sscc": carton,
            "lines": [
                {
                    "sku": line.goods.sku,
                    "pieces": line.pieces,
                    "lot": line.goods.lot,
                    "expiry": line.goods.expiry,
                    "serial": line.goods.serial,
                }
                for line in lines
            ],
        }
        for carton, lines in shipped
    ]


def _lines_told(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[dict[str, object]]:
    """List the order's lines; the ids of pieces that do not come are left out."""
    return [
        {
            "sku": sku,
            "ordered": ordered,
            "shipped": packed,
            "line_item_ids": json.loads(platform_ids)[:packed],
        }
        for sku, ordered, packed, platform_ids in rows
    ]
