"""The seat: one terminal with one worker, the question it is at, and what it was told last."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.json_text import as_json
from floorhand.domain.keymap import Key
from floorhand.domain.preferences import USUAL, Preferences
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import Pressed
from floorhand.errors import Code
from floorhand.flows.turn import AnyState, Facts, Prompt, Refuse, Reply, Said
from floorhand.ops.allowing import keys_allowed
from floorhand.ops.aside import ASIDE
from floorhand.ops.freezing import freeze, freeze_next, thaw
from floorhand.ops.registry import FLOWS
from floorhand.store import undo_steps
from floorhand.store.asking import ask
from floorhand.store.schema import Scan, Seat, Worker
from floorhand.store.undo_steps import Step

SCANNED_CHARACTERS_MAX = 600
"""Longer scans are cut in the record; the road refuses them anyway."""

SECRET = "•"
"""Stands in every record for a badge that was scanned, or what a worker typed as PIN."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to one scan: where the seat is now, and how the scan went.

    ``job`` is the flow that is open; ``worker`` and ``worker_name`` are empty if nobody sits
    here; ``language`` is that of the worker, or the one chosen at the sign-in; empty: the site's.
    ``station`` is where the terminal stands. ``named`` is what the scan is shown as where people
    read it, if that is not what it was: what a label holds, and check digits, prove a place; only
    the first answer to a scan tells it.
    After ``locks_after_s`` without a scan the badge is asked for again; 0: never.
    """

    seat: str
    scan_no: int
    job: str
    worker: str
    worker_name: str
    language: str
    prompt: Prompt
    said: Said | None
    preferences: Preferences = USUAL
    station: str = ""
    locks_after_s: int = 0
    named: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A seat as it was when the scan came."""

    site: str
    seat: str
    station: str
    worker: str
    worker_name: str
    roles: frozenset[str]
    language: str
    flow: str
    state: AnyState
    frozen: tuple[AnyState, str]
    """The state that was read, and what was read: it need not be written anew to be kept."""
    scan_no: int
    scanned: str
    told: str
    """What was said last, as JSON: few scans ask for it."""
    at: datetime | None
    device: str
    locks_after_s: int
    preferences: Preferences = USUAL
    undo_no: int = 0
    redo_no: int = 0

    @property
    def said(self) -> Said | None:
        """Give what was said last."""
        return Said(**json.loads(self.told)) if self.told else None

    @property
    def state_text(self) -> str:
        """Write the state down."""
        state, text = self.frozen
        return text if state is self.state else freeze(self.state)

    def turn(self) -> Turn:
        """Show it."""
        return self.turn_at(self, self.scan_no, (self.undo_no, self.redo_no), self.station)

    def turn_at(
        self, at: Sitting | Settled, scan_no: int, numbers: tuple[int, int], station: str
    ) -> Turn:
        """Show the same worker where a scan led to.

        Args:
            at: That flow and state, and what was said.
            scan_no: The number of the scan.
            numbers: Those of the scans to undo and to redo next; 0: none.
            station: Where the terminal stands by now.
        """
        return Turn(
            self.seat,
            scan_no,
            at.flow,
            self.worker,
            self.worker_name,
            self.language or getattr(at.state, "language", ""),
            shown(at.flow, at.state, numbers, self.roles),
            at.said,
            self.preferences,
            station,
            self.locks_after_s if self.worker else 0,
            at.named if isinstance(at, Settled) else "",
        )


def in_a_job(flow: str, state: AnyState) -> bool:
    """Say whether a question belongs to one of the jobs, where scans can be taken back."""
    return (ASIDE[flow](state).flow if flow in ASIDE else flow) in JOBS


def shown(
    flow: str,
    state: AnyState,
    numbers: tuple[int, int] = (0, 0),
    roles: frozenset[str] = frozenset(),
) -> Prompt:
    """Give the question that a state asks, and call the key that leads back by what it does.

    Where a job has no way back of its own, that key leaves it: for the menu, or parked. Numbers of
    scans to undo and to redo bring the keys for that; what the roles do not allow is left out.
    """
    prompt = FLOWS[flow].prompt(state)
    keys = keys_allowed(prompt.keys, roles)
    if flow in JOBS and leaves(FLOWS[flow].step(state, Pressed(Key.BACK))):
        name = "key.menu" if state == FLOWS[flow].START else "key.park"
        named = {(Key.BACK, "key.back"): (Key.BACK, name)}
        keys = tuple(named.get(key, key) for key in keys)
    if numbers != (0, 0) and in_a_job(flow, state):
        both = zip((Key.UNDO, Key.REDO), numbers, strict=True)
        keys = (*keys, *((key, f"key.{key}") for key, number in both if number))
    return prompt if keys == prompt.keys else replace(prompt, keys=keys)


def leaves(back: Reply) -> bool:
    """Say whether a flow has no way back of its own, by what it replies to that key."""
    return isinstance(back, Refuse) and back.code in (Code.KEY_NOT_NOW, Code.NOT_EXPECTED_NOW)


@dataclass(frozen=True, slots=True)
class Trail:
    """What is kept of a scan so that it can be taken back.

    Attributes:
        told: Text key and facts that name it.
        operations: Ids of those it wrote.
        kind: ``scan``, a step ``back``, or what it does to an earlier one: ``undo`` or ``redo``.
        reversed: The step that it undoes or does again; None if it is a scan of its own.
    """

    told: tuple[str, Facts]
    operations: tuple[str, ...] = ()
    kind: str = "scan"
    reversed: Step | None = None

    def marks(self, sitting: Sitting, scan_no: int) -> tuple[int, int, int]:
        """Give the numbers to undo and to redo next, and the one that lies under this."""
        match self.kind, self.reversed:
            case "undo", Step(under=under):
                return under, scan_no, sitting.redo_no
            case "redo", Step(under=under):
                return scan_no, under, sitting.undo_no
        return scan_no, 0, sitting.undo_no


@dataclass(frozen=True, slots=True)
class Settled:
    """What a scan led to: the flow and state to be in, and what to say.

    ``secret`` says that nobody may read afterwards what was scanned: a PIN, or a badge.
    ``named`` is what it is called where people read it, as in `Turn`.
    ``trail`` is None if it cannot be taken back, because it did nothing.
    """

    flow: str
    state: AnyState
    said: Said | None
    secret: bool = False
    trail: Trail | None = None
    named: str = ""

    @property
    def refused(self) -> bool:
        """Say whether the scan was refused."""
        return self.said is not None and self.said.tone == "refused"


_SEAT, _WORKER = cast(TableClause, Seat.__table__), cast(TableClause, Worker.__table__)
_HERE = (_SEAT.c.site == bindparam("at_site")) & (_SEAT.c.code == bindparam("at_seat"))
_SIT = (
    select(
        _SEAT.c.station,
        _SEAT.c.flow,
        _SEAT.c.state,
        _SEAT.c.scan_no,
        _SEAT.c.scanned,
        _SEAT.c.said,
        _SEAT.c.at,
        _SEAT.c.undo_no,
        _SEAT.c.redo_no,
        _SEAT.c.device,
        _SEAT.c.locks_after_s,
        _WORKER.c.code,
        _WORKER.c.name,
        _WORKER.c.roles,
        _WORKER.c.language,
        _WORKER.c.theme,
        _WORKER.c.large,
        _WORKER.c.mute,
    )
    .outerjoin_from(
        _SEAT, _WORKER, (_WORKER.c.site == _SEAT.c.site) & (_WORKER.c.code == _SEAT.c.worker)
    )
    .where(_HERE)
    .with_for_update(of=_SEAT)
)
_WRITTEN = ("scan_no", "scanned", "flow", "state", "said", "at", "undo_no", "redo_no")
_SIT_ON = (
    update(_SEAT)
    .where(_HERE)
    .values({name: bindparam(name) for name in _WRITTEN})
    .returning(_SEAT.c.station)
)
_ADD_SCAN = insert(cast(TableClause, Scan.__table__))
"""Built once, as every scan runs them."""


def sit(tx: Session, site: str, seat: str) -> Sitting | None:
    """Read the seat and hold it until the end of the transaction."""
    row = ask(tx, _SIT, at_site=site, at_seat=seat).one_or_none()
    if row is None:
        return None
    state = thaw(FLOWS[row.flow], row.state)
    return Sitting(
        site=site,
        seat=seat,
        station=row.station,
        worker=row.code or "",
        worker_name=row.name or "",
        roles=frozenset((row.roles or "").split()),
        language=row.language or "",
        flow=row.flow,
        state=state,
        frozen=(state, row.state),
        scan_no=row.scan_no,
        scanned=row.scanned or "",
        told=row.said or "",
        at=row.at,
        device=row.device,
        locks_after_s=row.locks_after_s,
        preferences=Preferences(row.theme or "", bool(row.large), bool(row.mute)),
        undo_no=row.undo_no,
        redo_no=row.redo_no,
    )


def must_sit(tx: Session, site: str, seat: str) -> Sitting:
    """Read a seat that has been taken."""
    sitting = sit(tx, site, seat)
    assert sitting is not None, f"seat {seat} was not taken"
    return sitting


def repeat(sitting: Sitting, scanned: str) -> Turn:
    """Answer a number that was used: as before if it is the same scan, else ask for the scan."""
    if sitting.scanned in (scanned[:SCANNED_CHARACTERS_MAX], SECRET):
        return sitting.turn()
    return replace(sitting.turn(), said=Said.about(Refuse(Code.SCAN_AGAIN)))


def write(
    tx: Session,
    sitting: Sitting,
    scan_no: int,
    scanned: str,
    now: datetime,
    settled: Settled,
    source: str = "typed",
) -> Turn:
    """Write down where the seat is now, what it was told, and that there was a scan."""
    recorded = SECRET if settled.secret else scanned[:SCANNED_CHARACTERS_MAX]
    said = as_json(_as_kept(settled.said)) if settled.said else None
    undo_no, redo_no = _leave_trail(tx, sitting, scan_no, settled, now)
    values: dict[str, Any] = {
        "at_site": sitting.site,
        "at_seat": sitting.seat,
        "scan_no": scan_no,
        "scanned": recorded,
        "flow": settled.flow,
        "state": freeze_next(FLOWS[settled.flow], settled.state),
        "said": said,
        "at": now,
        "undo_no": undo_no,
        "redo_no": redo_no,
    }
    station = ask(tx, _SIT_ON, **values).scalar()
    came = {"scan_no": scan_no, "scanned": recorded, "named": settled.named}
    came |= {"at": now, "source": source}
    ask(tx, _ADD_SCAN, **came, **_about(sitting, settled))
    if _may_differ(sitting, settled):
        return must_sit(tx, sitting.site, sitting.seat).turn()
    return sitting.turn_at(settled, scan_no, (undo_no, redo_no), station)


def _as_kept(said: Said) -> dict[str, object]:
    return {"text": said.text, "facts": dict(said.facts), "tone": said.tone}


def _about(sitting: Sitting, settled: Settled) -> dict[str, str | None]:
    """Say whose scan it was, at which job, and what came of it."""
    return {
        "site": sitting.site,
        "seat": sitting.seat,
        "worker": sitting.worker or None,
        "job": sitting.flow,
        "fate": _fate(settled),
    }


def _may_differ(sitting: Sitting, settled: Settled) -> bool:
    """Say whether somebody may have signed in or out, or chosen something about the screen."""
    flows = {sitting.flow, settled.flow}
    about_screen = settled.said is not None and settled.said.text.startswith("settings.")
    return about_screen or "sign_in" in flows or settled.flow == "menu"


def _leave_trail(
    tx: Session, sitting: Sitting, scan_no: int, settled: Settled, now: datetime
) -> tuple[int, int]:
    """Keep what undoes this scan; give the numbers of the scans to undo and to redo next.

    Nothing that came before the job was opened can be taken back in it.
    """
    here = in_a_job(settled.flow, settled.state)
    was_here = in_a_job(sitting.flow, sitting.state)
    moved = (settled.flow, settled.state) != (sitting.flow, sitting.state)
    trail = settled.trail
    if not here or (moved and settled.refused):
        return 0, 0
    if settled.refused or trail is None or not (moved or trail.operations):
        return sitting.undo_no, sitting.redo_no
    if not (was_here or trail.operations):
        return 0, 0
    if trail.kind == "back" and (last := _left(tx, sitting, settled)) is not None:
        return last.under, 0
    undo_no, redo_no, under = trail.marks(sitting, scan_no)
    step = Step(
        scan_no=scan_no,
        at=now,
        kind="scan" if trail.kind == "back" else trail.kind,
        worker=sitting.worker,
        flow=sitting.flow,
        state=sitting.state_text,
        told=trail.told,
        operations=trail.operations,
        under=under,
    )
    undo_steps.keep(tx, sitting.site, sitting.seat, step)
    return undo_no, redo_no


def _left(tx: Session, sitting: Sitting, settled: Settled) -> Step | None:
    """Give the last step if a step back has just left it again: it is no step any more then."""
    step = None
    if sitting.undo_no and settled.trail is not None and not settled.trail.operations:
        step = undo_steps.find(tx, sitting.site, sitting.seat, sitting.undo_no)
    if step is None or step.operations or step.changes:
        return None
    same = (step.flow, step.state) == (settled.flow, freeze(settled.state))
    return step if same else None


def _fate(settled: Settled) -> str:
    if settled.said is None or not settled.refused:
        return "taken"
    return settled.said.text.removeprefix("refusal.")
