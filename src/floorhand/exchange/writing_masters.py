"""Write sites, merchants, products, boxes and workers. What is there already is compared.

Every function takes an open transaction and never ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from random import SystemRandom
from typing import Any

from sqlalchemy import select, update

from floorhand.domain.barcodes import new_body, own_code
from floorhand.domain.pins import hash_pin, is_hash, verify_pin
from floorhand.domain.things import OUTSIDE
from floorhand.exchange.cells import shown
from floorhand.exchange.records import (
    BarcodeRecord,
    BoxRecord,
    ProductRecord,
    WorkerRecord,
)
from floorhand.exchange.written import BATCH, Writing, batches
from floorhand.store.schema import Barcode, BoxType, Merchant, Place, SiteRow, Sku, Worker

DRAWS_MAX = 100
"""Attempts at drawing a code that nothing carries yet."""

_chance = SystemRandom()


def ensure_site(w: Writing) -> None:
    """Make the site and its outside places if they are not there yet."""
    if w.tx.scalar(select(SiteRow.site).where(SiteRow.site == w.site)) is None:
        w.insert(SiteRow, [{"site": w.site, "name": w.site, "time_zone": w.context.time_zone}])
    there = set(
        w.tx.scalars(select(Place.code).where(Place.site == w.site, Place.code.in_(OUTSIDE)))
    )
    w.insert(
        Place,
        [
            {"site": w.site, "code": code, "kind": "outside", "scan_code": code}
            for code in OUTSIDE
            if code not in there
        ],
    )


def ensure_merchants(w: Writing, codes: Iterable[str], names: dict[str, str]) -> None:
    """Make the merchants that are not there yet."""
    wanted = sorted(set(codes))
    there: set[str] = set()
    for chunk in batches(wanted, BATCH):
        there.update(
            w.tx.scalars(
                select(Merchant.code).where(Merchant.site == w.site, Merchant.code.in_(chunk))
            )
        )
    new = [code for code in wanted if code not in there]
    w.insert(Merchant, [{"site": w.site, "code": c, "name": names.get(c, c)} for c in new])
    w.counts["merchants"] += len(new)


class Codes:
    """Finds SKUs as files write them: as they are, else the one that differs in case only.

    ``named`` says which SKU a product's name means, ``unclear`` why that cannot be told.

    A merchant's codes are read once: asking for each file's codes without regard to case would
    search through all of them again and again.
    """

    def __init__(self, w: Writing) -> None:
        self.w = w
        self.named: dict[tuple[str, str], str] = {}
        self.unclear: dict[tuple[str, str], str] = {}
        self._alike: dict[str, dict[str, str]] = {}
        self._twins: dict[str, set[str]] = {}

    def find(self, merchant: str, sku: str) -> str | None:
        """Give the code of a product; None if there is none."""
        found = self._written(merchant, sku)
        return found or self._written(merchant, self.named.get((merchant, sku), ""))

    def missing(self, merchant: str, sku: str) -> str:
        """Say why there is no such product."""
        plain = f"merchant {merchant} has no product {shown(sku)}; import products first"
        return self.unclear.get((merchant, sku), plain)

    def _written(self, merchant: str, sku: str) -> str | None:
        alike = self._of(merchant)
        return sku if sku in self._twins[merchant] else alike.get(sku.upper())

    def add(self, merchant: str, sku: str) -> None:
        """Remember a product that was just written."""
        self._of(merchant)
        self._keep(merchant, sku)

    def _of(self, merchant: str) -> dict[str, str]:
        if merchant not in self._alike:
            self._alike[merchant], self._twins[merchant] = {}, set()
            mine = (Sku.site == self.w.site, Sku.merchant == merchant)
            for sku in self.w.tx.scalars(select(Sku.code).where(*mine).order_by(Sku.code)):
                self._keep(merchant, sku)
        return self._alike[merchant]

    def _keep(self, merchant: str, sku: str) -> None:
        folded = sku.upper()
        first = self._alike[merchant].setdefault(sku if folded == sku else folded, sku)
        if first != sku:
            self._twins[merchant] |= {first, sku}


_PRODUCT_COLUMNS = (
    "name", "weight_g", "length_mm", "width_mm", "height_mm", "lot_tracked", "expiry_tracked",
    "serial_tracked", "min_life_days", "storage", "abc", "source",
)  # fmt: skip


def write_products(w: Writing, records: Sequence[ProductRecord], codes: Codes) -> None:
    """Add products and barcodes, and put in what the file knows better."""
    for chunk in batches(records, BATCH):
        for merchant in dict.fromkeys(record.merchant for record in chunk):
            _write_products(w, merchant, [r for r in chunk if r.merchant == merchant], codes)


def _write_products(
    w: Writing, merchant: str, records: Sequence[ProductRecord], codes: Codes
) -> None:
    alike: dict[str, str] = {}
    named: list[tuple[str, ProductRecord]] = []
    for record in records:
        code = codes.find(merchant, record.sku) or alike.get(record.sku.upper(), record.sku)
        alike.setdefault(code.upper(), code)
        named.append((code, record))
    printed = [item.code for record in records for item in record.barcodes]
    taken = _barcodes_of(w, merchant, [*printed, *alike.values()])
    there = _products(w, merchant, alike.values())
    new: dict[str, dict[str, Any]] = {}
    fresh: list[dict[str, Any]] = []
    for code, record in named:
        if (reason := _barcode_clash(code, record, taken)) and not record.only_new:
            w.reject(record.line, reason)
            continue
        if code in there:
            _update_product(w, merchant, there[code], record)
        else:
            values = new.setdefault(
                code, {"site": w.site, "merchant": merchant, "code": code, **_fresh(record, code)}
            )
            values.update(_told(record, values))
        fresh += _new_barcodes(w, merchant, code, record, taken)
    w.insert(Sku, new.values())
    for code in new:
        codes.add(merchant, code)
    with_code = {sku for sku, _, _ in taken.values()}
    fresh += [
        _barcode(w, merchant, code, BarcodeRecord(code))
        for code in new
        if code not in with_code and code not in taken
    ]
    w.insert(Barcode, fresh)
    w.counts["products"] += len(new)
    w.counts["barcodes"] += len(fresh)


_BLANK: dict[str, Any] = (
    dict.fromkeys(_PRODUCT_COLUMNS, 0)
    | dict.fromkeys(("lot_tracked", "expiry_tracked", "serial_tracked"), False)
    | dict.fromkeys(("name", "storage", "abc", "source"), "")
)


def _fresh(record: ProductRecord, code: str) -> dict[str, Any]:
    return {**_BLANK, "name": record.name or code}


def _told(record: ProductRecord, values: dict[str, Any]) -> dict[str, Any]:
    """Give what the record says and the product does not have yet."""
    said = {name: getattr(record, name) for name in _PRODUCT_COLUMNS}
    return {n: v for n, v in said.items() if v not in (None, "") and v != values.get(n)}


def _update_product(w: Writing, merchant: str, row: dict[str, Any], record: ProductRecord) -> None:
    changed = {} if record.only_new else _told(record, row)
    if not changed:
        w.counts["unchanged"] += 1
        return
    w.tx.execute(
        update(Sku)
        .where(Sku.site == w.site, Sku.merchant == merchant, Sku.code == row["code"])
        .values(changed)
    )
    row.update(changed)
    w.counts["updated"] += 1


def _products(w: Writing, merchant: str, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    columns = [Sku.code, *(getattr(Sku, name) for name in _PRODUCT_COLUMNS)]
    rows = w.tx.execute(
        select(*columns).where(
            Sku.site == w.site, Sku.merchant == merchant, Sku.code.in_(list(codes))
        )
    )
    return {row.code: dict(row._mapping) for row in rows}


Taken = dict[str, tuple[str, int, str]]
"""What each barcode of a merchant stands for: SKU, pieces, pack."""


def _barcodes_of(w: Writing, merchant: str, codes: list[str]) -> Taken:
    found: Taken = {}
    for chunk in batches(dict.fromkeys(codes), BATCH):
        rows = w.tx.execute(
            select(Barcode.code, Barcode.sku, Barcode.pieces, Barcode.pack).where(
                Barcode.site == w.site, Barcode.merchant == merchant, Barcode.code.in_(chunk)
            )
        )
        found.update({row.code: (row.sku, row.pieces, row.pack) for row in rows})
    return found


def _barcode_clash(code: str, record: ProductRecord, taken: Taken) -> str:
    for item in record.barcodes:
        owner = taken.get(item.code)
        if owner is not None and owner[0] != code:
            return f"barcode {shown(item.code)} belongs to SKU {shown(owner[0])} already"
    return ""


def _new_barcodes(
    w: Writing, merchant: str, code: str, record: ProductRecord, taken: Taken
) -> list[dict[str, Any]]:
    fresh: list[dict[str, Any]] = []
    for item in record.barcodes:
        has = taken.get(item.code)
        if has is None:
            fresh.append(_barcode(w, merchant, code, item))
        elif has[0] == code and has[1:] != (item.pieces, item.pack) and not record.only_new:
            w.tx.execute(
                update(Barcode)
                .where(
                    Barcode.site == w.site,
                    Barcode.merchant == merchant,
                    Barcode.code == item.code,
                )
                .values(pieces=item.pieces, pack=item.pack)
            )
            w.counts["updated"] += 1
        else:
            continue
        taken[item.code] = (code, item.pieces, item.pack)
    return fresh


def _barcode(w: Writing, merchant: str, sku: str, item: BarcodeRecord) -> dict[str, Any]:
    return {
        "site": w.site, "merchant": merchant, "code": item.code, "sku": sku,
        "pieces": item.pieces, "pack": item.pack,
    }  # fmt: skip


def write_boxes(w: Writing, records: Sequence[BoxRecord]) -> None:
    """Add or change types of shipping boxes."""
    told = [f.name for f in fields(BoxRecord) if f.name not in ("line", "code")]
    rows = w.tx.execute(select(BoxType.__table__).where(BoxType.site == w.site))
    there = {row.code: dict(row._mapping) for row in rows}
    for record in records:
        said = {n: getattr(record, n) for n in told if getattr(record, n) is not None}
        old = there.get(record.code)
        if old is None:
            w.insert(BoxType, [{"site": w.site, "code": record.code, **said}])
            there[record.code] = said
            w.counts["boxes"] += 1
        elif changed := {n: v for n, v in said.items() if old.get(n) != v}:
            w.tx.execute(
                update(BoxType)
                .where(BoxType.site == w.site, BoxType.code == record.code)
                .values(changed)
            )
            old.update(changed)
            w.counts["updated"] += 1
        else:
            w.counts["unchanged"] += 1


def write_workers(w: Writing, records: Sequence[WorkerRecord]) -> None:
    """Add or change workers. A PIN is hashed anew only if it is another one."""
    rows = w.tx.execute(select(Worker.__table__).where(Worker.site == w.site))
    there = {row.code: dict(row._mapping) for row in rows}
    badges = {row["badge"]: code for code, row in there.items()}
    for record in records:
        if badges.get(record.badge, record.code) != record.code:
            w.reject(record.line, f"badge {shown(record.badge)} is another worker's")
            continue
        old = there.get(record.code)
        said = {n: v for n in ("name", "badge", "roles", "language") if (v := getattr(record, n))}
        if is_hash(record.pin):
            said["pin_hash"] = record.pin
        elif record.pin and not (old and verify_pin(record.pin, old["pin_hash"])):
            said["pin_hash"] = hash_pin(record.pin)
        if old is None:
            said.setdefault("badge", fresh_code("badge", badges))
            said.setdefault("name", record.code)
            w.insert(Worker, [{"site": w.site, "code": record.code, **said}])
            there[record.code] = old = {"pin_hash": "", **said}
            w.counts["workers"] += 1
        elif changed := {n: v for n, v in said.items() if old.get(n) != v}:
            w.tx.execute(
                update(Worker)
                .where(Worker.site == w.site, Worker.code == record.code)
                .values(changed)
            )
            old.update(changed)
            w.counts["updated"] += 1
        else:
            w.counts["unchanged"] += 1
        badges[old["badge"]] = record.code


def fresh_code(kind: str, taken: Iterable[str]) -> str:
    """Draw what one of our own labels holds, that nothing carries yet."""
    known = set(taken) if not isinstance(taken, (set, dict)) else taken
    for _ in range(DRAWS_MAX):
        code = own_code(kind, new_body(_chance))
        if code not in known:
            return code
    raise AssertionError(f"no free code in {DRAWS_MAX} draws")
