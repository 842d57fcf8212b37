"""Write how we work: rules of the site and of merchants, and stations.

A rule that a file does not say stays as it is. Every function takes an open transaction and never
ends it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from floorhand.domain.inserts import of_texts
from floorhand.domain.rules import MerchantRules, SiteRules
from floorhand.domain.ruling import BOXES, BUILDING, INSERTS, TIME_ZONE, differing, site_differing
from floorhand.domain.scanners import Profile
from floorhand.domain.site_rules import DAYS
from floorhand.exchange.cells import shown
from floorhand.exchange.records import (
    MerchantRecord,
    ScannerRecord,
    SiteRecord,
    StationRecord,
)
from floorhand.exchange.writing_masters import fresh_code
from floorhand.exchange.writing_printers import name_unknown_printers
from floorhand.exchange.written import Writing
from floorhand.store import ruling
from floorhand.store.masters import STANDS
from floorhand.store.schema import Barcode, BoxType, Merchant, Place, Seat, SiteRow, Station


def write_site(w: Writing, records: Sequence[SiteRecord]) -> None:
    """Change what the file says about the building."""
    for record in records:
        row = w.tx.execute(select(SiteRow.__table__).where(SiteRow.site == w.site)).mappings().one()
        told = {n.removeprefix("site_"): value for n, value in record.columns.items()}
        rules = _merged(row["rules"], _with_other_classes(row["rules"], record.rules))
        if reason := _unfit_refills(record, SiteRules.of_json(rules)):
            w.reject(record.line, reason)
            continue
        each = site_differing(SiteRules.of_json(row["rules"]), SiteRules.of_json(rules))
        if each:
            told["rules"] = rules
        changed = {name: value for name, value in told.items() if row[name] != value}
        if TIME_ZONE in changed:
            each = (*each, (TIME_ZONE, row[TIME_ZONE], changed[TIME_ZONE]))
        ruling.record(w.tx, w.site, BUILDING, each, w.now)
        if changed:
            w.tx.execute(update(SiteRow).where(SiteRow.site == w.site).values(changed))
        w.counts["updated" if changed else "unchanged"] += 1


def _with_other_classes(stored: str, said: dict[str, Any]) -> dict[str, Any]:
    """Leave the days between counts as they are of classes that a file does not name."""
    if DAYS not in said:
        return said
    return {**said, DAYS: SiteRules.of_json(stored).count_days | said[DAYS]}


def _unfit_refills(record: SiteRecord, after: SiteRules) -> str:
    """Say why pick faces cannot be filled up so; empty if they can, or nothing is said of it."""
    below, up_to = after.refill_below_hours, after.refill_up_to_hours
    if up_to >= below or not record.rules.keys() & {"refill_below_hours", "refill_up_to_hours"}:
        return ""
    return (
        f"refill_up_to_hours is {up_to}, but what lasts less than {below} hours is filled up "
        "(refill_below_hours); name as many hours, or more"
    )


def write_merchants(w: Writing, records: Sequence[MerchantRecord]) -> None:
    """Add merchants, and change names and rules of those that are there."""
    rows = w.tx.execute(
        select(Merchant.code, Merchant.name, Merchant.rules).where(Merchant.site == w.site)
    )
    there: dict[str, dict[str, Any]] = {row.code: dict(row._mapping) for row in rows}
    for record in records:
        if reason := _unfit(w, record):
            w.reject(record.line, reason)
            continue
        old = there.get(record.code)
        before = old["rules"] if old else "{}"
        rules = _merged(before, record.rules)
        if old is None:
            row = {"code": record.code, "name": record.name or record.code, "rules": rules}
            there[record.code] = row
            w.insert(Merchant, [{"site": w.site, **row}])
            w.counts["merchants"] += 1
            continue
        changed = {"name": record.name} if record.name not in ("", old["name"]) else {}
        if MerchantRules.of_json(rules) != MerchantRules.of_json(before):
            changed["rules"] = rules
            each = differing(MerchantRules.of_json(before), MerchantRules.of_json(rules))
            ruling.record(w.tx, w.site, record.code, each, w.now)
        if changed:
            mine = (Merchant.site == w.site, Merchant.code == record.code)
            w.tx.execute(update(Merchant).where(*mine).values(changed))
            old.update(changed)
        w.counts["updated" if changed else "unchanged"] += 1


def _unfit(w: Writing, record: MerchantRecord) -> str:
    """Say why boxes or inserts cannot be those of a merchant; empty if they can."""
    boxes = record.rules.get(BOXES, ())
    asked = select(BoxType.code).where(BoxType.site == w.site, BoxType.code.in_(boxes))
    known = set(w.tx.scalars(asked)) if boxes else set()
    if unknown := [box for box in boxes if box not in known]:
        return f"there is no box type {shown(unknown[0])} here; import boxes first"
    codes = [one.code for one in of_texts(record.rules.get(INSERTS, ())) if one.code]
    mine = (Barcode.site == w.site, Barcode.merchant == record.code)
    asked = select(Barcode.code).where(*mine, Barcode.code.in_(codes)).order_by(Barcode.code)
    if codes and (stocked := w.tx.scalar(asked)):
        return (
            f"insert code {shown(stocked)} is a product of {record.code}, whose pieces are counted;"
            " order it as a line of its own"
        )
    return ""


def write_stations(
    w: Writing, records: Sequence[StationRecord], scanners: Sequence[ScannerRecord]
) -> None:
    """Add stations, and change those that are there; then how scanners send."""
    _write_stations(w, records)
    name_unknown_printers(w, records)
    _write_scanners(w, scanners)


def _write_stations(w: Writing, records: Sequence[StationRecord]) -> None:
    rows = w.tx.execute(select(Station.__table__).where(Station.site == w.site))
    there: dict[str, dict[str, Any]] = {row.code: dict(row._mapping) for row in rows}
    kinds: dict[str, str] = {
        row.code: row.kind
        for row in w.tx.execute(select(Place.code, Place.kind).where(Place.site == w.site))
    }
    codes = {row["scan_code"]: code for code, row in there.items()}
    for record in records:
        if reason := _wrong(record, kinds, codes):
            w.reject(record.line, reason)
            continue
        told = ("name", "place", "printer", "scan_code")
        said = {name: value for name in told if (value := getattr(record, name))}
        said |= {} if record.jobs is None else {"jobs": record.jobs}
        old = there.get(record.code)
        if old is None:
            row = {"name": record.code, "place": None, "printer": "folder", "jobs": ""} | said
            row.setdefault("scan_code", fresh_code("station", codes))
            there[record.code] = old = row
            w.insert(Station, [{"site": w.site, "code": record.code, **row}])
            w.counts["stations"] += 1
        elif changed := {name: value for name, value in said.items() if old[name] != value}:
            mine = (Station.site == w.site, Station.code == record.code)
            w.tx.execute(update(Station).where(*mine).values(changed))
            old.update(changed)
            w.counts["updated"] += 1
        else:
            w.counts["unchanged"] += 1
        codes[old["scan_code"]] = record.code


def _write_scanners(w: Writing, records: Sequence[ScannerRecord]) -> None:
    """Change how scanners of stations and seats send."""
    for record in records:
        table = Station if record.station else Seat
        here = (table.site == w.site, table.code == (record.station or record.seat))
        stored = w.tx.scalar(select(table.scanner).where(*here))
        if stored is None:
            name = shown(record.station or record.seat)
            what = "station" if record.station else "terminal with the seat"
            w.reject(record.line, f"there is no {what} {name} here yet")
            continue
        profile = Profile.of_json(_merged(stored or "{}", record.profile))
        changed = profile != Profile.of_json(stored or "{}")
        if changed:
            w.tx.execute(update(table).where(*here).values(scanner=profile.to_json()))
        w.counts["updated" if changed else "unchanged"] += 1


def _merged(stored: str, said: dict[str, Any]) -> str:
    """Put rules into those that are stored; what nobody ever said keeps following the default."""
    return json.dumps({**json.loads(stored), **said}, ensure_ascii=False)


def _wrong(record: StationRecord, kinds: dict[str, str], codes: dict[str, str]) -> str:
    """Say why a station cannot be so; empty if it can."""
    if record.place and record.place not in kinds:
        return f"there is no place {shown(record.place)} for {record.code}; import bins first"
    if record.place and kinds[record.place] not in STANDS:
        return f"{record.place} is a {kinds[record.place]}; a station has a bench or dock"
    if codes.get(record.scan_code, record.code) != record.code:
        return f"scan_code of {record.code} is that of {codes[record.scan_code]} already"
    return ""
