"""From a scan to a question or a refusal: resolve, step the flow, carry out what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import TableClause, delete, insert, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import read, readable
from floorhand.domain.json_text import as_json
from floorhand.domain.keymap import Key
from floorhand.domain.preferences import Toggle
from floorhand.domain.signing_in import JOBS, SignedIn, SignOut
from floorhand.domain.things import (
    Ambiguous,
    Badge,
    LeadTookBack,
    Paper,
    Piece,
    Place,
    Pressed,
    Station,
    TakenOver,
    Text,
    Unknown,
)
from floorhand.domain.tracing import things_of
from floorhand.errors import Code, Gone, Refused
from floorhand.flows import learning, settings
from floorhand.flows.turn import AnyState, Ask, Do, Open, Prompt, Refuse, Reply, Said
from floorhand.flows.which import Answered, Which
from floorhand.ops.allowing import must_be_allowed, must_be_done_here
from floorhand.ops.causes import cause_of
from floorhand.ops.freezing import freeze, plain, thaw
from floorhand.ops.labelling import ask_about_doubt, asked_first, behind, printing_again
from floorhand.ops.learning import lesson_about
from floorhand.ops.naming import NAMES_THE_SCAN, trailed, what
from floorhand.ops.parking import Left, left_at, park, park_open
from floorhand.ops.registry import FLOWS, HANDLERS
from floorhand.ops.seats import (
    SCANNED_CHARACTERS_MAX,
    SECRET,
    Settled,
    Sitting,
    must_sit,
)
from floorhand.ops.second_pin import is_second_pin
from floorhand.ops.showing import in_a_job, leaves
from floorhand.ops.taken_over import told_now, told_of
from floorhand.store import notes, traces
from floorhand.store.asking import ask
from floorhand.store.finders import badge, place_by_label
from floorhand.store.ledger import OFFICE, Cause
from floorhand.store.lookup import Event, resolve
from floorhand.store.rotating import retire_old_label
from floorhand.store.schema import Operation, Parked
from floorhand.store.undo_steps import Steps

STEPS_PER_SCAN_MAX = 8
"""A flow that needs more steps for one scan is going round in circles."""

COMMANDS_PER_SCAN_MAX = 4

SEPARATORS = dict.fromkeys((0x04, *range(0x1C, 0x20)))
"""Control characters that carriers' two-dimensional codes hold between their fields."""

WHERE = frozenset({"bin", "dock", "bench", "cart"})
"""Kinds of places to which somebody goes."""

_ADD_OPERATION = insert(cast(TableClause, Operation.__table__))


def answer(tx: Session, sitting: Sitting, scan_no: int, scanned: str, now: datetime) -> Settled:
    """Answer a scan with the question to be at next, or with a refusal.

    Raises:
        Refused: By a rule; the transaction must be rolled back.
    """
    if isinstance(sitting.state, TakenOver) and (told := told_now(tx, sitting, scanned, now)):
        return told
    notes.begin(tx)
    prompt = FLOWS[sitting.flow].prompt(sitting.state)
    event = resolve(tx, sitting.site, scanned, prompt)
    if isinstance(event, Place) and event.renewed:
        retire_old_label(tx, sitting.site, event.code)
    at = printing_again(tx, sitting, prompt) if event == Pressed(Key.PRINT) else sitting
    settled = ask_about_doubt(tx, sitting, _answer(tx, at, scan_no, event, prompt, now), now)
    if isinstance(event, Place | Station):
        return replace(settled, named=event.code)
    secret = settled.secret or _is_secret(event, prompt)
    return replace(settled, secret=secret)


def _is_secret(event: object, prompt: Prompt) -> bool:
    """Say whether a scan opens a door: a badge anywhere, or what was tried for one or for a PIN."""
    match event:
        case Badge(scanned=True):
            return True
        case Unknown() | Text():
            return bool({"badge", "pin"} & set(prompt.wants.kinds))
        case _:
            return False


def opens_a_door(tx: Session, sitting: Sitting, scanned: str) -> bool:
    """Say the same of a scan that was refused before anybody knew what it is."""
    if scanned.startswith("*"):
        return False
    kinds = FLOWS[sitting.flow].prompt(sitting.state).wants.kinds
    code = read(scanned[:SCANNED_CHARACTERS_MAX]).code
    return bool({"badge", "pin"} & set(kinds)) or badge(tx, sitting.site, code) is not None


def name_of_place(tx: Session, site: str, scanned: str) -> str:
    """Name the place whose label was scanned, of a scan that was refused; empty if it was none."""
    code = read(scanned[:SCANNED_CHARACTERS_MAX])
    found = place_by_label(tx, site, code.code) if code.own_kind else None
    return found[0].code if found else ""


def _answer(
    tx: Session, sitting: Sitting, scan_no: int, event: Event, prompt: Prompt, now: datetime
) -> Settled:
    here = Settled(sitting.flow, sitting.state, None)
    if isinstance(event, Pressed):
        must_be_allowed(tx, cause_of(sitting, "", now), event.key, prompt.keys)
    match event:
        case Pressed(key=Key.HELP):
            return replace(here, said=Said(f"help.{prompt.ask}", {}, "look"))
        case Pressed(key=Key.UNDO | Key.REDO as key) if in_a_job(sitting.flow, sitting.state):
            from floorhand.ops.undoing import reverse  # it reads all jobs, for the first question

            return reverse(tx, sitting, scan_no, now, again=key is Key.REDO)
        case Pressed(key=Key.LOCK) if sitting.worker:
            return _lock(tx, cause_of(sitting, f"{sitting.seat}:{scan_no}", now), sitting)
        case Pressed(key=Key.MUTE | Key.LARGE as key) if sitting.worker:
            now_are = carry_out(tx, cause_of(sitting, "", now), Toggle(key))
            said = settings.told(sitting.preferences, now_are.preferences)
            return replace(here, said=Said(said, {}, "ok"))
        case Badge(scanned=True, worker=sitting.worker, name=name) if (
            "badge" not in prompt.wants.kinds
        ):
            return replace(here, said=Said("road.signed_in_already", {"name": name}, "look"))
        case Badge(scanned=True) if sitting.worker and "badge" not in prompt.wants.kinds:
            return _change_worker(tx, sitting, scan_no, event, now)
        case Unknown() if "pin" in prompt.wants.kinds:  # what was typed must not be shown
            raise Refused(Code.WRONG_PIN)
        case Unknown(code=code) if is_second_pin(tx, sitting, code, prompt):
            facts = {**dict(prompt.ask_facts), "code": SECRET, "ask_text": prompt.ask}
            return replace(here, said=Said.about(Refuse(Code.UNKNOWN_BARCODE, facts)), secret=True)
        case Unknown(shown=code) if "unknown" not in prompt.wants.kinds:
            facts = {**dict(prompt.ask_facts), "code": code, "ask_text": prompt.ask}
            asked = (sitting.flow, sitting.state_text)
            cause = cause_of(sitting, "", now)
            lesson = lesson_about(tx, cause, asked, event, prompt.wants, facts)
            aside = replace(sitting, flow=learning.NAME, state=lesson)
            return _settle(tx, aside, scan_no, event, now)
        case Unknown(shown=code) if not _is_whole(event.code):
            raise Refused(Code.TEXT_UNREADABLE, code=code)
        case Place(kind="bin", proven=False, code=code) if prompt.wants.place or (
            {"bin", "place"} & set(prompt.wants.kinds)
        ):
            raise Refused(_unproven(event, prompt), place=code, wanted=prompt.wants.place)
        case Ambiguous(options=options):
            if (reply := _refused_anyway(sitting, options)) is not None:
                return _refuse(tx, sitting, options[0], reply, (sitting.flow, sitting.state), now)
            which = Which(sitting.flow, sitting.state_text, options)
            return trailed(sitting, Settled("which", which, None), options[0], ())
        case _:
            return _settle(tx, sitting, scan_no, event, now)


def _refused_anyway(sitting: Sitting, options: Sequence[Piece | Paper]) -> Refuse | None:
    """Give the refusal if none of these can be an answer: only else it matters which is meant.

    It names every merchant that it may be of, for nobody has said which.
    """
    step = FLOWS[sitting.flow].step
    refusals = [step(sitting.state, option) for option in options]
    first = refusals[0]
    if not isinstance(first, Refuse) or not all(isinstance(one, Refuse) for one in refusals):
        return None
    if "merchant" not in first.facts:
        return first
    merchants = " / ".join(dict.fromkeys(option.merchant for option in options))
    return replace(first, facts={**first.facts, "merchant": merchants})


def _is_whole(code: str) -> bool:
    """Say whether an unknown code can be kept: all of it was read, and there is something in it."""
    text = code.translate(SEPARATORS)
    return bool(text.strip()) and readable(text)


def _settle(tx: Session, sitting: Sitting, scan_no: int, event: object, now: datetime) -> Settled:
    """Step the flow, carrying out what it asks for, until it has a question or a refusal."""
    name, state, said, commands = sitting.flow, sitting.state, None, 0
    first, operations = event, []
    taken_up: Steps | None = None
    for _ in range(STEPS_PER_SCAN_MAX):
        reply = FLOWS[name].step(state, event)
        match reply:
            case Do(command=command):
                commands += 1
                assert commands <= COMMANDS_PER_SCAN_MAX, (name, command)
                number = f"{sitting.seat}:{scan_no}" + (f".{commands}" if commands > 1 else "")
                cause = cause_of(sitting, number, now)
                with behind(sitting, name):
                    event = carry_out(tx, cause, command)
                operations += [number] if cause.figures else []
                if isinstance(event, SignedIn):
                    sitting = must_sit(tx, sitting.site, sitting.seat)
            case Open(flow=flow, event=handed):
                said = Said.about(reply) or said
                if flow in JOBS:
                    must_be_done_here(tx, cause_of(sitting, "", now), flow, new=name == "menu")
                name, state, event, taken_up = _open(tx, sitting, flow, handed)
                if isinstance(state, LeadTookBack | TakenOver):
                    return told_of(tx, sitting.site, state, now)
                if event is None:
                    settled = trailed(sitting, Settled(name, state, said), first, operations)
                    return replace(settled, taken_up=taken_up)
            case Ask(state=Answered() as answered):
                name, state = answered.flow, thaw(FLOWS[answered.flow], answered.state)
                if answered.meant is None:
                    settled = Settled(name, state, Said.about(reply))
                    return trailed(sitting, settled, first, operations)
                event = answered.meant
            case Ask():
                settled = Settled(name, reply.state, Said.about(reply) or said)
                settled = trailed(sitting, settled, first, operations)
                return replace(settled, taken_up=taken_up)
            case Refuse():
                return _refuse(tx, sitting, first, reply, (name, reply.then or state), now)
    raise AssertionError(f"{name} did not settle: {state} {event}")


def _open(
    tx: Session, sitting: Sitting, flow: str, event: object | None
) -> tuple[str, AnyState, object | None, Steps | None]:
    """Enter a flow: where the worker parked it, unless what was scanned is something else.

    What can be taken back of parked work comes with it; None if it is none.
    """
    start = FLOWS[flow].START
    if flow == "menu":
        return flow, start, event or Pressed(Key.BACK), None
    mine = (Parked.site == sitting.site, Parked.worker == sitting.worker, Parked.flow == flow)
    kept = select(Parked.state, Parked.undo_step, Parked.redo_step).where(*mine)
    parked = tx.execute(kept).one_or_none()
    if parked is None:
        return flow, start, event, None
    state = thaw(FLOWS[flow], parked.state)
    told = isinstance(state, LeadTookBack | TakenOver)
    if event is not None and not told and not _is_about(flow, state, event):
        return flow, start, event, None
    tx.execute(delete(Parked).where(*mine))
    return flow, state, event, (parked.undo_step, parked.redo_step)


def _is_about(flow: str, state: AnyState, event: object) -> bool:
    """Say whether an event names what a state is about already: the question stays as it was."""
    reply = FLOWS[flow].step(state, event)
    return isinstance(reply, Ask) and reply.state == state


def _refuse(
    tx: Session,
    sitting: Sitting,
    event: object,
    reply: Refuse,
    here: tuple[str, AnyState],
    now: datetime,
) -> Settled:
    """Refuse, unless it is a step back that the flow leaves to the road: then park and leave."""
    name, state = here
    opened_elsewhere = name != sitting.flow
    if event == Pressed(Key.BACK) and leaves(reply):
        if name in JOBS:
            if state != FLOWS[name].START:
                left = Left(sitting.worker, name, freeze(state), sitting.steps)
                park(tx, cause_of(sitting, "", now), left)
            return _menu(tx, sitting, now, parked=state != FLOWS[name].START)
        reply = Refuse(Code.KEY_NOT_NOW)
    reply = _told(reply, event, FLOWS[sitting.flow].prompt(sitting.state))
    if opened_elsewhere and name not in ("menu", "sign_in"):
        name, state = sitting.flow, sitting.state
        reply = asked_first(sitting, reply)
    return Settled(name, state, Said.about(reply))


def _told(reply: Refuse, event: object, prompt: Prompt) -> Refuse:
    """Put into a refusal what a flow does not know: what was scanned, and what is asked for."""
    wanted = prompt.wants.place
    if reply.code is Code.NOT_EXPECTED_NOW:
        asks_where = bool((WHERE | {"place"}) & set(prompt.wants.kinds))
        if wanted and asks_where and isinstance(event, Place) and event.kind in WHERE:
            return Refuse(Code.WRONG_PLACE, {"code": event.code, "place": wanted})
        asked = {**dict(prompt.ask_facts), **what(event), "ask_text": prompt.ask}
        reply = Refuse(reply.code, {**asked, **reply.facts})
    if reply.code in NAMES_THE_SCAN:
        reply = Refuse(reply.code, {**what(event), **reply.facts})
    if reply.code is Code.TYPED_CODE:
        reply = Refuse(_unproven(event, prompt), {**reply.facts, "wanted": wanted})
    return reply


def _unproven(event: object, prompt: Prompt) -> Code:
    """Say what would prove a place that was typed: digits only where they are read as such."""
    if not isinstance(event, Place) or event.code != prompt.wants.place:
        return Code.TYPED_ELSEWHERE if prompt.wants.place else Code.SCAN_LABEL
    return Code.TYPED_CODE if event.digits else Code.SCAN_LABEL


def _menu(tx: Session, sitting: Sitting, now: datetime, *, parked: bool) -> Settled:
    menu = FLOWS["menu"]
    reply: Reply = menu.step(menu.START, None)
    assert isinstance(reply, Do)
    seen = HANDLERS[type(reply.command)](tx, cause_of(sitting, "", now), reply.command)
    asked = menu.step(menu.START, seen)
    assert isinstance(asked, Ask)
    said = Said("road.parked", {"job_text": f"job.{sitting.flow}"}, "ok") if parked else None
    return Settled("menu", asked.state, said)


def _lock(tx: Session, cause: Cause, sitting: Sitting) -> Settled:
    """Sign out; work in the middle is parked."""
    park_open(tx, cause, left_at(sitting))
    carry_out(tx, cause, SignOut(sitting.worker))
    said = Said("road.signed_out", {"name": sitting.worker_name}, "ok")
    return Settled("sign_in", FLOWS["sign_in"].START, said)


def _change_worker(
    tx: Session, sitting: Sitting, scan_no: int, badge: Badge, now: datetime
) -> Settled:
    """Let a colleague sign in here; what is in the middle is parked, and both are told."""
    cause = cause_of(sitting, f"{sitting.seat}:{scan_no}.0", now)
    job = park_open(tx, cause, left_at(sitting), badge.name)
    carry_out(tx, cause, SignOut(sitting.worker))
    free = replace(sitting, worker="", flow="sign_in", state=FLOWS["sign_in"].START)
    settled = _settle(tx, free, scan_no, badge, now)
    if not job or settled.refused:
        return settled
    facts = {"name": badge.name, "before": sitting.worker_name, "job_text": f"job.{job}"}
    return replace(settled, said=Said("road.changed_worker", facts, "look"))


def from_office(tx: Session, site: str, command: object, now: datetime, number: str = "") -> object:
    """Carry out a command that was given at no terminal, and record it as from the office.

    ``number`` names the operation for whoever must find it again.
    """
    cause = Cause(site, f"{OFFICE}:{number or uuid4().hex}", "", OFFICE, "", now)
    return carry_out(tx, cause, command)


def carry_out(tx: Session, cause: Cause, command: Any) -> Any:
    """Carry out a command, and record it if it changed anything (then it noted figures)."""
    try:
        outcome = HANDLERS[type(command)](tx, cause, command)
    except Refused as refused:
        if getattr(command, "take_over", False):  # the colleague has finished it meanwhile
            raise Gone(refused.code, **refused.facts) from refused
        raise
    if cause.figures:
        figures: Mapping[str, int | str] = cause.figures
        kind: Any = type(command)
        plainly = plain(command) | _secrets(kind)
        job = str(figures.get("job", ""))
        cause.things.update(things_of(figures, job), things_of(plainly, job))
        record = {
            "site": cause.site,
            "id": cause.operation,
            "kind": kind.__name__,
            "command": as_json(plainly),
            "facts": as_json(figures),
            "worker": cause.worker or str(figures.get("worker", "")),
            "seat": cause.seat,
            "station": cause.station,
            "device": cause.device,
            "at": cause.at,
        }
        ask(tx, _ADD_OPERATION, **record)
        traces.keep(tx, cause)
    return outcome


@cache
def _secrets(kind: Any) -> dict[str, str]:
    """Give what stands in the record for those fields of a command that nobody may read."""
    return {item.name: SECRET for item in fields(kind) if item.metadata.get("secret")}
