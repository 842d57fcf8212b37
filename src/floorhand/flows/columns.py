"""The columns of the lists of those who lead: what each holds, and how the list sorts by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from floorhand.domain.sorting import (
    EXCEPTIONS,
    KINDS,
    MERCHANTS,
    NAMES,
    PEOPLE,
    SEATS,
    STOCK,
    TAKERS,
    WORK,
    is_turned,
    plain,
    turned,
    way_of,
)
from floorhand.flows.turn import Column

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    EXCEPTIONS: (
        Column("what", "kind_text", "kind", name=True),
        Column("subject", "subject"),
        Column("pieces", "count", "pieces", down=True),
        Column("age", "age", "oldest"),
        Column("due", "due", "urgent"),
        Column("owner", "name", "owner", name=True),
    ),
    WORK: (
        Column("job", "job_text", "job", name=True),
        Column("what", "work", "place"),
        Column("worker", "name", "worker", name=True),
        Column("since", "since", "oldest"),
        Column("pieces", "progress"),
    ),
    SEATS: (
        Column("seat", "seat", "subject"),
        Column("worker", "name", "worker", name=True),
        Column("job", "job_text", "busy", name=True),
        Column("last_scan", "at", "latest", down=True),
        Column("state", "state_text", name=True),
    ),
    PEOPLE: (
        Column("name", "name", "subject", name=True),
        Column("number", "number", "number"),
        Column("seat", "seat", "busy"),
        Column("last_scan", "at", "latest", down=True),
        Column("state", "state_text", name=True),
    ),
    KINDS: (
        Column("what", "kind_text", "kind", name=True),
        Column("count", "count", "count", down=True),
    ),
    TAKERS: (
        Column("name", "name", "subject", name=True),
        Column("number", "number", "number"),
        Column("seat", "seat", "busy"),
    ),
    NAMES: (
        Column("name", "name", "subject", name=True),
        Column("number", "number", "number"),
    ),
    STOCK: (
        Column("sku", "sku", "subject"),
        Column("pieces", "pieces", "pieces", down=True),
        Column("lot", "goods", "expiry"),
        Column("condition", "condition_text", name=True),
        Column("name", "name", name=True),
    ),
    "rules": (
        Column("rule", "rule_text", name=True),
        Column("value", "value_text", name=True),
    ),
    "deeds": (
        Column("at", "done_at"),
        Column("worker", "done_by", name=True),
        Column("deed", "told_text", name=True),
    ),
    "left": (
        Column("what", "kind_text", name=True),
        Column("count", "n"),
    ),
    "out": (
        Column("what", "what_text", name=True),
        Column("pieces", "pieces"),
        Column("order", "order"),
        Column("place", "place"),
        Column("since", "when"),
        Column("worker", "name", name=True),
    ),
    "sku": (
        Column("subject", "subject", "subject"),
        Column("name", "name", name=True),
        Column("pieces", "pieces", "pieces", down=True),
    ),
    "held": (
        Column("what", "kind_text", "kind", name=True),
        Column("subject", "subject", "subject"),
        Column("reason", "reason_text", name=True),
        Column("worker", "name", name=True),
        Column("since", "since", "latest", down=True),
    ),
    "order": (
        Column("order", "order", "subject"),
        Column("state", "state_text", "state", name=True),
        Column("due", "due", "due"),
        Column("priority", "priority", "urgent", down=True),
    ),
    MERCHANTS: (
        Column("merchant", "merchant", "subject"),
        Column("name", "name", name=True),
        Column("orders", "orders", "orders", down=True),
    ),
    "lot": (
        Column("lot", "lot", "subject"),
        Column("expiry", "expiry", "expiry"),
        Column("pieces", "pieces", "pieces", down=True),
    ),
}


def columns(listed: str, sort: str) -> tuple[Column, ...]:
    """Give the columns of a list that is sorted so; none if it has none.

    That by which it is sorted leads to the same the other way round.
    """
    way = way_of(listed, sort)
    return tuple(
        _sorted_by(column, way) if column.way and column.way == plain(way) else column
        for column in COLUMNS.get(listed, ())
    )


def _sorted_by(column: Column, way: str) -> Column:
    return replace(column, way=turned(way), sorted=True, down=column.down != is_turned(way))
