"""A PIN that is typed once more, where none is asked for any longer: nobody may read it either.

It comes when the question has changed while it was typed: at the menu, or at the job that opened
behind the sign-in. What cannot be told from one is treated as one; a code that bears a good check
digit, or that may be any code at all, is hidden only if it is the PIN of who sits here.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.gs1 import check_is_good
from floorhand.domain.pins import could_be_pin, verify_pin
from floorhand.flows.turn import Prompt
from floorhand.ops.seats import SECRET, Sitting
from floorhand.store.schema import Scan, Worker


def is_second_pin(tx: Session, sitting: Sitting, code: str, prompt: Prompt) -> bool:
    """Say whether a code that nothing here carries may be a PIN."""
    if not could_be_pin(code):
        return False
    if sitting.flow != "menu" and not _just_signed_in(tx, sitting):
        return False
    if check_is_good(code) or "unknown" in prompt.wants.kinds:
        here = (Worker.site == sitting.site, Worker.code == sitting.worker)
        return verify_pin(code, tx.scalar(select(Worker.pin_hash).where(*here)) or "")
    return True


def _just_signed_in(tx: Session, sitting: Sitting) -> bool:
    """Say whether nothing but keys came since somebody signed in."""
    last = tx.scalar(
        select(Scan.scanned)
        .where(Scan.site == sitting.site, Scan.seat == sitting.seat, Scan.scanned.not_like("*%"))
        .order_by(Scan.scan_no.desc())
        .limit(1)
    )
    return last == SECRET
