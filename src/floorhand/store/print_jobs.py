"""Print jobs: rows that ask for a label, written with the moves and sent afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.labels import KINDS, missing_fields, unknown_fields
from floorhand.store.ledger import Cause
from floorhand.store.masters import station_printer
from floorhand.store.schema import PrintJob


def queue_label(
    tx: Session,
    cause: Cause,
    template: str,
    subject: str,
    data: Mapping[str, str | int | list[str]],
) -> str:
    """Ask for a label on the printer of the cause's station.

    Args:
        tx: Open transaction; the label is asked for if and only if it commits.
        cause: Who wants it, where and when.
        template: Name of a file in ``assets/labels`` without ending: ``shipping``, ``pallet``,
            ``return``, ``tote`` and so on.
        subject: What it labels: the code of a place, the number of a return.
        data: Values of the fields in `floorhand.domain.labels.KINDS`.

    Returns:
        The print job's id.
    """
    if kind := KINDS.get(template):
        assert not unknown_fields(kind, data), (template, unknown_fields(kind, data))
        assert not missing_fields(kind, data), (template, missing_fields(kind, data))
    job = cause.new_id()
    tx.execute(
        insert(PrintJob).values(
            site=cause.site,
            id=job,
            printer=station_printer(tx, cause.site, cause.station),
            template=template,
            data=json.dumps(dict(data), ensure_ascii=False),
            subject=subject,
            created_at=cause.at,
        )
    )
    return job
