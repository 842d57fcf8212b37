"""Which piece of work a question is about, and whether that is open, whoever has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, bindparam, literal, select
from sqlalchemy.orm import Session

from floorhand.domain.things import LeadTookBack, TakenOver
from floorhand.errors import Code, Refused
from floorhand.flows.turn import AnyState
from floorhand.ops.aside import ASIDE, behind
from floorhand.ops.freezing import thaw
from floorhand.ops.registry import FLOWS
from floorhand.store import counts, deliveries, parcels, picks, refills, returns
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked, Seat, Worker


def _of_others(table: type[Seat | Parked], seat: Any) -> Select[*tuple[Any, ...]]:
    """Ask for the questions of others, with who is at them."""
    asked = select(table.flow, table.state, Worker.code, Worker.name, seat.label("seat"))
    return asked.join_from(
        table, Worker, (Worker.site == table.site) & (Worker.code == table.worker)
    ).where(table.site == bindparam("site"), table.worker != bindparam("worker"))


_PARKED = _of_others(Parked, literal("")).where(Parked.flow == bindparam("flow"))
_SITTING = _of_others(Seat, Seat.code)


def work_of(flow: str, state: AnyState) -> str:
    """Name the work that a question is about; empty if it is about none yet.

    A walk is named by its task, an order by ``merchant/number``, what is put away by the place
    where it waits, a delivery and a return by their numbers, a count by its task.
    """
    if isinstance(state, LeadTookBack | TakenOver):
        return ""
    match flow:
        case "picking":
            about = getattr(state, "stop", None) or getattr(state, "need", None)
            return about.task if about else ""
        case "packing":
            at = getattr(state, "bench", None)
            return at.order if at else ""
        case "receiving":
            job = getattr(state, "job", None)
            return job.delivery if job else ""
        case "putaway":
            about = getattr(state, "now", None) or getattr(state, "found", None)
            return about.source.place if about else ""
        case "returns":
            parcel = getattr(state, "parcel", None)
            return parcel.number if parcel else ""
        case "counting":
            return counted_in(state)
        case "refill":
            return state.job.task if hasattr(state, "job") else ""
        case _:
            return ""


def counted_in(state: AnyState) -> str:
    """Name the count that a question of counting is about, by its task; empty if none is begun."""
    at = getattr(state, "at", state)
    sheet = getattr(at, "sheet", None)
    count = sheet.count if sheet else getattr(at, "count", None)
    return count.task if count else ""


def who_else(tx: Session, cause: Cause, flow: str, work: str) -> dict[str, str]:
    """Say who else has work open, with the seat, or has parked it: names by worker's number."""
    return {
        row.code: f"{row.name} ({row.seat})" if row.seat else row.name
        for about, row in _open_in(tx, cause.site, flow, cause.worker)
        if about == work
    }


def who_is_at(tx: Session, site: str, flow: str) -> dict[tuple[str, str], str]:
    """Say who has which work of a job open, or has parked it: names by work and worker's number."""
    return {(about, row.code): row.name for about, row in _open_in(tx, site, flow, "")}


def _open_in(tx: Session, site: str, flow: str, but: str) -> Iterator[tuple[str, Any]]:
    """Give the work that somebody ``but`` one has open or parked, each with its row."""
    named = {"site": site, "worker": but}
    for row in [*ask(tx, _PARKED, **named, flow=flow), *ask(tx, _SITTING, **named)]:
        name, state = behind(row.flow, row.state)
        if name == flow and (work := work_of(flow, thaw(FLOWS[flow], state))):
            yield work, row


def must_be_open(tx: Session, cause: Cause, flow: str, state: AnyState) -> None:
    """Make sure that the work a question is about is open.

    Raises:
        Refused: `Code.REVERSE_ENDED`.
    """
    if ended := ended_work(tx, cause.site, flow, state):
        raise Refused(Code.REVERSE_ENDED, job_text=f"job.{ended[0]}")


def ended_work(tx: Session, site: str, flow: str, state: AnyState) -> tuple[str, str] | None:
    """Give the job and the work that a question is about, if it is open no more."""
    if flow in ASIDE:
        asked = ASIDE[flow](state)
        flow, state = asked.flow, thaw(FLOWS[asked.flow], asked.state)
    work = work_of(flow, state)
    if not work or flow not in _OPEN or _OPEN[flow](tx, site, work):
        return None
    return flow, work


def row_of(site: str, flow: str, work: str) -> tuple[str, ...]:
    """Name the row that says whether work is open, by its table and its key."""
    table = _TABLES.get(flow, "task")
    return (table, site, *(work.split("/", 1) if table == "orders" else (work,)))


def _walk(tx: Session, site: str, task: str) -> bool:
    walk = picks.walk_by_id(tx, site, task)
    return walk is not None and walk.state == "claimed"


def _order(tx: Session, site: str, order: str) -> bool:
    merchant, _, number = order.partition("/")
    head = parcels.order_head(tx, site, merchant, number)
    return head is not None and head.state == "packing"


def _delivery(tx: Session, site: str, number: str) -> bool:
    header = deliveries.header(tx, site, number)
    return header is not None and header.state == "receiving"


def _count(tx: Session, site: str, task: str) -> bool:
    row = counts.count_row(tx, site, task)
    return row is not None and row.state == "claimed"


def _refill(tx: Session, site: str, task: str) -> bool:
    found = refills.refill_of(tx, site, task)
    return found is not None and found[1] == "claimed"


def _return(tx: Session, site: str, number: str) -> bool:
    head = returns.head(tx, site, number)
    return head is not None and head.custody != "disposed"


_TABLES: Mapping[str, str] = {"packing": "orders", "receiving": "delivery", "returns": "returns"}
"""Tables of works that are no tasks."""

ROWS = frozenset({"orders", "delivery", "returns"})
"""The same, for whoever begins a work of these anew: what went on with it went on from that."""

_OPEN: Mapping[str, Callable[[Session, str, str], bool]] = {
    "picking": _walk,
    "packing": _order,
    "receiving": _delivery,
    "returns": _return,
    "counting": _count,
    "refill": _refill,
}
"""How to see that work of a job is open. Put-away is of goods: they are there, or the ledger
refuses."""
