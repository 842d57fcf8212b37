"""Put-away, as changes: find work, begin it, give it back, end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Row, TableClause, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.putaway import (
    CONTAINERS,
    SOURCES_MAX,
    Emptied,
    FindLoose,
    GivenBack,
    HeldByOther,
    Loose,
    LooseFound,
    NextTask,
    NoneLeft,
    OpenSource,
    Proposed,
    Source,
    TaskFound,
)
from floorhand.domain.things import AVAILABLE, RETURN_PENDING, Goods
from floorhand.domain.troubles import PUTBACK_WAITING
from floorhand.errors import Code, Gone, Refused
from floorhand.flows.turn import AnyState
from floorhand.ops.proposing import Group, groups_of, propose_next
from floorhand.ops.taken_over import tell_holder
from floorhand.store.asking import among, ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.places import root_of
from floorhand.store.schema import Place, Sku, Stock, Task
from floorhand.store.tasks import LIVE, claim_task, close_task, close_trouble, open_task

JOB = "putaway"
WORK_KINDS = ("putaway", "putback")
TASKS_TRIED_MAX = 50
"""Tasks that turn out to be void or taken before one gives up looking for work."""

_TASKS_OF = (
    select(Task.id, Task.state, Task.worker, Task.kind)
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(WORK_KINDS),
        Task.state.in_(LIVE),
        Task.place == bindparam("place"),
    )
    .order_by(Task.created_at, Task.id)
)
_TASKS_OF_SKU = _TASKS_OF.where(
    Task.merchant == bindparam("merchant"),
    Task.sku == bindparam("sku"),
    Task.lot.in_((bindparam("lot"), "")),
)
_WAITING = (
    select(Task.id, Task.kind, Task.state, Task.place, Task.merchant, Task.sku, Task.lot)
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(WORK_KINDS),
        or_(
            among(Task.state, "open", "parked"),
            and_(among(Task.state, "claimed"), Task.worker == bindparam("worker")),
        ),
    )
    .order_by(Task.state, Task.created_at, Task.id)
    .limit(TASKS_TRIED_MAX)
)
_BY_ID = select(Task.id, Task.kind, Task.place, Task.merchant, Task.sku, Task.lot).where(
    Task.site == bindparam("site"), Task.id == bindparam("id")
)
_PLACE_OF = select(Place.kind, Place.state, Place.order_no).where(
    Place.site == bindparam("site"), Place.code == bindparam("place")
)
_NAME = select(Sku.name).where(
    Sku.site == bindparam("site"),
    Sku.merchant == bindparam("merchant"),
    Sku.code == bindparam("sku"),
)
_OTHERS = (
    select(Stock.merchant, Stock.sku)
    .where(
        Stock.site == bindparam("site"),
        Stock.place == bindparam("place"),
        Stock.pieces > 0,
        Stock.condition != RETURN_PENDING,
    )
    .distinct()
)
_TASK = cast(TableClause, Task.__table__)
_REOPEN = (
    update(_TASK)
    .where(
        _TASK.c.site == bindparam("at_site"),
        _TASK.c.id == bindparam("at_id"),
        _TASK.c.state == "parked",
    )
    .values(state="open")
)
_BEGIN = (
    update(_TASK)
    .where(
        _TASK.c.site == bindparam("at_site"),
        _TASK.c.id.in_(bindparam("ids", expanding=True)),
    )
    .values(state="claimed", worker=bindparam("by"), claimed_at=bindparam("claimed_at"))
)


def next_task(tx: Session, cause: Cause, command: NextTask) -> TaskFound | GivenBack | NoneLeft:
    """Claim the oldest open task, or give one back.

    A task whose goods are gone is cancelled on the way, and one about goods that a colleague has
    begun with is left. One that was left because no bin could take its goods comes again, after
    all others, when a bin can.

    Raises:
        Refused: `Code.NOTHING_TO_PUT_AWAY`; `Code.STILL_NO_BIN` if what waits fits nowhere.
    """
    cause.note(job=JOB)
    if command.instead_of:
        _release(tx, cause, command.instead_of)
    if command.give_back:
        place = tx.scalar(
            select(Task.place).where(Task.site == cause.site, Task.id == command.instead_of)
        )
        return GivenBack(place or "")
    without_bin, gone = "", 0
    for task in _waiting(tx, cause, command.later):
        source, container = _source(tx, cause.site, task)
        groups = groups_of(tx, cause.site, source)
        if not groups:
            close_task(tx, cause, task.id, "cancelled")
            gone += 1
        elif holder_of(tasks_of(tx, cause.site, source)) not in ("", cause.worker):
            continue  # two deliveries can raise a task each for goods that stand together
        elif task.state == "parked" and not _reopen(tx, cause, task.id, source):
            without_bin = without_bin or source.place
        elif claim_task(tx, cause, task.id):
            return _found(tx, cause.site, task, source, container, groups)
    if gone:
        return NoneLeft(gone)  # a refusal would undo that they are cancelled
    if without_bin:
        raise Refused(Code.STILL_NO_BIN, place=without_bin)
    raise Refused(Code.NOTHING_TO_PUT_AWAY)


def _found(
    tx: Session,
    site: str,
    task: Row[*tuple[Any, ...]],
    source: Source,
    container: str,
    groups: Sequence[Group],
) -> TaskFound:
    return TaskFound(
        task.id,
        source,
        root_of(tx, site, source.place),
        task.kind,
        _name(tx, site, source) if source.sku else "",
        sum(group.pieces for group in groups),
        container,
        _apart(groups),
    )


def let_go(tx: Session, cause: Cause, task: str) -> TaskFound | None:
    """Open what the worker has begun to put away to everybody again, as if it had been fetched.

    All tasks about the same goods are let go with this one. None if the worker has it no more, or
    the goods are gone.
    """
    row = ask(tx, _BY_ID, site=cause.site, id=task).one_or_none()
    if row is None:
        return None
    source, container = _source(tx, cause.site, row)
    groups = groups_of(tx, cause.site, source)
    mine = [one for one in tasks_of(tx, cause.site, source) if one.worker == cause.worker]
    if not groups or task not in {one.id for one in mine if one.state == "claimed"}:
        return None
    for one in mine:
        _release(tx, cause, one.id)
    return _found(tx, cause.site, row, source, container, groups)


def open_source(tx: Session, cause: Cause, command: OpenSource) -> Proposed | HeldByOther | Emptied:
    """Begin with a container or with loose goods, and propose the first bin.

    A pallet that is still being built is closed: whoever takes it to the shelves has finished it.

    Raises:
        Gone: `Code.NOTHING_INSIDE` if work on it was open.
        Refused: `Code.NOTHING_INSIDE`; `Code.BOUND_TO_ORDER` if it is on its way to a packing
            bench.
    """
    site, source = cause.site, command.source
    known = tasks_of(tx, site, source)
    holder = holder_of(known) or cause.worker
    if holder not in (cause.worker, command.take_over):
        return HeldByOther(source, holder, worker_name(tx, site, holder))
    found = propose_next(tx, site, source, ())
    if found is None:
        raise (Gone if known else Refused)(Code.NOTHING_INSIDE, place=source.place)
    if not source.sku:
        _close_container(tx, cause, source, known)
    ids = [task.id for task in known] or [
        open_task(
            tx,
            cause,
            "putaway",
            place=source.place,
            merchant=source.merchant,
            sku=source.sku,
            lot=source.lot,
            pieces=found.pieces,
            reason="scanned",
        )
    ]
    if holder != cause.worker:
        tell_holder(tx, cause, JOB, holder, source.place, lambda state: is_at(state, source))
    ask(tx, _BEGIN, at_site=site, ids=ids, by=cause.worker, claimed_at=cause.at)
    cause.note(job=JOB, take_over=int(holder != cause.worker))
    if holder != cause.worker:
        cause.note(taken_from=holder)
    return found


def is_at(state: AnyState, source: Source) -> bool:
    """Say whether a question is about what stands in a place, or about these goods loose there."""
    return source_of(state) == source


def source_of(state: AnyState) -> Source | None:
    """Say from where a question lets goods be put away; None if it is about none."""
    about = getattr(state, "now", None) or getattr(state, "found", None)
    return about.source if about is not None else None


def find_loose(tx: Session, cause: Cause, command: FindLoose) -> LooseFound:
    """Find where a scanned piece stands loose.

    Raises:
        Refused: `Code.NOT_LOOSE` if none stands on a dock or bench; `Code.NOT_ON_PALLET` if none
            does at the place asked for.
    """
    rows = tx.execute(
        select(Stock.place, Sku.name, Stock.lot, Stock.expiry, Stock.pieces)
        .join(Place, and_(Place.site == Stock.site, Place.code == Stock.place))
        .join(
            Sku,
            and_(Sku.site == Stock.site, Sku.merchant == Stock.merchant, Sku.code == Stock.sku),
        )
        .where(
            Stock.site == cause.site,
            Stock.merchant == command.merchant,
            Stock.sku == command.sku,
            Stock.pieces > 0,
            Stock.condition != RETURN_PENDING,
            Place.kind.in_(("dock", "bench")),
            *([Stock.place == command.at] if command.at else []),
        )
        .order_by(Stock.expiry, Stock.place, Stock.lot)
    )
    found: dict[tuple[str, str], Loose] = {}
    for place, name, lot, expiry, pieces in rows:
        if command.lot in ("", lot) and command.expiry in ("", expiry):
            goods = Goods(command.merchant, command.sku, lot, expiry)
            known = found.setdefault((place, lot), Loose(place, goods, name, 0))
            found[place, lot] = replace(known, pieces=known.pieces + pieces)
    if not found and command.at:
        raise Refused(Code.NOT_ON_PALLET, sku=command.sku, place=command.at)
    if not found:
        raise Refused(Code.NOT_LOOSE, sku=command.sku)
    return LooseFound(tuple(found.values())[:SOURCES_MAX])


def tasks_of(tx: Session, site: str, source: Source) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the tasks about a source that are not done, as rows with id, state and worker."""
    if not source.sku:
        return ask(tx, _TASKS_OF, site=site, place=source.place).all()
    goods = {"merchant": source.merchant, "sku": source.sku, "lot": source.lot}
    return ask(tx, _TASKS_OF_SKU, site=site, place=source.place, **goods).all()


def holder_of(tasks: Sequence[Row[*tuple[Any, ...]]]) -> str:
    """Name the worker who has begun with a source; empty if nobody has."""
    return next((task.worker for task in tasks if task.state == "claimed" and task.worker), "")


def worker_name(tx: Session, site: str, worker: str) -> str:
    """Give a worker's name, for telling a colleague."""
    facts = worker_facts(tx, site, worker)
    return facts.name if facts else worker


def close_source(tx: Session, cause: Cause, source: Source) -> None:
    """End the work on a source from which all is put away.

    An empty pallet or carton is void: its label must not be used again. An empty tote is free.
    """
    for task in tasks_of(tx, cause.site, source):
        close_task(tx, cause, task.id)
    cause.note(tasks=1)
    if source.sku:
        return
    kind = ask(tx, _PLACE_OF, site=cause.site, place=source.place).one().kind
    if kind in ("tote", "carton"):
        close_trouble(tx, cause, PUTBACK_WAITING, source.place)
    here = update(Place).where(Place.site == cause.site)
    if kind == "tote":
        tx.execute(here.where(Place.code == source.place).values(order_no=None, state="open"))
        return
    within = or_(Place.code == source.place, Place.parent == source.place)
    tx.execute(
        here.where(within, Place.kind.in_(("pallet", "carton"))).values(state="void", parent=None)
    )


def others_at(tx: Session, site: str, source: Source) -> int:
    """Count the products that stand loose where loose goods were; none if it was a container."""
    return len(ask(tx, _OTHERS, site=site, place=source.place).all()) if source.sku else 0


def _reopen(tx: Session, cause: Cause, task: str, source: Source) -> bool:
    """Open a task again that was left for want of a bin; False if there is still none."""
    found = propose_next(tx, cause.site, source, ())
    if found is None or not found.bin:
        return False
    return ask(tx, _REOPEN, at_site=cause.site, at_id=task).rowcount == 1


def _apart(groups: Sequence[Group]) -> tuple[tuple[str, int], ...]:
    """Count what is not for sale, by condition."""
    found: dict[str, int] = {}
    for group in groups:
        if (condition := group.goods.condition) != AVAILABLE:
            found[condition] = found.get(condition, 0) + group.pieces
    return tuple(found.items())


def _release(tx: Session, cause: Cause, task: str) -> None:
    tx.execute(
        update(Task)
        .where(
            Task.site == cause.site,
            Task.id == task,
            Task.state == "claimed",
            Task.worker == cause.worker,
        )
        .values(state="open", worker=None, claimed_at=None)
    )


def _waiting(tx: Session, cause: Cause, later: Sequence[str]) -> list[Row[*tuple[Any, ...]]]:
    """List tasks that can be taken: what the worker has begun, the oldest, then ``later``."""
    found = ask(tx, _WAITING, site=cause.site, worker=cause.worker).all()
    return sorted(found, key=lambda task: later.index(task.id) if task.id in later else -1)


def _source(tx: Session, site: str, task: Row[*tuple[Any, ...]]) -> tuple[Source, str]:
    """Say what a task is about: a container, with its kind, or one SKU of what stands loose."""
    place = ask(tx, _PLACE_OF, site=site, place=task.place).one_or_none()
    if place is not None and place.kind in CONTAINERS:
        return Source(task.place), place.kind
    return Source(task.place, task.merchant, task.sku, task.lot), ""


def _name(tx: Session, site: str, source: Source) -> str:
    name = ask(tx, _NAME, site=site, merchant=source.merchant, sku=source.sku).scalar()
    return name or ""


def _close_container(
    tx: Session, cause: Cause, source: Source, tasks: Sequence[Row[*tuple[Any, ...]]]
) -> None:
    row = ask(tx, _PLACE_OF, site=cause.site, place=source.place).one()
    if row.order_no and not tasks:
        raise Refused(Code.BOUND_TO_ORDER, place=source.place, order=row.order_no)
    if row.kind == "pallet" and row.state == "open":
        tx.execute(
            update(Place)
            .where(Place.site == cause.site, Place.code == source.place)
            .values(state="closed")
        )


HANDLERS: dict[type, Callable[..., object]] = {
    NextTask: next_task,
    OpenSource: open_source,
    FindLoose: find_loose,
}
