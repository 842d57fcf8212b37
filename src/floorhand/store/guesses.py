"""The wrong guesses at PINs and badges, where every terminal counts them together."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from floorhand.domain.guessing import GUESSES_MAX, Guesses
from floorhand.store.schema import Guess

WORKER = "worker"
SEAT = "seat"


def guesses_at(tx: Session, site: str, kind: str, subject: str) -> Guesses:
    """Give the wrong guesses at a worker's PIN, or those that were made at a seat."""
    row = tx.execute(
        select(Guess.in_a_row, Guess.times)
        .where(Guess.site == site, Guess.kind == kind, Guess.subject == subject)
        .with_for_update()
    ).one_or_none()
    return Guesses() if row is None else Guesses.stored(row.in_a_row, row.times)


def keep_guesses(tx: Session, site: str, kind: str, subject: str, guesses: Guesses) -> None:
    """Write them down."""
    tx.merge(
        Guess(
            site=site,
            kind=kind,
            subject=subject,
            in_a_row=guesses.in_a_row,
            times=guesses.times_json(),
        )
    )
    tx.flush()


def forget_guesses(tx: Session, site: str, kind: str, subject: str) -> None:
    """Allow guesses again: a supervisor has looked into it."""
    tx.execute(
        delete(Guess).where(Guess.site == site, Guess.kind == kind, Guess.subject == subject)
    )


def locked(tx: Session, site: str, kind: str) -> frozenset[str]:
    """List the workers or seats whose guesses are used up."""
    return frozenset(
        tx.scalars(
            select(Guess.subject).where(
                Guess.site == site, Guess.kind == kind, Guess.in_a_row >= GUESSES_MAX
            )
        )
    )
