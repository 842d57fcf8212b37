"""Write what in a file a supervisor must look at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import select

from floorhand.domain.troubles import KINDS
from floorhand.exchange.records import Alarm
from floorhand.exchange.written import Writing
from floorhand.store.schema import Trouble


def raise_alarms(w: Writing, alarms: Iterable[Alarm]) -> None:
    """Put what a supervisor must see on the list, each thing once however often it comes."""
    for alarm in dict.fromkeys(alarms):
        assert alarm.kind in KINDS, alarm
        told = "\n".join((alarm.kind, alarm.merchant, alarm.subject, alarm.fact))
        entry = f"import:{hashlib.sha256(told.encode()).hexdigest()[:16]}"
        known = select(Trouble.id).where(Trouble.site == w.site, Trouble.id == entry)
        if w.tx.scalar(known) is None:
            row = {
                "site": w.site,
                "id": entry,
                "kind": alarm.kind,
                "subject": alarm.subject,
                "merchant": alarm.merchant,
                "facts": json.dumps({"told": alarm.fact}, ensure_ascii=False),
                "created_at": w.now,
            }
            w.insert(Trouble, [row])
            w.counts["troubles"] += 1
