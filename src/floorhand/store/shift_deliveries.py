"""Questions about a period's deliveries: which were worked on, and how each stood at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry, Noted
from floorhand.domain.json_text import as_json
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask, of_texts
from floorhand.store.entries import entries
from floorhand.store.schema import Delivery, DeliveryLine, DeliveryWas

RECEIVING = ("CountPieces", "SetCount", "MarkDamaged")
"""Operations that count pieces of a delivery."""

_NOW = select(Delivery.number, Delivery.merchant, Delivery.opened_at, Delivery.closed_at).where(
    Delivery.site == bindparam("site"),
    Delivery.opened_at < bindparam("end"),
    or_(Delivery.closed_at.is_(None), Delivery.closed_at >= bindparam("start")),
)
_WERE = (
    select(DeliveryWas.number, DeliveryWas.merchant, DeliveryWas.opened_at, DeliveryWas.closed_at)
    .where(DeliveryWas.site == bindparam("site"), DeliveryWas.until >= bindparam("end"))
    .order_by(DeliveryWas.until.desc())
)
_COUNTS = ("expected", "received", "damaged", "over", "short", "refused")
_LINES = of_texts(
    "numbers",
    lambda numbers: (
        select(
            DeliveryLine.delivery,
            *(func.sum(getattr(DeliveryLine, name)).label(name) for name in _COUNTS),
        )
        .where(DeliveryLine.site == bindparam("site"), DeliveryLine.delivery.in_(numbers))
        .group_by(DeliveryLine.delivery)
    ),
)


class DeliveryFigures(NamedTuple):
    """One delivery that was worked on, in pieces."""

    number: str
    merchant: str
    state: str
    expected: int
    received: int
    damaged: int
    over: int
    short: int
    refused: int


def deliveries(
    tx: Session, site: str, period: Period, now: datetime, noted: Noted
) -> list[DeliveryFigures]:
    """List the deliveries that were open in the period or closed in it, as at its end.

    Args:
        tx: An open transaction.
        site: The building.
        period: When.
        now: The moment of asking.
        noted: What counts in the period.
    """
    closings = {one.word("delivery"): one for one in noted("deliveries") if one.sign > 0}
    of = {"site": site, "end": period.end}
    rows = {row.number: row for row in ask(tx, _NOW, start=period.start, **of)}
    were = {row.number: row for row in ask(tx, _WERE, **of)}  # the last: what it was first of all
    then = {n: row for n, row in sorted((rows | were).items()) if _is_of(row, period)}
    open_ = {n: row for n, row in then.items() if not _is_closed(row, period)}
    ends = (now if n in were else row.closed_at or now for n, row in open_.items())
    later = _counted_later(tx, site, period.end, max(ends)) if open_ else {}
    asked = ask(tx, _LINES, site=site, numbers=as_json(list(then)))
    counts = {row.delivery: {name: int(getattr(row, name)) for name in _COUNTS} for row in asked}
    return [
        _open(row, counts.get(number, {}), later.get(number, {}))
        if number in open_
        else _closed(row, counts.get(number, {}), closings.get(number))
        for number, row in then.items()
    ]


def _is_of(row: Any, period: Period) -> bool:
    if row.opened_at is None or row.opened_at >= period.end:
        return False
    return row.closed_at is None or row.closed_at >= period.start


def _is_closed(row: Any, period: Period) -> bool:
    return row.closed_at is not None and row.closed_at < period.end


def _closed(row: Any, counts: Mapping[str, int], closing: Entry | None) -> DeliveryFigures:
    """Tell what its closing made final; of one that came in closed, what its lines say."""
    told = {**dict.fromkeys(_COUNTS, 0), **counts}
    if closing is not None:
        damaged = closing.count("damaged_pieces")
        told |= {
            "expected": closing.count("expected_pieces"),
            "received": closing.count("counted_pieces") - damaged,
            "damaged": damaged,
            "over": closing.count("over"),
            "short": closing.count("short"),
        }
    return DeliveryFigures(row.number, row.merchant, "closed", **told)


def _open(row: Any, counts: Mapping[str, int], later: Mapping[str, int]) -> DeliveryFigures:
    """Tell what was counted, less what was counted after the period."""
    told = {**dict.fromkeys(_COUNTS, 0), **counts}
    hurt = later.get("damaged", 0)
    told["received"] += hurt - later.get("pieces", 0)
    told["damaged"] -= hurt
    return DeliveryFigures(row.number, row.merchant, "receiving", **told | {"over": 0, "short": 0})


def _counted_later(
    tx: Session, site: str, end: datetime, until: datetime
) -> dict[str, Counter[str]]:
    """Add up what was counted of deliveries after a period, up to a moment."""
    found: dict[str, Counter[str]] = {}
    if until <= end:
        return found
    after = Period("", end, until + timedelta(microseconds=1))
    counted: Iterable[Entry] = entries(tx, site, after, RECEIVING).counted
    for entry in counted:
        counts = found.setdefault(entry.word("delivery"), Counter())
        for name in ("pieces", "damaged"):
            counts[name] += entry.count(name)
    return found
