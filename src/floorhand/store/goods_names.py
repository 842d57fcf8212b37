"""Names of goods, of which each part may hold what stands between the parts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.store.schema import Sku


def split_goods(tx: Session, site: str, name: str) -> tuple[str, str, str]:
    """Take ``merchant/sku/lot`` apart, or ``merchant/sku``: both may hold slashes of their own."""
    merchant, _, rest = name.partition("/")
    parts = rest.split("/")
    skus = {"/".join(parts[:end]): "/".join(parts[end:]) for end in range(len(parts), 0, -1)}
    known = (Sku.site == site, Sku.merchant == merchant, Sku.code.in_(skus))
    sku = max(tx.scalars(select(Sku.code).where(*known)), key=len, default=rest)
    return merchant, sku, skus.get(sku, "")
