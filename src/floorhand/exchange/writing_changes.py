"""What may still change in a paper that is there when a file brings it again.

Lines are compared as pieces of a product, because no file numbers them. A line that the paper does
not have is never passed over: it is added while nobody has begun with the paper, or put aside.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from floorhand.exchange.cells import shown
from floorhand.exchange.records import DeliveryRecord, LineRecord, OrderRecord, ReturnRecord
from floorhand.exchange.writing_masters import Codes
from floorhand.exchange.written import BATCH, Writing, batches
from floorhand.store.schema import DeliveryLine, Order, OrderLine, Pick, ReturnLine

UNTOUCHED = ("hold", "waiting", "released")
"""States of an order that nobody on the floor has begun with."""


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a paper as it is stored. ``begun`` says that pieces of it were taken or left."""

    number: int
    sku: str
    pieces: int
    begun: bool = False


def order_lines(w: Writing, merchant: str, numbers: Iterable[str]) -> dict[str, list[Held]]:
    """Give the lines of a merchant's orders."""
    begun = OrderLine.picked + OrderLine.packed + OrderLine.short > 0
    rows = w.tx.execute(
        select(OrderLine.order, OrderLine.line_no, OrderLine.sku, OrderLine.ordered, begun)
        .where(OrderLine.site == w.site, OrderLine.merchant == merchant)
        .where(OrderLine.order.in_(list(numbers)))
        .order_by(OrderLine.line_no)
    )

    held: dict[str, list[Held]] = {}
    for order, number, sku, pieces, taken in rows:
        held.setdefault(order, []).append(Held(number, sku, pieces, bool(taken)))
    return held


class PaperLines:
    """The lines of those deliveries or returns of a file that are there already."""

    def __init__(
        self, w: Writing, table: type[DeliveryLine] | type[ReturnLine],
        there: Iterable[tuple[str, str]],
    ) -> None:  # fmt: skip
        self.w = w
        if table is DeliveryLine:
            self.what, paper = "delivery", DeliveryLine.delivery
            pieces = DeliveryLine.expected
        else:
            self.what, paper = "return", ReturnLine.number
            pieces = ReturnLine.advised
        spelled = [word for m, number in there for word in (number, f"{m}-{number}")]
        self._held: dict[tuple[str, str], list[Held]] = {}
        for chunk in batches(spelled, BATCH):
            rows = w.tx.execute(
                select(table.merchant, paper, table.line_no, table.sku, pieces)
                .where(table.site == w.site, paper.in_(chunk), pieces > 0)
                .order_by(table.line_no)
            )
            for merchant, name, number, sku, count in rows:
                self._held.setdefault((merchant, name), []).append(Held(number, sku, count))

    def compare(self, record: DeliveryRecord | ReturnRecord, codes: Codes) -> None:
        """Put aside each line of a file's paper that the one that is there does not have."""
        merchant, number = record.merchant, record.number
        held = self._held.get((merchant, number)) or self._held.get(
            (merchant, f"{merchant}-{number}"), []
        )
        reject_new_lines(self.w, f"{self.what} {number}", merchant, record.lines, held, codes)


def reject_new_lines(
    w: Writing, what: str, merchant: str, lines: Sequence[LineRecord], held: Sequence[Held],
    codes: Codes,
) -> bool:  # fmt: skip
    """Put aside each line that says more pieces of a product than the paper has."""
    left = Counter[str]()
    for line in held:
        left[line.sku] += line.pieces
    found = False
    for told in lines:
        sku = codes.find(merchant, told.sku) or told.sku
        left[sku] -= told.pieces
        if left[sku] < 0:
            left[sku], found = 0, True
            reason = f"{what} is there already, without this line: {shown(sku)} x {told.pieces}"
            w.reject(told.line, reason)
    return found


def amend_order(
    w: Writing, old: dict[str, Any], record: OrderRecord, held: list[Held], codes: Codes
) -> bool:
    """Let lines and hold of an order follow its file while nobody has begun with it.

    What cannot follow is put aside with the reason. A file that lacks a product of the order tells
    a part of it, so nothing is taken away and only what is new is put aside.

    Returns:
        Whether anything was changed.
    """
    what, merchant = f"order {record.number}", old["merchant"]
    if not record.replaces:
        reject_new_lines(w, what, merchant, record.lines, held, codes)
        return False
    told = [(codes.find(merchant, line.sku), line) for line in record.lines]
    missing = [line for line in held if line.sku not in {sku for sku, _ in told}]
    if missing:
        if not reject_new_lines(w, what, merchant, record.lines, held, codes):
            reason = (
                f"{what} is there already with {_words(missing)}, which the file does not have; "
                "lines are not taken away: cancel the order, or send it with all its lines"
            )
            w.reject(record.line, reason)
        return False
    if unknown := [line for sku, line in told if sku is None]:
        for line in unknown:
            reason = f"merchant {merchant} has no product {shown(line.sku)}; import products first"
            w.reject(line.line, reason)
        return False
    change = _Change.between(held, [(str(sku), line) for sku, line in told])
    state = _state(old, record)
    if not change and state == old["state"]:
        return False
    if _has_begun(w, old, held) or not _take(w, old, record, state):
        if change or state != "released":
            _tell(w, record, change, f"{what} is being worked on, or is done ({old['state']})")
        return False
    change.carry_out(w, merchant, record.number)
    return True


@dataclass(slots=True)
class _Change:
    """What makes the lines of an order those of a file: other pieces, and lines to add."""

    pieces: dict[Held, int] = field(default_factory=dict)
    added: list[tuple[str, LineRecord]] = field(default_factory=list)
    last: int = 0

    def __bool__(self) -> bool:
        return bool(self.pieces or self.added)

    @classmethod
    def between(cls, held: Sequence[Held], told: Sequence[tuple[str, LineRecord]]) -> _Change:
        """Compare product by product: as many pieces on other lines are no change."""
        made = cls(last=max((line.number for line in held), default=0))
        for sku in dict.fromkeys(sku for sku, _ in told):
            olds = [line for line in held if line.sku == sku]
            news = [line for named, line in told if named == sku]
            more = sum(line.pieces for line in news) - sum(line.pieces for line in olds)
            if not more:
                continue
            if len(news) < len(olds):
                made.pieces[olds[0]] = max(olds[0].pieces + more, 1)
                continue
            for old, new in zip(olds, news, strict=False):
                if old.pieces != new.pieces:
                    made.pieces[old] = new.pieces
            made.added += [(sku, line) for line in news[len(olds) :]]
        return made

    def carry_out(self, w: Writing, merchant: str, order: str) -> None:
        """Write the lines."""
        for line, pieces in self.pieces.items():
            w.tx.execute(
                update(OrderLine)
                .where(OrderLine.site == w.site, OrderLine.merchant == merchant)
                .where(OrderLine.order == order, OrderLine.line_no == line.number)
                .values(ordered=pieces)
            )
        rows = [
            {
                "site": w.site, "merchant": merchant, "order": order, "line_no": number,
                "sku": sku, "ordered": line.pieces, "platform_ids": json.dumps(line.platform_ids),
                "short": 0, "short_reason": "",
            }
            for number, (sku, line) in enumerate(self.added, self.last + 1)
        ]  # fmt: skip
        w.insert(OrderLine, rows)
        w.counts["order_lines"] += len(rows)
        w.counts["pieces"] += sum(line.pieces for _, line in self.added)
        w.counts["pieces"] += sum(new - line.pieces for line, new in self.pieces.items())


def _state(old: dict[str, Any], record: OrderRecord) -> str:
    """Give the state that an order should have by its file; only a file that names it says it."""
    if not record.says_state or record.state not in ("hold", "released"):
        return str(old["state"])
    if record.state == "released" and old["state"] != "hold":
        return str(old["state"])
    return record.state if old["state"] in UNTOUCHED else str(old["state"])


def _has_begun(w: Writing, old: dict[str, Any], held: Sequence[Held]) -> bool:
    """Say whether the floor has begun with an order: also one that a bench put on hold."""
    if old["state"] not in UNTOUCHED or any(line.begun for line in held):
        return True
    picks = select(Pick.id).where(
        Pick.site == w.site, Pick.merchant == old["merchant"], Pick.order == old["number"],
        Pick.state != "cancelled",
    )  # fmt: skip
    return w.tx.scalar(picks.limit(1)) is not None


def _take(w: Writing, old: dict[str, Any], record: OrderRecord, state: str) -> bool:
    """Put an order into its state if it is still as it was read; this also keeps walks off it."""
    values = {"state": state}
    if state != old["state"]:
        values["hold_reason"] = record.hold_reason if state == "hold" else ""
    taken = w.tx.scalar(
        update(Order)
        .where(
            Order.site == w.site,
            Order.merchant == old["merchant"],
            Order.number == old["number"],
            Order.state == old["state"],
        )
        .values(values)
        .returning(Order.number)
    )
    if taken is not None:
        old.update(values)
    return taken is not None


def _tell(w: Writing, record: OrderRecord, change: _Change, what: str) -> None:
    """Put aside what comes too late, each line with what is there."""
    by_sku = {line.sku.upper(): line for line in change.pieces}
    told = 0
    for line in record.lines:
        held = by_sku.pop(line.sku.upper(), None)
        if held is not None:
            reason = f"{what} with {held.pieces} of {shown(held.sku)}, which cannot become"
            w.reject(line.line, f"{reason} {line.pieces}")
            told += 1
    for sku, line in change.added:
        w.reject(line.line, f"{what}, without this line: {shown(sku)} x {line.pieces}")
        told += 1
    if not told:
        w.reject(record.line, f"{what}, so it cannot become {record.state}")


def _words(lines: Sequence[Held]) -> str:
    return ", ".join(f"{shown(line.sku)} x {line.pieces}" for line in lines)
