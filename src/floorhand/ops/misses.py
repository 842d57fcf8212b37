"""Places that were not confirmed: several in a row are told to a supervisor, in every job.

How many, the building says. One miss is a slip. Several are a label that fell off, a bin that is
not where the walk says, or somebody who scans a sheet of labels at the desk; all of these want to
be seen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.errors import Code
from floorhand.flows.turn import Said
from floorhand.ops.seats import Settled, Sitting
from floorhand.ops.showing import shown
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.schema import Scan
from floorhand.store.tasks import is_told, trouble

MISSES = frozenset(
    {
        Code.WRONG_CHECK,
        Code.TYPED_CODE,
        Code.TYPED_ELSEWHERE,
        Code.SCAN_LABEL,
        Code.SCAN_ONLY,
        Code.CHECK_ONLY,
        Code.LABEL_REPLACED,
        Code.WRONG_PLACE,
        Code.BIN_NOT_LEGAL,
    }
)
"""Refusals of what was no proof of being at the place that was asked for."""

_FATES = (
    select(Scan.fate)
    .where(Scan.site == bindparam("site"), Scan.seat == bindparam("seat"))
    .order_by(Scan.scan_no.desc())
    .limit(bindparam("before"))
)


def counted(
    tx: Session, sitting: Sitting, scan_no: int, settled: Settled, now: datetime
) -> Settled:
    """Give what a scan led to; after the last miss of a row the answer says who was told."""
    said = settled.said
    if said is None or not settled.refused or not _is_miss(said.text.removeprefix("refusal.")):
        return settled
    misses = site_rules(tx, sitting.site).place_misses_max
    asked = {"site": sitting.site, "seat": sitting.seat, "before": misses - 1}
    before = list(ask(tx, _FATES, **asked).scalars())
    if len(before) < misses - 1 or not all(map(_is_miss, before)):
        return settled
    scanned = str(said.facts.get("code") or said.facts.get("scanned") or said.facts["place"])
    wanted = shown(sitting.flow, sitting.state).wants.place or scanned
    if not is_told(tx, sitting.site, "place_misses", wanted):
        cause = Cause(
            sitting.site,
            f"{sitting.seat}:{scan_no}",
            sitting.worker,
            sitting.seat,
            sitting.station,
            now,
        )
        facts = {"scanned": scanned, "job": sitting.flow, "worker": sitting.worker}
        trouble(tx, cause, "place_misses", wanted, **facts)
    facts_told = {**said.facts, "why_text": said.text, "misses": misses}
    told = Said(f"refusal.{Code.PLACE_MISSED}", facts_told, said.tone)
    return replace(settled, said=told)


def _is_miss(fate: str) -> bool:
    return fate in MISSES
