"""Find the products that shops mean where they write a name and no SKU.

What a name map or a line gives may be a SKU or the name of a product, as somebody types it. Only
what neither of them is becomes a product of its own: made too early, it would be a second product
without stock beside the one that lies in the bins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import select

from floorhand.exchange.cells import shown, slug
from floorhand.exchange.name_map import key
from floorhand.exchange.records import ProductRecord
from floorhand.exchange.writing_masters import Codes
from floorhand.exchange.written import Writing
from floorhand.store.schema import Sku

SHOWN_MAX = 3
"""Products of the same name that a message lists."""


def settle_names(
    w: Writing, records: Iterable[ProductRecord], codes: Codes
) -> Iterator[ProductRecord]:
    """Tell ``codes`` what names mean, and give products to make of the names that mean none.

    Products that the file describes must have been written before.
    """
    known: dict[str, dict[str, list[str]]] = {}
    for record in records:
        merchant, name = record.merchant, record.name
        if codes.find(merchant, name) is not None:
            continue
        if merchant not in known:
            known[merchant] = _by_name(w, merchant)
        meant = known[merchant].get(key(name), [])
        if len(meant) > 1:
            listed = " and ".join(meant[:SHOWN_MAX])
            codes.unclear[merchant, name] = (
                f"merchant {merchant} has several products with the name {shown(name)} "
                f"({listed}); write the SKU into the map (--map)"
            )
            continue
        codes.named[merchant, name] = meant[0] if meant else slug(name)
        if not meant:
            yield replace(record, sku=slug(name))


def _by_name(w: Writing, merchant: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    columns = select(Sku.code, Sku.name).where(Sku.site == w.site, Sku.merchant == merchant)
    for row in w.tx.execute(columns.order_by(Sku.code)):
        found.setdefault(key(row.name), []).append(row.code)
    return found
