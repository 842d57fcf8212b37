"""Answer what the menu asks: what the worker may do, and what is where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from floorhand.domain.putaway import Source
from floorhand.domain.signing_in import FindJob, JobFound, LookAt, OpenMenu, Seen, SignedIn
from floorhand.errors import Code, Refused
from floorhand.ops.allowing import menu_here
from floorhand.ops.putaway_work import tasks_of
from floorhand.ops.sign_in import parked_jobs
from floorhand.store import looking
from floorhand.store.held_told import place_held
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts


def open_menu(tx: Session, cause: Cause, _command: OpenMenu) -> SignedIn:
    """Find out what the worker may do and has left open."""
    worker = worker_facts(tx, cause.site, cause.worker)
    if worker is None:
        raise Refused(Code.UNKNOWN_WORKER)
    jobs = menu_here(tx, cause.site, cause.station, worker.roles)
    return SignedIn(worker.code, worker.name, jobs, parked_jobs(tx, cause.site, worker.code))


def look_at(tx: Session, cause: Cause, command: LookAt) -> Seen:
    """Say what is in a place, where a product is, or how an order stands."""
    if command.kind == "place":
        return _place(tx, cause.site, command.code)
    ask = {"sku": looking.sku, "order": looking.order}[command.kind]
    return ask(tx, cause.site, command.code)


def _place(tx: Session, site: str, code: str) -> Seen:
    """Say first that nothing is to be picked there, if so: also of what stands in a held bin."""
    seen = looking.place(tx, site, code)
    return replace(seen, facts=(*place_held(tx, site, code), *seen.facts))


def find_job(tx: Session, cause: Cause, command: FindJob) -> JobFound | Seen:
    """Say which job waits for the goods in a container; what is in it, if none does."""
    container = command.container
    if tasks_of(tx, cause.site, Source(container.code)):
        return JobFound("putaway", container)
    if container.kind == "tote" and container.order:
        return JobFound("packing", container)
    return _place(tx, cause.site, container.code)


HANDLERS: dict[type, Callable[..., object]] = {
    OpenMenu: open_menu,
    LookAt: look_at,
    FindJob: find_job,
}
