"""Name what a row is about, as people know it: for telling that it is not as somebody left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.holds import BIN, LOT, MERCHANT, ORDER, RECALL, SKU, Subject
from floorhand.store.asking import ask
from floorhand.store.schema import Place

NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "delivery": ("deliverycode", "number"),
    "delivery_line": ("deliverycode", "delivery"),
    "receipt": ("deliverycode", "delivery"),
    "orders": ("ordercode", "number"),
    "order_line": ("ordercode", "order"),
    "pick": ("ordercode", "order"),
    "slot": ("ordercode", "order"),
    "outbox": ("message", "subject"),
    "parcel": ("carton", "carton"),
    "place": ("place", "code"),
    "checked": ("place", "place"),
    "count_sheet": ("place", "place"),
    "refill": ("place", "source"),
    "task": ("place", "place"),
    "counted": ("sku", "sku"),
    "sku": ("sku", "code"),
    "returns": ("returncode", "number"),
    "return_line": ("returncode", "number"),
    "inspection": ("returncode", "number"),
    "trouble": ("exception", "subject"),
    "handover": ("handover", "shift"),
    "barcode": ("barcode", "code"),
    "merchant": ("merchant", "code"),
    "seat": ("station", "station"),
    "site": ("building", "site"),
}
"""A ``thing.…`` for the rows of each table, and the column that names it."""

OF_HOLDS: Final[Mapping[str, str]] = {
    ORDER: "ordercode",
    MERCHANT: "merchant",
    SKU: "sku",
    LOT: "lot",
    RECALL: "lot",
    BIN: "bin",
}
"""What is held, by the kind of a hold."""

PLACES: Final = frozenset({"bin", "dock", "bench", "cart", "tote", "pallet", "carton"})
"""Kinds of places that have a noun."""

_KIND = select(Place.kind).where(Place.site == bindparam("site"), Place.code == bindparam("code"))


def named(tx: Session | None, table: str, row: Mapping[Any, Any]) -> dict[str, str]:
    """Give what a row is about as the facts ``thing_text`` and ``code``.

    Without ``tx`` a place is just a place.
    """
    if table == "hold":
        return hold(row["kind"], row["merchant"], row["subject"], row["lot"])
    noun, column = NOUNS.get(table, ("text", ""))
    code = str(row.get(column) or "")
    if noun == "place":
        return place(tx, row["site"], code) if tx is not None else _facts(noun, code)
    if noun == "ordercode" and row.get("merchant"):
        code = f"{row['merchant']}/{code}"
    return _facts(noun, code)


def hold(kind: str, merchant: str, code: str, lot: str) -> dict[str, str]:
    """Name what is held."""
    return _facts(OF_HOLDS[kind], Subject(kind, merchant, code, lot).name)


def place(tx: Session, site: str, code: str) -> dict[str, str]:
    """Name a place with what kind of place it is."""
    kind = ask(tx, _KIND, site=site, code=code).scalar()
    return _facts(str(kind) if kind in PLACES else "place", code)


def _facts(noun: str, code: str) -> dict[str, str]:
    return {"thing_text": f"thing.{noun}", "code": code}
