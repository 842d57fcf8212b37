"""The plate of a pallet or carton that its sender has put on it: kept, as long as it is here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused
from floorhand.store import places
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place, SiteRow


def stand_at_dock(tx: Session, cause: Cause, plate: str, dock: str, merchant: str) -> None:
    """Let a pallet with a plate of its sender's stand at a dock.

    One that was void, because its arrival was taken back, is there again. A number of our own is
    none of a sender's: we give it out, and never begin anew what had it.

    Raises:
        Refused: `Code.PALLET_NOT_HERE` if it is one of our own, or of something that is here.
    """
    here = (Place.site == cause.site, Place.code == plate)
    state = tx.scalar(select(Place.state).where(*here))
    prefix = tx.scalar(select(SiteRow.gs1_prefix).where(SiteRow.site == cause.site)) or ""
    if (prefix and plate[1:].startswith(prefix)) or state not in (None, "void"):
        raise Refused(Code.PALLET_NOT_HERE, place=plate, dock=dock)
    stands = {"state": "open", "parent": dock, "merchant": merchant}
    if state is None:
        places.new_place(tx, cause.site, code=plate, kind="pallet", **stands)
    else:
        places.set_place(tx, cause.site, plate, **stands)
