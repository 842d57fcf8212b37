"""Who may take on work that somebody else has, or look after an exception."""

from __future__ import annotations

from sqlalchemy.orm import Session

from floorhand.domain.rights import Right, may
from floorhand.store import counts
from floorhand.store.exceptions import Standing
from floorhand.store.masters import site_rules
from floorhand.store.workers import Person, people


def takers(tx: Session, site: str, job: str, holder: str, task: str) -> tuple[Person, ...]:
    """List those who may do a job, by number; of a count, who has not counted the same before.

    Args:
        tx: An open transaction.
        site: The building.
        job: Which.
        holder: Who has the work now, and is not listed.
        task: Of a count, its id.
    """
    able = (
        one for one in people(tx, site) if may(one.roles.split(), Right(job)) and one.code != holder
    )
    if job != Right.COUNTING:
        return tuple(able)
    row = counts.count_row(tx, site, task)
    if row is None:
        return ()
    return tuple(one for one in able if counts.may_count(tx, site, row, one.code))


def deciders(tx: Session, site: str, one: Standing) -> tuple[Person, ...]:
    """List those who may decide about an exception, by number.

    Where its kind takes another person's word, none of those who caused it or asked for it.
    """
    signed = one.kind in site_rules(tx, site).four_eyes
    own = one.raised_by.split("\n") if signed else ()
    return tuple(
        person
        for person in people(tx, site)
        if may(person.roles.split(), Right.DECIDE) and person.code not in own
    )
