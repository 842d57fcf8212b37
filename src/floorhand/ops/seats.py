"""The seat: one terminal with one worker, the question it is at, and what it was told last."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.json_text import as_json
from floorhand.domain.preferences import USUAL, Preferences
from floorhand.domain.signing_in import JOBS
from floorhand.errors import Code
from floorhand.flows.turn import AnyState, Facts, Prompt, Refuse, Said
from floorhand.ops.freezing import freeze, freeze_next, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.showing import in_a_job, shown
from floorhand.store import undo_steps
from floorhand.store.asking import ask
from floorhand.store.schema import Scan, Seat, Worker
from floorhand.store.undo_steps import NO_STEPS, Step, Steps

SCANNED_CHARACTERS_MAX = 600
"""Longer scans are cut in the record; the road refuses them anyway."""

NO_WORK_SAID = frozenset({"picking.no_work", "picking.no_stock_yet"})
"""What somebody is told who asks for work when there is none, and is not refused."""

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
    device_name: str
    locks_after_s: int
    preferences: Preferences = USUAL
    undo_step: str = ""
    redo_step: str = ""

    @property
    def steps(self) -> Steps:
        """Name the steps to undo and to redo next."""
        return self.undo_step, self.redo_step

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
        return self.turn_at(self, self.scan_no, self.steps, self.station)

    def turn_at(self, at: Sitting | Settled, scan_no: int, steps: Steps, station: str) -> Turn:
        """Show the same worker where a scan led to.

        Args:
            at: That flow and state, and what was said.
            scan_no: The number of the scan.
            steps: Those to undo and to redo next.
            station: Where the terminal stands by now.
        """
        return Turn(
            self.seat,
            scan_no,
            at.flow,
            self.worker,
            self.worker_name,
            self.language or getattr(at.state, "language", ""),
            shown(at.flow, at.state, steps, self.roles),
            at.said,
            self.preferences,
            station,
            self.locks_after_s if self.worker else 0,
            at.named if isinstance(at, Settled) else "",
        )


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

    def marks(self, sitting: Sitting, scan_no: int) -> tuple[str, str, str]:
        """Name the steps to undo and to redo next, and the one that lies under this."""
        this = undo_steps.mark(sitting.seat, scan_no)
        match self.kind, self.reversed:
            case "undo", Step(under=under):
                return under, this, sitting.redo_step
            case "redo", Step(under=under):
                return this, under, sitting.undo_step
        return this, "", sitting.undo_step


@dataclass(frozen=True, slots=True)
class Settled:
    """What a scan led to: the flow and state to be in, and what to say.

    ``secret`` says that nobody may read afterwards what was scanned: a PIN, or a badge.
    ``named`` is what it is called where people read it, as in `Turn`.
    ``trail`` is None if it cannot be taken back, because it did nothing. ``taken_up`` are the steps
    of parked work that was taken up again.
    """

    flow: str
    state: AnyState
    said: Said | None
    secret: bool = False
    trail: Trail | None = None
    named: str = ""
    taken_up: Steps | None = None

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
        _SEAT.c.undo_step,
        _SEAT.c.redo_step,
        _SEAT.c.device,
        _SEAT.c.device_name,
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
_WRITTEN = ("scan_no", "scanned", "flow", "state", "said", "at", "undo_step", "redo_step")
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
        device_name=row.device_name,
        locks_after_s=row.locks_after_s,
        preferences=Preferences(row.theme or "", bool(row.large), bool(row.mute)),
        undo_step=row.undo_step,
        redo_step=row.redo_step,
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
    waited_s: int = 0,
) -> Turn:
    """Write down where the seat is now, what it was told, and that there was a scan."""
    recorded = SECRET if settled.secret else scanned[:SCANNED_CHARACTERS_MAX]
    said = as_json(_as_kept(settled.said)) if settled.said else None
    steps = _leave_trail(tx, sitting, scan_no, settled, now)
    values: dict[str, Any] = {
        "at_site": sitting.site,
        "at_seat": sitting.seat,
        "scan_no": scan_no,
        "scanned": recorded,
        "flow": settled.flow,
        "state": freeze_next(FLOWS[settled.flow], settled.state),
        "said": said,
        "at": now,
        "undo_step": steps[0],
        "redo_step": steps[1],
    }
    station = ask(tx, _SIT_ON, **values).scalar()
    came = {"scan_no": scan_no, "scanned": recorded, "named": settled.named}
    came |= {"at": now, "source": source, "waited_s": waited_s}
    ask(tx, _ADD_SCAN, **came, **_about(sitting, settled))
    if _may_differ(sitting, settled):
        return must_sit(tx, sitting.site, sitting.seat).turn()
    return sitting.turn_at(settled, scan_no, steps, station)


def _as_kept(said: Said) -> dict[str, object]:
    return {"text": said.text, "facts": dict(said.facts), "tone": said.tone}


def _about(sitting: Sitting, settled: Settled) -> dict[str, str | bool | None]:
    """Say whose scan it was, at which job, and what came of it."""
    return {
        "site": sitting.site,
        "seat": sitting.seat,
        "worker": sitting.worker or None,
        "job": sitting.flow,
        "fate": _fate(settled),
        "no_work": settled.said is not None and settled.said.text in NO_WORK_SAID,
    }


def _may_differ(sitting: Sitting, settled: Settled) -> bool:
    """Say whether somebody may have signed in or out, or chosen something about the screen."""
    flows = {sitting.flow, settled.flow}
    about_screen = settled.said is not None and settled.said.text.startswith("settings.")
    return about_screen or "sign_in" in flows or settled.flow == "menu"


def _leave_trail(
    tx: Session, sitting: Sitting, scan_no: int, settled: Settled, now: datetime
) -> Steps:
    """Keep what undoes this scan; name the steps to undo and to redo next.

    Nothing that came before the job was opened can be taken back in it; with work that was parked,
    its steps are taken up again.
    """
    here = in_a_job(settled.flow, settled.state)
    was_here = in_a_job(sitting.flow, sitting.state)
    moved = (settled.flow, settled.state) != (sitting.flow, sitting.state)
    trail = settled.trail
    if not here or (moved and settled.refused and settled.flow in JOBS):
        return NO_STEPS
    if settled.taken_up is not None:
        return settled.taken_up
    if settled.refused or trail is None or not (moved or trail.operations):
        return sitting.steps
    if not (was_here or trail.operations):
        return NO_STEPS
    if trail.kind == "back" and (last := _left(tx, sitting, settled)) is not None:
        return last.under, ""
    undo_step, redo_step, under = trail.marks(sitting, scan_no)
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
    return undo_step, redo_step


def _left(tx: Session, sitting: Sitting, settled: Settled) -> Step | None:
    """Give the last step if a step back has just left it again: it is no step any more then."""
    step = None
    if settled.trail is not None and not settled.trail.operations:
        step = undo_steps.marked(tx, sitting.site, sitting.undo_step)
    if step is None or step.operations or step.changes:
        return None
    same = (step.flow, step.state) == (settled.flow, freeze(settled.state))
    return step if same else None


def _fate(settled: Settled) -> str:
    if settled.said is None or not settled.refused:
        return "taken"
    why = settled.said.facts.get("refused_text", settled.said.text)
    return str(why).removeprefix("refusal.")
