"""Write places of all kinds: what stands in what, what their labels hold, how they are proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import SystemRandom
from typing import Any

from sqlalchemy import func, select, update

from floorhand.domain.barcodes import OWN_KINDS
from floorhand.domain.checks import draw_along
from floorhand.exchange import near_digits
from floorhand.exchange.cells import shown
from floorhand.exchange.records import PlaceRecord
from floorhand.exchange.writing_masters import fresh_code
from floorhand.exchange.written import Writing
from floorhand.store.nesting import NESTING_MAX
from floorhand.store.places import next_sscc
from floorhand.store.rotating import PROVEN_KINDS
from floorhand.store.schema import Place, Stock

WALK_STEP = 10
"""Between the walk numbers that are given where a file has none; leaves room for new bins."""

_chance = SystemRandom()

_COLUMNS = (
    "zone", "storage", "blocked", "walk_no", "aisle_no", "y_mm", "level", "pick_face",
    "capacity_ml", "capacity_g", "capacity_pieces", "inner_height_mm", "slots", "check_digits",
)  # fmt: skip


def write_places(w: Writing, records: Sequence[PlaceRecord]) -> None:
    """Add places, parents first, and change what the file knows better.

    Where a tote, cart, pallet or carton stands belongs to the floor once it is there; a note says
    how many stand elsewhere than the file has them.
    """
    rows = w.tx.execute(select(Place.__table__).where(Place.site == w.site))
    there: dict[str, dict[str, Any]] = {row.code: dict(row._mapping) for row in rows}
    codes = {str(row["scan_code"]): code for code, row in there.items()}
    new: dict[str, PlaceRecord] = {}
    walked = near_digits.along_the_walk(records, there, WALK_STEP)
    same_digits = near_digits.refused(walked)
    elsewhere = 0
    for record in records:
        clash = codes.get(record.scan_code, record.code) if record.scan_code else record.code
        if clash != record.code:
            w.reject(record.line, f"scan_code of {record.code} is that of {clash} already")
        elif record.code in new:
            w.reject(record.line, f"place {record.code} stands in the file twice")
        elif record.code in same_digits:
            w.reject(record.line, same_digits[record.code])
        elif record.code in there:
            old = there[record.code]
            moved = record.parent not in ("", old["parent"])
            if moved and old["kind"] in PROVEN_KINDS:
                stands = f"stands in {old['parent']}" if old["parent"] else "stands in no other"
                w.reject(record.line, f"{record.code} {stands}, and is not moved by a file")
                continue
            elsewhere += moved
            _change(w, old, record)
        else:
            new[record.code] = record
        if record.scan_code and clash == record.code:
            codes[record.scan_code] = record.code
    if note := near_digits.told([one for one in walked if one.code not in same_digits]):
        w.notes.append(note)
    if elsewhere:
        w.notes.append(
            f"{elsewhere} places stand elsewhere than in the file; they were left there."
        )
    _add(w, _parents_first(w, new, there), there, codes)


def _change(w: Writing, old: dict[str, Any], record: PlaceRecord) -> None:
    if old["kind"] != record.kind:
        w.reject(record.line, f"{record.code} is a {old['kind']} already, not a {record.kind}")
        return
    if record.merchant not in ("", old["merchant"]) and _holds_goods(w, record.code):
        whose = f"belongs to {old['merchant']}" if old["merchant"] else "is anybody's"
        reason = f"{record.code} holds goods and {whose}; empty it before it is {record.merchant}'s"
        w.reject(record.line, reason)
        return
    said = {name: getattr(record, name) for name in (*_COLUMNS, "scan_code", "merchant")}
    changed = {n: v for n, v in said.items() if v not in (None, "") and v != old[n]}
    if not changed:
        w.counts["unchanged"] += 1
        return
    w.tx.execute(
        update(Place).where(Place.site == w.site, Place.code == record.code).values(changed)
    )
    old.update(changed)
    w.counts["updated"] += 1


def _holds_goods(w: Writing, code: str) -> bool:
    goods = select(Stock.place).where(Stock.site == w.site, Stock.place == code, Stock.pieces > 0)
    return w.tx.scalar(goods.limit(1)) is not None


def _parents_first(
    w: Writing, new: dict[str, PlaceRecord], there: dict[str, dict[str, Any]]
) -> list[PlaceRecord]:
    """Sort new places so that each comes after the one it stands in; reject what cannot stand."""
    depths: dict[str, int] = {}
    known = there.keys() | new.keys()
    for code, record in new.items():
        chain = [code]
        here = record.parent
        while here and here not in chain and len(chain) <= NESTING_MAX and here in known:
            chain.append(here)
            here = new[here].parent if here in new else there[here]["parent"] or ""
        if here in chain:
            w.reject(record.line, f"{code} would stand in itself: {' in '.join([*chain, here])}")
        elif here and here not in known:
            w.reject(record.line, f"{code} should stand in {shown(here)}, which does not exist")
        elif here or len(chain) > NESTING_MAX:
            w.reject(record.line, f"{code} would stand more than {NESTING_MAX} deep")
        else:
            depths[code] = len(chain)
    return [new[code] for code in sorted(depths, key=depths.__getitem__)]


def _add(
    w: Writing,
    records: Sequence[PlaceRecord],
    there: dict[str, dict[str, Any]],
    codes: dict[str, str],
) -> None:
    last = w.tx.scalar(select(func.max(Place.walk_no)).where(Place.site == w.site)) or 0
    walk: dict[str, int] = {}
    for record in sorted(records, key=lambda record: record.line):
        if record.walk_no is None and record.kind in PROVEN_KINDS:
            last += WALK_STEP
        default = last if record.kind in PROVEN_KINDS else 0
        walk[record.code] = default if record.walk_no is None else record.walk_no
    checks = _checks(records, walk, there)
    w.insert(Place, _rows(w, records, walk, checks, codes))
    w.counts["places"] += len(records)


def _rows(
    w: Writing,
    records: Sequence[PlaceRecord],
    walk: dict[str, int],
    checks: dict[str, str],
    codes: dict[str, str],
) -> Iterator[dict[str, Any]]:
    """Make the rows of new places, few at a time: a row takes ten times a record's memory."""
    blank: dict[str, Any] = {
        n: "" if n in ("zone", "storage", "blocked") else 0 for n in _COLUMNS
    } | {"pick_face": False}
    for record in records:
        scan_code = record.scan_code or _label(w, record, codes)
        codes[scan_code] = record.code
        told = {n: v for n in _COLUMNS if (v := getattr(record, n)) is not None}
        row = blank | told | {"walk_no": walk[record.code], "check_digits": checks[record.code]}
        row |= {"site": w.site, "code": record.code, "kind": record.kind, "scan_code": scan_code}
        yield row | {"parent": record.parent or None, "merchant": record.merchant or None}


def _label(w: Writing, record: PlaceRecord, codes: dict[str, str]) -> str:
    """Make what the barcode of a new place holds."""
    if record.kind in OWN_KINDS:
        return fresh_code(record.kind, codes)
    is_sscc = len(record.code) == 18 and record.code.isdecimal()
    return record.code if is_sscc and record.code not in codes else next_sscc(w.tx, w.site)


def _checks(
    records: Sequence[PlaceRecord], walk: dict[str, int], there: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Give every place its check digits; those of its neighbours on the walk are others."""
    given = {record.code: record.check_digits for record in records}
    kinds = {record.code: record.kind for record in records}
    order = sorted(
        [(walk[code], code) for code in given]
        + [(row["walk_no"], code) for code, row in there.items() if row["kind"] in PROVEN_KINDS]
    )
    walked = [code for _, code in order]
    good = {code: {row["check_digits"], row["old_check"]} - {""} for code, row in there.items()}
    good |= {code: {digits} - {""} for code, digits in given.items()}
    wanted = {c for c, digits in given.items() if not digits and kinds[c] in PROVEN_KINDS}
    return given | draw_along(_chance, walked, good, wanted)
