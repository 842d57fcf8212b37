"""Prove the stock, and keep what was proved: it takes long in a large house, to look does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from floorhand.domain.proofs import StockProof
from floorhand.store.check import counted, violations
from floorhand.store.copying import sum_of
from floorhand.store.schema import Move, ProofRow, Stock
from floorhand.store.violation import Violation

AT_ONCE_MOVES_MAX: Final = 10_000
"""A building with no more moves is proved whenever somebody asks; it takes a moment."""

TAIL: Final = timedelta(hours=1)
"""A move may be written so long after its time, if the database was away. So what came after a
proof is counted from so long before its end, less what the proof had seen of that."""

_WHERE = tuple(column for column in Stock.__table__.columns if column.primary_key)


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof with what it found, and how far it reached."""

    proof: StockProof
    violations: tuple[Violation, ...]
    until: datetime | None
    """Time of the last move that it covers; None if there is none."""
    tail: int
    """Moves that it covers of the last `TAIL` before that."""


def prove(tx: Session, site: str, now: datetime) -> Proved:
    """Check every invariant of a building, and count what was checked, in one transaction."""
    found = violations(tx, site)
    until = tx.scalar(select(func.max(Move.at)).where(Move.site == site))
    rows = tx.execute(
        select(*_WHERE, Stock.pieces)
        .where(Stock.site == site, Stock.pieces != 0)
        .execution_options(yield_per=1_000)
    )
    digest = sum_of(tuple(row) for row in rows).digest
    proof = StockProof(site, now, **counted(tx, site), digest=digest, violations=len(found))
    return Proved(proof, found, until, _moves_from(tx, site, until - TAIL) if until else 0)


def keep(tx: Session, proved: Proved, line: str) -> None:
    """Write down what was proved.

    Args:
        tx: An open transaction.
        proved: From `prove`.
        line: Its line, from `floorhand.domain.proofs.signed`; empty if something is broken.
    """
    names = ("site", "at", "moves", "operations", "stock_rows", "pieces", "digest", "violations")
    said = {name: getattr(proved.proof, name) for name in names}
    tx.execute(
        insert(ProofRow).values(**said, line=line, until=proved.until, tail_moves=proved.tail)
    )


def stock_told(
    tx: Session, site: str, now: datetime, sign: Callable[[StockProof], str]
) -> dict[str, Any]:
    """Tell of the last proof that was kept; of a small building, of one that is made now.

    Args:
        tx: An open transaction.
        site: The building.
        now: The moment of asking.
        sign: Writes the line of a proof that is made now; empty if nobody can sign here.

    Returns:
        ``as_of`` (now), ``proved_at``, ``ok``, ``violations``, ``moves``, ``operations``,
        ``stock_rows``, ``pieces``; ``line``, signed, or empty if nobody has signed it; and
        ``moves_since``: how many moves are not in it. Nothing was ever proved: ``ok``,
        ``proved_at`` and ``moves_since`` are None.
    """
    row = _last(tx, site)
    if (row is None or row.moves <= AT_ONCE_MOVES_MAX) and _is_small(tx, site):
        proof = prove(tx, site, now).proof
        return _told(proof, now, sign(proof) if proof.ok else "", 0)
    if row is None:
        nothing = _told(StockProof(site, now, 0, 0, 0, 0, "", 0), now, "", 0)
        return {**nothing, "ok": None, "proved_at": None, "moves_since": None}
    names = ("site", "at", "moves", "operations", "stock_rows", "pieces", "digest", "violations")
    proof = StockProof(*(getattr(row, name) for name in names))
    since = _moves_from(tx, site, row.until - TAIL) - row.tail_moves if row.until else 0
    return _told(proof, now, row.line, since)


def last_line(tx: Session, site: str) -> str:
    """Give the line of the last proof that was kept; empty if there is none that is signed."""
    row = _last(tx, site)
    return row.line if row is not None else ""


def _told(proof: StockProof, now: datetime, line: str, since: int) -> dict[str, Any]:
    return {
        "as_of": now.isoformat(),
        "proved_at": proof.at.isoformat(),
        "ok": proof.ok,
        "violations": proof.violations,
        "moves": proof.moves,
        "operations": proof.operations,
        "stock_rows": proof.stock_rows,
        "pieces": proof.pieces,
        "line": line,
        "moves_since": since,
    }


def _last(tx: Session, site: str) -> Any:
    asked = select(*ProofRow.__table__.columns).where(ProofRow.site == site)
    return tx.execute(asked.order_by(ProofRow.at.desc()).limit(1)).one_or_none()


def _is_small(tx: Session, site: str) -> bool:
    some = select(Move.row).where(Move.site == site).limit(AT_ONCE_MOVES_MAX + 1).subquery()
    return (tx.scalar(select(func.count()).select_from(some)) or 0) <= AT_ONCE_MOVES_MAX


def _moves_from(tx: Session, site: str, since: datetime) -> int:
    asked = select(func.count()).select_from(Move).where(Move.site == site, Move.at >= since)
    return tx.scalar(asked) or 0
