"""What a worker's roles and station allow: other keys are not shown, and are refused if pressed.

Flows know no roles. A key is known here by the text it is called by, which says what it does; few
need a right, so that nobody is stopped in honest work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.keymap import Key
from floorhand.domain.rights import Right, may, menu_of
from floorhand.domain.signing_in import JOBS
from floorhand.errors import Code, Refused
from floorhand.store.ledger import Cause
from floorhand.store.masters import station_jobs, stations_for
from floorhand.store.workers import who_can

Keys = tuple[tuple[Key, str], ...]

ACTS: Final[Mapping[Right, str]] = {
    **{Right(job): f"job.{job}" for job in JOBS},
    Right.BLIND: "receiving.blind_job",
    Right.SHORT_LIFE: "receiving.short_life_job",
    Right.OTHER_BOX: "packing.other_box_job",
    Right.LEARN: "learning.job",
    Right.SEATS: "job.leading",
    Right.UNLOCK: "job.leading",
    Right.REVERSE: "job.leading",
    Right.HAND_OVER: "job.handing_over",
    Right.PLAN: "job.planning",
    Right.DECIDE: "job.exceptions",
    Right.CORRECT: "job.correcting",
    Right.CONTROL: "job.control",
    Right.LIMITS: "control.limits_job",
    Right.SERVE: "job.serving",
}
"""What each right allows, as the text that stands in a refusal."""

KEYS_FOR: Final[Mapping[str, Right]] = {
    "key.blind": Right.BLIND,
    "learning.key_teach": Right.LEARN,
    "key.take_back": Right.REVERSE,
    "key.do_again": Right.REVERSE,
}
"""Keys whose act is not for everybody, by the text they are called by."""


def keys_allowed(keys: Keys, roles: Collection[str]) -> Keys:
    """Leave those keys that these roles allow."""
    if all(text not in KEYS_FOR for _, text in keys):
        return keys
    return tuple(
        (key, text) for key, text in keys if text not in KEYS_FOR or may(roles, KEYS_FOR[text])
    )


def must_be_allowed(tx: Session, cause: Cause, key: Key, keys: Keys) -> None:
    """See that the worker's roles allow what a key does at a question with these keys.

    Raises:
        Refused: `Code.ROLE_MISSING`, naming who may.
    """
    if (right := KEYS_FOR.get(dict(keys).get(key, ""))) is not None:
        must_have(tx, cause.site, cause.roles, right)


def must_have(tx: Session, site: str, roles: Collection[str], *rights: Right) -> None:
    """See that roles have one of these rights.

    Raises:
        Refused: `Code.ROLE_MISSING`, naming who has the first.
    """
    if not any(may(roles, right) for right in rights):
        who = who_can(tx, site, rights[0])
        raise Refused(Code.ROLE_MISSING, job_text=ACTS[rights[0]], who=who)


def must_be_done_here(tx: Session, cause: Cause, job: str, *, new: bool) -> None:
    """See that these roles allow a job, and where it is ``new``, that the station does.

    Work that was begun is gone on with wherever its terminal stands by now.

    Raises:
        Refused: `Code.ROLE_MISSING`; `Code.JOB_NOT_HERE`, naming the stations for it.
    """
    must_have(tx, cause.site, cause.roles, Right(job))
    if new and job not in station_jobs(tx, cause.site, cause.station):
        there = stations_for(tx, cause.site, job)
        raise Refused(Code.JOB_NOT_HERE, job_text=f"job.{job}", place=cause.station, there=there)


def menu_here(tx: Session, site: str, station: str, roles: Collection[str]) -> tuple[str, ...]:
    """List what the menu offers to these roles at a station."""
    here = {*station_jobs(tx, site, station), "leading"}
    return tuple(one for one in menu_of(roles) if one in here)
