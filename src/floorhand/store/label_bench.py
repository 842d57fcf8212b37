"""Fill the sheets that lie at a packing bench: a barcode for each box, and for each insert."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from floorhand.domain.inserts import of_texts
from floorhand.store.boxes import box_types
from floorhand.store.label_data import LabelWanted
from floorhand.store.masters import rules_of_merchants


def box_labels(tx: Session, site: str, codes: Sequence[str] = ()) -> tuple[LabelWanted, ...]:
    """Fill a label for every box type: scanned at the bench, that box is taken."""
    return tuple(
        _label(box.code, box.code, name)
        for box, name in box_types(tx, site)
        if not codes or box.code in codes
    )


def insert_labels(
    tx: Session, site: str, *, merchant: str = "", codes: Sequence[str] = ()
) -> tuple[LabelWanted, ...]:
    """Fill a label for every insert with a barcode, for the heap of those that show none."""
    return tuple(
        _label(insert.code, owner, insert.name)
        for owner, rules in sorted(rules_of_merchants(tx, site).items())
        if merchant in ("", owner)
        for insert in of_texts(rules.inserts)
        if insert.code and (not codes or insert.code in codes)
    )


def _label(code: str, *words: str) -> LabelWanted:
    named = " ".join(dict.fromkeys(words))
    return LabelWanted("command", code, {"scan_code": code, "key": "", "word": named})
